/**
 * The changes of a run at its end: accepted in advance, confirmed by a person, or kept until a
 * person accepts them.
 */

import * as changes from '../../runner/changes/public.ts';
import * as holds from '../../runner/holds/public.ts';
import { type ChangeSet, changeSetDigest } from '../../skills-index/run/changes/changes.ts';
import { askingRefs } from '../../skills-index/run/changes/chosen-refs.ts';
import { obeyedIn, selectChanges } from '../../skills-index/run/changes/select-changes.ts';
import type { GatedAction, Hold } from '../../skills-index/run/holds/hold.ts';
import { shownAction } from '../../skills-index/run/holds/hold-action.ts';
import { canAnswer } from '../../skills-index/run/holds/hold-answer.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import type { CommandContext } from '../command.ts';
import { answerHere, canAnswerHere } from '../holds/answer-here.ts';
import { handsOfAgent, holdPrinter } from '../holds/hands.ts';
import { diffLinesMax } from '../limits.ts';
import { printLeftBehind } from '../run/left-behind.ts';
import { auditKeyFileOf, type HostFiles } from '../run/start-skill.ts';
import { confirm } from '../terminal/ask.ts';
import { count, inkFor, printLine, printNote, type Safe, safe } from '../terminal/output.ts';
import { markedText } from './marked.ts';
import { changesText, showChanges } from './show.ts';

/**
 * At the end of a run or session: applies what the operator allowed before the start, and offers
 * the rest. `--accept` accepts the plain changes in advance.
 * @throws Problem `changes-conflict`; for an agent also a denied hold
 */
export async function applyOrOffer(
  context: CommandContext,
  host: HostFiles & Pick<Parameters<typeof changes.applyAllowed>[1], 'own'>,
  set: ChangeSet | undefined,
): Promise<void> {
  const rest = await changes.applyAllowed(context.paths, host, set);
  if (rest === undefined) return;
  const isAllowed = rest.folders.every(({ mode }) => mode === 'rw');
  if (isAllowed) printWaiting(context, rest);
  else await offerChanges(context, host, rest, context.options.accept === true);
}

/**
 * @param accepted whether the caller accepts the changes in advance
 * @throws Problem `changes-conflict`; for an agent also a denied hold
 */
async function offerChanges(
  context: CommandContext,
  host: HostFiles,
  set: ChangeSet,
  accepted: boolean,
): Promise<void> {
  await sweepAndNote(context, host.audit);
  const waiting = changes.readWaiting(context.paths.data, set.run);
  const person =
    context.format === 'text' && context.stdin.isTTY === true && context.stderr.isTTY === true;
  const plain = acceptedPart(waiting, []);
  const hasPlain = plain.set.folders.length > 0;
  if (hasPlain && (accepted || person)) requireApprover(host, set);
  if (hasPlain && accepted) await askForAgent(context, host, plain);
  else if (hasPlain && person && (await isConfirmed(context, waiting, plain)))
    await askForAgent(context, host, plain);
  else {
    printNote(
      context,
      safe`note: changes of the run in its view of ${targetsOf(set)}: ${changesText(waiting)}${markedText(set)}. Nothing is applied yet. Read the changes: skillgate changes show ${set.run}`,
    );
    return;
  }
  printLeftBehind(
    context,
    await changes.acceptChanges(context.paths, host, set.run, waiting.digest),
    set.run,
  );
  printNote(context, safe`applied: ${changesText(plain)} in ${targetsOf(plain.set)}`);
  printStillWaiting(context, waiting, plain);
}

/**
 * The part of waiting changes that an acceptance covers: the plain changes, and the named changes.
 * @throws Problem `not-found`, `usage`
 */
export function acceptedPart(
  waiting: changes.WaitingChanges,
  include: readonly string[],
): changes.WaitingChanges {
  const set = selectChanges(waiting.set, include).accepted;
  return { ...waiting, set, digest: changeSetDigest(set) };
}

/**
 * The same for a person who asks.
 * @throws Problem `usage` when every change waits to be named
 */
export function acceptedOf(
  waiting: changes.WaitingChanges,
  include: readonly string[],
): changes.WaitingChanges {
  const accepted = acceptedPart(waiting, include);
  if (accepted.set.folders.length > 0) return accepted;
  const { run } = waiting.set;
  throw new Problem(
    'usage',
    `Every change of run ${run} is a file that hosts or agents obey, so each has to be named`,
    { hint: `skillgate changes accept ${run} --include PATH; skillgate changes show ${run}` },
  );
}

