/**
 * A strict reader of npm tarballs: a gzip file with one tar archive of regular files. Folders need
 * no entry, so their entries are passed over. A link, a device or an unknown extension refuses the
 * whole tarball.
 */
import { gunzipSync } from 'node:zlib';
import { foldersAbove, pathTwinKey } from '../../skills-index/skill/bundle-path.ts';
import { Problem } from '../../skills-index/skill/problem.ts';

export const freeBytes = 64 * 1024 * 1024;

export const packageFilesMax = 50_000;

/** Bytes of all files of one unpacked package, and of one file. */
const unpackedBytesMax = 1024 * 1024 * 1024;

/**
 * Unpacked bytes for each byte of the archive. Archives that unpack to less than `freeBytes` may
 * have any ratio.
 */
export const unpackedRatioMax = 100;

const packagePathBytesMax = 400;

const packagePathDepthMax = 32;

export const unpackedFileBytesMax = 512 * 1024 * 1024;

const blockBytes = 512;
/** Members of a pax header that change neither the name, the size nor the kind of an entry. */
const harmlessMembers =
  /^(atime|ctime|mtime|uid|gid|uname|gname|comment|charset|hdrcharset|(NODETAR|SCHILY|LIBARCHIVE)\..*)$/;

/** @throws Problem `package-unsafe` */
export function readTgz(archive: string, tgz: Buffer): ArchiveFile[] {
  const fail = (why: string): never => {
    throw unsafeArchive(archive, why);
  };
  const tar = unzip(tgz, fail);
  const files: ArchiveFile[] = [];
  let longName: string | undefined;
  let at = 0;
  for (; at + blockBytes <= tar.length && !isZero(tar.subarray(at, at + blockBytes)); ) {
    const header = tar.subarray(at, at + blockBytes);
    if (octal(header, 148, 8) !== checksumOf(header)) fail(`the header at byte ${at} is broken`);
    const size = octal(header, 124, 12) ?? fail(`the header at byte ${at} has no octal size`);
    const begin = at + blockBytes;
    if (begin + size > tar.length) fail(`the entry at byte ${at} is cut off`);
    const data = tar.subarray(begin, begin + size);
    const type = String.fromCharCode(header[156] ?? 0);
    at = begin + Math.ceil(size / blockBytes) * blockBytes;
    if (type === 'g' || type === 'x') {
      longName = paxName(data, type, fail) ?? longName;
      continue;
    }
    if (type === 'L') {
      longName = textOf(data, fail);
      continue;
    }
    const name = longName ?? headerName(header, fail);
    longName = undefined;
    if (type === '5' && size === 0) continue;
    if (type !== '0' && type !== '\0')
      fail(
        `${JSON.stringify(name)} ${otherTypes[type] ?? `is of the unknown type ${JSON.stringify(type)}`}`,
      );
    if (files.length >= packageFilesMax) fail(`it has more than ${packageFilesMax} files`);
    const isExecutable = ((octal(header, 100, 8) ?? 0) & 0o111) !== 0;
    files.push({ path: name, size, isExecutable, read: () => data });
  }
  if (!isZero(tar.subarray(at))) fail('it has data behind its end');
  return files;
}

const otherTypes: Readonly<Record<string, string>> = {
  '1': 'is a hard link',
  '2': 'is a link',
  '3': 'is a device',
  '4': 'is a device',
  '5': 'is a folder with bytes',
  '6': 'is a named pipe',
};

type Fail = (why: string) => never;

function unzip(tgz: Buffer, fail: Fail): Buffer {
  const maxOutputLength = Math.min(
    unpackedBytesMax,
    Math.max(freeBytes, tgz.length * unpackedRatioMax),
  );
  let answer: unknown;
  try {
    answer = gunzipSync(tgz, { info: true, maxOutputLength });
  } catch (cause) {
    const isTooLarge = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return fail(
      isTooLarge ? `it unpacks to more than ${maxOutputLength} bytes` : 'it is no gzip file',
    );
  }
  // `info` is not in the types of Node: with it, the answer has the engine beside the bytes.
  const { buffer, engine } = answer as { buffer: Buffer; engine: { bytesWritten: number } };
  return engine.bytesWritten === tgz.length ? buffer : fail('it has data behind its gzip part');
}

