/**
 * Applies waiting changes to their folders: exactly the changes that a person saw, or that the
 * operator allowed before the start.
 */
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import {
  type ChangedFolder,
  type ChangeSet,
  changeSetDigest,
  type LeftBehind,
} from '../../skills-index/run/changes/changes.ts';
import {
  type Choice,
  selectAllowed,
  selectChanges,
} from '../../skills-index/run/changes/select-changes.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { workspaceOf } from '../../skills-index/run/plan/plan-capabilities.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Audit } from '../audit/audit.ts';
import { unlock } from '../files/lock.ts';
import { writePrivateFile } from '../files/private-file.ts';
import { prepareTakeOver, type TakeOver, takeOver, whyNotTakenOver } from '../git/take-over.ts';
import { type OpenedHost, openHost } from '../host/host.ts';
import {
  applyChanges,
  type Conflict,
  findConflicts,
  type JudgedEntries,
  requireNoConflicts,
} from './apply.ts';
import { newSecret, parseSecret, removeLeftovers } from './put-entry.ts';
import {
  begunName,
  readWaiting,
  removeApplied,
  requireKept,
  type WaitingChanges,
  waitForClaim,
  withWaiting,
} from './waiting.ts';

interface Host {
  readonly policy: HostPolicy;
  readonly audit: Audit;
  /** Open folders that are not workspaces of host policy, by source: an agent's memory. */
  readonly own?: ReadonlyMap<string, { readonly descriptor: number; readonly id: string }>;
}

interface Paths {
  readonly cache: string;
  readonly config: string;
  readonly data: string;
}

/**
 * Applies the plain changes of a set and the changes that the person names, or nothing when any of
 * these paths conflicts. The other changes go on waiting. After an interruption, the next call
 * continues.
 * @param shown digest of the whole set that the person saw
 * @param choice the changes that the person accepts, beside or instead of all plain ones
 * @returns links that were left out, with reasons
 * @throws Problem `not-found` when somebody else accepted or discarded the set first;
 * `changes-invalid`; `changes-conflict` with every path
 */
export async function acceptChanges(
  paths: Paths,
  host: Host,
  run: string,
  shown: Digest,
  choice: NamedChoice = {},
): Promise<LeftBehind[]> {
  return await withWaiting(paths.data, run, async () => {
    const waiting = readWaiting(paths.data, run);
    requireShown(waiting, shown);
    const { accepted, rest } = selectChanges(waiting.set, choiceOf(choice));
    const left = await applyFolders(paths, host, waiting, accepted.folders);
    keepRest(waiting, rest, host);
    return left;
  });
}

/** Keeps the changes that nobody accepted yet, and records their new digest. */
function keepRest(waiting: WaitingChanges, rest: ChangeSet | undefined, { audit }: Host): void {
  if (rest === undefined) {
    removeApplied(waiting);
    return;
  }
  writePrivateFile(join(waiting.folder, 'set.json'), JSON.stringify(rest));
  rmSync(join(waiting.folder, begunName));
  const { agent, plan, run, skill, version } = rest;
  const targets = rest.folders.map((folder) => folder.target);
  const digest = changeSetDigest(rest);
  audit.record(
    { run, agent, skill, version, plan },
    { event: 'changes', decision: 'offered', digest, targets },
  );
}

/**
 * Requires that the waiting changes are those that a person saw.
 * @throws Problem `changes-invalid` when they differ
 */
export function requireShown({ digest, set }: WaitingChanges, shown: Digest): void {
  if (digest === shown) return;
  throw new Problem(
    'changes-invalid',
    `Cannot accept the changes of run ${set.run}: their digest is ${digest}, but ${shown} was shown`,
    {
      hint: `look at the changes again: skillgate changes show ${set.run}`,
    },
  );
}

/**
 * Applies the plain changes of a run's `rw` mounts.
 * @returns the changes that wait for somebody to accept them
 * @throws Problem `changes-conflict`; then all changes wait
 */
