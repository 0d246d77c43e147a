import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DiffWork, unifiedDiff } from '../../../cli/changes/diff.ts';

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
    [
      'a newline that is gone',
      'a\n',
      'a',
      ['@@ -1 +1 @@', '-a', '+a', '\\ No newline at end of file'],
    ],
    [
      'two places far from each other',
      '1\n2\n3\n4\n5\n6\n7\n8\n9\n',
      'one\n2\n3\n4\n5\n6\n7\n8\nnine\n',
      [
        '@@ -1,4 +1,4 @@',
        '-1',
        '+one',
        ' 2',
        ' 3',
        ' 4',
        '@@ -6,4 +6,4 @@',
        ' 6',
        ' 7',
        ' 8',
        '-9',
        '+nine',
      ],
    ],
  ])('of %s', (_, before, after, lines) => {
    expect(unifiedDiff(before, after).lines).toEqual(lines);
  });

  it('makes of the old text exactly the new one', () => {
    const lines = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n', '@@ -1 +1 @@\n', '+x\n'), {
      maxLength: 30,
    });
    const text = fc
      .tuple(lines, fc.constantFrom('', 'end'))
      .map(([all, end]) => all.join('') + end);
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(patched(before, unifiedDiff(before, after).lines)).toBe(after);
      }),
    );
  });

  it('of a new text of many lines takes no search', () => {
    const lines = Array.from({ length: 60_000 }, (_, index) => `${index}\n`);
    expect(unifiedDiff('', lines.join('')).lines).toHaveLength(60_001);
    expect(unifiedDiff(lines.join(''), '').lines).toHaveLength(60_001);
  });

  it('of two large texts that have nothing in common ends', () => {
    const text = (sign: string): string =>
      Array.from({ length: 20_000 }, (_, i) => `${sign}${i}\n`).join('');
    const { lines, isUnaligned } = unifiedDiff(text('a'), text('b'));
    expect(lines).toHaveLength(40_001);
    expect(isUnaligned).toBe(true);
  });

  it('of many texts takes work of one budget, and says of which texts it did not suffice', () => {
    const text = (sign: string): string =>
      Array.from({ length: 2_100 }, (_, i) => `${sign}${i}\n`).join('');
    const work: DiffWork = { left: 4_000_000 };
    const all = Array.from({ length: 30 }, () => unifiedDiff(text('a'), text('b'), work));
    expect(Math.abs(work.left)).toBeLessThan(10_000);
    expect(all.every(({ isUnaligned, lines }) => isUnaligned && lines.length === 4_201)).toBe(true);
    expect(unifiedDiff('a\nb\nc\n', 'a\nB\nc\n', { left: 0 })).toEqual({
      lines: ['@@ -1,3 +1,3 @@', ' a', '-b', '+B', ' c'],
      isUnaligned: true,
    });
  });

  it('of two texts with many small differences is aligned, with half of the work', () => {
    const text = (sign: string): string =>
      Array.from({ length: 9_000 }, (_, i) => `${i % 10 === 0 ? sign : ''}${i}\n`).join('');
    const { lines, isUnaligned } = unifiedDiff(text('a'), text('b'));
    expect(isUnaligned).toBe(false);
    expect(lines.filter((line) => /^[-+]/.test(line))).toHaveLength(1_800);
  });
});
