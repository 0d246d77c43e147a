import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FactOf } from '../../../scanner/fact/fact.ts';
import { phraseTables } from '../../../scanner/prose/compiled-phrases.ts';
import { foldText, marksOf } from '../../../scanner/prose/marks.ts';
import { joinedReading, readingOfText, signBetween } from '../../../scanner/prose/reading.ts';

const fact: FactOf<'text'> = {
  kind: 'text',
  role: 'prose',
  text: '',
  detail: '',
  span: { path: 'SKILL.md', start: 0, end: 0 },
  context: 'code',
  certainty: 'exact',
};

const forms = phraseTables.flatMap((table) => Object.values(table).join(' ').split(/\s+/));
// Parts of forms, so that a form may begin in one text and end in the next.
const words = forms.flatMap((form) => form.replaceAll('*', '').split('+'));
const others = [
  ...[
    '-',
    ' - ',
    '–',
    '.',
    '. ',
    '!',
    '?',
    ':',
    ';',
    '|',
    '。',
    '\n',
    "'",
    '`',
    '"',
    '(',
    ')',
    '/',
  ],
  ...['https://a.example/x', 'https:', '//', 'a@b.example', '~/.ssh/id_rsa', '.env', 'file.', '$'],
  ...['n', 'l', 'API_KEY', 'MY_SECRET', 'ignоre', 'café', 'x'.repeat(70), ' ', '  ', '', '*', '='],
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...words), fc.constantFrom(...others)), { maxLength: 8 })
  .chain((parts) =>
    fc.constantFrom(' ', ' ', ' ', '', '.').map((between) => foldText(parts.join(between))),
  );

describe('marks of joined texts', () => {
  it('are those of the whole text', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), signs(), (texts, between) => {
        const parts: { from: number; text: ReturnType<typeof signBetween> }[] = [];
        let whole = '';
        const add = (one: ReturnType<typeof signBetween>): void => {
          parts.push({ from: whole.length, text: one });
          whole += one.text;
        };
        for (const [at, one] of texts.entries()) {
          if (at > 0) add(signBetween(between[at % between.length] ?? ' . '));
          add(readingOfText(fact, one));
        }
        expect(joinedReading(fact, whole, parts).marks).toEqual(marksOf(whole));
      }),
      { numRuns: 3_000 },
    );
  });
});

function signs(): fc.Arbitrary<string[]> {
  return fc.array(fc.constantFrom(' | ', ' . ', ' '), { minLength: 1, maxLength: 4 });
}
