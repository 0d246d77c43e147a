/**
 * Private views of folders. A run writes to the view, and the folder below stays unchanged. A view
 * is an overlay (overlayfs, Linux) in an unnamed mount namespace where the runner may mount an
 * overlay. Elsewhere a view is a copy in the run folder.
 */
import * as fs from 'node:fs';
import { Problem } from '../../skills-index/skill/problem.ts';
import { folderOnly, type VisitedEntry, walkFolder } from '../files/walk-folder.ts';
import { changedBytesMax, changedPathsMax, copiedBytesMax, copiedEntriesMax } from '../limits.ts';
import { copyAttributes, copyTree, type TreeCopy } from './copy-tree.ts';
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
  /** Descriptor of what the run wrote; absent for a view that is a copy. */
  readonly upper?: number;
}

/** Folders that a view shows in places where the folder itself has nothing. */
export interface UnderView {
  readonly under: string | undefined;
  readonly paths: readonly string[];
}

export interface Views {
  /**
   * Opens a private view of a folder.
   * @throws Problem `mode-unsupported` when the folder can neither be overlaid nor is small enough
   * to be copied
   * @param name the name of the folder for messages, which the agent reads too
   * @param kept build products that lie under the folder
   */
  open(folder: number, path: string, name: string, kept?: UnderView): Promise<View>;
  /** Descriptor of the mount namespace that the sandbox must enter. */
  namespace(): number | undefined;
  close(): void;
}

// Mounts a layer of limited size over the judged folder, in a new mount namespace or in the run's
// existing namespace. The shell opens the layer below the folder itself, because the kernel refuses
// a folder of another namespace. Without an overlay, the copy must not lie under the mounted layer.
const overlayScript = `set -eu
room=$1 folder=$2 owner=$3 mode=$4 bytes=$5 inodes=$6 under=$7
/bin/mount -t tmpfs -o "size=$bytes,nr_inodes=$inodes,mode=0711,nosuid,nodev" skillgate "$room"
/bin/mkdir "$room/upper" "$room/work" "$room/view"
/bin/chown "$owner" "$room/upper"; /bin/chmod "$mode" "$room/upper"
cd "$folder"; [ . -ef /proc/self/fd/4 ]
lower=.
if [ -n "$under" ]; then exec 5<"$under"; lower=.:/proc/self/fd/5; fi
/bin/mount -t overlay -o "lowerdir=$lower,upperdir=$room/upper,workdir=$room/work,index=off,redirect_dir=on,metacopy=off,nosuid,nodev" skillgate "$room/view" || {
  code=$?; /bin/umount "$room"; exit $code
}
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
  const open: Views['open'] = async (folder, path, name, kept) => {
    const room = `${runFolder}/view${descriptors.length}`;
    fs.mkdirSync(room, { mode: 0o711 });
    const overlay = overlays
      ? await overlayOver(folder, path, room, namespace, kept?.under)
      : 'this sandbox does not use overlays';
    if (typeof overlay === 'string')
      return await copyOf(folder, room, descriptors, tooLarge(name, overlay), kept);
    if (namespace === undefined) descriptors.push(overlay.namespace);
    namespace = overlay.namespace;
    descriptors.push(overlay.pin, overlay.upper);
    return { source: `${room}/view`, pin: overlay.pin, upper: overlay.upper };
  };
  return {
    open,
    namespace: () => namespace,
    close: () => descriptors.splice(0).forEach((descriptor) => void fs.closeSync(descriptor)),
  };
}

type Overlay = { readonly namespace: number; readonly pin: number; readonly upper: number };

// Mounts an overlay over a folder. Returns the reason as text when no overlay can be mounted.
async function overlayOver(
  folder: number,
  path: string,
  room: string,
  into: number | undefined,
  under: string | undefined,
): Promise<Overlay | string> {
  const { uid, gid, mode } = fs.fstatSync(folder);
  const facts = [
    `${uid}:${gid}`,
    (mode & 0o3777).toString(8),
    String(changedBytesMax),
    String(changedPathsMax * 3),
    // The folder's own entries hide those of the layer below them.
    under ?? '',
  ];
  const made = await mountInNamespace({
    script: overlayScript,
    args: [room, path, ...facts],
    descriptors: [folder],
    into,
    act: (root) => ({
      pin: fs.openSync(`${root}${room}/view`, folderOnly),
      upper: fs.openSync(`${root}${room}/upper`, folderOnly),
    }),
  });
  return typeof made === 'string' ? made : { namespace: made.namespace, ...made.result };
}

async function copyOf(
  folder: number,
  room: string,
  descriptors: number[],
  tooLarge: Problem,
  kept: UnderView | undefined,
): Promise<View> {
  const source = `${room}/view`;
  const below = new Map<string, { readonly changed: number; readonly uid: number }>();
  let bytes = 0;
  fs.mkdirSync(source, { mode: 0o700 });
  const copy = copyTree(source);
  const visit = (entry: VisitedEntry): boolean => {
    const { path, stats } = entry;
    bytes += stats.isFile() ? stats.size : 0;
    if (bytes > copiedBytesMax || below.size >= copiedEntriesMax) throw tooLarge;
    below.set(path, { changed: stats.ctimeMs, uid: stats.uid });
    copy.put(entry);
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
  if (kept?.under !== undefined) await copyKept(kept.under, kept.paths, copy);
  copy.finish();
  copyAttributes(source, fs.fstatSync(folder));
  const pin = fs.openSync(source, folderOnly);
  descriptors.push(pin);
  return { source, pin, below };
}

async function copyKept(under: string, paths: readonly string[], copy: TreeCopy): Promise<void> {
  const isIn = (path: string): boolean =>
    paths.some((kept) => path === kept || path.startsWith(`${kept}/`));
  await walkFolder(under, {
    restoresRights: false,
    visit: (entry) => {
      if (isIn(entry.path)) copy.put(entry);
      return true;
    },
    fail: (_, cause) => {
      throw cause;
    },
  });
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
