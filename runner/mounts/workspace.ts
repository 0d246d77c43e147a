/**
 * A workspace that a run may change. The run sees a private view of the workspace. After the run,
 * the runner judges the run's changes and compares the view with the folder. The accepted changes
 * form a change set.
 */
import * as fs from 'node:fs';
import { posix } from 'node:path';
import {
  folderOf,
  judgeAccessLists,
  type ListedPaths,
} from '../../skills-index/run/changes/access-lists.ts';
import type { Change, EntryState } from '../../skills-index/run/changes/changes.ts';
import {
  type Owners,
  type Ownership,
  ownershipOf,
} from '../../skills-index/run/changes/foreign-paths.ts';
import {
  changesVersionsAlone,
  type Gathered,
  gatherChanges,
  pathsInGitConfig,
  relativeLink,
} from '../../skills-index/run/changes/gather-changes.ts';
import { generatedFolders } from '../../skills-index/run/changes/generated-folders.ts';
import {
  type JudgedEntry,
  judgeEntry,
  type Shelf,
  type Shelves,
  shelvesOf,
} from '../../skills-index/run/changes/left-behind.ts';
import {
  controlled,
  type FurtherNames,
  whyBytecodeRefused,
} from '../../skills-index/run/changes/protected-names.ts';
import { foldersAbove } from '../../skills-index/skill/bundle-path.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { ForeignEntry, ownersOf } from '../files/ownership.ts';
import {
  latinOf,
  takeTurns,
  textOf,
  type VisitedEntry,
  type Visitor,
  walkFolder,
  withHandle,
} from '../files/walk-folder.ts';
import { openEntry, pathsWithAccessList } from './access-lists.ts';
import { changedAt, contentAt, readContent, stateAt } from './entry-state.ts';
import type { KeptFolders } from './kept-folders.ts';
import { type EntryBefore, entryReader, leadsTo, readTree } from './read-tree.ts';
import { belongsToRoot, changedPathsMax, type MadeGit, type View, type Views } from './views.ts';

/**
 * Bytes of the names of all paths that a run changed or left behind in one folder. A single path
 * may be as long as 20 KB.
 */
const changedNameBytesMax = 32 * 1024 * 1024;

/** Bytes of a file of the host whose content decides on the shelf of a change. */
const obeyedContentBytesMax = 256 * 1024;

/** Stores the content of a new or changed file. */
type Keep = (path: string, bytes: Uint8Array) => void;

/**
 * @param path Latin-1 text of the path's bytes
 * @param link the target of a link
 * @param siblings the names of the entries of the same folder in the run's commits
 */
export type JudgeCommitted = (
  path: string,
  link: string | undefined,
  siblings: ReadonlySet<string>,
) => JudgedEntry;

export interface OpenWorkspace {
  readonly view: View;
  /** Collects the run's changes after the last process of the run has ended. */
  collect(keep: Keep): Promise<Collected>;
  /** Judges a path that a commit of the run changes. */
  readonly judge: JudgeCommitted;
}

interface Collected extends Gathered {
  /** Folders of build products, which are not among the changes. Latin-1 text of their bytes. */
  readonly products: readonly string[];
}

/**
 * Opens a workspace for a run.
 * @param folder descriptor of the workspace
 * @param path where the workspace lies
 * @param name the name of the workspace for messages, which the agent reads too
 * @param target where the run sees the workspace
 * @param further file names that programs obey, from host policy
 * @param kept build products of the agent's earlier sessions; absent for a run that keeps none
 * @param git the repository in the place of a `.git` file; absent for any other folder
 * @throws Problem `plan-refused` when the folder has too many entries; `mode-unsupported`
 */