/** `Apply these changes?`, or how many of them an acceptance leaves waiting. */
export function applyQuestion(
  waiting: changes.WaitingChanges,
  accepted: changes.WaitingChanges,
): Safe {
  const [all, covered] = [waiting, accepted].map(({ set }) => changesIn(set));
  return all === covered
    ? safe`Apply these changes?`
    : safe`Apply these changes, without the ${Number(all) - Number(covered)} that still need a decision?`;
}

/** Says which changes an acceptance left waiting, because nothing may be lost without a word. */
export function printStillWaiting(
  context: CommandContext,
  { set }: changes.WaitingChanges,
  accepted: changes.WaitingChanges,
): void {
  if (changesIn(set) === changesIn(accepted.set) || context.format !== 'text') return;
  const named = accepted.set.folders.flatMap(obeyedIn).length;
  printWaiting(context, set, named);
}

function printWaiting(context: CommandContext, set: ChangeSet, named = 0): void {
  const left = set.folders.flatMap(obeyedIn).length - named;
  if (context.format !== 'text') return;
  printNote(
    context,
    safe`note: ${count(left, 'change')} in files that hosts or agents obey still ${left === 1 ? 'waits' : 'wait'}: skillgate changes show ${set.run}, then skillgate changes accept ${set.run} --include PATH`,
  );
}

function changesIn({ folders }: ChangeSet): number {
  return folders.reduce((sum, { changes, repositories = [] }) => {
    const refs = repositories.reduce((all, one) => all + Math.max(one.refs.length, 1), 0);
    return sum + changes.length + refs;
  }, 0);
}

/** Discards changes that waited too long, and prints a note. */
export async function sweepAndNote(
  context: CommandContext,
  audit: HostFiles['audit'],
): Promise<void> {
  const discarded = await changes.discardExpired(context.paths.data, context.now(), audit);
  if (discarded.length === 0) return;
  const which =
    discarded.length === 1
      ? `the changes of run ${discarded[0]} are`
      : `the changes of ${discarded.length} runs are`;
  printNote(
    context,
    safe`note: ${which} discarded after waiting for more than ${changes.waitingDaysMax} days (skillgate log lists the paths)`,
  );
}

/** Shows the changes on stderr and asks; false for any answer but yes. */
async function isConfirmed(
  context: CommandContext,
  waiting: changes.WaitingChanges,
  plain: changes.WaitingChanges,
): Promise<boolean> {
  printLine(
    context.stderr,
    showChanges(waiting, inkFor(context.stderr, context.env), { linesMax: diffLinesMax }),
  );
  try {
    await confirm(
      context,
      applyQuestion(waiting, plain),
      'yes',
      `skillgate changes accept ${waiting.set.run}`,
    );
    return true;
  } catch (problem) {
    if (problem instanceof Problem && problem.code === 'not-confirmed') return false;
    throw problem;
  }
}

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
  waiting: changes.WaitingChanges,
): Promise<void> {
  const { set } = waiting;
  if (set.agent === 'operator') return;
  const action = applyAction(waiting);
  requireShownWhole(action, set.run);
  const { agent, plan, run, skill, version } = set;
  const subject = { run, agent, skill, version, plan };
  const record = (event: Parameters<HostFiles['audit']['record']>[1]): void =>
    host.audit.record(subject, event);
  const desk = holds.holdDesk(`${context.paths.data}/holds`, {
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
        answerHere(asking, host.policy, hold).catch((cause) => failed.abort(cause));
      }
    : // The terminal only shows what is waiting and until when; typing there is no answer.
      holdPrinter(context, host.policy);
  const gate = holds.startGate({
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
    throw new Problem(answer.code, `Changes of run ${run} are not applied: ${answer.why}`);
}

// An approver must read every path that they allow.
function requireShownWhole(action: GatedAction, run: string): void {
  if (canonicalDigest(shownAction(action)) === canonicalDigest(action)) return;
  throw new Problem('usage', `Changes of run ${run} are not applied: too many paths are named`, {
    hint: 'accept some of the paths first, then the others',
  });
}

/** The action of a hold for these changes. */
export function applyAction({
  set,
  digest,
}: Pick<changes.WaitingChanges, 'set' | 'digest'>): GatedAction {
  const include = set.folders.flatMap(({ changes, repositories, target }) => [
    ...changes.filter(({ shelf }) => shelf === 'obeyed').map(({ path }) => `${target}/${path}`),
    ...askingRefs(repositories).map(({ name }) => name),
  ]);
  const named = include.length === 0 ? {} : { include };
  return { kind: 'apply', target: targetsOf(set), changes: changesIn(set), digest, ...named };
}

function targetsOf({ folders }: ChangeSet): string {
  return folders.map((folder) => folder.target).join(', ');
}
