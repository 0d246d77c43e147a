/**
 * The changes of a run at its end: accepted in advance, confirmed by a person, or kept until a
 * person accepts them.
 */

import * as changes from '../../runner/changes/public.ts';
import type { ChangeSet } from '../../skills-index/run/changes/changes.ts';
import { selectAllowed } from '../../skills-index/run/changes/select-changes.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { diffLinesMax } from '../limits.ts';
import type { HostFiles } from '../run/host-files.ts';
import { printLeftBehind } from '../run/left-behind.ts';
import { confirm } from '../terminal/ask.ts';
import { inkFor, printLine, printNote, safe } from '../terminal/output.ts';
import {
  type AcceptedPart,
  acceptedPart,
  applyQuestion,
  changesIn,
  targetsOf,
  waitingText,
} from './accepted-part.ts';
import { askForAgent, requireApprover } from './ask-approver.ts';
import { requireNoConflict } from './conflict.ts';
import { decisionCount, markedText } from './marked.ts';
import { changesText, showChanges } from './show.ts';

/**
 * At the end of a run or session: applies what the operator allowed before the start, and offers
 * the rest. `--accept` accepts the plain changes in advance.
 * @returns the changes that wait for a person afterwards
 * @throws Problem `changes-conflict`; for an agent also a denied hold
 */
export async function applyOrOffer(
  context: CommandContext,
  host: HostFiles & Pick<Parameters<typeof changes.applyAllowed>[1], 'own'>,
  set: ChangeSet | undefined,
): Promise<ChangeSet | undefined> {
  if (set === undefined) return undefined;
  const rest = await changes.applyAllowed(context.paths, host, set);
  const applied = selectAllowed(set).accepted;
  if (applied.folders.length > 0 && context.format === 'text')
    printNote(context, safe`applied: ${changesText({ set: applied })} in ${targetsOf(applied)}`);
  if (rest === undefined) return undefined;
  const isAllowed = rest.folders.every(({ mode }) => mode === 'rw');
  if (!isAllowed) return await offerChanges(context, host, rest, context.options.accept === true);
  if (context.format === 'text') printWaiting(context, rest);
  return rest;
}

/**
 * @param accepted whether the caller accepts the changes in advance
 * @returns the changes that wait for a person afterwards
 * @throws Problem `changes-conflict`; for an agent also a denied hold
 */
async function offerChanges(
  context: CommandContext,
  host: HostFiles,
  set: ChangeSet,
  accepted: boolean,
): Promise<ChangeSet | undefined> {
  await sweepAndNote(context, host.audit);
  const waiting = changes.readWaiting(context.paths.data, set.run);
  const person =
    context.format === 'text' && context.stdin.isTTY === true && context.stderr.isTTY === true;
  const plain = acceptedPart(waiting, {});
  const hasPlain = plain.set.folders.length > 0;
  if (hasPlain && (accepted || person)) {
    requireApprover(host, set);
    await requireNoConflict(context, host, plain);
  }
  if (hasPlain && accepted) await askForAgent(context, host, plain);
  else if (hasPlain && person && (await isConfirmed(context, waiting, plain)))
    await askForAgent(context, host, plain);
  else {
    printNote(
      context,
      safe`note: changes of the run in its view of ${targetsOf(set)}: ${changesText(waiting)}${markedText(set)}. Nothing is applied yet. Read the changes: skillgate changes show ${set.run}`,
    );
    return set;
  }
  printLeftBehind(
    context,
    await changes.acceptChanges(context.paths, host, set.run, waiting.digest),
    set.run,
  );
  printNote(context, safe`applied: ${changesText(plain)} in ${targetsOf(plain.set)}`);
  printStillWaiting(context, plain);
  return plain.rest;
}

/** Says which changes an acceptance left waiting, because nothing may be lost without a word. */
export function printStillWaiting(context: CommandContext, { rest }: AcceptedPart): void {
  if (context.format === 'text' && rest !== undefined) printWaiting(context, rest);
}

function printWaiting(context: CommandContext, rest: ChangeSet): void {
  const { run } = rest;
  const include = decisionCount(rest) > 0 ? ' --include NAME' : '';
  printNote(
    context,
    safe`note: ${waitingText(rest)}: skillgate changes show ${run}, then skillgate changes accept ${run}${include}`,
  );
}

/** How many changes wait, and how many of them a person has to name; for programs. */
export function waitingCounts(set: ChangeSet | undefined): {
  readonly changes: number;
  readonly needDecision: number;
} {
  if (set === undefined) return { changes: 0, needDecision: 0 };
  return { changes: changesIn(set), needDecision: decisionCount(set) };
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
  plain: AcceptedPart,
): Promise<boolean> {
  printLine(
    context.stderr,
    showChanges(waiting, inkFor(context.stderr, context.env), { linesMax: diffLinesMax }),
  );
  try {
    await confirm(
      context,
      applyQuestion(plain),
      'yes',
      `skillgate changes accept ${waiting.set.run}`,
    );
    return true;
  } catch (problem) {
    if (problem instanceof Problem && problem.code === 'not-confirmed') return false;
    throw problem;
  }
}