export async function openWorkspace(
  folder: number,
  path: string,
  { source: name, target }: { readonly source: string; readonly target: string },
  views: Views,
  further: FurtherNames = [],
  kept?: KeptFolders,
  git?: MadeGit,
): Promise<OpenWorkspace> {
  const below = `/proc/self/fd/${folder}`;
  const view = await views.open(folder, path, name, kept, git);
  const before = await readTree(`/proc/self/fd/${view.pin}`, name, new Set(kept?.paths));
  const root = fs.fstatSync(folder);
  const seen = fs.fstatSync(view.pin);
  const owners = ownersOf(root);
  // In the copy of a folder of root, root's entries belong to the run.
  const isOfRoot = belongsToRoot(folder);
  const onHost = (state: EntryState): EntryState =>
    isOfRoot && state.uid === seen.uid
      ? { ...state, uid: root.uid, gid: state.gid === seen.gid ? root.gid : state.gid }
      : state;
  const named = [
    ...pathsOfSettings(before.keys(), below, path, owners),
    ...(git?.settings ?? []).flatMap((text) => pathsInGitConfig(text, '', latinOf(path))),
  ];
  const shelves = shelvesOf(before, (link) => leadsTo(below, link), further, named);
  const ownership = ownershipOf(view.below ?? before, owners);
  const collect = (keep: Keep): Promise<Collected> =>
    collectChanges(
      {
        view,
        below,
        before,
        shelves,
        owners,
        seenOwners: ownersOf(seen),
        onHost,
        ownership,
        further,
        target,
        kept,
        bytes: views.bytes,
      },
      keep,
    );
  const judge: JudgeCommitted = (path, link, siblings) =>
    // Skillgate applies no compiled Python, but a commit may hold it: a person decides.
    whyBytecodeRefused(textOf(path)) === undefined
      ? judgeEntry(
          { path, name: posix.basename(path), isOther: false, link, siblings, isNew: true },
          shelves,
          entryReader(`/proc/self/fd/${view.pin}`),
          further,
        )
      : { shelf: 'obeyed' };
  return { view, collect, judge };
}

type BeforeRun = Pick<OpenWorkspace, 'view'> & {
  readonly below: string;
  readonly before: ReadonlyMap<string, EntryBefore>;
  readonly owners: Owners;
  /** The owners in the view. */
  readonly seenOwners: Owners;
  /** The state that an entry of the view gets on the host. */
  readonly onHost: (state: EntryState) => EntryState;
  readonly ownership: Ownership;
  readonly shelves: Shelves;
  readonly further: FurtherNames;
  readonly target: string;
  readonly kept: KeptFolders | undefined;
  /** Bytes that the run may change. */
  readonly bytes: number;
};

async function collectChanges(run: BeforeRun, keep: Keep): Promise<Collected> {
  const { view, below, before, shelves, owners, ownership, further, target, kept, bytes } = run;
  const root = `/proc/self/fd/${view.pin}`;
  const isProduct = kept?.findIn(root);
  const products: string[] = [];
  const visited = new Set<string>();
  const inodes = new Map<string, number>();
  // Whether another process changed the original folder since the run began.
  const isTouched = (path: string): boolean =>
    changedAt(below, path, owners) !== (view.below ?? before).get(path)?.changed;
  const limits = { bytes, paths: changedPathsMax, nameBytes: changedNameBytesMax };
  const { result, refuse, hasRoom, compare, gone } = gatherChanges(limits, isTouched, shelves);
  const look = entryReader(root);
  const inherits = inheritsGroup(fs.statSync(root), before);
  const visit = async (entry: VisitedEntry): Promise<boolean> => {
    const { path, name, at, stats } = entry;
    const link = entry.link === undefined ? undefined : relativeLink(entry.link, target, path);
    const old = before.get(path);
    if (old === undefined && isProduct?.(entry) === true) {
      products.push(path);
      return false;
    }
    visited.add(path);
    if (isUnchanged(old, stats)) return true;
    inodes.set(path, stats.ino);
    const byPath = shelves.judge(path);
    // One line stands for all files of version control, which a single commit changes by the dozen.
    if (byPath.shelf === 'never') return refuse(byPath.root, controlled);
    // Check the owner of an entry before reading anything of the entry.
    const foreign = whyForeign(entry, ownership, run.seenOwners);
    if (foreign !== undefined) return refuse(path, foreign);
    const judged = judgeEntry(
      {
        ...entry,
        link,
        isOther: !(stats.isFile() || stats.isDirectory() || link !== undefined),
        isNew: old === undefined,
      },
      shelves,
      look,
      further,
    );
    if (judged.shelf === 'never') return refuse(path, judged.why);
    // Check the size of a file before reading the file: a sparse file of any size costs a run
    // nothing.
    if (!hasRoom(path, stats.isFile() ? stats.size : 0)) return false;
    const { state: found, content } = withHandle(at, (self) => readContent(self, stats, link));
    const state = found && run.onHost(found);
    const was = await stateAt(below, path, owners);
    // Host policy names further files on purpose, so no content makes them plain.
    const isJudged = byPath.root === path && !further.includes(textOf(name));
    const options = {
      shelf: isJudged
        ? shelfByContent(judged.shelf, { path, old: was, state, content }, below, owners)
        : judged.shelf === 'obeyed'
          ? judged.shelf
          : undefined,
      inherits: inherits(path, stats),
      modified: Math.max(0, Math.floor(stats.mtimeMs)),
    };
    if (compare(path, was, state, options) && content !== undefined) keep(textOf(path), content);
    return true;
  };
  const fail = (path: string, cause: unknown): void => {
    const { message } = cause as Error;
    refuse(path, cause instanceof ForeignEntry ? message : `the runner cannot read it: ${message}`);
  };
  await walkGeneratedLast(root, before, { restoresRights: true, visit, fail });
  const turn = takeTurns();
  for (const path of before.keys()) {
    if (visited.has(path)) continue;
    await turn();
    try {
      const why =
        ownership.whyForeign(path) ?? (ownership.holdsForeign(path) ? holdsOthers : undefined);
      await gone(path, async () => {
        if (why !== undefined) throw new Error(why);
        return await stateAt(below, path, owners);
      });
    } catch (cause) {
      refuse(path, (cause as Error).message);
    }
  }
  const gathered = result();
  const lists = await findAccessLists(gathered.changes, {
    root,
    below,
    owners,
    origin: view.below && originIn(before, inodes),
  });
  return { ...gathered, changes: judgeAccessLists(gathered.changes, lists), products };
}

