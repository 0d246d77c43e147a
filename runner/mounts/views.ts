/**
 * Private views of folders. A run writes to the view, and the folder below stays unchanged. A view
 * is an overlay (overlayfs, Linux) in an unnamed mount namespace where the runner may mount an
 * overlay. Elsewhere a view is a copy in the run folder.
 *
 * Without root, Linux mounts an overlay in a user namespace. Such an overlay cannot rename a folder
 * that the host has (EXDEV), and cannot change a file of a group other than the runner's first
 * group (EOVERFLOW). So a runner that is not root copies a small folder.
 */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { text } from 'node:stream/consumers';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Owner } from '../files/owned-folder.ts';
import { folderOnly, type VisitedEntry, walkFolder } from '../files/walk-folder.ts';
import type { ViewNamespace } from '../sandbox/sandbox.ts';
import { copyAttributes, copyTree, type OwnerInCopy, type TreeCopy } from './copy-tree.ts';

/** Paths that a run may change in one folder. */
export const changedPathsMax = 20_000;

/**
 * Bytes and entries of a folder that the runner copies for a run. A project with its installed
 * packages has tens of thousands of entries.
 */
export const copiedBytesMax = 512 * 1024 * 1024;

const copiedEntriesMax = 100_000;

export const keptEntriesMax = 150_000;

/** Bytes and entries of a folder that a runner without root copies rather than overlays. */
const smallBytesMax = 16 * 1024 * 1024;

export const smallEntriesMax = 1_000;

// Makes or enters the mount namespace of a run. A script mounts folders in the namespace as root
// and reports in lines. A runner that is not root makes a user namespace too, in which the runner's
// user counts as root. The namespaces have no names, so they disappear with the runner.

interface InNamespace<Result> {
  /**
   * A script for `/bin/sh -c`. The script prints `ready` after mounting, then waits for the end of
   * its input.
   */
  readonly script: string;
  readonly args: readonly string[];
  /**
   * Descriptors that the script gets as `firstDescriptor` and up. The descriptors below are the
   * namespaces that the script enters.
   */
  readonly descriptors: readonly number[];
  /** The namespace that the script enters; absent to make a new namespace. */
  readonly into: ViewNamespace | undefined;
  /**
   * Called while the namespace is reachable. `root` is the path of the namespace's root as seen
   * from outside, and `output` is the script's output.
   */
  readonly act: (root: string, output: string) => Result;
}

/** The number of the first descriptor that a script gets. */
export const firstDescriptor = 5;

/** Runs the script in the namespace. Returns the reason as text when the script fails. */
export async function mountInNamespace<Result>({
  script,
  args,
  descriptors,
  into,
  act,
}: InNamespace<Result>): Promise<
  { readonly namespace: ViewNamespace; readonly result: Result } | string
> {
  const isRoot = process.getuid?.() === 0;
  const make = ['/usr/bin/unshare', '--mount', '--propagation', 'private'];
  const enter = ['/usr/bin/nsenter', '--mount=/proc/self/fd/3'];
  const how =
    into === undefined
      ? [...make, ...(isRoot ? [] : ['--user', '--map-root-user'])]
      : [...enter, ...(isRoot ? [] : ['--user=/proc/self/fd/4', '--preserve-credentials'])];
  const [program = '', ...rest] = [...how, '--', '/bin/sh', '-c', script, 'sh', ...args];
  const child = spawn(program, rest, {
    env: {},
    cwd: '/',
    stdio: [
      'pipe',
      'pipe',
      'pipe',
      into?.mount ?? 'ignore',
      into?.user ?? 'ignore',
      ...descriptors,
    ],
  }) as ChildProcessWithoutNullStreams;
  const ended = new Promise<void>(
    (resolve) => void child.on('error', () => resolve()).on('close', () => resolve()),
  );
  const errors = text(child.stderr).catch(() => '');
  let output = '';
  const ready = new Promise<boolean>((resolve) =>
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1');
      if (/^ready$/m.test(output)) resolve(true);
    }),
  );
  try {
    if ((await Promise.race([ready, ended])) !== true)
      return (await errors).trim() || 'no overlay can be mounted';
    const result = act(`/proc/${child.pid}/root`, output);
    return { namespace: into ?? openNamespace(`/proc/${child.pid}/ns`, isRoot), result };
  } finally {
    child.stdin.end();
    await ended;
  }
}

