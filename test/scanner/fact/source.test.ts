import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../scanner/fact/place.ts';
import { rawOffset, rawSpan } from '../../../scanner/fact/source.ts';

describe('offsets of a text inside a text', () => {
  const map = [
    { at: 0, raw: 10 },
    { at: 5, raw: 30, fixed: true as const },
    { at: 9, raw: 40 },
  ];

  it('run in step, and stay where the inner text was computed', () => {
    expect([0, 4, 5, 8, 9, 11].map((offset) => rawOffset(map, offset))).toEqual([
      10, 14, 30, 30, 40, 42,
    ]);
  });

  it('give spans that hold their last character', () => {
    expect(rawSpan(map, { path: 'inner', start: 3, end: 10 }, 'outer')).toEqual({
      path: 'outer',
      start: 13,
      end: 41,
    });
    expect(rawSpan(map, { path: 'inner', start: 6, end: 6 }, 'outer')).toEqual({
      path: 'outer',
      start: 30,
      end: 30,
    });
    expect(rawOffset([], 7)).toBe(0);
  });
});

describe('lines and columns', () => {
  it('are those of counting character by character', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', '\n', '\r', '\u2028', '\u{1f600}')),
        fc.nat(20),
        (parts, offset) => {
          const text = parts.join('');
          const before = text.slice(0, offset).split('\n');
          expect(linesOf(text).at(offset)).toEqual({
            line: before.length,
            column: (before.at(-1) ?? '').length + 1,
          });
        },
      ),
    );
  });
});
