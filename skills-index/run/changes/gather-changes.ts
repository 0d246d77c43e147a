/**
 * Collects the changes that a run made in its view of a folder: the code judges, compares and
 * counts each entry. What exceeds a limit is left out, and the rest is kept. Pure. Paths are
 * Latin-1 text of their bytes.
 */
import validRange from 'semver/ranges/valid.js';
import { foldersAbove } from '../../skill/bundle-path.ts';
import { Problem } from '../../skill/problem.ts';
import { canonicalDigest } from '../../skill/text/canonical-json.ts';
import { parseJson } from '../../skill/text/json.ts';
import { type Change, type ChangedFolder, type EntryState, sameState } from './changes.ts';
import type { Shelves } from './left-behind.ts';
import { controlled, textOf, whyTextRefused } from './protected-names.ts';

interface GatherLimits {
  readonly bytes: number;
  /**
   * The limit on the total length of all paths (also of paths left behind), of reasons and of link
   * targets.
   */
  readonly nameBytes: number;
  readonly paths: number;
}

export interface Gathered extends Pick<ChangedFolder, 'changes' | 'refused' | 'conflicts'> {
  /** Whether changes were left out because they exceed a limit. */
  readonly limited: boolean;
}

interface Gathering {
  /** Returns everything that was gathered. */
  result(): Gathered;
  /**
   * Leaves out a path and everything below the path, once. Always returns false: the caller must
   * not descend.
   */
  refuse(path: string, why: string): false;
  /**
   * Whether an entry with these bytes stays within the limits, together with all earlier changes of
   * the run. Called before the caller reads a file. Otherwise the entry is left out.
   */
  hasRoom(path: string, bytes: number): boolean;
  /**
   * Compares an entry that may be applied with its state before the run.
   * @returns whether the entry's bytes must be stored
   */
  compare(
    path: string,
    below: EntryState | undefined,
    seen: EntryState | undefined,
    options?: CompareOptions,
  ): boolean;
  /**
   * Records a deleted path, unless the path must be left alone. `below` reads the path's state
   * before the run, and throws when that state cannot be read.
   */
  gone(path: string, below: () => Promise<EntryState | undefined>): Promise<void>;
}

interface CompareOptions extends Pick<Change, 'modified'> {
  /** Absent where the name of the path makes the change plain. */
  readonly shelf?: Change['shelf'] | undefined;
  /**
   * Whether the entry is a folder that has its setgid bit and group from its parent folder, or had
   * them before.
   */
  readonly inherits?: boolean;
}

