/**
 * NumPy arrays (the NPY format, versions 1 to 3). An array of Python objects is a pickle, which
 * runs code when it is read.
 */

/**
 * Whether a file is only an array of numbers, truth values or text: its length matches its header.
 */
export function isPlainArray(bytes: Uint8Array): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < 12) return false;
  const isLong = (view[6] ?? 1) >= 2;
  const start = isLong ? 12 : 10;
  const end = start + (isLong ? view.readUInt32LE(8) : view.readUInt16LE(8));
  if (end > view.length || end - start > headerCharsMax) return false;
  const header = view.toString('latin1', start, end);
  const [, type, sizeText = ''] =
    /^\{[^\\]*'descr': ?'[<>|=]?([bBhHiIlLqQfcuUSmM?])(\d{0,5})(?:\[\w{1,6}\])?'/.exec(header) ??
    [];
  const shape = /'shape': ?\(([\d, ]*)\)/.exec(header)?.[1];
  // Each key once, in a plain dictionary: of two equal keys Python takes the last.
  const isOnce = ['descr', 'shape', 'fortran_order'].every((key) => header.split(key).length <= 2);
  if (type === undefined || shape === undefined || !isOnce || /[\\"]/.test(header)) return false;
  const count = shape
    .split(',')
    .reduce((all, dimension) => (dimension.trim() === '' ? all : all * Number(dimension)), 1);
  const itemBytes = Number(sizeText === '' ? '1' : sizeText) * (type === 'U' ? 4 : 1);
  return view.length - end === count * itemBytes;
}

const headerCharsMax = 20_000;