// New folders that tools generate come last: their thousands of files must not take the room of
// work by hand.
async function walkGeneratedLast(
  root: string,
  before: ReadonlyMap<string, EntryBefore>,
  { visit, ...visitor }: Visitor,
): Promise<void> {
  const later: string[] = [];
  await walkFolder(root, {
    ...visitor,
    visit: (entry) => {
      const isLater =
        entry.stats.isDirectory() && !before.has(entry.path) && generatedFolders.has(entry.name);
      if (isLater) later.push(entry.path);
      return isLater ? false : visit(entry);
    },
  });
  if (later.length === 0) return;
  const above = new Set(later.flatMap(foldersAbove));
  const isIn = (path: string): boolean =>
    later.some((one) => path === one || path.startsWith(`${one}/`));
  await walkFolder(root, {
    ...visitor,
    visit: (entry) => (isIn(entry.path) ? visit(entry) : above.has(entry.path)),
  });
}

// Finds where an entry of a copied folder lay before the run, since the run may have moved the
// entry.
function originIn(
  before: ReadonlyMap<string, EntryBefore>,
  inodes: ReadonlyMap<string, number>,
): (path: string) => string | undefined {
  const paths = new Map([...before].map(([path, { inode }]) => [inode, path]));
  return (path) => {
    const inode = inodes.get(path) ?? before.get(path)?.inode;
    return inode === undefined ? undefined : paths.get(inode);
  };
}

// As in the kernel (inode(7)), a new folder below a setgid folder gets the setgid bit and the
// setgid folder's group.
function inheritsGroup(
  root: fs.Stats,
  before: ReadonlyMap<string, EntryBefore>,
): (path: string, stats: fs.Stats) => boolean {
  const groups = new Map(
    [['', root] as const, ...before].flatMap(([path, { mode, gid }]) =>
      isSetgid(mode) ? [[path, gid]] : [],
    ),
  );
  return (path, { gid, mode }) => {
    if (!isSetgid(mode) || ![groups.get(path), groups.get(folderOf(path))].includes(gid))
      return false;
    groups.set(path, gid);
    return true;
  };
}

function isSetgid(mode: number): boolean {
  return (mode & fs.constants.S_IFMT) === fs.constants.S_IFDIR && (mode & 0o2000) !== 0;
}

const holdsOthers = 'it contains entries of another user';

function isUnchanged(old: EntryBefore | undefined, stats: fs.Stats): boolean {
  if (!stats.isDirectory()) return old?.inode === stats.ino && old.changed === stats.ctimeMs;
  return old?.mode === stats.mode && old.uid === stats.uid && old.gid === stats.gid;
}

