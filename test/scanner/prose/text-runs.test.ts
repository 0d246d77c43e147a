import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { characterClass, hasNumberList, runsOf } from '../../../scanner/prose/encoded-words.ts';

describe('long runs of characters', () => {
  const letters = characterClass(/[ab]/);
  const text = fc.array(fc.constantFrom('a', 'b', 'aaaa', 'abababab', ' ', 'c', 'é'), {
    maxLength: 40,
  });

  test('are those that a search at each character finds', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (parts, charsMin) => {
        const written = parts.join('');
        const expected = [...written.matchAll(new RegExp(`[ab]{${charsMin},}`, 'g'))];
        expect([...runsOf(written, letters, charsMin)]).toEqual(
          expected.map(({ index, 0: run }) => ({ start: index, end: index + run.length })),
        );
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('a list of numbers', () => {
  test.each([
    ['1, 2, 3, 4', 3, true],
    ['1, 2, 3', 3, false],
    ['[0x68,\n  0x65,0x6c , 0x6c]', 3, true],
    ['1, 2, and 3, 4', 3, false],
    [`1, 2 ${'x'.repeat(60)} 3, 4, 5`, 3, false],
  ])('%j of %i commas: %s', (written, commas, expected) => {
    expect(hasNumberList(written, commas)).toBe(expected);
  });
});
