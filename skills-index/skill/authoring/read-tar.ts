/**
 * Our own strict reader of uploads: uncompressed POSIX ustar, regular files only.
 * General tar readers skip, merge or rewrite odd entries. Here one odd entry rejects the whole
 * upload, with every reason listed.
 */
import {
  bundleFileBytesMax,
  bundleFilesMax,
  noSkillMd,
  type PackedBundle,
  type SourceFile,
} from '../bundle.ts';
import { Problem, type Reason } from '../problem.ts';
import { packBundle } from './pack-bundle.ts';

/** Reasons against one archive that are listed; further ones are dropped. */
const tarReasonsMax = 200;

const blockBytes = 512;

/** Fields of the POSIX pax "ustar Interchange Format", as [offset, length]. */
const field = {
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

/** Why each entry type that is not a regular file is rejected. */
const otherTypes: Readonly<Record<string, string>> = {
  '\0': 'is of an old kind without a type',
  '1': 'is a hard link',
  '2': 'is a symbolic link',
  '3': 'is a character device',
  '4': 'is a block device',
  '5': 'is a folder entry; an upload has only files, whose paths name the folders',
  '6': 'is a named pipe',
  '7': 'is of the reserved type 7',
  g: 'is a pax global header',
  x: 'is a pax extended header',
  L: 'is a GNU long name',
  K: 'is a GNU long link',
  S: 'is a GNU sparse file',
};

/**
 * Unpacks an upload into a bundle, or rejects all of it.
 * @throws Problem `bundle-invalid`, `path-invalid`, `skill-md-missing` with every reason
 */
export function unpackTar(bytes: Uint8Array): PackedBundle {
  const { files, reasons, cutOff } = readEntries(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  );
  try {
    const packed = packBundle(files);
    if (reasons.length === 0) return packed;
  } catch (error) {
    if (!(error instanceof Problem) || reasons.length === 0) throw error;
    // The part that was not read may have the SKILL.md.
    reasons.push(...error.reasons.filter((reason) => !cutOff || reason.message !== noSkillMd));
  }
  const first = reasons[0]?.message ?? '';
  throw new Problem(
    'bundle-invalid',
    `Cannot unpack the upload: ${first}${reasons.length > 1 ? ` (${reasons.length} reasons)` : ''}`,
    { reasons: reasons.slice(0, tarReasonsMax) },
  );
}

interface Entries {
  readonly files: SourceFile[];
  readonly reasons: Reason[];
  /** Whether reading ended before the archive did. */
  cutOff: boolean;
}

function readEntries(tar: Buffer): Entries {
  const found: Entries = { files: [], reasons: [], cutOff: true };
  const refuse = (message: string): void => {
    found.reasons.push({ message });
  };
  if (tar.length % blockBytes !== 0)
    refuse(`the archive has ${tar.length} bytes, which is no multiple of ${blockBytes}`);
  let at = 0;
  for (let count = 0; at + blockBytes <= tar.length; count++) {
    const header = tar.subarray(at, at + blockBytes);
    if (isZero(header)) break;
    if (count >= bundleFilesMax) {
      refuse(`more than ${bundleFilesMax} entries`);
      return found;
    }
    // Nothing behind an invalid header can be trusted, so reading ends there.
    const next = readEntry(tar, at, header, found);
    if (next === undefined) return found;
    at = next;
  }
  readEnd(tar, at, refuse);
  found.cutOff = false;
  return found;
}

/**
 * Reads one entry. Returns the offset of the next, or undefined when the archive cannot be followed
 * further.
 */
function readEntry(tar: Buffer, at: number, header: Buffer, found: Entries): number | undefined {
  const refuse = (message: string): undefined => {
    found.reasons.push({ message });
    return undefined;
  };
  if (octal(header, field.checksum) !== checksumOf(header))
    return refuse(`the header at byte ${at} has a wrong checksum`);
  const magic = latin(header, field.magic);
  if (magic !== 'ustar\x0000') {
    return refuse(
      `the header at byte ${at} is not POSIX ustar${magic.startsWith('ustar ') ? ' but GNU tar’s own form' : ''}`,
    );
  }
  const size = octal(header, field.size);
  if (size === undefined) return refuse(`the header at byte ${at} has no octal size`);
  const begin = at + blockBytes;
  const end = begin + size;
  const next = begin + Math.ceil(size / blockBytes) * blockBytes;
  if (next > tar.length) return refuse(`the entry at byte ${at} is cut off`);
  const path = pathOf(header);
  const shown = path === undefined ? `the entry at byte ${at}` : JSON.stringify(path);
  const why = oddities(header, size);
  if (path === undefined) why.push('has a name that is not UTF-8 or has bytes behind its end');
  if (!isZero(tar.subarray(end, next))) why.push('has bytes hidden in its padding');
  for (const reason of why) refuse(`${shown} ${reason}`);
  if (path !== undefined && why.length === 0) {
    found.files.push({
      path,
      bytes: tar.subarray(begin, end),
      mode: octal(header, field.mode) ?? 0,
    });
  } else if (path !== undefined) {
    // Kept without content, so that its name is checked together with the others.
    found.files.push({ path, bytes: new Uint8Array(), mode: 0o644 });
  }
  return next;
}

function oddities(header: Buffer, size: number): string[] {
  const type = latin(header, field.type);
  const mode = octal(header, field.mode);
  const why: string[] = [];
  if (type !== '0') why.push(otherTypes[type] ?? `is of unknown type ${JSON.stringify(type)}`);
  if (type === '0' && !isZero(slice(header, field.link))) why.push('has a link target');
  if ((octal(header, field.devmajor) ?? 0) !== 0 || (octal(header, field.devminor) ?? 0) !== 0)
    why.push('has device numbers');
  if (!isZero(slice(header, field.rest))) why.push('has bytes behind the header’s end');
  for (const name of ['uid', 'gid', 'mtime'] as const) {
    if (octal(header, field[name]) === undefined && !isZero(slice(header, field[name])))
      why.push(`has a ${name} that is not octal`);
  }
  if (mode === undefined) why.push('has no octal mode');
  else if ((mode & 0o7000) !== 0) why.push('has setuid, setgid or sticky bits');
  else if ((mode & ~0o777) !== 0) why.push('has a mode beyond permission bits');
  if (size > bundleFileBytesMax) why.push(`has ${size} bytes; at most ${bundleFileBytesMax}`);
  return why;
}

// POSIX: the archive ends with two zero blocks. Some readers would read entries behind them, and
// others would not.
function readEnd(tar: Buffer, at: number, refuse: (message: string) => void): void {
  const tail = tar.subarray(at);
  if (tail.length < 2 * blockBytes) refuse('the archive does not end with two empty blocks');
  if (!isZero(tail)) refuse('the archive has data behind its end');
}

function pathOf(header: Buffer): string | undefined {
  const name = textOf(slice(header, field.name));
  const prefix = textOf(slice(header, field.prefix));
  if (name === undefined || prefix === undefined) return undefined;
  return prefix === '' ? name : `${prefix}/${name}`;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Buffer): string | undefined {
  const end = bytes.indexOf(0);
  if (end >= 0 && !isZero(bytes.subarray(end))) return undefined;
  try {
    return utf8.decode(end < 0 ? bytes : bytes.subarray(0, end));
  } catch {
    return undefined;
  }
}

/**
 * Octal digits, then NUL or space up to the end. Base-256 numbers and signs are rejected. An empty
 * field is undefined.
 */
function octal(header: Buffer, place: readonly [number, number]): number | undefined {
  const digits = /^([0-7]+)[\0 ]*$/.exec(latin(header, place))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

function checksumOf(header: Buffer): number {
  const [begin, length] = field.checksum;
  let sum = length * 0x20;
  for (let i = 0; i < header.length; i++)
    if (i < begin || i >= begin + length) sum += header[i] ?? 0;
  return sum;
}

function slice(header: Buffer, [begin, length]: readonly [number, number]): Buffer {
  return header.subarray(begin, begin + length);
}

function latin(header: Buffer, place: readonly [number, number]): string {
  return slice(header, place).toString('latin1');
}

function isZero(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}
