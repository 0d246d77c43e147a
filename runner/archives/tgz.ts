/**
 * A strict reader of npm tarballs: a gzip file with one tar archive of regular files. Folders need
 * no entry, so their entries are passed over. A link, a device or an unknown extension refuses the
 * whole tarball.
 */
import { gunzipSync } from 'node:zlib';
import {
  isZero,
  octalIn,
  otherTypes,
  pathIn,
  readPax,
  readTar,
  tarField,
  tarText,
} from '../../skills-index/archives/tar.ts';
import { foldersAbove, pathTwinKey } from '../../skills-index/skill/bundle-path.ts';
import { Problem } from '../../skills-index/skill/problem.ts';

export const freeBytes = 64 * 1024 * 1024;

export const packageFilesMax = 50_000;

/** Files, folders and headers with long names. */
const tarEntriesMax = 4 * packageFilesMax;

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

/** @throws Problem `package-unsafe` */
export function readTgz(archive: string, tgz: Buffer): ArchiveFile[] {
  const fail = (why: string): never => {
    throw unsafeArchive(archive, why);
  };
  const { entries, rest, broken } = readTar(unzip(tgz, fail), tarEntriesMax);
  const files: ArchiveFile[] = [];
  let longName: string | undefined;
  for (const { data, header, type } of entries) {
    if (type === 'g' || type === 'x') {
      const said = readPax(data);
      if (typeof said === 'string') return fail(`it has ${said}`);
      const other = said.linkpath ?? (type === 'g' ? said.path : undefined);
      if (other !== undefined)
        fail(`it has a pax header with ${JSON.stringify(other)}, which could change an entry`);
      longName = said.path ?? longName;
      continue;
    }
    const name = type === 'L' ? tarText(data) : (longName ?? pathIn(header));
    if (name === undefined) return fail('a name is not UTF-8, or has bytes behind its end');
    longName = type === 'L' ? name : undefined;
    if (type === 'L' || (type === '5' && data.length === 0)) continue;
    if (type !== '0' && type !== '\0')
      fail(
        `${JSON.stringify(name)} ${otherTypes[type] ?? `is of the type ${JSON.stringify(type)}, which has no bytes`}`,
      );
    const isExecutable = ((octalIn(header, tarField.mode) ?? 0) & 0o111) !== 0;
    files.push({ path: name, size: data.length, isExecutable, read: () => data });
  }
  if (broken !== undefined) fail(broken);
  if (!isZero(rest)) fail('it has data behind its end');
  return files;
}

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
