/**
 * The mounts of a run. A run sees a writable folder (`rw` or `cow`) through a private view, so no
 * write of the run reaches the host before the runner has judged the write. Changes to `rw` folders
 * are applied after the run, because a person allowed these changes before the start. Changes to
 * `cow` folders wait until somebody accepts them.
 */
import * as fs from 'node:fs';
import { closeSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type ChangedFolder,
  type ChangeSet,
  changeSetDigest,
  changesFolderOf,
  fileChangeOf,
  type KeptFolder,
  type LeftBehind,
} from '../../skills-index/run/changes/changes.ts';
import { refChanges } from '../../skills-index/run/changes/repositories.ts';
import { parseMountPoints, requireOverlays } from '../../skills-index/run/plan/own-locks.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import { workspaceOf } from '../../skills-index/run/plan/plan-capabilities.ts';
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { libraries } from '../bubblewrap/launch.ts';
import type { LeakDetector } from '../egress/leaks.ts';
import { recordPaths } from '../files/path-records.ts';
import { writePrivateFile } from '../files/private-file.ts';
import { folderOnly, takeTurns } from '../files/walk-folder.ts';
import type { SandboxStart, ViewNamespace } from '../sandbox/sandbox.ts';
import {
  removeUnusedContent,
  whyOverShare,
  whyTooLarge,
  writeShareOwner,
} from './changes-share.ts';
import { type HandOver, withRepositories } from './ended-view.ts';
import type { KeptFolders, KeptProducts } from './kept-folders.ts';
import { dropOverBudget, shorten } from './left-out.ts';
import type { MountsRequest } from './mounts-request.ts';
import {
  belongsToRoot,
  changedPathsMax,
  closeNamespace,
  firstDescriptor,
  type MadeGit,
  mountInNamespace,
  openViews,
  type Views,
} from './views.ts';
import { type OpenWorkspace, openWorkspace } from './workspace.ts';

/**
 * Rejected paths that the runner names in a change set. The runner only counts further rejected
 * paths.
 */
const leftBehindMax = 1_000;

export interface OpenMounts
  extends Pick<SandboxStart, 'pins' | 'sources' | 'systemViews' | 'namespace'> {
  readonly notes: ReturnType<Views['notes']>;
  /**
   * Collects the run's changes after the last process of the run has ended. Never throws; a second
   * call returns the same result.
   * @param leaks searches each changed file; absent when the run was ended from outside, and then
   * all changes are dropped
   * @param handOver reads the repositories of a view; absent where git's folders stay in the view
   */
  finish(leaks?: LeakDetector, handOver?: HandOver): Promise<FinishedMounts>;
}

/**
 * Opens the mounts of a run.
 * @throws Problem `plan-refused`, `mode-unsupported`
 */
