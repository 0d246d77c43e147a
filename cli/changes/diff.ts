/** The difference of two texts in unified form, of at most so many lines. Pure. */

const contextLines = 3;
/** Beyond these a difference is no longer looked for line by line: old and new are shown whole. */
const editsMax = 2_000;

type Edit = readonly [' ' | '-' | '+', string];

/** Lines such as `@@ -1,2 +1,3 @@`, ` same`, `-old`, `+new`; none when both are the same. A text without newline at its end says so. */
export function unifiedDiff(before: string, after: string): string[] {
  if (before === after) return [];
  const edits = editsOf(linesOf(before), linesOf(after));
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
  return out;
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
function editsOf(before: readonly string[], after: readonly string[]): Edit[] {
  let [start, oldEnd, newEnd] = [0, before.length, after.length];
  while (start < oldEnd && start < newEnd && before[start] === after[start]) start++;
  while (oldEnd > start && newEnd > start && before[oldEnd - 1] === after[newEnd - 1])
    [oldEnd, newEnd] = [oldEnd - 1, newEnd - 1];
  const same = (line: string): Edit => [' ', line];
  const between = shortest(before.slice(start, oldEnd), after.slice(start, newEnd));
  return [...before.slice(0, start).map(same), ...between, ...before.slice(oldEnd).map(same)];
}

function shortest(before: readonly string[], after: readonly string[]): Edit[] {
  // All of a new or a deleted text differs; the search would cost its lines squared.
  if (before.length === 0 || after.length === 0) return whole(before, after);
  const reached = new Map<number, number>([[1, 0]]);
  const trail: Map<number, number>[] = [];
  for (let edits = 0; edits <= Math.min(editsMax, before.length + after.length); edits++) {
    trail.push(new Map(reached));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let at = goesDown(reached, diagonal, edits) ? (reached.get(diagonal + 1) ?? 0) : (reached.get(diagonal - 1) ?? 0) + 1;
      while (at < before.length && at - diagonal < after.length && before[at] === after[at - diagonal]) at++;
      reached.set(diagonal, at);
      if (at >= before.length && at - diagonal >= after.length) return walkBack(trail, before, after);
    }
  }
  return whole(before, after);
}

function whole(before: readonly string[], after: readonly string[]): Edit[] {
  return [...before.map((line): Edit => ['-', line]), ...after.map((line): Edit => ['+', line])];
}

function goesDown(reached: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  return diagonal === -edits || (diagonal !== edits && (reached.get(diagonal - 1) ?? 0) < (reached.get(diagonal + 1) ?? 0));
}

function walkBack(trail: readonly ReadonlyMap<number, number>[], before: readonly string[], after: readonly string[]): Edit[] {
  const out: Edit[] = [];
  let [x, y] = [before.length, after.length];
  for (const [edits, reached] of [...trail.entries()].reverse()) {
    const diagonal = x - y;
    const from = goesDown(reached, diagonal, edits) ? diagonal + 1 : diagonal - 1;
    const [fromX, fromY] = [reached.get(from) ?? 0, (reached.get(from) ?? 0) - from];
    for (; x > fromX && y > fromY && x > 0 && y > 0; y--) out.push([' ', before[--x] ?? '']);
    if (edits === 0) break;
    if (x === fromX) out.push(['+', after[--y] ?? '']);
    else out.push(['-', before[--x] ?? '']);
  }
  return out.reverse();
}