export async function applyAllowed(
  paths: Paths,
  host: Host,
  set: ChangeSet | undefined,
): Promise<ChangeSet | undefined> {
  if (set === undefined) return undefined;
  const { accepted, rest } = selectAllowed(set);
  if (accepted.folders.length === 0) return set;
  return await withWaiting(paths.data, set.run, async () => {
    const waiting = readWaiting(paths.data, set.run);
    await applyFolders(paths, host, waiting, accepted.folders).catch((cause) => {
      throw cause instanceof Problem && cause.code === 'changes-conflict'
        ? notApplied(set.run, accepted.folders, cause)
        : cause;
    });
    keepRest(waiting, rest, host);
    return rest;
  });
}

function notApplied(
  run: string,
  folders: readonly ChangedFolder[],
  { message, reasons }: Problem,
): Problem {
  const onlyDiscarded = folders.some((folder) => folder.conflicts.length > 0);
  const hint = onlyDiscarded
    ? `these changes can only be discarded: skillgate changes show ${run}, then skillgate changes discard ${run}`
    : `restore these paths to their state before the run, then skillgate changes accept ${run}; or skillgate changes discard ${run}`;
  return new Problem('changes-conflict', `The changes of run ${run} still wait. ${message}`, {
    reasons,
    hint,
  });
}

/**
 * Lists everything that keeps changes from being applied now, before a person reads and allows
 * them. Writes nothing.
 * @param waiting the part that the person means to accept
 * @throws Problem `changes-conflict` for a folder that is not there any more
 */
export async function listConflicts(
  paths: Paths,
  host: Host,
  waiting: WaitingChanges,
): Promise<Conflict[]> {
  return await withFolders(paths, host, waiting.set.folders, async (roots) => {
    const conflicts: Conflict[] = [];
    for (const [root, folder] of roots) {
      const found = await findConflicts(root, folder, host.policy.obeyed, waiting.begun);
      conflicts.push(...found.conflicts);
      for (const one of takeOversOf(root, folder, waiting))
        for (const why of await whyNotTakenOver(one)) conflicts.push({ folder, ...why });
    }
    return conflicts;
  });
}

/** Opens the folders, and keeps other processes from changing them through Skillgate. */
async function withFolders<Result>(
  paths: Paths,
  host: Host,
  folders: readonly ChangedFolder[],
  act: (roots: readonly (readonly [string, ChangedFolder])[]) => Promise<Result>,
): Promise<Result> {
  const opened = openHost({
    hostPolicy: host.policy,
    workspaces: folders
      .filter((folder) => host.own?.has(folder.source) !== true)
      .map((folder) => workspaceOf(folder.source)),
    programs: [],
    ownFolders: [paths.config, paths.data, paths.cache],
  });
  const claims: string[] = [];
  try {
    const roots: (readonly [string, ChangedFolder])[] = [];
    for (const folder of folders.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
      roots.push([rootOf(opened, folder, host.own), folder]);
      const claim = join(paths.data, 'locks', `${folder.id.replace(':', '-')}.claim`);
      await waitForClaim(claim, folder.path);
      claims.push(claim);
    }
    return await act(roots);
  } finally {
    claims.forEach(unlock);
    opened.close();
  }
}

async function applyFolders(
  paths: Paths,
  host: Host,
  waiting: WaitingChanges,
  folders: readonly ChangedFolder[],
): Promise<LeftBehind[]> {
  const { agent, plan, run, skill, version } = waiting.set;
  const digest = changeSetDigest({ ...waiting.set, folders: [...folders] });
  const record = (event: AuditEvent): void =>
    host.audit.record({ run, agent, skill, version, plan }, event);
  const targets = folders.map((folder) => folder.target);
  const left: LeftBehind[] = [];
  await withFolders(paths, host, folders, async (roots) => {
    const judged = new Map<string, JudgedEntries>();
    for (const [root, folder] of roots)
      judged.set(root, await requireNoConflicts(root, folder, host.policy.obeyed, waiting.begun));
    requireKept({ ...waiting, set: { ...waiting.set, folders: [...folders] } });
    const handed = roots.flatMap(([root, folder]) => takeOversOf(root, folder, waiting));
    await requireRefsFree(handed);
    const secret = await begin(waiting, roots);
    record({ event: 'changes', decision: 'begun', digest, targets });
    for (const [root, folder] of roots)
      for (const { path, why } of await applyChanges(
        root,
        folder,
        host.policy.obeyed,
        waiting.read,
        judged.get(root) ?? new Map(),
        secret,
      ))
        left.push({ path: `${folder.target}/${path}`, why: `${why} by now` });
    for (const link of left) record({ event: 'cleanup', ...link });
    for (const one of handed) await takeOver(one).catch(throwRefused);
  });
  record({ event: 'changes', decision: 'applied', digest, targets });
  return left;
}