export async function openMounts(request: MountsRequest): Promise<OpenMounts> {
  const { folders, overlays, plan, programs, runFolder } = request;
  const system = ['/usr', ...libraries.map(({ path }) => path), ...programs];
  const descriptorOf = (source: string): number => folders.get(workspaceOf(source)) ?? -1;
  const ownLocks = readWithOwnLocks(request);
  // Skip the overlays for a run without a mount. Such a run can read no private file of the host,
  // and overlays would double the time of its start.
  const needsOverlays = overlays && plan.mounts.length > 0;
  const readOnly = needsOverlays
    ? await overlayReadOnly({ room: `${runFolder}/read`, system, workspaces: ownLocks })
    : 'this sandbox does not use overlays';
  const overlaid = typeof readOnly === 'object' ? readOnly : undefined;
  const bytes = plan.limits.changesMiB * 1024 * 1024;
  const views = openViews(runFolder, overlays, bytes, plan, overlaid?.namespace);
  const writable: WritableMount[] = [];
  const pins = new Map<string, number>();
  const sources = new Map<string, string>();
  let finished: Promise<FinishedMounts> | undefined;
  const close = (): void => {
    views.close();
    for (const { git, kept } of writable) {
      kept?.close();
      git?.close();
    }
    if (overlaid === undefined) return;
    closeNamespace(overlaid.namespace);
    for (const { pin } of overlaid.views.values()) closeSync(pin);
  };
  const finish: OpenMounts['finish'] = (leaks, handOver) => {
    finished ??= finishAll(request, writable, leaks, handOver).finally(close);
    return finished;
  };
  try {
    requireOverlays(ownLocks, readOnly);
    for (const mount of plan.mounts) {
      const { mode, path, source, target } = mount;
      const folder = descriptorOf(source);
      const isWritable = mode !== 'ro';
      const kept = isWritable ? request.openKept?.(mount, folder) : undefined;
      const git = await request.makeGit?.(source, `${runFolder}/git${writable.length}`);
      const workspace = isWritable
        ? await openWorkspace(folder, path, mount, views, request.obeyed, kept, git)
        : undefined;
      const locked = ownLocks.has(path) ? overlaid?.views.get(path) : undefined;
      const view =
        workspace?.view ??
        (belongsToRoot(folder) ? await views.open(folder, path, source) : locked);
      pins.set(target, view?.pin ?? folder);
      sources.set(target, view?.source ?? path);
      // A sandbox that binds a folder without the mounts in it needs the inner view by name.
      if (git !== undefined && workspace?.view.upper !== undefined)
        sources.set(`${target}/.git/objects`, `${workspace.view.source}/.git/objects`);
      if (workspace !== undefined) writable.push({ mount, workspace, kept, git });
    }
  } catch (cause) {
    await finish();
    throw cause;
  }
  return {
    pins,
    sources,
    systemViews: new Map(
      [...(overlaid?.views ?? [])].map(([folder, { source }]) => [folder, source]),
    ),
    namespace: views.namespace(),
    notes: views.notes(),
    finish,
  };
}

function readWithOwnLocks({ folders, ownLocks, plan }: MountsRequest): Map<string, number> {
  const isOwn = (name: string): boolean => ownLocks.includes(name) && folders.has(name);
  const read = plan.mounts.filter(
    ({ mode, source }) => mode === 'ro' && isOwn(workspaceOf(source)),
  );
  return new Map(read.map(({ path, source }) => [path, folders.get(workspaceOf(source)) ?? -1]));
}

// Collects what a run changed in its views, and stores the change set. What exceeds a limit is left
// out with a reason.

interface FinishedMounts {
  /** Changed paths that the change set omits, with the reason for each. */
  readonly cleaned: readonly LeftBehind[];
  /** Whether a limit of Skillgate left out changes of the run. */
  readonly limited: boolean;
  /** Build products for the agent's next session, by their path in the sandbox. */
  readonly kept?: readonly KeptFolder[];
  /** Changes of this run that a person has to accept; absent when the run has no such changes. */
  readonly changes?: ChangeSet;
  /**
   * Whether a changed file contained the canary or a placeholder. The runner then keeps no change
   * of the run.
   */
  readonly leaked: boolean;
}

/** A mount that the run could write, and its products. */
interface WritableMount {
  readonly mount: Plan['mounts'][number];
  readonly workspace: OpenWorkspace;
  readonly kept: KeptFolders | undefined;
  readonly git: MadeGit | undefined;
}

