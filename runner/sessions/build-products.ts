/** Finds build products in the ended view of a session. */
import { lstatSync } from 'node:fs';
import {
  ignoreStepsMax,
  isBuildProduct,
  isIgnoredFolder,
  isTracked,
} from '../../skills-index/run/changes/build-products.ts';
import type { Owners } from '../../skills-index/run/changes/foreign-paths.ts';
import { whyTextRefused } from '../../skills-index/run/changes/protected-names.ts';
import { foldersAbove } from '../../skills-index/skill/bundle-path.ts';
import { bytesOf, textOf, type VisitedEntry } from '../files/walk-folder.ts';
import { contentAt } from '../mounts/entry-state.ts';

const gitIgnoreBytesMax = 64 * 1024;

/** Bytes of a git index, of a `.gitignore` and of the list of kept products that a runner reads. */
const gitIndexBytesMax = 32 * 1024 * 1024;

/**
 * Returns whether a folder, which the workspace did not have, is a build product.
 * @param root `/proc/self/fd/N` of the view
 */
export function productFinder(root: string, owners: Owners): (entry: VisitedEntry) => boolean {
  const read = reader(root, owners);
  const work = { left: ignoreStepsMax };
  return ({ path, name, at, stats }) => {
    if (!stats.isDirectory() || !owners.has(stats.uid)) return false;
    const has = (entry: string): boolean =>
      lstatSync(bytesOf(`${at.toString('latin1')}/${entry}`), {
        throwIfNoEntry: false,
      })?.isFile() === true;
    const ignores = (folder: string): string | undefined => {
      const bytes = read(below(folder, '.gitignore'), gitIgnoreBytesMax);
      return bytes === undefined ? undefined : Buffer.from(bytes).toString('latin1');
    };
    return (
      isBuildProduct(name, has, () => isIgnoredFolder(path, ignores, work)) &&
      whyTextRefused(textOf(path)) === undefined &&
      !isCommitted(path, read)
    );
  };
}

type Read = (path: string, bytesMax: number) => Uint8Array | undefined;

// What the run committed is work, whatever its name.
function isCommitted(path: string, read: Read): boolean {
  return ['', ...foldersAbove(path)].some((tree) => {
    const index = read(below(tree, '.git/index'), gitIndexBytesMax);
    return (
      index !== undefined && isTracked(index, tree === '' ? path : path.slice(tree.length + 1))
    );
  });
}

// Many products ask for the same few files. A run can make thousands of large indexes, so the
// runner holds no more bytes than one index may have.
function reader(root: string, owners: Owners): Read {
  const found = new Map<string, Uint8Array | undefined>();
  let held = 0;
  return (path, bytesMax) => {
    if (found.has(path)) return found.get(path);
    const bytes = readUnlessOdd(root, path, owners, bytesMax);
    const length = bytes?.length ?? 0;
    if (held + length > gitIndexBytesMax) return bytes;
    held += length;
    found.set(path, bytes);
    return bytes;
  };
}

function readUnlessOdd(
  root: string,
  path: string,
  owners: Owners,
  bytesMax: number,
): Uint8Array | undefined {
  try {
    return contentAt(root, path, owners, bytesMax);
  } catch {
    // It belongs to another user, or cannot be read: git would not read it either.
    return undefined;
  }
}

function below(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
