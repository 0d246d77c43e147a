/** The difference of two texts in unified form, with bounded work. Pure. */
import { diffStepsMax } from '../limits.ts';

const contextLines = 3;

/** Steps that are left for looking for what two texts have in common: of all texts that are shown together. */
export interface DiffWork {
  left: number;
}

export interface Difference {
  /** Such as `@@ -1,2 +1,3 @@`, ` same`, `-old`, `+new`; none when both are the same. A text without newline at its end says so. */
  readonly lines: string[];
  /** Whether the work did not suffice: then all that is between the first and the last difference is shown as old, and as new. */
  readonly isUnaligned: boolean;
}

type Edit = readonly [' ' | '-' | '+', string];
type Edits = { readonly edits: readonly Edit[]; readonly isUnaligned: boolean };

export function unifiedDiff(before: string, after: string, work: DiffWork = { left: diffStepsMax }): Difference {
  if (before === after) return { lines: [], isUnaligned: false };
  const { edits, isUnaligned } = editsOf(linesOf(before), linesOf(after), work);
  const shown = new Set<number>();
  for (const [at, [sign]] of edits.entries())
    if (sign !== ' ') for (let near = Math.max(0, at - contextLines); near <= at + contextLines; near++) shown.add(near);
  const out: string[] = [];
  let [old, fresh] = [1, 1];
  for (const [at, [sign, line]] of edits.entries()) {
    if (shown.has(at) && !shown.has(at - 1)) out.push(hunkHead(edits, shown, at, old, fresh));
    if (shown.has(at))
      out.push(`${sign}${line.replace(/\n$/, '')}`, ...(line.endsWith('\n') ? [] : ['\\ No newline at end of file']));
    if (sign !== '+') old++;
    if (sign !== '-') fresh++;
  }
  return { lines: out, isUnaligned };
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function hunkHead(edits: readonly Edit[], shown: ReadonlySet<number>, from: number, old: number, fresh: number): string {
  const [counts, end] = [{ old: 0, fresh: 0 }, edits.length];
  for (let at = from; at < end && shown.has(at); at++) {
    if (edits[at]?.[0] !== '+') counts.old++;
    if (edits[at]?.[0] !== '-') counts.fresh++;
  }
  const range = (start: number, lines: number): string =>
    lines === 1 ? `${start}` : `${lines === 0 ? start - 1 : start},${lines}`;
  return `@@ -${range(old, counts.old)} +${range(fresh, counts.fresh)} @@`;
}

// What both begin and end with costs nothing; between, Myers' greedy search (An O(ND) Difference Algorithm, 1986).
function editsOf(before: readonly string[], after: readonly string[], work: DiffWork): Edits {
  let [start, oldEnd, newEnd] = [0, before.length, after.length];
  while (start < oldEnd && start < newEnd && before[start] === after[start]) start++;
  while (oldEnd > start && newEnd > start && before[oldEnd - 1] === after[newEnd - 1])
    [oldEnd, newEnd] = [oldEnd - 1, newEnd - 1];
  const same = (line: string): Edit => [' ', line];
  const [old, fresh] = [before.slice(start, oldEnd), after.slice(start, newEnd)];
  const found = shortest(old, fresh, work);
  const between = found ?? [...old.map((line): Edit => ['-', line]), ...fresh.map((line): Edit => ['+', line])];
  const edits = [...before.slice(0, start).map(same), ...between, ...before.slice(oldEnd).map(same)];
  return { edits, isUnaligned: found === undefined };
}

// Undefined where the work does not suffice. One text may take half of what is left, so that none takes it all.
function shortest(before: readonly string[], after: readonly string[], work: DiffWork): Edit[] | undefined {
  // All of a new or a deleted text differs; the search would cost its lines squared.
  if (before.length === 0 || after.length === 0)
    return [...before.map((line): Edit => ['-', line]), ...after.map((line): Edit => ['+', line])];
  const numbers = new Map<string, number>();
  const [old, fresh] = [before, after].map((lines) => Int32Array.from(lines, (line) => numberOf(numbers, line)));
  if (old === undefined || fresh === undefined) return undefined;
  const least = Math.floor(work.left / 2);
  // Where each diagonal ends, `middle` being that of equal line numbers.
  const middle = Math.min(before.length + after.length, Math.ceil(Math.sqrt(work.left))) + 1;
  const reached = new Int32Array(2 * middle + 1);
  const trail: Int32Array[] = [];
  for (let edits = 0; edits < middle; edits++) {
    trail.push(reached.slice(middle - edits - 1, middle + edits + 2));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let at = startOn(reached, middle, diagonal, edits);
      const from = at;
      while (at < old.length && at - diagonal < fresh.length && old[at] === fresh[at - diagonal]) at++;
      work.left -= at - from + 1;
      reached[middle + diagonal] = at;
      if (at >= old.length && at - diagonal >= fresh.length) return walkBack(trail, before, after);
    }
    if (work.left < least) return undefined;
  }
  return undefined;
}

function numberOf(numbers: Map<string, number>, line: string): number {
  const number = numbers.get(line) ?? numbers.size;
  numbers.set(line, number);
  return number;
}

function startOn(reached: Int32Array, middle: number, diagonal: number, edits: number): number {
  const [below = 0, above = 0] = [reached[middle + diagonal - 1], reached[middle + diagonal + 1]];
  return goesDown(below, above, diagonal, edits) ? above : below + 1;
}

function goesDown(below: number, above: number, diagonal: number, edits: number): boolean {
  return diagonal === -edits || (diagonal !== edits && below < above);
}

// What each round began with, of its diagonals and one more on each side.
function walkBack(trail: readonly Int32Array[], before: readonly string[], after: readonly string[]): Edit[] {
  const out: Edit[] = [];
  let [x, y] = [before.length, after.length];
  for (const [edits, reached] of [...trail.entries()].reverse()) {
    const diagonal = x - y;
    const middle = edits + 1;
    const [below = 0, above = 0] = [reached[middle + diagonal - 1], reached[middle + diagonal + 1]];
    const isDown = goesDown(below, above, diagonal, edits);
    const fromX = isDown ? above : below;
    const fromY = fromX - (isDown ? diagonal + 1 : diagonal - 1);
    for (; x > fromX && y > fromY && x > 0 && y > 0; y--) out.push([' ', before[--x] ?? '']);
    if (edits === 0) break;
    if (x === fromX) out.push(['+', after[--y] ?? '']);
    else out.push(['-', before[--x] ?? '']);
  }
  return out.reverse();
}