/** The path that a pax header gives to the next entry; undefined when it gives none. */
function paxName(data: Buffer, type: 'g' | 'x', fail: Fail): string | undefined {
  let name: string | undefined;
  for (let at = 0; at < data.length; ) {
    const [, digits = ''] = /^(\d{1,7}) /.exec(data.toString('latin1', at, at + 9)) ?? [];
    const end = at + Number(digits);
    const text = textOf(data.subarray(at + digits.length + 1, end - 1), fail);
    const [, key = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (digits === '' || end > data.length || end <= at || data[end - 1] !== 10 || key === '')
      return fail('it has a broken pax header');
    if (key === 'path' && type === 'x') name = value;
    else if (!harmlessMembers.test(key))
      return fail(`a pax header has ${JSON.stringify(key)}, which could change an entry`);
    at = end;
  }
  return name;
}

function headerName(header: Buffer, fail: Fail): string {
  const name = textOf(header.subarray(0, 100), fail);
  const isUstar = header.toString('latin1', 257, 263) === 'ustar\0';
  // Some writers put two times behind the prefix, as star(1) does.
  const hasTimes = /^\0([0-7]{11}[\0 ]){2}/.test(header.toString('latin1', 475, 500));
  const prefix = isUstar ? textOf(header.subarray(345, hasTimes ? 476 : 500), fail) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

// Bytes behind a NUL would be a part of the name for some readers only.
function textOf(bytes: Buffer, fail: Fail): string {
  const end = bytes.indexOf(0);
  if (end >= 0 && !isZero(bytes.subarray(end))) return fail('a name has bytes behind its end');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      end < 0 ? bytes : bytes.subarray(0, end),
    );
  } catch {
    return fail('a name is not UTF-8');
  }
}

function octal(header: Buffer, at: number, length: number): number | undefined {
  const [, digits] = /^ *([0-7]+)[\0 ]*$/.exec(header.toString('latin1', at, at + length)) ?? [];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

function checksumOf(header: Buffer): number {
  let sum = 8 * 0x20;
  for (const [index, byte] of header.entries()) if (index < 148 || index >= 156) sum += byte;
  return sum;
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

// One file of a package's archive, and the rules for the paths of an archive.

export interface ArchiveFile {
  readonly path: string;
  readonly size: number;
  readonly isExecutable: boolean;
  /**
   * Returns the file's bytes.
   * @throws Problem `package-unsafe` when the bytes differ from what the archive says
   */
  readonly read: () => Buffer;
}

/** The failure of an archive. Nothing of such an archive is unpacked. */
export function unsafeArchive(archive: string, why: string): Problem {
  return new Problem('package-unsafe', `Cannot unpack ${archive}: ${why}`);
}

/** Why no file may have this path; undefined for a path that stays in its folder. */
function whyNotPath(path: string): string | undefined {
  const parts = path.split('/');
  if (path === '') return 'is empty';
  if (!path.isWellFormed() || path.includes('\u{fffd}')) return 'is not valid Unicode';
  if (Buffer.byteLength(path) > packagePathBytesMax)
    return `is longer than ${packagePathBytesMax} bytes`;
  if (parts.length > packagePathDepthMax) return `is deeper than ${packagePathDepthMax} folders`;
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) return 'is absolute';
  if (path.includes('\\')) return 'has a backslash';
  if (parts.includes('..')) return 'leaves the package';
  if (parts.includes('') || parts.includes('.')) return 'has an empty or "." part';
  if (/\p{Cc}/u.test(path)) return 'has a control character';
  return undefined;
}

/**
 * Requires that each path is safe, and that no two paths name one file on any file system: by case,
 * by Unicode form, or as a file and a folder.
 * @throws Problem `package-unsafe`
 */
export function requireSafePaths(archive: string, files: readonly ArchiveFile[]): void {
  if (files.length > packageFilesMax)
    throw unsafeArchive(archive, `it has ${files.length} files; at most ${packageFilesMax}`);
  const keys = new Map<string, string>();
  const folders = new Map<string, string>();
  let bytes = 0;
  for (const { path, size } of files) {
    const why = whyNotPath(path);
    if (why !== undefined) throw unsafeArchive(archive, `${JSON.stringify(path)} ${why}`);
    if (size > unpackedFileBytesMax)
      throw unsafeArchive(archive, `${path} has ${size} bytes; at most ${unpackedFileBytesMax}`);
    bytes += size;
    const key = pathTwinKey(path);
    const twin = keys.get(key);
    if (twin !== undefined)
      throw unsafeArchive(
        archive,
        `${JSON.stringify(twin)} and ${JSON.stringify(path)} are one path`,
      );
    keys.set(key, path);
    for (const folder of foldersAbove(path)) folders.set(pathTwinKey(folder), folder);
  }
  if (bytes > unpackedBytesMax)
    throw unsafeArchive(archive, `it unpacks to ${bytes} bytes; at most ${unpackedBytesMax}`);
  for (const [key, path] of keys)
    if (folders.has(key))
      throw unsafeArchive(archive, `${JSON.stringify(path)} is a file and a folder`);
}
