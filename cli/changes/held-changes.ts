/**
 * The changes of a hold of kind `apply`, shown as `changes show` shows them: an approver allows
 * exactly these.
 */

import { choiceOf, isPathWanted, type NamedChoice } from '../../runner/changes/accept.ts';
import { readWaiting, requireKept, type WaitingChanges } from '../../runner/changes/waiting.ts';
import { holdDesk, startGate } from '../../runner/holds/holds.ts';
import {
  type Change,
  type ChangedFolder,
  type ChangeSet,
  changeSetDigest,
} from '../../skills-index/run/changes/changes.ts';
import {
  decisionsIn,
  placeOf,
  selectChanges,
} from '../../skills-index/run/changes/select-changes.ts';
import type { GatedAction, Hold } from '../../skills-index/run/holds/hold.ts';
import { canAnswer, isAsShown, shownAction } from '../../skills-index/run/holds/hold-action.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import type { CommandContext } from '../command.ts';
import { answerHere, canAnswerHere } from '../holds/answer.ts';
import { handsOfAgent, holdPrinter } from '../holds/hands.ts';
import { auditKeyFileOf, type HostFiles } from '../run/host-files.ts';
import { count, type OutputInk, type Safe, safe } from '../terminal/output.ts';
import { optionText, refWishes, spellRef } from './references.ts';
import { type ShowOptions, showChanges } from './show.ts';

/** Undefined for other holds; a string says why the changes cannot be shown. */
export function heldChanges(
  { paths }: Pick<CommandContext, 'paths'>,
  hold: Hold,
): WaitingChanges | string | undefined {
  const { action, run } = hold;
  if (action?.kind !== 'apply') return undefined;
  try {
    const whole = readWaiting(paths.data, run);
    const { include = [], includeRefs = [], paths: only } = action;
    const choice =
      only === undefined
        ? { include: [...include, ...includeRefs] }
        : { include, branches: includeRefs, paths: only };
    const waiting = acceptedPart(whole, choice);
    requireKept(waiting);
    const isOfHold =
      canonicalDigest(shownAction(applyAction(waiting, choice))) === canonicalDigest(action);
    if (isAsShown(hold) && isOfHold) return waiting;
    return `the changes of run ${run} that wait on this host have digest ${waiting.digest}, not the digest of this hold`;
  } catch (cause) {
    if (cause instanceof Problem) return cause.message;
    throw cause;
  }
}

export function heldChangesText(
  found: WaitingChanges | string,
  ink: OutputInk,
  options?: ShowOptions,
): Safe {
  return typeof found === 'string'
    ? safe`the changes of this hold cannot be shown: ${found}`
    : showChanges(found, ink, options);
}

// The part of waiting changes that an acceptance covers.

/** What an acceptance covers, and what goes on waiting. */
export interface AcceptedPart extends WaitingChanges {
  /** Undefined when the acceptance covers everything. */
  readonly rest: ChangeSet | undefined;
}

/**
 * The part of waiting changes that an acceptance covers: the plain changes, or those that match,
 * and the named changes.
 * @throws Problem `not-found`, `usage`
 */
export function acceptedPart(waiting: WaitingChanges, choice: NamedChoice): AcceptedPart {
  const { accepted, rest } = selectChanges(waiting.set, choiceOf(choice));
  return { ...waiting, set: accepted, digest: changeSetDigest(accepted), rest };
}

/**
 * The same for a person who asks.
 * @throws Problem `usage` when every change waits to be named, or a pattern applies nothing
 */
export function acceptedOf(waiting: WaitingChanges, choice: NamedChoice): AcceptedPart {
  const accepted = acceptedPart(waiting, choice);
  requireNoIdlePattern(waiting.set, accepted.set, choice);
  if (accepted.set.folders.length > 0) return accepted;
  const { run } = waiting.set;
  throw new Problem(
    'usage',
    `Every change of run ${run} is a file that hosts or agents obey, so each has to be named`,
    { hint: `skillgate changes accept ${run} --include PATH; skillgate changes show ${run}` },
  );
}