function openNamespace(of: string, isRoot: boolean): ViewNamespace {
  const mount = fs.openSync(`${of}/mnt`, 'r');
  return isRoot ? { mount } : { mount, user: fs.openSync(`${of}/user`, 'r') };
}

export function closeNamespace({ mount, user }: ViewNamespace): void {
  fs.closeSync(mount);
  if (user !== undefined) fs.closeSync(user);
}

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
interface UnderView {
  readonly under: string | undefined;
  readonly paths: readonly string[];
}

/** A repository that the runner made for a view, in the place of the folder's `.git` file. */
export interface MadeGit {
  /** The folder that lies over the workspace, and holds `.git` alone. */
  readonly layer: string;
  /** `/proc/self/fd/N` of that `.git`. */
  readonly folder: string;
  /** Descriptor of the host's objects, of which `.git/objects` is a view. */
  readonly objects: number;
  /** Settings of the host's repository. */
  readonly settings: readonly string[];
  close(): void;
}

export interface Views {
  /**
   * Opens a private view of a folder.
   * @throws Problem `mode-unsupported` when the folder can neither be overlaid nor is small enough
   * to be copied
   * @param name the name of the folder for messages, which the agent reads too
   * @param kept build products that lie under the folder
   */
  open(folder: number, path: string, name: string, kept?: UnderView, git?: MadeGit): Promise<View>;
  /** Bytes that the run may change in each folder. */
  readonly bytes: number;
  /** The namespace that the sandbox must enter. */
  namespace(): ViewNamespace | undefined;
  /** Says for the run's start in the audit log why large folders were copied. */
  notes(): readonly string[];
  close(): void;
}

// Mounts the layer for the changes over the judged folder, in a new mount namespace or in the run's
// existing namespace. Root limits the layer's size by a temporary file system. Without root, an
// overlay needs attributes (user.overlay.*) that a temporary file system lacks before Linux 6.6, so
// that layer lies in the run folder. The shell opens the layer below the folder itself, because the
// kernel refuses a folder of another namespace. Without an overlay, the copy must not lie under the
// mounted layer.
const overlayScript = `set -eu
room=$1 folder=$2 under=$3 git=$4 objects=$5 options=$6
if [ $# -gt 6 ]; then
  /bin/mount -t tmpfs -o "size=$9,nr_inodes=\${10},mode=0711,nosuid,nodev" skillgate "$room"
  /bin/mkdir "$room/upper" "$room/work" "$room/view" "$room/objects" "$room/work2"
  /bin/chown "$7" "$room/upper" "$room/objects"; /bin/chmod "$8" "$room/upper" "$room/objects"
fi
over() {
  /bin/mount -t overlay -o "lowerdir=$1,upperdir=$2,workdir=$3,index=off,nosuid,nodev,$options" skillgate "$4"
}
cd "$folder"; [ . -ef /proc/self/fd/${firstDescriptor} ]
lower=.
if [ -n "$under" ]; then exec 9<"$under"; lower=.:/proc/self/fd/9; fi
if [ -n "$git" ]; then exec 8<"$git"; lower=/proc/self/fd/8:$lower; fi
over "$lower" "$room/upper" "$room/work" "$room/view" && { [ -z "$git" ] || {
  cd "$objects" && [ . -ef /proc/self/fd/${firstDescriptor + 1} ] &&
    over . "$room/objects" "$room/work2" "$room/view/.git/objects"
}; } || {
  code=$?; cd /; /bin/umount -q "$room/view" || :
  [ $# = 6 ] || /bin/umount "$room"; exit $code
}
echo ready; read -r wait || :`;