/** Collects the changes of all writable mounts; all are dropped without `leaks`. */
async function finishAll(
  request: MountsRequest,
  writable: readonly WritableMount[],
  leaks: LeakDetector | undefined,
  handOver: HandOver | undefined,
): Promise<FinishedMounts> {
  const { data, record, subject } = request;
  const changesFolder = changesFolderOf(data, subject.run);
  const found = await collectAll(request, leaks === undefined ? [] : writable, leaks, handOver);
  const { cleaned, folders, products } = found;
  const turn = takeTurns();
  const isUnstorable = dropUnstorable(request, folders, cleaned);
  await turn();
  const limited =
    dropOverBudget(request.plan.agent, request.spend, folders, cleaned) ||
    isUnstorable ||
    found.limited;
  const changed = folders.flatMap(({ changes, target }) =>
    changes.map((change) => ({ ...change, path: `${target}/${change.path}` })),
  );
  const kept = products.flatMap((one) => one.kept);
  const refs = folders.flatMap(({ repositories = [], target }) => refChanges(target, repositories));
  // The names of changed files reach the audit log, so search the names for the canary as well.
  const names = [
    ...changed.flatMap(({ path, after }) => [path, after?.kind === 'link' ? after.to : '']),
    ...[...cleaned, ...kept].map(({ path }) => path),
    ...refs.map(({ path }) => path),
  ];
  await turn();
  const hasCanary = leaks?.push('names', Buffer.from(names.join('\n'))) !== undefined;
  const leaked = hasCanary || found.leaked;
  if (!leaked) {
    const paths = [...changed.map(fileChangeOf), ...refs];
    await recordPaths(data, { of: 'change', paths }, record);
    await recordPaths(data, { of: 'cleanup', paths: shorten(cleaned, changedPathsMax) }, record);
  }
  if (leaked || folders.length === 0) {
    rmSync(changesFolder, { recursive: true, force: true });
    if (leaked) return { cleaned, limited, leaked };
    for (const { commit } of products) commit();
    return { cleaned, limited, leaked, ...ifKept(kept) };
  }
  const changes = setOf(request, folders);
  removeUnusedContent(data, subject.run, changes);
  writeShareOwner(data, subject.run, changes);
  await turn();
  writePrivateFile(`${changesFolder}/set.json`, JSON.stringify(changes));
  await turn();
  record({
    event: 'changes',
    decision: 'offered',
    digest: changeSetDigest(changes),
    targets: folders.map((folder) => folder.target),
  });
  for (const { commit } of products) commit();
  return { cleaned, changes, limited, leaked, ...ifKept(kept) };
}

function ifKept(kept: readonly KeptFolder[]): Pick<FinishedMounts, 'kept'> {
  return kept.length === 0 ? {} : { kept };
}

interface CollectedMounts extends Pick<FinishedMounts, 'leaked' | 'limited'> {
  readonly cleaned: LeftBehind[];
  readonly folders: ChangedFolder[];
  /** The build products, by their path in the sandbox. */
  readonly products: readonly Pick<KeptProducts, 'commit' | 'kept'>[];
}

async function collectAll(
  request: MountsRequest,
  writable: readonly WritableMount[],
  leaks: LeakDetector | undefined,
  handOver: HandOver | undefined,
): Promise<CollectedMounts> {
  const changesFolder = changesFolderOf(request.data, request.subject.run);
  const cleaned: LeftBehind[] = [];
  const folders: ChangedFolder[] = [];
  const products: Pick<KeptProducts, 'commit' | 'kept'>[] = [];
  let leaked = false;
  let limited = false;
  for (const { kept, mount, workspace } of writable) {
    const { id, mode, path, source, target } = mount;
    const inSandbox = <One extends { readonly path: string }>(one: One): One => ({
      ...one,
      path: one.path === '' ? target : `${target}/${one.path}`,
    });
    const { keep, search } = contentStore(changesFolder, (file, bytes) => {
      const channel = `file ${target}/${file}`;
      if (leaks?.push(channel, bytes) !== undefined) leaked = true;
      return () => leaks?.forget(channel);
    });
    try {
      const { limited: isLimited, products: made, ...found } = await workspace.collect(keep);
      const { limited: isCut, ...collected } = await withRepositories(
        found,
        handOver,
        (workTrees) => ({
          run: request.subject.run,
          target,
          source,
          view: `/proc/self/fd/${workspace.view.pin}`,
          below: `/proc/self/fd/${request.folders.get(workspaceOf(source)) ?? -1}`,
          workTrees,
          changes: found.changes,
          read: (sha256) => readFileSync(`${changesFolder}/${hexOf(sha256)}`),
          keep: (bytes) => keep('.git', bytes),
          search: (piece) => void search('.git', piece),
          judge: workspace.judge,
        }),
      );
      limited ||= isLimited || isCut;
      const held = leaked ? undefined : await kept?.keep(workspace.view, made);
      if (held !== undefined) products.push({ ...held, kept: held.kept.map(inSandbox) });
      const refused = [...collected.refused, ...(held?.left ?? [])];
      cleaned.push(...refused.map(inSandbox));
      if (collected.changes.length > 0 || collected.repositories !== undefined)
        folders.push({
          source,
          target,
          path,
          id,
          mode: mode === 'rw' ? mode : 'cow',
          ...collected,
          refused: shorten(refused, leftBehindMax),
          ...(held === undefined || held.kept.length === 0 ? {} : { kept: [...held.kept] }),
        });
    } catch (cause) {
      limited = true;
      cleaned.push({
        path: target,
        why: `all its changes are discarded: ${(cause as Error).message}`,
      });
    }
  }
  return { cleaned, folders, products, leaked, limited };
}

