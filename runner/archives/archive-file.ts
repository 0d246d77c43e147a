/** One file of a package's archive, and the rules for the paths of an archive. */
import { foldersAbove, pathTwinKey } from '../../skills-index/skill/bundle-path.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  packageFilesMax,
  packagePathBytesMax,
  packagePathDepthMax,
  unpackedBytesMax,
  unpackedFileBytesMax,
} from './limits.ts';

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
export function whyNotPath(path: string): string | undefined {
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
