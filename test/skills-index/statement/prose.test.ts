import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../skills-index/skill/problem.ts';
import {
  isProseOf,
  isSentenceText,
  parseProse,
  proseCharsMax,
  type Sentence,
  sentenceCharsMax,
  sentencesMax,
  sentenceTexts,
} from '../../../skills-index/statement/prose.ts';

const sentence: Sentence = { path: 'SKILL.md', line: 1, text: 'Count the words.', isHidden: false };
const good = { schema: 'skillgate.prose/1', sentences: [sentence], left: 0 };
const withText = (text: unknown) => ({ ...good, sentences: [{ ...sentence, text }] });
const withLine = (line: unknown) => ({ ...good, sentences: [{ ...sentence, line }] });
const many = (count: number, text: string) => ({
  ...good,
  sentences: Array.from({ length: count }, () => ({ ...sentence, text })),
});

describe('prose', () => {
  it('is taken as it is told', () => {
    expect(parseProse(good)).toEqual(good);
    expect(parseProse(many(proseCharsMax / 1_000, 'x'.repeat(1_000))).sentences).toHaveLength(
      1_000,
    );
  });

  it.each([
    ['nothing', undefined],
    ['a list', [good]],
    ['another form', { ...good, schema: 'skillgate.prose/2' }],
    ['a further key', { ...good, more: 1 }],
    ['a further key of a sentence', { ...good, sentences: [{ ...sentence, html: '<b>' }] }],
    ['no number of what is left', { ...good, left: Number.NaN }],
    ['less than nothing left', { ...good, left: -1 }],
    ['half a sentence left', { ...good, left: 0.5 }],
    ['endlessly much left', { ...good, left: Number.POSITIVE_INFINITY }],
    ['a line that is no number', withLine(Number.NaN)],
    ['a line as text', withLine('1')],
    ['a line before the first', withLine(0)],
    ['a line between two', withLine(1.5)],
    ['an empty sentence', withText('')],
    ['a sentence of white space', withText('  ')],
    ['white space at its end', withText('One. ')],
    ['a sentence as a number', withText(7)],
    ['too long a sentence', withText('x'.repeat(sentenceCharsMax + 1))],
    ['too many sentences', many(sentencesMax + 1, 'x')],
    ['too much in all', many(proseCharsMax / 1_000 + 1, 'x'.repeat(1_000))],
    ['a control', withText('a\u0007b')],
    ['an escape sequence', withText('a\u001b[2Jb')],
    ['a line feed', withText('a\nb')],
    ['a turned direction', withText('a\u202eb')],
    ['an isolate', withText('a\u2066b')],
    ['a zero-width space', withText('a\u200bb')],
    ['a tag', withText('a\u{e0041}b')],
    ['a line separator', withText('a\u2028b')],
    ['half a character', withText('a\ud800b')],
    ['whether it is hidden as text', { ...good, sentences: [{ ...sentence, isHidden: 'no' }] }],
  ])('is refused with %s', (_, value) => {
    expect(() => parseProse(value)).toThrow(Problem);
  });

  it('belongs to a bundle whose files it names', () => {
    expect(isProseOf(parseProse(good), [{ path: 'SKILL.md' }])).toBe(true);
    expect(isProseOf(parseProse(good), [{ path: 'skill.md' }])).toBe(false);
  });

  it('can be made of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
        expect(sentenceTexts(text).every(isSentenceText)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', ' ', '\ud83d\ude00', '\ud800', '\u202e', '\n'), {
          maxLength: 60,
        }),
        (parts) => {
          expect(sentenceTexts(parts.join('').repeat(40)).every(isSentenceText)).toBe(true);
        },
      ),
    );
  });
});