/** @param touched whether somebody else changed this path of the host's folder during the run */
export function gatherChanges(
  limits: GatherLimits,
  touched: (path: string) => boolean,
  shelves: Shelves,
): Gathering {
  const changes: Change[] = [];
  const refused: ChangedFolder['refused'] = [];
  const conflicts: string[] = [];
  const shut = new Set<string>();
  let bytes = 0;
  let nameBytes = 0;
  let unnamed = 0;
  let limited = false;
  // One path may have 20 KB, so even few paths could be too many bytes for the audit log and the
  // change set.
  const hasNames = (more: number): boolean => nameBytes + more <= limits.nameBytes;
  const leave = (path: string, why: string): boolean => {
    if (!hasNames(path.length + why.length)) {
      limited = true;
      unnamed += 1;
      return false;
    }
    nameBytes += path.length + why.length;
    refused.push({ path: textOf(path), why });
    return true;
  };
  const refuse = (path: string, why: string): false => {
    // A run may leave any number of paths, so only those that are named are kept in memory.
    if (!shut.has(path) && leave(path, why)) shut.add(path);
    return false;
  };
  const refuseByLimit = (path: string, why: string): false => {
    limited = true;
    return refuse(path, why);
  };
  const hasRoom: Gathering['hasRoom'] = (path, more) => {
    if (bytes + more > limits.bytes)
      return refuseByLimit(path, `a run may change at most ${inMiB(limits.bytes)} MiB in a folder`);
    if (changes.length < limits.paths) return true;
    return refuseByLimit(path, `a run may change at most ${limits.paths} paths in a folder`);
  };
  const add = (change: Change, path: string): boolean => {
    const { after } = change;
    const names = path.length + (after?.kind === 'link' ? after.to.length : 0);
    if (!hasNames(names))
      return refuseByLimit(path, `the names take more than ${inMiB(limits.nameBytes)} MiB`);
    if (!hasRoom(path, after?.kind === 'file' ? after.bytes : 0)) return false;
    nameBytes += names;
    bytes += after?.kind === 'file' ? after.bytes : 0;
    if (touched(path)) conflicts.push(change.path);
    changes.push(change);
    return true;
  };
  const compare: Gathering['compare'] = (path, below, seen, options = {}) => {
    const { inherits = false, modified, shelf } = options;
    if (sameState(below, seen)) return false;
    // On the host, only root could change a folder's owner. A run that recreates a shared folder
    // means to change the folder's content, not its owner.
    if (below?.kind === 'folder' && seen?.kind === 'folder' && below.uid !== seen.uid) {
      leave(path, `the folder of user ${below.uid} keeps its owner, group and mode`);
      return false;
    }
    const bits = seen?.kind === 'folder' && inherits ? 0o3777 : 0o1777;
    const after = seen !== undefined && 'mode' in seen ? { ...seen, mode: seen.mode & bits } : seen;
    if (!sameState(after, seen)) leave(path, 'its setuid or setgid bits were removed');
    if (sameState(below, after)) return false;
    const time = after?.kind === 'file' && modified !== undefined ? { modified } : {};
    return add(changeOf(path, below, after, { shelf, ...time }), path) && after?.kind === 'file';
  };
  const gone: Gathering['gone'] = async (path, below) => {
    if ([...foldersAbove(path), path].some((one) => shut.has(one))) return;
    const { root, shelf } = shelves.judge(path);
    if (shelf === 'never') return void refuse(root, controlled);
    const why = whyTextRefused(textOf(path));
    if (why !== undefined) return void refuse(path, why);
    // The new place of a renamed file may be among the changes that were left out.
    if (limited) return void refuse(path, notDeleted);
    const before = await below();
    const kept = shelf === 'obeyed' ? shelf : undefined;
    if (before !== undefined) add(changeOf(path, before, undefined, { shelf: kept }), path);
  };
  const result = (): Gathered => {
    const isStaying = stayingFolders(changes, [...shut].map(textOf), unnamed > 0);
    const more = changes.filter(isStaying).map(({ path }) => ({ path, why: holdsLeftOut }));
    const last = { path: '', why: `${unnamed} more paths exceed the limits of a run` };
    return {
      changes: changes.filter((change) => !isStaying(change)),
      refused: [...refused, ...more, ...(unnamed > 0 ? [last] : [])],
      conflicts,
      limited,
    };
  };
  return { result, refuse, hasRoom, compare, gone };
}

const notDeleted = 'a run that exceeds a limit deletes nothing';
const holdsLeftOut = 'the folder stays, because paths in it are left out';

function changeOf(
  path: string,
  before: EntryState | undefined,
  after: EntryState | undefined,
  { modified, shelf }: CompareOptions,
): Change {
  return {
    path: textOf(path),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(modified === undefined ? {} : { modified }),
    ...(shelf === undefined ? {} : { shelf }),
  };
}

// A folder can be deleted or replaced only together with everything in the folder.
function stayingFolders(
  changes: readonly Change[],
  left: readonly string[],
  isUnknown: boolean,
): (change: Change) => boolean {
  const holding = new Set(left.flatMap(foldersAbove));
  const goes = ({ before, after }: Change): boolean =>
    before?.kind === 'folder' && after?.kind !== 'folder';
  const first = changes.filter((change) => goes(change) && holding.has(change.path));
  const staying = new Set(first.flatMap(({ path }) => [path, ...foldersAbove(path)]));
  return (change) => goes(change) && (isUnknown || staying.has(change.path));
}

function inMiB(bytes: number): number {
  return bytes / 1024 / 1024;
}

// Judges a changed `package.json` by its content. A change of versions alone is ordinary work.
// Every other change may name a command that npm or another tool on the host runs. Pure.

const dependencyLists = new Set([
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
]);
const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const plainVersion = /^[0-9A-Za-z.+-]{1,100}$/;

/**
 * Whether two contents of a `package.json` differ in the version and in dependencies from the
 * registry alone. False where any doubt remains.
 */
