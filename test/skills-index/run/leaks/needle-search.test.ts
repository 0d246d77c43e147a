import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchFor } from '../../../../skills-index/run/leaks/leak-forms.ts';

// Few letters, so that much nearly fits.
const letters = (minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(97, 98, 0), { minLength, maxLength }).map((all) => Buffer.from(all));

describe('a search for many needles', () => {
  it('finds one exactly where a slow search does, and what comes first before all others', () => {
    fc.assert(
      fc.property(
        fc.array(letters(4, 12), { minLength: 1, maxLength: 6 }),
        letters(0, 120),
        fc.nat({ max: 40 }),
        (all, bytes, seen) => {
          const needles = all.map((one, index) => ({ bytes: one, first: index === 0 }));
          const isNew = (one: Buffer): boolean => {
            for (let at = bytes.indexOf(one); at >= 0; at = bytes.indexOf(one, at + 1))
              if (at + one.length > seen) return true;
            return false;
          };
          const expected = needles.filter((one) => isNew(one.bytes));
          const found = searchFor(needles, (one) => one.first)(bytes, seen);
          expect(found === undefined).toBe(expected.length === 0);
          if (found === undefined) return;
          expect(isNew(found.bytes)).toBe(true);
          expect(found.first).toBe(expected.some((one) => one.first));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