function setOf(
  { now, plan: { agent, skill }, planDigest: plan, subject }: MountsRequest,
  folders: ChangedFolder[],
): ChangeSet {
  return {
    schema: 'skillgate.changes/2',
    run: subject.run,
    agent,
    skill: skill.name,
    version: skill.version,
    plan,
    at: now().toISOString(),
    folders,
  };
}

// Refuse a change set that nobody could read later at once, while the run can still report the
// reason. Earlier folders keep their changes where they fit without the later folders.
function dropUnstorable(
  request: MountsRequest,
  folders: ChangedFolder[],
  cleaned: LeftBehind[],
): boolean {
  let isDropped = false;
  for (let why = whyUnstorable(request, folders); why !== undefined; isDropped = true) {
    const target = folders.pop()?.target ?? '';
    cleaned.push({ path: target, why: `all its changes are discarded: ${why}` });
    why = whyUnstorable(request, folders);
  }
  return isDropped;
}

function whyUnstorable(request: MountsRequest, folders: ChangedFolder[]): string | undefined {
  if (folders.length === 0) return undefined;
  const set = setOf(request, folders);
  const json = JSON.stringify(set);
  // Changes to `rw` mounts need room on the disk too: changes that conflict wait to be accepted.
  return whyTooLarge(set, json) ?? whyOverShare(request.data, set.run, set, json.length);
}

// The stored content of changed files, by digest.

/**
 * Stores content by its digest.
 * @param search searches a piece of a path's content; returns how to end the search of the path
 */
function contentStore(
  folder: string,
  search: (path: string, bytes: Uint8Array) => () => void,
): {
  readonly search: typeof search;
  readonly keep: (path: string, bytes: Uint8Array) => Digest;
} {
  const keep = (path: string, bytes: Uint8Array): Digest => {
    search(path, bytes)();
    const digest = digestOf(bytes);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(`${folder}/${hexOf(digest)}`, bytes, { mode: 0o600 });
    return digest;
  };
  return { search, keep };
}

// Read-only overlays (overlayfs, Linux) for one run: over the system's folders, and over workspaces
// that host policy lists in `ownLocks`. Linux keeps locks, leases and watches by inode, and an
// overlay has inodes of its own. So a run cannot block writers on the host, observe what the host
// starts, or signal to another run through locks on a shared file. The sandbox binds other
// workspaces without an overlay: below an overlay, the host's writers would lock other inodes than
// the run reads, and the run would read torn databases and replaced files.

/** The folders that a run reads from the host. */
interface ReadOnlyRequest {
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

interface ReadOnlyViews {
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
async function overlayReadOnly({
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
