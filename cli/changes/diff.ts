/** The difference of two texts in unified form, with bounded work. Pure. */
import { structuredPatch } from 'diff';

/**
 * Search steps for common parts of old and new files, for all files together: about two seconds.
 */
export const diffStepsMax = 16_000_000;

const contextLines = 3;

/** Remaining search steps, shared by all texts that are shown together. */
export interface DiffWork {
  left: number;
}

interface TextDifference {
  /**
   * Lines such as `@@ -1,2 +1,3 @@`, ` same`, `-old`, `+new`; empty for equal texts. A missing
   * newline at the end is noted.
   */
  readonly lines: string[];
  /**
   * Whether the steps did not suffice. Then everything between the first and the last difference is
   * shown as old and as new.
   */
  readonly isUnaligned: boolean;
}

export function unifiedDiff(
  before: string,
  after: string,
  work: DiffWork = { left: diffStepsMax },
): TextDifference {
  if (before === after) return { lines: [], isUnaligned: false };
  // A new or deleted text differs in all lines, and the search would cost the square of its lines.
  if (before === '' || after === '') return { lines: unaligned(before, after), isUnaligned: false };
  // Myers' search takes half the square of the edits. One text may use half of the remaining steps,
  // so that other texts get some too.
  const maxEditLength = Math.floor(Math.sqrt(Math.max(0, work.left)));
  const patch = structuredPatch('', '', before, after, '', '', {
    context: contextLines,
    maxEditLength,
  });
  const lines = patch?.hunks.flatMap((hunk) => [
    hunkHead(hunk.oldStart, hunk.oldLines, hunk.newStart, hunk.newLines),
    ...hunk.lines,
  ]);
  const edits = lines?.filter((line) => /^[-+]/.test(line)).length ?? maxEditLength;
  work.left -= Math.ceil(edits ** 2 / 2);
  return lines === undefined
    ? { lines: unaligned(before, after), isUnaligned: true }
    : { lines, isUnaligned: false };
}

// One hunk from the first difference to the last.
function unaligned(before: string, after: string): string[] {
  const old = linesOf(before);
  const fresh = linesOf(after);
  let start = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start++;
  let end = 0;
  const most = Math.min(old.length, fresh.length) - start;
  while (end < most && old.at(-1 - end) === fresh.at(-1 - end)) end++;
  const from = Math.max(0, start - contextLines);
  const behind = old.slice(old.length - end, old.length - end + contextLines);
  const removed = old.slice(start, old.length - end);
  const added = fresh.slice(start, fresh.length - end);
  const same = start - from + behind.length;
  return [
    hunkHead(from + 1, same + removed.length, from + 1, same + added.length),
    ...old.slice(from, start).flatMap((line) => signed(' ', line)),
    ...removed.flatMap((line) => signed('-', line)),
    ...added.flatMap((line) => signed('+', line)),
    ...behind.flatMap((line) => signed(' ', line)),
  ];
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function signed(sign: string, line: string): string[] {
  return line.endsWith('\n')
    ? [`${sign}${line.slice(0, -1)}`]
    : [`${sign}${line}`, '\\ No newline at end of file'];
}

function hunkHead(oldStart: number, oldLines: number, newStart: number, newLines: number): string {
  const range = (start: number, lines: number): string =>
    lines === 1 ? `${start}` : `${lines === 0 ? start - 1 : start},${lines}`;
  return `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`;
}
