import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { phraseTables } from '../../../scanner/prose/compiled-phrases.ts';
import { hintsOf, mayHold, needsOfConcepts } from '../../../scanner/prose/hints.ts';
import { foldText, inLatin, marksOf } from '../../../scanner/prose/marks.ts';
import { messageMarks } from '../../../scanner/prose/names.ts';

const tableWords = Object.values(phraseTables).flatMap((table) =>
  Object.values(table).flatMap((words) =>
    words.split(/\s+/).map((word) => word.replaceAll('+', ' ').replace('*', 'xyz')),
  ),
);
const signWords = messageMarks.flatMap(({ form }) => form.source.match(/[A-Za-z]{2,}/g) ?? []);
const signs =
  ' . , - _ / : @ \' " ( ) ! ? ; … — ’ é ア https:// .env ~/.ssh/ a@b.example 12 \n'.split(' ');
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...tableWords),
      fc.constantFrom(...signWords, '<|system|>', '[SYSTEM OVERRIDE]', 'admin override:'),
      fc.constantFrom(...signs),
      fc.string(),
    ),
    {
      maxLength: 60,
    },
  )
  .chain((parts) =>
    fc.constantFrom(parts.join(' '), parts.join(''), parts.join('-').toUpperCase()),
  );

describe('hints of a text', () => {
  test('have each concept that stands in it', () => {
    fc.assert(
      fc.property(text, (written) => {
        const folded = foldText(written);
        const hints = hintsOf(folded, inLatin(folded));
        const missed = marksOf(folded).filter(
          ({ concept }) => !mayHold(hints, needsOfConcepts([concept])),
        );
        expect(missed).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });

  test('have words of a text that is cut into pieces by its length', () => {
    const folded = `${'a'.repeat(59)}silently${'-b'.repeat(80)}password`;
    const hints = hintsOf(folded, folded);
    for (const concept of ['covert', 'secret'] as const)
      expect(mayHold(hints, needsOfConcepts([concept]))).toBe(true);
  });

  test('have a word of two scripts behind further letters', () => {
    const folded = foldText('12askingPIN码');
    const [mark] = marksOf(folded);
    expect(mark).toBeDefined();
    if (mark) expect(mayHold(hintsOf(folded, folded), needsOfConcepts([mark.concept]))).toBe(true);
  });

  test('are none where no word of the tables stands', () => {
    const hints = hintsOf('the quick brown fox', 'the quick brown fox');
    expect(mayHold(hints, needsOfConcepts(['send']))).toBe(false);
  });
});
