import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../../cli/changes/diff.ts';

/** What patch(1) does: takes the hunks of a unified difference into a text. */
function patched(before: string, diff: readonly string[]): string {
  const old = before.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const out: string[] = [];
  let at = 0;
  for (const [index, line] of diff.entries()) {
    const [, start, lines] = /^@@ -(\d+)(?:,(\d+))? \+/.exec(line) ?? [];
    const ended = diff[index + 1]?.startsWith('\\') ? '' : '\n';
    if (start !== undefined) {
      const from = Number(start) - (lines === '0' ? 0 : 1);
      out.push(...old.slice(at, from));
      at = from;
    } else if (line.startsWith('+')) out.push(`${line.slice(1)}${ended}`);
    else if (!line.startsWith('\\')) {
      expect(`${line.slice(1)}${ended}`).toBe(old[at]);
      if (line.startsWith(' ')) out.push(old[at] ?? '');
      at++;
    }
  }
  return [...out, ...old.slice(at)].join('');
}

describe('a unified difference', () => {
  it.each([
    ['the same', 'a\nb\n', 'a\nb\n', []],
    ['a new text', '', 'a\nb\n', ['@@ -0,0 +1,2 @@', '+a', '+b']],
    ['a text that is gone', 'a\n', '', ['@@ -1 +0,0 @@', '-a']],
    ['a changed line', 'a\nb\nc\n', 'a\nB\nc\n', ['@@ -1,3 +1,3 @@', ' a', '-b', '+B', ' c']],
    ['a newline that is gone', 'a\n', 'a', ['@@ -1 +1 @@', '-a', '+a', '\\ No newline at end of file']],
    [
      'two places far from each other',
      '1\n2\n3\n4\n5\n6\n7\n8\n9\n',
      'one\n2\n3\n4\n5\n6\n7\n8\nnine\n',
      ['@@ -1,4 +1,4 @@', '-1', '+one', ' 2', ' 3', ' 4', '@@ -6,4 +6,4 @@', ' 6', ' 7', ' 8', '-9', '+nine'],
    ],
  ])('of %s', (_, before, after, lines) => {
    expect(unifiedDiff(before, after)).toEqual(lines);
  });

  it('makes of the old text exactly the new one', () => {
    const lines = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n', '@@ -1 +1 @@\n', '+x\n'), { maxLength: 30 });
    const text = fc.tuple(lines, fc.constantFrom('', 'end')).map(([all, end]) => all.join('') + end);
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(patched(before, unifiedDiff(before, after))).toBe(after);
      }),
    );
  });

  it('of a new text of many lines takes no search', () => {
    const lines = Array.from({ length: 60_000 }, (_, index) => `${index}\n`);
    expect(unifiedDiff('', lines.join(''))).toHaveLength(60_001);
    expect(unifiedDiff(lines.join(''), '')).toHaveLength(60_001);
  });

  it('of two large texts that have nothing in common ends', () => {
    const text = (sign: string): string => Array.from({ length: 20_000 }, (_, i) => `${sign}${i}\n`).join('');
    expect(unifiedDiff(text('a'), text('b'))).toHaveLength(40_001);
  });
});
