/**
 * The entries of a tar archive (POSIX.1-2017 pax, "ustar Interchange Format"), for an upload, a
 * package and a scan. It judges nothing: general readers skip, merge or rewrite odd entries, and
 * each caller here refuses or reports what its archives may not have.
 */

/** Headers and data begin at multiples of it. */
export const blockBytes = 512;

/** Fields of a header, as [offset, length]. */
export const tarField = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  link: [157, 100],
  magic: [257, 8],
  devmajor: [329, 8],
  devminor: [337, 8],
  prefix: [345, 155],
  rest: [500, 12],
} as const;

type Place = readonly [number, number];

export interface TarEntry {
  /** Offset of the header in the archive. */
  readonly at: number;
  readonly header: Buffer;
  /** The type flag. */
  readonly type: string;
  readonly data: Buffer;
  /** From the end of the data to the next header. */
  readonly padding: Buffer;
}

/** What an entry is that is no file, by its type flag. */
export const otherTypes: Readonly<Record<string, string>> = {
  '\0': 'is of an old kind without a type',
  '1': 'is a hard link',
  '2': 'is a symbolic link',
  '3': 'is a character device',
  '4': 'is a block device',
  '5': 'is a folder entry; the paths of files name the folders',
  '6': 'is a named pipe',
  '7': 'is of the reserved type 7',
  g: 'is a pax global header',
  x: 'is a pax extended header',
  L: 'is a GNU long name',
  K: 'is a GNU long link',
  S: 'is a GNU sparse file',
};

/**
 * @returns the entries up to the first empty block, and what comes from there; or up to a header
 * that cannot be followed, and why it cannot: nothing behind it can be trusted
 */
export function readTar(
  tar: Buffer,
  entriesMax: number,
): { readonly entries: readonly TarEntry[]; readonly rest: Buffer; readonly broken?: string } {
  const entries: TarEntry[] = [];
  let at = 0;
  while (at + blockBytes <= tar.length) {
    const rest = tar.subarray(at);
    const header = tar.subarray(at, at + blockBytes);
    if (isZero(header)) break;
    const broken = (why: string) => ({ entries, rest, broken: why });
    if (entries.length >= entriesMax) return broken(`more than ${entriesMax} entries`);
    if (octalIn(header, tarField.checksum) !== checksumOf(header))
      return broken(`the header at byte ${at} has a wrong checksum`);
    const size = octalIn(header, tarField.size);
    if (size === undefined) return broken(`the header at byte ${at} has no octal size`);
    const begin = at + blockBytes;
    const end = begin + size;
    const next = begin + Math.ceil(size / blockBytes) * blockBytes;
    if (next > tar.length) return broken(`the entry at byte ${at} is cut off`);
    entries.push({
      at,
      header,
      type: bytesIn(header, tarField.type).toString('latin1'),
      data: tar.subarray(begin, end),
      padding: tar.subarray(end, next),
    });
    at = next;
  }
  return { entries, rest: tar.subarray(at) };
}

/** Whether a file begins as a tar archive does: that of 1979 has no magic number. */
export function isTar(bytes: Buffer): boolean {
  const header = bytes.subarray(0, blockBytes);
  return octalIn(header, tarField.checksum) === checksumOf(header);
}

/** The path in a header; undefined when it is not UTF-8, or has bytes behind its end. */
export function pathIn(header: Buffer): string | undefined {
  const name = tarText(bytesIn(header, tarField.name));
  const prefix = isUstar(header) ? tarText(prefixOf(header)) : '';
  if (name === undefined || prefix === undefined) return undefined;
  return prefix === '' ? name : `${prefix}/${name}`;
}

export function isUstar(header: Buffer): boolean {
  return bytesIn(header, tarField.magic).toString('latin1', 0, 6) === 'ustar\0';
}

// Some writers put two times behind the prefix, as star(1) does.
function prefixOf(header: Buffer): Buffer {
  const prefix = bytesIn(header, tarField.prefix);
  return /^\0([0-7]{11}[\0 ]){2}/.test(prefix.toString('latin1', 130))
    ? prefix.subarray(0, 131)
    : prefix;
}

/**
 * Text that ends at its first NUL; undefined for other bytes than UTF-8, and for bytes behind the
 * NUL, which some readers only would read.
 */
export function tarText(bytes: Buffer): string | undefined {
  const end = bytes.indexOf(0);
  if (end >= 0 && !isZero(bytes.subarray(end))) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      end < 0 ? bytes : bytes.subarray(0, end),
    );
  } catch {
    return undefined;
  }
}

/** Keywords of a pax header that change neither the name, the size nor the kind of an entry. */
const harmlessKeywords =
  /^(atime|ctime|mtime|uid|gid|uname|gname|comment|charset|hdrcharset|(NODETAR|SCHILY|LIBARCHIVE)\..*)$/;

/**
 * What a pax header says about the next entry.
 * @returns why it cannot be followed, where it says more than names
 */
export function readPax(
  data: Buffer,
): { readonly path?: string; readonly linkpath?: string } | string {
  const said: { path?: string; linkpath?: string } = {};
  for (let at = 0; at < data.length; ) {
    const [, digits = ''] = /^(\d{1,7}) /.exec(data.toString('latin1', at, at + 9)) ?? [];
    const end = at + Number(digits);
    const text = tarText(data.subarray(at + digits.length + 1, end - 1));
    const [, key = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text ?? '') ?? [];
    if (digits === '' || end > data.length || end <= at || data[end - 1] !== 10 || key === '')
      return 'a broken pax header';
    if (key === 'path' || key === 'linkpath') said[key] = value;
    else if (!harmlessKeywords.test(key))
      return `a pax header with ${JSON.stringify(key)}, which could change an entry`;
    at = end;
  }
  return said;
}

/** Octal digits, then NUL or space up to the end; undefined for other forms and an empty field. */
export function octalIn(header: Buffer, place: Place): number | undefined {
  const text = bytesIn(header, place).toString('latin1');
  const digits = /^ *([0-7]+)[\0 ]*$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

function checksumOf(header: Buffer): number {
  const [begin, length] = tarField.checksum;
  let sum = length * 0x20;
  for (const [at, byte] of header.entries()) if (at < begin || at >= begin + length) sum += byte;
  return sum;
}

export function bytesIn(header: Buffer, [begin, length]: Place): Buffer {
  return header.subarray(begin, begin + length);
}

export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
