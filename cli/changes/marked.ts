/**
 * Marks changes that a person must look at first, because nobody finds a marked one among
 * thousands.
 */
import { marksOf } from '../../skills-index/run/changes/change-marks.ts';
import type { Change, ChangeSet } from '../../skills-index/run/changes/changes.ts';
import { decisionsIn } from '../../skills-index/run/changes/select-changes.ts';
import { count, type OutputInk, type Safe, safe } from '../terminal/output.ts';

/** The marks of each change. */
export type ChangeMarks = ReadonlyMap<Change, readonly string[]>;

export function marksIn({ folders }: ChangeSet): ChangeMarks {
  return new Map(
    folders.flatMap(({ changes }) => changes.map((change) => [change, marksOf(change)])),
  );
}

/** The number of marked paths and of each mark; empty without marks. */
export function markLines(marks: ChangeMarks, ink: OutputInk): Safe[] {
  const marked = [...marks.values()].filter((names) => names.length > 0);
  if (marked.length === 0) return [];
  const counts = new Map<string, number>();
  for (const mark of marked.flat()) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  const first = safe`${ink.red('check')}: ${marked.length} of ${count(marks.size, 'changed path')} marked for a closer look; marked paths come first`;
  return [first, ...[...counts].map(([mark, number]) => safe`  ${number}: ${mark}`)];
}

/** `, 3 marked, 1 needs a decision`; empty without marks. */
export function markedText(set: ChangeSet): string {
  const marked = [...marksIn(set).values()].filter((names) => names.length > 0).length;
  const number = decisionCount(set);
  const needs = number === 0 ? '' : `, ${number} ${number === 1 ? 'needs' : 'need'} a decision`;
  return `${marked === 0 ? '' : `, ${marked} marked`}${needs}`;
}

/** How many references and files of a change set wait until a person names them. */
export function decisionCount({ folders }: ChangeSet): number {
  const all = folders.map(decisionsIn);
  return all.reduce((sum, { changes, refs }) => sum + changes.length + refs.length, 0);
}

export function markedFirst(changes: readonly Change[], marks: ChangeMarks): Change[] {
  const isMarked = (change: Change): boolean => (marks.get(change)?.length ?? 0) > 0;
  return [...changes.filter(isMarked), ...changes.filter((change) => !isMarked(change))];
}

/**
 * How many lines of its difference each change may show, so that all together show at most `max`.
 * Unmarked changes share the lines that marked changes leave.
 */
export function linesOfEach(
  diffs: ReadonlyMap<Change, readonly string[]>,
  marks: ChangeMarks,
  max: number,
): (change: Change) => number {
  const lengths = (ofMarked: boolean): number[] =>
    [...diffs]
      .filter(([change]) => (marks.get(change)?.length ?? 0) > 0 === ofMarked)
      .map(([, diff]) => diff.length);
  const marked = lengths(true);
  const mostOfMarked = share(marked, max);
  const taken = marked.reduce((sum, length) => sum + Math.min(length, mostOfMarked), 0);
  const mostOfOthers = share(lengths(false), max - taken);
  return (change) => ((marks.get(change)?.length ?? 0) > 0 ? mostOfMarked : mostOfOthers);
}

// Lines that a short difference does not need go to longer ones.
function share(lengths: readonly number[], max: number): number {
  let remaining = max;
  for (const [index, length] of lengths.toSorted((a, b) => a - b).entries()) {
    const each = Math.floor(remaining / (lengths.length - index));
    if (length > each) return each;
    remaining -= length;
  }
  return Number.POSITIVE_INFINITY;
}
