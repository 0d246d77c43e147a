/**
 * Which of many changes a person looks at first: among thousands nobody finds one by its mark
 * alone.
 */
import { marksOf } from '../../skills-index/run/changes/change-marks.ts';
import type { Change, ChangeSet } from '../../skills-index/run/changes/changes.ts';
import { count, type OutputInk, type Safe, safe } from '../terminal/output.ts';

/** The marks of each change. */
export type ChangeMarks = ReadonlyMap<Change, readonly string[]>;

export function marksIn({ folders }: ChangeSet): ChangeMarks {
  return new Map(folders.flatMap(({ changes }) => changes.map((one) => [one, marksOf(one)])));
}

/** How many paths are marked, and how many have each mark; nothing where none is. */
export function markLines(marks: ChangeMarks, ink: OutputInk): Safe[] {
  const marked = [...marks.values()].filter((one) => one.length > 0);
  if (marked.length === 0) return [];
  const counts = new Map<string, number>();
  for (const mark of marked.flat()) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  const first = safe`${ink.red('check')}: ${marked.length} of ${count(marks.size, 'path')} marked; marked paths come first`;
  return [first, ...[...counts].map(([mark, number]) => safe`  ${number}: ${mark}`)];
}

/** `, 3 marked`; nothing where none is. */
export function markedText(set: ChangeSet): string {
  const marked = [...marksIn(set).values()].filter((one) => one.length > 0).length;
  return marked === 0 ? '' : `, ${marked} marked`;
}

export function markedFirst(changes: readonly Change[], marks: ChangeMarks): Change[] {
  const isMarked = (one: Change): boolean => (marks.get(one)?.length ?? 0) > 0;
  return [...changes.filter(isMarked), ...changes.filter((one) => !isMarked(one))];
}

/**
 * How many lines of its difference each change may have, so that all have no more than `max`: the
 * others get what the marked ones leave.
 */
export function linesOfEach(
  diffs: ReadonlyMap<Change, readonly string[]>,
  marks: ChangeMarks,
  max: number,
): (change: Change) => number {
  const lengths = (ofMarked: boolean): number[] =>
    [...diffs]
      .filter(([one]) => (marks.get(one)?.length ?? 0) > 0 === ofMarked)
      .map(([, diff]) => diff.length);
  const marked = lengths(true);
  const mostOfMarked = share(marked, max);
  const taken = marked.reduce((sum, length) => sum + Math.min(length, mostOfMarked), 0);
  const mostOfOthers = share(lengths(false), max - taken);
  return (one) => ((marks.get(one)?.length ?? 0) > 0 ? mostOfMarked : mostOfOthers);
}

// What a short difference leaves is for the longer ones.
function share(lengths: readonly number[], max: number): number {
  let left = max;
  for (const [index, length] of lengths.toSorted((a, b) => a - b).entries()) {
    const each = Math.floor(left / (lengths.length - index));
    if (length > each) return each;
    left -= length;
  }
  return Number.POSITIVE_INFINITY;
}