// An approver must not read a pattern whose files all stay waiting.
function requireNoIdlePattern(
  all: ChangeSet,
  accepted: ChangeSet,
  { paths = [] }: NamedChoice,
): void {
  for (const pattern of paths) {
    if (matching(accepted, pattern).length > 0) continue;
    const [first] = matching(all, pattern).filter(({ shelf }) => shelf === 'obeyed');
    if (first === undefined)
      throw new Problem(
        'usage',
        `No change of run ${all.run} that matches ${optionText('--path', pattern)} can be applied without another change`,
        { hint: `name more paths; see the changes: skillgate changes show ${all.run}` },
      );
    throw new Problem(
      'usage',
      `${optionText('--path', pattern)} applies no change of run ${all.run}: ${JSON.stringify(first.path)} is a file that hosts or agents obey`,
      { hint: `add ${optionText('--include', first.path)}, or leave out this --path` },
    );
  }
}

/** The changes that match a pattern of `--path`. */
export function matching({ folders }: ChangeSet, pattern: string): Change[] {
  return folders.flatMap((folder) =>
    folder.changes.filter(({ path }) => isPathWanted(path, folder.target, [pattern])),
  );
}

/** The command that accepts the same changes, as a person types it in a shell. */
export function acceptCommand(
  run: string,
  { branches = [], include = [], paths = [] }: NamedChoice,
): string {
  const words = [
    ...branches.map((name) => optionText('--branch', name)),
    ...include.map((name) => optionText('--include', name)),
    ...paths.map((pattern) => optionText('--path', pattern)),
  ];
  return [`skillgate changes accept ${run}`, ...words].join(' ');
}

/** `Apply these changes?`, or which of them an acceptance leaves waiting. */
export function applyQuestion({ rest, set }: AcceptedPart): Safe {
  if (rest === undefined) return safe`Apply these changes?`;
  const split = rest.folders.flatMap((folder) => splitRefs(set, folder));
  const alone =
    split.length === 0
      ? ''
      : `. Files of ${split.join(', ')} are applied without the commits, so git will show these files as changed`;
  return safe`Apply these changes? Afterwards ${waitingText(rest)}${alone}`;
}

// References that go on waiting while some of their files are applied.
function splitRefs(
  accepted: ChangeSet,
  { repositories = [], target }: ChangedFolder,
): readonly string[] {
  const folder = accepted.folders.find((one) => one.target === target);
  const applied = new Set(folder?.changes.map(({ path }) => path));
  return repositories.flatMap(({ refs }) =>
    refs
      .filter(({ files }) => files.some((path) => applied.has(path)))
      .map(({ name }) => spellRef(name)),
  );
}

/** `1 branch or tag, 2 changes in files that hosts or agents obey still wait`. */
export function waitingText(set: ChangeSet): string {
  const refs = refsIn(set);
  const obeyed = set.folders.flatMap((folder) => decisionsIn(folder).changes).length;
  const others = set.folders.flatMap(({ changes, repositories = [] }) => {
    const files = new Set(repositories.flatMap((one) => one.refs.flatMap((ref) => ref.files)));
    return changes.filter(({ path, shelf }) => shelf !== 'obeyed' && !files.has(path));
  }).length;
  const parts = [
    ...(refs > 0 ? [count(refs, 'branch or tag', 'branches or tags')] : []),
    ...(obeyed > 0 ? [`${count(obeyed, 'change')} in files that hosts or agents obey`] : []),
    ...(others > 0 ? [count(others, 'other change')] : []),
  ];
  return `${parts.join(', ')} still ${refs + obeyed + others === 1 ? 'waits' : 'wait'}`;
}

/** How many changes, branches and tags a set has. */
export function changesIn(set: ChangeSet): number {
  return set.folders.reduce((sum, { changes }) => sum + changes.length, refsIn(set));
}

/** How many branches and tags a set has. A new repository without any has its unborn branch. */
function refsIn({ folders }: ChangeSet): number {
  const repositories = folders.flatMap((folder) => folder.repositories ?? []);
  return repositories.reduce((sum, { refs }) => sum + Math.max(refs.length, 1), 0);
}

/** `/workspace, /reports`. */
export function targetsOf({ folders }: ChangeSet): string {
  return folders.map((folder) => folder.target).join(', ');
}

// The answer of an approver to changes that an agent made: a hold of kind `apply`.

/**
 * Refuses early, before a person reads or confirms changes that no approver can allow.
 * @throws Problem `hold-unsupported`
 */
