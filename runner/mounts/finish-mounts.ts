/**
 * Collects what a run changed in its views, and stores the change set. What exceeds a limit is left
 * out with a reason.
 */
import { readFileSync, rmSync } from 'node:fs';
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
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import { workspaceOf } from '../../skills-index/run/plan/plan-capabilities.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import type { LeakDetector } from '../egress/leaks.ts';
import { recordPaths } from '../files/path-records.ts';
import { writePrivateFile } from '../files/private-file.ts';
import { takeTurns } from '../files/turns.ts';
import { changedPathsMax, leftBehindMax } from '../limits.ts';
import {
  removeUnusedContent,
  whyOverShare,
  whyTooLarge,
  writeShareOwner,
} from './changes-share.ts';
import { contentStore } from './content-store.ts';
import { type HandOver, withRepositories } from './ended-view.ts';
import type { KeptFolders, KeptProducts } from './kept-folders.ts';
import { dropOverBudget, shorten } from './left-out.ts';
import type { MountsRequest } from './mounts-request.ts';
import type { OpenWorkspace } from './workspace.ts';

export interface FinishedMounts {
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
export interface WritableMount {
  readonly mount: Plan['mounts'][number];
  readonly workspace: OpenWorkspace;
  readonly kept: KeptFolders | undefined;
}

/** Collects the changes of all writable mounts; all are dropped without `leaks`. */
export async function finishAll(
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
