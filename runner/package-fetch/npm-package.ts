/** Unpacks an npm tarball: the files below its one top folder. No script of the package runs. */

import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { type ArchiveFile, requireSafePaths, unsafeArchive } from '../archives/archive-file.ts';
import { readTgz } from '../archives/tgz.ts';
import { metadataBytesMax } from './limits.ts';
import type { UnpackedPackage } from './wheel.ts';

/**
 * @param archive the tarball's name in messages
 * @param expected the name and version of the lock
 * @throws Problem `package-unsafe`
 */
export function unpackNpm(
  archive: string,
  bytes: Buffer,
  expected: { readonly name: string; readonly version: string },
): UnpackedPackage {
  const all = readTgz(archive, bytes);
  requireSafePaths(archive, all);
  const tops = new Set(all.map(({ path }) => path.slice(0, path.indexOf('/') + 1)));
  const [top = '', ...others] = tops;
  if (top === '' || others.length > 0)
    throw unsafeArchive(archive, 'its files do not lie in one top folder');
  const files = all.map((file) => ({ ...file, path: file.path.slice(top.length) }));
  const { name, scripts, version } = readManifest(archive, files);
  if (name !== expected.name || version !== expected.version)
    throw unsafeArchive(archive, `its package.json is of ${String(name)} ${String(version)}`);
  const hooks = ['preinstall', 'install', 'postinstall'].filter((hook) =>
    Object.hasOwn(scripts, hook),
  );
  const builds = files.some(({ path }) => path === 'binding.gyp');
  if (builds && hooks.length === 0) hooks.push('node-gyp rebuild');
  const notes =
    hooks.length === 0 ? [] : [`${archive}: its install scripts never run: ${hooks.join(', ')}`];
  return { files, unused: [], hooks, notes };
}

function readManifest(
  archive: string,
  files: readonly ArchiveFile[],
): { readonly name: unknown; readonly version: unknown; readonly scripts: object } {
  const file = files.find(({ path }) => path === 'package.json');
  if (file === undefined) throw unsafeArchive(archive, 'it has no package.json');
  if (file.size > metadataBytesMax)
    throw unsafeArchive(
      archive,
      `its package.json has ${file.size} bytes; at most ${metadataBytesMax}`,
    );
  try {
    const { value } = parseJson(file.read(), 'package.json');
    const { name, scripts, version } = value as Record<string, unknown>;
    return { name, version, scripts: typeof scripts === 'object' && scripts ? scripts : {} };
  } catch (cause) {
    if (!(cause instanceof Problem) && !(cause instanceof TypeError)) throw cause;
    throw unsafeArchive(archive, 'its package.json cannot be read');
  }
}