export function requireApprover(
  { policy }: Pick<HostFiles, 'policy'>,
  { agent, run }: ChangeSet,
): void {
  if (
    agent === 'operator' ||
    policy.approvers.some((approver) => canAnswer(approver, [process.getuid?.() ?? 0]))
  )
    return;
  const why = `agent ${agent} made them, and ${policy.file} names no approver other than the agent's own user`;
  throw new Problem('hold-unsupported', `Changes of run ${run} are not applied: ${why}`, {
    hint: `create an approver's key: skillgate key create NAME --passphrase. Then: skillgate host approver add NAME. Then: skillgate changes accept ${run}`,
  });
}

/**
 * Changes of an agent's run need an answer that the agent cannot give.
 * @throws Problem `hold-unsupported`, `hold-denied`, `hold-expired`
 */
export async function askForAgent(
  context: CommandContext,
  host: HostFiles,
  waiting: WaitingChanges,
  choice: NamedChoice = {},
): Promise<void> {
  const { set } = waiting;
  if (set.agent === 'operator') return;
  const action = applyAction(waiting, choice);
  requireShownWhole(action, set.run);
  const { agent, plan, run, skill, version } = set;
  const subject = { run, agent, skill, version, plan };
  const record = (event: Parameters<HostFiles['audit']['record']>[1]): void =>
    host.audit.record(subject, event);
  const desk = holdDesk(`${context.paths.data}/holds`, {
    policy: host.policy,
    record,
    now: context.now,
    keyFile: auditKeyFileOf(context),
  });
  const failed = new AbortController();
  const over = new AbortController();
  const isHere = await canAnswerHere(context, host.policy);
  const notify = isHere
    ? (hold: Hold): void => {
        handsOfAgent(context, host.policy).notify?.(hold);
        const asking = { ...context, signal: AbortSignal.any([context.signal, over.signal]) };
        answerHere(asking, host, hold).catch((cause) => failed.abort(cause));
      }
    : // The terminal only shows what is waiting and until when; typing there is no answer.
      holdPrinter(context, host.policy);
  const gate = startGate({
    ...desk,
    subject,
    grants: canonicalDigest(set.folders.map((folder) => folder.source)),
    hands: { notify },
  });
  const signal = AbortSignal.any([context.signal, failed.signal]);
  const answer = await gate.ask(action, signal).finally(() => over.abort());
  // A person who pressed Ctrl-C, or had no right passphrase, ends the command.
  if (failed.signal.aborted) throw failed.signal.reason;
  if (answer.kind === 'denied')
    throw new Problem(
      answer.code,
      `Changes of run ${run} are not applied: ${answer.why}`,
      answer.code === 'hold-expired'
        ? { hint: `the changes still wait; type again: ${acceptCommand(run, choice)}` }
        : {},
    );
}

// An approver must read every path that they allow.
function requireShownWhole(action: GatedAction, run: string): void {
  // A long list of references may end with a digest: without --path no choice shortens the list.
  const whole = { ...action, refs: [] };
  if (canonicalDigest({ ...shownAction(action), refs: [] }) === canonicalDigest(whole)) return;
  throw new Problem('usage', `Changes of run ${run} are not applied: too many paths are named`, {
    hint: 'accept some of the paths first, then the others',
  });
}

/**
 * The action of a hold for these changes.
 * @param choice how the person chose the changes
 */
export function applyAction(
  { set, digest }: Pick<WaitingChanges, 'set' | 'digest'>,
  choice: NamedChoice = {},
): GatedAction {
  const isPartial = choiceOf(choice).isWanted !== undefined;
  const include = set.folders.flatMap(({ changes, target }) =>
    changes.filter(({ shelf }) => shelf === 'obeyed').map(({ path }) => `${target}/${path}`),
  );
  // In a partial choice, each reference needed its name. Several repositories of the run may have a
  // branch of this name.
  const includeRefs = set.folders.flatMap(({ repositories = [], target }) =>
    repositories.flatMap((repository) =>
      repository.refs
        .filter(({ asks }) => asks !== undefined || isPartial)
        .map(({ name }) => `${target}/${placeOf(repository)}:${name}`),
    ),
  );
  const refs = refWishes(set);
  return {
    kind: 'apply',
    target: targetsOf(set),
    changes: set.folders.reduce((sum, { changes }) => sum + changes.length, 0),
    digest,
    ...(refs.length === 0 ? {} : { refs }),
    ...(include.length === 0 ? {} : { include }),
    ...(includeRefs.length === 0 ? {} : { includeRefs }),
    ...(isPartial ? { paths: choice.paths ?? [] } : {}),
  };
}
