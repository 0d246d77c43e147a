import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineTableOf } from '../../../../skills-index/skill/text/json.ts';

describe('a table of lines', () => {
  it('finds each place as counting from the beginning does, beyond one block too', () => {
    const line = fc.tuple(fc.integer({ min: 0, max: 6_000 }), fc.integer({ min: 1, max: 5 }));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), fc.nat(40_000), (lines, at) => {
        const text = lines.map(([chars, ends]) => 'x'.repeat(chars) + '\n'.repeat(ends)).join('');
        const offset = Math.min(at, text.length);
        const before = text.slice(0, offset).split('\n');
        expect(lineTableOf(text)(offset)).toEqual({
          line: before.length,
          column: (before.at(-1)?.length ?? 0) + 1,
        });
      }),
      { numRuns: 200 },
    );
  });
});