/**
 * Opens the private views of one run.
 * @param runFolder private folder of the run, outside everything that a sandbox sees
 * @param overlays whether the sandbox enters a namespace
 * @param bytes that the run may change in each folder
 * @param user of the run
 * @param into the run's existing namespace; the caller closes the namespace
 */
export function openViews(
  runFolder: string,
  overlays: boolean,
  bytes: number,
  user: Owner,
  into?: ViewNamespace,
): Views {
  const descriptors: number[] = [];
  const notes: string[] = [];
  let rooms = 0;
  let namespace = into;
  const open: Views['open'] = async (folder, path, name, kept, git) => {
    const room = `${runFolder}/view${rooms++}`;
    fs.mkdirSync(room, { mode: 0o711 });
    const isOfRoot = belongsToRoot(folder);
    const isOverlaid =
      !isOfRoot && overlays && (process.getuid?.() === 0 || !(await isSmall(folder, kept, git)));
    const made = isOverlaid
      ? await overlayOver({ folder, path, room, into: namespace, bytes, kept, git })
      : isOfRoot
        ? 'it belongs to root'
        : 'this sandbox does not use overlays';
    if (typeof made === 'string') {
      const owned = isOfRoot ? user : undefined;
      const copy = await copyOf(folder, room, tooLarge(name, made), kept, git, owned);
      descriptors.push(copy.pin);
      if (isOverlaid) notes.push(`${name}: a copy, because no overlay can be mounted: ${made}`);
      return copy;
    }
    const { pin, upper } = made.result;
    namespace = made.namespace;
    descriptors.push(pin, upper);
    return { source: `${room}/view`, pin, upper };
  };
  const close = (): void => {
    if (namespace !== undefined && namespace !== into) closeNamespace(namespace);
    namespace = into;
    for (const descriptor of descriptors.splice(0)) fs.closeSync(descriptor);
  };
  return { open, bytes, namespace: () => namespace, notes: () => notes, close };
}

/** A run sees a copy of such a folder that belongs to its own user, because no run is root. */
export function belongsToRoot(folder: number): boolean {
  return process.getuid?.() === 0 && fs.fstatSync(folder).uid === 0;
}

interface Overlay {
  readonly pin: number;
  readonly upper: number;
}

interface OverlaidFolder {
  readonly folder: number;
  readonly path: string;
  readonly room: string;
  readonly into: ViewNamespace | undefined;
  readonly bytes: number;
  readonly kept: UnderView | undefined;
  readonly git: MadeGit | undefined;
}

// Mounts an overlay over a folder. Returns the reason as text when no overlay can be mounted.
async function overlayOver({
  folder,
  path,
  room,
  into,
  bytes,
  kept,
  git,
}: OverlaidFolder): ReturnType<typeof mountInNamespace<Overlay>> {
  const root = fs.fstatSync(folder);
  const mode = (root.mode & 0o3777).toString(8);
  // A new product has as many entries as the agent may keep.
  const inodes = changedPathsMax * 3 + (kept === undefined ? 0 : keptEntriesMax);
  const size = [bytes, inodes].map(String);
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) makeLayer(room, root);
  const how = isRoot
    ? ['redirect_dir=on,metacopy=off', `${root.uid}:${root.gid}`, mode, ...size]
    : ['userxattr'];
  return await mountInNamespace({
    script: overlayScript,
    // The folder's own entries hide those of the layer below them.
    args: [
      room,
      path,
      kept?.under ?? '',
      git?.layer ?? '',
      git === undefined ? '' : fs.readlinkSync(`/proc/self/fd/${git.objects}`),
      ...how,
    ],
    descriptors: [folder, git?.objects ?? folder],
    into,
    act: (seen) => ({
      pin: fs.openSync(`${seen}${room}/view`, folderOnly),
      upper: fs.openSync(`${seen}${room}/upper`, folderOnly),
    }),
  });
}

