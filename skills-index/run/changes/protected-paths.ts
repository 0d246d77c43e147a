/**
 * Decides which paths of a folder are write-protected while a run may write to the folder or to a
 * view of it. Pure.
 */
import { foldersAbove } from '../../skill/bundle-path.ts';
import { Problem } from '../../skill/problem.ts';
import { type FurtherNames, heldShut, isRepository, isShut } from './protected-names.ts';

/** The highest number of protected paths that a sandbox can handle. */
const protectedPathsMax = 200;

/**
 * An entry of the folder before the run. The paths that serve as keys are Latin-1 text of their
 * bytes.
 */
export interface Entry {
  readonly mode: number;
  readonly isFolder: boolean;
  readonly inode: number;
  /**
   * The time of the entry's last change of any kind (ctime), in milliseconds. No run can set this
   * time.
   */
  readonly changed: number;
  readonly link?: string;
}

/**
 * One instruction for the sandbox about a path to protect. Instructions apply in order. Paths are
 * relative to the mount.
 */
export interface ProtectedPath {
  readonly path: string;
  /**
   * `shut`: the sandbox binds an existing path read-only. `file`, `folder`: an absent path gets an
   * empty placeholder during the run. `pinned`: the sandbox binds a folder over itself, so that no
   * run can rename the folder together with a protected path inside.
   */
  readonly kind: 'shut' | 'file' | 'folder' | 'pinned';
}

/**
 * Finds the paths to protect in a folder.
 * @param before every entry of the folder
 * @param leadsTo the final target, within the folder, of the link at a path; undefined where the
 * link leads out
 * @throws Problem `plan-refused` when the folder has more such paths than a sandbox can protect
 */
export function findProtected(
  before: ReadonlyMap<string, Entry>,
  leadsTo: (path: string) => string | undefined,
  further: FurtherNames = [],
): ProtectedPath[] {
  const wanted = [...before.keys()].filter((path) => isShut(path, further));
  const links = wanted.filter((path) => before.get(path)?.link !== undefined);
  const plain = wanted.filter((path) => before.get(path)?.link === undefined);
  const shut = [...plain, ...links.flatMap((path) => leadsTo(path) ?? []), ...repositories(before)];
  // A hard link to a protected file is the same file, so the hard link needs protection too.
  const inodes = new Set(
    shut
      .map((path) => before.get(path))
      .map((entry) => (entry?.isFolder === false ? entry.inode : undefined)),
  );
  const twins = [...before].filter(([, entry]) => inodes.has(entry.inode)).map(([path]) => path);
  const all = new Set([...shut, ...twins]);
  const found = [
    ...heldShut.flatMap((name): ProtectedPath[] => absent(before, name)),
    ...[...all]
      .filter((path) => !foldersAbove(path).some((above) => all.has(above)))
      .map((path): ProtectedPath => ({ path: written(path), kind: 'shut' })),
  ];
  const pinned = new Set(
    [...found.map(({ path }) => path), ...links.map(written)].flatMap(foldersAbove),
  );
  for (const { path } of found) pinned.delete(path);
  if (found.length + pinned.size > protectedPathsMax) {
    const paths = `${found.length} paths to protect and ${pinned.size} folders above them to hold in place`;
    throw new Problem(
      'plan-refused',
      `A writable mount has ${paths}; together at most ${protectedPathsMax}`,
      {
        hint: 'bind a smaller folder to this workspace, or ask for ro',
      },
    );
  }
  return [...[...pinned].sort().map((path) => ({ path, kind: 'pinned' }) as const), ...found];
}

function absent(before: ReadonlyMap<string, Entry>, name: string): ProtectedPath[] {
  const path = name.replace(/\/$/, '');
  return before.has(path) ? [] : [{ path, kind: path === name ? 'file' : 'folder' }];
}

function repositories(before: ReadonlyMap<string, Entry>): string[] {
  const heads = [...before.keys()].filter((path) => path === 'HEAD' || path.endsWith('/HEAD'));
  const above = heads
    .map((path) => path.slice(0, -'HEAD'.length))
    .filter((folder) => isRepository((one) => before.has(folder + one)));
  if (above.includes(''))
    throw new Problem('plan-refused', 'A writable mount is itself the inside of a git repository');
  return above.map((folder) => folder.slice(0, -1));
}

// Returns a path as UTF-8 text, which the sandbox needs.
function written(path: string): string {
  const bytes = Buffer.from(path, 'latin1');
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes)) return text;
  throw new Problem(
    'plan-refused',
    `A writable mount has a path to protect whose name is not UTF-8: ${text}`,
  );
}
