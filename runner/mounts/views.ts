/**
 * Private views of folders. A run writes to the view, and the folder below stays unchanged. A view
 * is an overlay (overlayfs, Linux) in an unnamed mount namespace where the runner may mount an
 * overlay. Elsewhere a view is a copy in the run folder.
 */
import * as fs from 'node:fs';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  bytesOf,
  folderOnly,
  type VisitedEntry,
  walkFolder,
  withHandle,
} from '../files/walk-folder.ts';
import { changedBytesMax, changedPathsMax, copiedBytesMax, copiedEntriesMax } from '../limits.ts';
import { mountInNamespace } from './namespace.ts';

export interface View {
  /** The path of the view; inside the namespace when the view lies in a namespace. */
  readonly source: string;
  /** Descriptor of the view. */
  readonly pin: number;
  /**
   * Change time and owner of each original entry of a copied folder. An overlay shows change times
   * and owners itself, so an overlay's view has no `below`.
   */
  readonly below?: ReadonlyMap<string, { readonly changed: number; readonly uid: number }>;
}

export interface Views {
  /**
   * Opens a private view of a folder.
   * @throws Problem `mode-unsupported` when the folder can neither be overlaid nor is small enough
   * to be copied
   * @param name the name of the folder for messages, which the agent reads too
   */
  open(folder: number, path: string, name: string): Promise<View>;
  /** Descriptor of the mount namespace that the sandbox must enter. */
  namespace(): number | undefined;
  close(): void;
}

// Mounts a layer of limited size over the judged folder, in a new mount namespace or in the run's
// existing namespace.
const overlayScript = `set -eu
room=$1 folder=$2 owner=$3 mode=$4 bytes=$5 inodes=$6
/bin/mount -t tmpfs -o "size=$bytes,nr_inodes=$inodes,mode=0711,nosuid,nodev" skillgate "$room"
/bin/mkdir "$room/upper" "$room/work" "$room/view"
/bin/chown "$owner" "$room/upper"; /bin/chmod "$mode" "$room/upper"
cd "$folder"; [ . -ef /proc/self/fd/4 ]
/bin/mount -t overlay -o "lowerdir=.,upperdir=$room/upper,workdir=$room/work,index=off,redirect_dir=on,metacopy=off,nosuid,nodev" skillgate "$room/view"
echo ready; read -r wait || :`;

/**
 * Opens the private views of one run.
 * @param runFolder private folder of the run, outside everything that a sandbox sees
 * @param overlays whether the sandbox enters a namespace
 * @param into descriptor of the run's existing namespace; the caller closes the descriptor
 */
export function openViews(runFolder: string, overlays: boolean, into?: number): Views {
  const descriptors: number[] = [];
  let namespace = into;
  const open = async (folder: number, path: string, name: string): Promise<View> => {
    const room = `${runFolder}/view${descriptors.length}`;
    fs.mkdirSync(room, { mode: 0o711 });
    const overlay = overlays
      ? await overlayOver(folder, path, room, namespace)
      : 'this sandbox does not use overlays';
    if (typeof overlay === 'string')
      return await copyOf(folder, room, descriptors, tooLarge(name, overlay));
    if (namespace === undefined) descriptors.push(overlay.namespace);
    namespace = overlay.namespace;
    descriptors.push(overlay.pin);
    return { source: `${room}/view`, pin: overlay.pin };
  };
  return {
    open,
    namespace: () => namespace,
    close: () => descriptors.splice(0).forEach((descriptor) => void fs.closeSync(descriptor)),
  };
}

type Overlay = { readonly namespace: number; readonly pin: number };

// Mounts an overlay over a folder. Returns the reason as text when no overlay can be mounted.
async function overlayOver(
  folder: number,
  path: string,
  room: string,
  into: number | undefined,
): Promise<Overlay | string> {
  const { uid, gid, mode } = fs.fstatSync(folder);
  const facts = [
    `${uid}:${gid}`,
    (mode & 0o3777).toString(8),
    String(changedBytesMax),
    String(changedPathsMax * 3),
  ];
  const made = await mountInNamespace({
    script: overlayScript,
    args: [room, path, ...facts],
    descriptors: [folder],
    into,
    act: (root) => fs.openSync(`${root}${room}/view`, folderOnly),
  });
  return typeof made === 'string' ? made : { namespace: made.namespace, pin: made.result };
}

async function copyOf(
  folder: number,
  room: string,
  descriptors: number[],
  tooLarge: Problem,
): Promise<View> {
  const source = `${room}/view`;
  const below = new Map<string, { readonly changed: number; readonly uid: number }>();
  const root = fs.fstatSync(folder);
  let bytes = 0;
  fs.mkdirSync(source, { mode: 0o700 });
  const copyAttributes = (
    at: Buffer | string,
    { uid, gid, mode, atime, mtime }: fs.Stats,
  ): void => {
    if (process.getuid?.() === 0) fs.chownSync(at, uid, gid);
    else setGroup(at, gid);
    // Set the mode after the group: in a folder with the setgid bit, new entries get the folder's
    // group.
    fs.chmodSync(
      at,
      mode & ((mode & fs.constants.S_IFMT) === fs.constants.S_IFDIR ? 0o3777 : 0o1777),
    );
    fs.utimesSync(at, atime, mtime);
  };
  const folders: (readonly [Buffer, fs.Stats])[] = [[bytesOf(source), root]];
  const visit = ({ path, at, stats, link }: VisitedEntry): boolean => {
    const to = bytesOf(`${source}/${path}`);
    bytes += stats.isFile() ? stats.size : 0;
    if (bytes > copiedBytesMax || below.size >= copiedEntriesMax) throw tooLarge;
    below.set(path, { changed: stats.ctimeMs, uid: stats.uid });
    if (link !== undefined) {
      fs.symlinkSync(bytesOf(link), to);
      if (process.getuid?.() === 0) fs.lchownSync(to, stats.uid, stats.gid);
    }
    if (stats.isDirectory()) {
      fs.mkdirSync(to, { mode: 0o700 });
      folders.push([to, stats]);
    }
    if (stats.isFile())
      withHandle(at, (self, found) => {
        if (!found.isFile()) return;
        fs.copyFileSync(self, to, fs.constants.COPYFILE_FICLONE | fs.constants.COPYFILE_EXCL);
        copyAttributes(to, found);
      });
    return true;
  };
  // Leave out unreadable entries of the original. A runner that is not root shares its uid with the
  // run, so the run could not read such entries either.
  await walkFolder(`/proc/self/fd/${folder}`, {
    restoresRights: false,
    visit,
    fail: (_, cause) => {
      if (!['ENOENT', 'EACCES'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    },
  });
  for (const [at, stats] of folders.reverse()) copyAttributes(at, stats);
  const pin = fs.openSync(source, folderOnly);
  descriptors.push(pin);
  return { source, pin, below };
}

// The copy keeps the runner's group when the runner is not in the original group; a changed file
// then shows a changed group.
function setGroup(at: Buffer | string, gid: number): void {
  try {
    fs.chownSync(at, process.getuid?.() ?? 0, gid);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EPERM') throw cause;
  }
}

function tooLarge(name: string, why: string): Problem {
  const what = `${copiedBytesMax / 1024 / 1024} MiB or ${copiedEntriesMax} entries`;
  return new Problem(
    'mode-unsupported',
    `Cannot mount ${name} for writing: it has more than ${what}, so it cannot be copied, and no overlay can be mounted: ${why}`,
    {
      hint: 'Run Skillgate as root on Linux 5.11 or later, name a smaller folder for this workspace in host.json, or mount the folder read-only.',
    },
  );
}
