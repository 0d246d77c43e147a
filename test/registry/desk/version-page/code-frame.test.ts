import { describe, expect, it } from 'vitest';
import { codeFrame, frameLineCharsMax } from '../../../../registry/desk/version-page/notices.ts';

const hrefOf = (path: string, line: number): string => `/review/x/files/${path}#L${line}`;
const frameOf = (
  text: string,
  range: readonly [number, number, number, number],
  around = 1,
): string => {
  const [line, column, endLine, endColumn] = range;
  return String(
    codeFrame(new Map([['a.ts', text]]), {
      path: 'a.ts',
      range: { line, column, endLine, endColumn },
      around,
      hrefOf,
    }),
  );
};

describe('a code frame', () => {
  it('shows the lines around and marks the range', () => {
    const frame = frameOf('one\ntwo fetch(x)\nthree\nfour\n', [2, 5, 2, 10]);
    expect(frame).toContain('two <mark>fetch</mark>(x)');
    expect([...frame.matchAll(/#L(\d+)"/g)].map(([, line]) => line)).toEqual(['1', '2', '3']);
  });

  it('marks over several lines', () => {
    expect(frameOf('a(\nb,\nc)', [1, 2, 3, 2])).toMatch(
      /a<mark>\(<\/mark>[\s\S]*<mark>b,<\/mark>[\s\S]*<mark>c<\/mark>\)/,
    );
  });

  it('shows the part of a very long line that is meant', () => {
    const frame = frameOf(`${'x'.repeat(9_000)}HERE${'y'.repeat(9_000)}`, [1, 9_001, 1, 9_005]);
    expect(frame).toContain('<mark>HERE</mark>');
    expect(frame.length).toBeLessThan(frameLineCharsMax + 800);
  });

  it.each([
    ['beyond the file', [9, 1, 9, 2]],
    ['beyond the line', [1, 500, 1, 600]],
    ['backwards', [1, 3, 1, 1]],
  ] as const)('survives a range that is %s', (_what, range) => {
    expect(frameOf('abc', range)).toContain(
      range[0] === 9 ? 'keeps no text of this file' : '<mark>',
    );
  });
});