function whyForeign(
  { path, stats }: VisitedEntry,
  ownership: Ownership,
  owners: Owners,
): string | undefined {
  if (!owners.has(stats.uid)) return new ForeignEntry(stats.uid).message;
  return (
    ownership.whyForeign(path) ??
    (!stats.isDirectory() && ownership.holdsForeign(path) ? holdsOthers : undefined)
  );
}

// Reads the host's files whose content decides on the shelf of a change: settings of repositories,
// and a `package.json` before the run.

/**
 * The paths that git on the host runs or reads, as the settings of a folder's repositories say.
 * @param below the folder, and `host` its path on the host
 */
function pathsOfSettings(
  paths: Iterable<string>,
  below: string,
  host: string,
  owners: Owners,
): string[] {
  return [...paths].flatMap((path) => {
    const [, folder = '', inside] =
      /^(?:(.*?)\/)?\.git\/((?:.*\/)?config(?:\.worktree)?)$/s.exec(path) ?? [];
    if (inside === undefined) return [];
    try {
      const bytes = contentAt(below, path, owners, obeyedContentBytesMax) ?? Buffer.alloc(0);
      return pathsInGitConfig(Buffer.from(bytes).toString('latin1'), folder, latinOf(host));
    } catch {
      // Another user closed the settings.
      return [];
    }
  });
}

/** A change of a path that hosts or agents obey, with the new content of a file. */
interface ObeyedChange {
  readonly path: string;
  readonly old: EntryState | undefined;
  readonly state: EntryState | undefined;
  readonly content: Uint8Array | undefined;
}

/**
 * The shelf that a change set records; undefined for a plain path.
 * @param shelf the shelf by the path
 */
function shelfByContent(
  shelf: Shelf,
  { path, old, state, content }: ObeyedChange,
  below: string,
  owners: Owners,
): Change['shelf'] {
  if (shelf !== 'obeyed') return undefined;
  const isInPlace =
    old?.kind === 'file' &&
    state?.kind === 'file' &&
    old.mode === state.mode &&
    old.uid === state.uid &&
    old.gid === state.gid;
  if (!isInPlace || !/(?:^|\/)package\.json$/.test(path) || content === undefined) return 'obeyed';
  const before = contentAt(below, path, owners, obeyedContentBytesMax);
  const isKnown = before !== undefined && digestOf(before) === old.sha256;
  if (!isKnown || content.length > obeyedContentBytesMax) return 'obeyed';
  return changesVersionsAlone(before, content) ? 'plain' : 'obeyed';
}

// Finds which entries that a run created, moved or replaced have an access list.

interface ListPlaces {
  /** The roots of the view that the run saw, and of the folder below the view. */
  readonly root: string;
  readonly below: string;
  readonly owners: Owners;
  /**
   * For a view that is a copy: returns where an entry came from in the original folder, since
   * copies have no access lists. Paths are Latin-1 text of bytes.
   */
  readonly origin: ((path: string) => string | undefined) | undefined;
}

/**
 * Finds the access lists of entries that the run changed.
 * @throws Problem `changes-conflict` where lists cannot be read
 */
async function findAccessLists(
  changes: readonly Change[],
  { root, below, owners, origin }: ListPlaces,
): Promise<ListedPaths> {
  const turn = takeTurns();
  const made = changes.filter(({ after }) => after !== undefined && after.kind !== 'link');
  const inPlace = made.filter(({ before, after }) => before?.kind === after?.kind);
  const openBelow = (path: string) => openEntry(below, path, owners);
  const originOf = (path: string) => origin?.(latinOf(path));
  const openCopied = (path: string) => {
    const from = originOf(path);
    return from === undefined ? undefined : openBelow(textOf(from));
  };
  const asked = [...new Set(made.flatMap(({ path }) => [path, folderOf(path)]))];
  const isUnknown = (path: string): boolean => origin !== undefined && originOf(path) === undefined;
  return {
    unknown: new Set(made.map(({ path }) => path).filter(isUnknown)),
    inView: await pathsWithAccessList(
      asked,
      origin === undefined ? (path) => openEntry(root, path, owners) : openCopied,
      turn,
    ),
    onHost: await pathsWithAccessList(
      inPlace.map(({ path }) => path),
      openBelow,
      turn,
    ),
  };
}
