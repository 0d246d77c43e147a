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
    ['another form', { ...good, schema: 'skillgate.prose/2' }],
    ['a further key', { ...good, more: 1 }],
    ['less than nothing left', { ...good, left: -1 }],
    ['a line before the first', withLine(0)],
    ['white space at its end', withText('One. ')],
    ['an empty sentence', withText('')],
    ['too long a sentence', withText('x'.repeat(sentenceCharsMax + 1))],
    ['too many sentences', many(sentencesMax + 1, 'x')],
    ['too much in all', many(proseCharsMax / 1_000 + 1, 'x'.repeat(1_000))],
    ['an escape sequence', withText('a\u001b[2Jb')],
    ['a turned direction', withText('a\u202eb')],
    ['a zero-width space', withText('a\u200bb')],
    ['half a character', withText('a\ud800b')],
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
