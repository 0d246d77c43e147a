/**
 * Prints which paths the end of a run left out of the changes: a line for each reason, since
 * nothing may be lost without a word.
 */
import type { RunResult } from '../../runner/run/run-request.ts';
import type { KeptFolder, LeftBehind } from '../../skills-index/run/changes/changes.ts';
import { obeyedIn } from '../../skills-index/run/changes/select-changes.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import { asCalled, calledName } from '../called-name.ts';
import type { CommandContext } from '../command.ts';
import { bytesText, count, printNote, safe } from '../terminal/output.ts';

/** Kept folders that the end of a session names; further folders are counted. */
const keptFoldersShownMax = 5;

/** Reasons why paths were not applied, printed at the end of a run; further reasons are counted. */
const leftBehindReasonsMax = 10;

/**
 * `changes left out: /reports/AGENTS.md: hosts or agents obey it`, or how many paths there are with
 * one of them.
 */
export function leftBehindLines(cleaned: readonly LeftBehind[], run: string): string[] {
  const reasons = new Map<string, string[]>();
  for (const { path, why } of cleaned) reasons.set(why, [...(reasons.get(why) ?? []), path]);
  const lines = [...reasons]
    .slice(0, leftBehindReasonsMax)
    .map(([why, [first = '', ...others]]) => {
      const what =
        others.length === 0 ? first : `${first} and ${count(others.length, 'more path')}`;
      return ['changes left out', what, asCalled(why)].filter((part) => part !== '').join(': ');
    });
  const untold = reasons.size - lines.length;
  const isWhole = untold <= 0 && reasons.size === cleaned.length;
  const more =
    untold > 0 ? `paths for ${count(untold, 'more reason')} were left out as well; ` : '';
  return isWhole
    ? lines
    : [...lines, `${more}the log lists all of them: ${calledName()} log --run ${run.slice(0, 8)}`];
}

/**
 * What became of the run's changes, for an agent. Only how many: the names are a skill's own words,
 * and would pass for ours.
 */
export function changesForAgent({
  changes,
  cleaned,
  limited,
}: Pick<RunResult, 'changes' | 'cleaned' | 'limited'>): string[] {
  const waiting = changes?.folders ?? [];
  const number = waiting.reduce((sum, folder) => sum + folder.changes.length, 0);
  const obeyed = waiting.flatMap(obeyedIn).length;
  return [
    ...(number === 0
      ? []
      : [
          `${count(number, 'change')} of the run ${number === 1 ? 'is' : 'are'} in a copy and ${number === 1 ? 'waits' : 'wait'} until a person accepts ${number === 1 ? 'it' : 'them'}`,
        ]),
    ...(obeyed === 0
      ? []
      : [
          `${obeyed} of the changes ${obeyed === 1 ? 'needs' : 'need'} a decision of ${obeyed === 1 ? 'its' : 'their'} own, because programs of the host or agents obey ${obeyed === 1 ? 'the file' : 'the files'}`,
        ]),
    ...(cleaned.length === 0
      ? []
      : [
          `${count(cleaned.length, 'path')} that the run wrote ${cleaned.length === 1 ? 'is' : 'are'} left out of its changes; the audit log has the reasons`,
        ]),
    ...(limited ? ['a limit left out changes of the run: change fewer or smaller files'] : []),
  ];
}

/** At the end of a run or session. One that was ended leaves nothing, whatever it wrote. */
export function printRunEnd(
  context: CommandContext,
  { cleaned, kept, mounts, reason, run }: EndedRun,
): void {
  if (kept !== undefined && context.format === 'text')
    printNote(context, safe`note: ${keptText(kept)}`);
  printLeftBehind(context, cleaned, run);
  const targets = mounts.filter(({ mode }) => mode !== 'ro').map(({ target }) => target);
  if (reason === 'exit' || targets.length === 0 || context.format !== 'text') return;
  printNote(
    context,
    safe`note: the changes in ${targets.join(', ')} are discarded, because the run did not end by itself`,
  );
}

/** `kept for the next session: node_modules (1204 files, 31.0 MiB)`. */
export function keptText(kept: readonly KeptFolder[]): string {
  const shown = kept
    .slice(0, keptFoldersShownMax)
    .map(({ bytes, files, path }) => `${path} (${count(files, 'file')}, ${bytesText(bytes)})`);
  const more = kept.length - shown.length;
  const rest = more > 0 ? ` and ${count(more, 'more folder')}` : '';
  return `kept for the next session: ${shown.join(', ')}${rest}`;
}

interface EndedRun extends Pick<RunResult, 'cleaned' | 'kept' | 'reason' | 'run'> {
  readonly mounts: Plan['mounts'];
}

export function printLeftBehind(
  context: CommandContext,
  cleaned: readonly LeftBehind[],
  run: string,
): void {
  if (context.format === 'text')
    for (const line of leftBehindLines(cleaned, run)) printNote(context, safe`note: ${line}`);
}