function takeOversOf(
  root: string,
  { repositories = [] }: ChangedFolder,
  { begun, read, set }: WaitingChanges,
): TakeOver[] {
  const { gid, uid } = statSync(root);
  return repositories.map((repository) => ({
    root,
    owner: { uid, gid },
    repository,
    read,
    begun,
    run: set.run,
  }));
}

function throwRefused(cause: Error): never {
  throw new Problem(
    'changes-conflict',
    `The files are applied, the commits are not: ${cause.message}`,
    {
      hint: 'Repair the git repository of the folder, then accept again: skillgate changes accept continues where it stopped.',
    },
  );
}

/** @throws Problem `changes-conflict` with every reference that cannot be moved */
async function requireRefsFree(handed: readonly TakeOver[]): Promise<void> {
  const reasons: { readonly message: string }[] = [];
  for (const one of handed)
    for (const { why } of await prepareTakeOver(one)) reasons.push({ message: why });
  if (reasons.length > 0)
    throw new Problem(
      'changes-conflict',
      'No change was applied: the git repository of this host does not allow the run’s commits',
      { reasons },
    );
}

/**
 * Marks the change set as begun, and removes files that an interrupted attempt left.
 * @returns the secret of this attempt
 */
async function begin(
  { begun, folder, set }: WaitingChanges,
  roots: readonly (readonly [string, ChangedFolder])[],
): Promise<string> {
  const file = join(folder, begunName);
  const before = begun ? parseSecret(readFileSync(file, 'utf8')) : undefined;
  if (before !== undefined)
    // The interrupted attempt may have covered other changes of the set.
    for (const [root, { target }] of roots)
      for (const changed of set.folders)
        if (changed.target === target) await removeLeftovers(root, changed, before);
  const secret = newSecret();
  // Write the secret before creating any file, so that the files of an interrupted attempt can be
  // recognised.
  writePrivateFile(file, secret);
  return secret;
}

function rootOf(
  { facts, folders }: OpenedHost,
  { id, source }: ChangedFolder,
  own: Host['own'],
): string {
  const known = own?.get(source);
  if (known?.id === id) return `/proc/self/fd/${known.descriptor}`;
  const name = workspaceOf(source);
  const fact = facts.workspaces[name];
  if (fact !== undefined && !('why' in fact) && fact.id === id)
    return `/proc/self/fd/${folders.get(name)}`;
  throw new Problem(
    'changes-conflict',
    `Cannot apply changes to ${source}: it is another folder than the run saw`,
    { hint: 'Bind the old folder again (skillgate host workspace add), or discard the changes.' },
  );
}

// Which changed paths a person means by a pattern. Pure.

/** What a person accepts: named changes, and of the plain changes all, or those that match. */
export interface NamedChoice {
  readonly include?: readonly string[];
  /** References that are accepted without plain changes, but for those that match `paths`. */
  readonly branches?: readonly string[];
  readonly paths?: readonly string[];
}

export function choiceOf({ branches = [], include = [], paths = [] }: NamedChoice): Choice {
  const named = { branches, include };
  if (branches.length + paths.length === 0) return named;
  return { ...named, isWanted: (path, target) => isPathWanted(path, target, paths) };
}

/**
 * Whether a path below the workspace matches one of the patterns. A pattern may begin with the
 * mount's target, and a folder's name matches all that is in the folder.
 */
export function isPathWanted(path: string, target: string, patterns: readonly string[]): boolean {
  return patterns.some((written) => {
    const below = written.startsWith(`${target}/`) ? written.slice(target.length + 1) : written;
    const pattern = below.replace(/^\.\/|\/+$/g, '');
    return (
      path === pattern ||
      path.startsWith(`${pattern}/`) ||
      written === target ||
      posix.matchesGlob(path, pattern)
    );
  });
}