function makeLayer(room: string, root: fs.Stats): void {
  for (const name of ['upper', 'work', 'view', 'objects', 'work2'])
    fs.mkdirSync(`${room}/${name}`, { mode: 0o700 });
  copyAttributes(`${room}/upper`, root);
}

// Kept products can have tens of thousands of files.
async function isSmall(
  folder: number,
  kept: UnderView | undefined,
  git: MadeGit | undefined,
): Promise<boolean> {
  const tooLarge = new Error('the folder is not small');
  let bytes = 0;
  let entries = 0;
  const visit = ({ stats }: VisitedEntry): boolean => {
    bytes += stats.isFile() ? stats.size : 0;
    if (bytes > smallBytesMax || ++entries > smallEntriesMax) throw tooLarge;
    return true;
  };
  const fail = (_: string, cause: unknown): void => {
    if (cause === tooLarge) throw cause;
  };
  if (kept?.under !== undefined) return false;
  try {
    for (const one of [folder, ...(git === undefined ? [] : [git.objects])])
      await walkFolder(`/proc/self/fd/${one}`, { restoresRights: false, visit, fail });
    return true;
  } catch {
    return false;
  }
}

async function copyOf(
  folder: number,
  room: string,
  tooLarge: Problem,
  kept: UnderView | undefined,
  git: MadeGit | undefined,
  user: Owner | undefined,
): Promise<View> {
  const source = `${room}/view`;
  const root = fs.fstatSync(folder);
  const ownerOf: OwnerInCopy = (stats) =>
    stats.uid !== root.uid || user === undefined
      ? stats
      : { uid: user.uid, gid: stats.gid === root.gid ? user.gid : stats.gid };
  const below = new Map<string, { readonly changed: number; readonly uid: number }>();
  let bytes = 0;
  // An overlay that could not be mounted leaves its empty folder.
  fs.mkdirSync(source, { mode: 0o700, recursive: true });
  const copy = copyTree(source, ownerOf);
  // Leave out unreadable entries of the original. A runner that is not root shares its uid with the
  // run, so the run could not read such entries either.
  const fail = (_: string, cause: unknown): void => {
    if (!['ENOENT', 'EACCES'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
  };
  const copyAll = (from: number, to: string): Promise<void> => {
    const visit = (entry: VisitedEntry): boolean => {
      const { stats } = entry;
      const path = to + entry.path;
      if (path === '.git' && git !== undefined) return false;
      bytes += stats.isFile() ? stats.size : 0;
      if (bytes > copiedBytesMax || below.size >= copiedEntriesMax) throw tooLarge;
      below.set(path, { changed: stats.ctimeMs, uid: stats.uid });
      // The run may not have as its own what another process has under the same user.
      if (stats.uid === user?.uid) return false;
      copy.put({ ...entry, path });
      return true;
    };
    return walkFolder(`/proc/self/fd/${from}`, { restoresRights: false, visit, fail });
  };
  await copyAll(folder, '');
  if (git !== undefined) {
    await copyKept(git.layer, ['.git'], copy);
    await copyAll(git.objects, '.git/objects/');
  }
  if (kept?.under !== undefined) await copyKept(kept.under, kept.paths, copy);
  copy.finish();
  copyAttributes(source, root, ownerOf(root));
  return { source, pin: fs.openSync(source, folderOnly), below };
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
    `Cannot mount ${name}: it has more than ${what}, so it cannot be copied, and no overlay can be mounted: ${why}`,
    {
      hint: 'Run Skillgate on Linux 5.11 or later with user namespaces, or as root, name a smaller folder of a user for this workspace in host.json, or mount the folder read-only.',
    },
  );
}
