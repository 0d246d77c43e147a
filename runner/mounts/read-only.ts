/**
 * Read-only overlays (overlayfs, Linux) for one run: over the system's folders, and over workspaces
 * that host policy lists in `ownLocks`. Linux keeps locks, leases and watches by inode, and an
 * overlay has inodes of its own. So a run cannot block writers on the host, observe what the host
 * starts, or signal to another run through locks on a shared file. The sandbox binds other
 * workspaces without an overlay: below an overlay, the host's writers would lock other inodes than
 * the run reads, and the run would read torn databases and replaced files.
 */
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { parseMountPoints } from '../../skills-index/run/plan/mount-points.ts';
import { folderOnly } from '../files/walk-folder.ts';
import type { ViewNamespace } from '../sandbox/sandbox.ts';
import { firstDescriptor, mountInNamespace } from './namespace.ts';

/** The folders that a run reads from the host. */
export interface ReadOnlyRequest {
  /** A folder for this run alone. `overlayReadOnly` creates the folder. */
  readonly room: string;
  /** Programs, libraries and folders that the system and host policy provide. */
  readonly system: readonly string[];
  /**
   * Workspaces with locks of their own, as path and descriptor. The descriptor proves that the path
   * still leads to the judged folder.
   */
  readonly workspaces: ReadonlyMap<string, number>;
}

export interface ReadOnlyViews {
  /**
   * For each overlaid folder, the view's path in the namespace and a descriptor of the view. The
   * map lacks folders that could not be overlaid.
   */
  readonly views: ReadonlyMap<string, { readonly source: string; readonly pin: number }>;
  readonly namespace: ViewNamespace;
}

const script = `set -u
empty=$1; shift
while [ $# -gt 0 ]; do
  place=$1 folder=$2 judged=$3; shift 3
  cd "$folder" && { [ "$judged" = - ] || [ . -ef "/proc/self/fd/$judged" ]; } &&
    /bin/mount -t overlay -o "ro,nosuid,nodev,lowerdir=.:$empty" skillgate "$place" && echo "$place"
done
echo ready; read -r wait || :`;

/**
 * Mounts the read-only views of one run.
 * @returns why the views are missing, where no namespace can be made
 */
export async function overlayReadOnly({
  room,
  system,
  workspaces,
}: ReadOnlyRequest): Promise<ReadOnlyViews | string> {
  // An overlay shows one file system only, so a file system mounted inside the folder would be
  // missing.
  const mounted = parseMountPoints(fs.readFileSync('/proc/self/mountinfo'));
  const isWhole = (folder: string): boolean =>
    !mounted.some((point) => point.startsWith(`${folder}/`));
  const folders = [
    ...new Set([...system.flatMap((path) => folderOver(path, isWhole)), ...workspaces.keys()]),
  ].filter(isWhole);
  const empty = `${room}/empty`;
  for (const path of [room, empty]) fs.mkdirSync(path, { mode: 0o711 });
  const places = new Map(folders.map((folder, index) => [`${room}/${index}`, folder] as const));
  for (const place of places.keys()) fs.mkdirSync(place);
  const judged = [...workspaces.keys()];
  const judgedAt = (folder: string): string =>
    workspaces.has(folder) ? String(firstDescriptor + judged.indexOf(folder)) : '-';
  const made = await mountInNamespace({
    script,
    descriptors: [...workspaces.values()],
    into: undefined,
    args: [empty, ...[...places].flatMap(([place, folder]) => [place, folder, judgedAt(folder)])],
    act: (root, output) => {
      const found = [...places].filter(([place]) => output.split('\n').includes(place));
      return new Map(
        found.map(([place, folder]) => [
          folder,
          { source: place, pin: fs.openSync(`${root}${place}`, folderOnly) },
        ]),
      );
    },
  });
  return typeof made === 'string' ? made : { views: made.result, namespace: made.namespace };
}

// Overlay /usr as a whole: each overlay adds about a millisecond to a run's start.
function folderOver(path: string, isWhole: (folder: string) => boolean): string[] {
  if (!fs.existsSync(path)) return [];
  const real = fs.realpathSync(path);
  if (`${real}/`.startsWith('/usr/') && isWhole('/usr')) return ['/usr'];
  const folder = fs.statSync(real).isDirectory() ? real : dirname(real);
  // The run's uid must be able to traverse the view down to the program.
  return folder === '/' || (fs.statSync(folder).mode & 0o001) === 0 ? [] : [folder];
}