export function changesVersionsAlone(before: Uint8Array, after: Uint8Array): boolean {
  const [old, fresh] = [before, after].map(objectIn);
  if (old === undefined || fresh === undefined) return false;
  return [...new Set([...old.keys(), ...fresh.keys()])].every((key) => {
    if (isSame(old.get(key), fresh.get(key))) return true;
    if (key === 'version') return plainVersion.test(String(fresh.get(key)));
    return dependencyLists.has(key) && addsVersionsAlone(old.get(key), fresh.get(key));
  });
}

function addsVersionsAlone(before: unknown, after: unknown): boolean {
  const [old, fresh] = [before ?? {}, after ?? {}].map(entriesOf);
  if (old === undefined || fresh === undefined) return false;
  return [...fresh].every(
    ([name, range]) =>
      isSame(old.get(name), range) ||
      // A range of the registry, and no address, file, tag or alias.
      (packageName.test(name) && typeof range === 'string' && validRange(range) !== null),
  );
}

function objectIn(bytes: Uint8Array): ReadonlyMap<string, unknown> | undefined {
  try {
    return entriesOf(parseJson(bytes, 'package.json').value);
  } catch (cause) {
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}

function entriesOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? new Map(Object.entries(value))
    : undefined;
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === undefined || other === undefined) return one === other;
  return canonicalDigest(one) === canonicalDigest(other);
}

// Finds the paths of a folder that the settings of its git repository name: hooks, filters, further
// settings. Git on the host runs or reads these paths, whatever their names are. Pure.

// The keys whose values are commands or paths (git-config(1)).
const keysOfPaths =
  /(?:path|file|command|cmd|program|editor|pager|askpass|fsmonitor|clean|smudge|process|textconv|driver|helper|hook|template|worktree)$/;

/**
 * @param text the content of a `config`, as Latin-1 text of its bytes
 * @param folder the folder of the repository below the mount; empty for the mount itself
 * @param host the path of the mount on the host
 * @returns paths below the mount, which need not exist
 */
export function pathsInGitConfig(text: string, folder: string, host: string): string[] {
  let section = '';
  const found: string[] = [];
  for (const line of text.replace(/\\\r?\n/g, '').split(/\r?\n/)) {
    const heading = /^\s*\[\s*([\w.-]+)[^\]]*\]/.exec(line);
    section = heading?.[1]?.toLowerCase() ?? section;
    const [, key, value] = /^\s*([\w-]+)\s*=(.*)$/.exec(line.slice(heading?.[0].length ?? 0)) ?? [];
    if (key === undefined || value === undefined) continue;
    if (section === 'alias' || keysOfPaths.test(key.toLowerCase()))
      found.push(...wordsOf(value.replaceAll('\\', '')));
  }
  return [...new Set(found.flatMap((word) => pathsOf(word, folder, host)))];
}

function wordsOf(value: string): string[] {
  return [value.trim().replace(/^"|"$/g, ''), ...value.split(/[\s"'`;|&()<>$!=]+/)];
}

// Git takes a path from the top of the work tree, or from the folder of the settings.
function pathsOf(word: string, folder: string, host: string): string[] {
  const inside = word.startsWith(`${host}/`) ? `/${word.slice(host.length + 1)}` : word;
  if (inside.startsWith('/') && inside === word) return [];
  const tops = inside === word ? [folder, `${folder}/.git`] : [''];
  return tops
    .map((top) => plainPath(`${top}/${inside}`))
    .filter((path) => path !== '' && path !== folder);
}

function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  return parts.join('/');
}

// Rewrites links that a run made with the paths of its sandbox. Pure.

/**
 * Returns a link into the mount as a relative link, which leads to the same entry on the host. Any
 * other link is returned as it is.
 * @param target where the run saw the mount, such as `/workspace`
 * @param path the link's path below the mount
 */
export function relativeLink(link: string, target: string, path: string): string {
  if (link !== target && !link.startsWith(`${target}/`)) return link;
  const parts = link
    .slice(target.length)
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  // Behind another link, `..` leads elsewhere.
  if (parts.includes('..')) return link;
  const up = path
    .split('/')
    .slice(1)
    .map(() => '..');
  return [...up, ...parts].join('/') || '.';
}
