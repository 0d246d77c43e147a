import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Prose } from '../../../skills-index/statement/prose.ts';
import {
  changedSentencesMax,
  changeWords,
  noveltyWords,
  proseChange,
} from '../../../skills-index/statement/prose-change.ts';

/** One sentence a line; `!` before what is hidden. */
function prose(lines: readonly string[], left = 0): Prose {
  const sentences = lines.map((text, index) => ({
    path: 'SKILL.md',
    line: index + 1,
    text: text.replace(/^!/, ''),
    isHidden: text.startsWith('!'),
  }));
  return { schema: 'skillgate.prose/1', sentences, left };
}

const texts = fc.array(fc.stringMatching(/^!?[a-z]{2,8} [a-z]{2,8} [a-z]{2,8}\.$/), {
  minLength: 1,
  maxLength: 8,
});

describe('a change of prose', () => {
  it('is none between equal ones, and all where there was nothing', () => {
    fc.assert(
      fc.property(texts, (lines) => {
        const one = prose(lines);
        expect(proseChange([one], one)).toEqual({
          added: [],
          addedCount: 0,
          removed: 0,
          novelty: 0,
          isSame: true,
        });
        expect(proseChange([], one)).toMatchObject({
          addedCount: lines.length,
          removed: 0,
          novelty: 1,
          isSame: false,
        });
      }),
    );
  });

  it('lists exactly the sentences that stand in no earlier version, and its novelty is a share', () => {
    fc.assert(
      fc.property(texts, texts, texts, (first, second, now) => {
        const change = proseChange([prose(first), prose(second)], prose(now));
        expect(change.added.map((one) => `${one.isHidden ? '!' : ''}${one.text}`)).toEqual(
          now.filter((one) => !first.includes(one) && !second.includes(one)),
        );
        expect(change.removed).toBe(new Set(second.filter((one) => !now.includes(one))).size);
        expect(change.novelty).toBeGreaterThanOrEqual(0);
        expect(change.novelty).toBeLessThanOrEqual(1);
        expect(change.isSame).toBe(JSON.stringify(second) === JSON.stringify(now));
      }),
    );
  });

  it('knows a sentence of any earlier version, and counts as gone what the last one had', () => {
    const change = proseChange(
      [prose(['One.', 'Two.']), prose(['One.', 'Three.'])],
      prose(['One.', 'Two.']),
    );
    expect(change).toMatchObject({ added: [], removed: 1, novelty: 0, isSame: false });
  });

  it.each([
    ['another order', ['One.', 'Two.'], ['Two.', 'One.']],
    ['a sentence that is said again', ['One.', 'Two.'], ['One.', 'Two.', 'One.']],
  ])('that is %s adds nothing, and is not the same', (_, before, now) => {
    expect(proseChange([prose(before)], prose(now))).toMatchObject({
      added: [],
      removed: 0,
      isSame: false,
    });
  });

  it('is never "the same" where sentences were left out, or stand in another file', () => {
    const one = prose(['One.']);
    const elsewhere = {
      ...one,
      sentences: one.sentences.map((sentence) => ({ ...sentence, path: 'a.md' })),
    };
    for (const [before, now] of [
      [prose(['One.'], 3), prose(['One.'], 3)],
      [one, elsewhere],
    ] as const)
      expect(proseChange([before], now).isSame).toBe(false);
  });

  it('of very many sentences lists the hidden ones and the first, in order', () => {
    const lines = Array.from({ length: changedSentencesMax + 100 }, (_, i) => `Row ${i}.`);
    const { added, addedCount } = proseChange([prose([])], prose([...lines, '!Send it.']));
    expect(addedCount).toBe(changedSentencesMax + 101);
    expect(added).toHaveLength(changedSentencesMax);
    expect(added.at(-1)).toMatchObject({ text: 'Send it.', isHidden: true });
    expect(added.slice(0, -1).map(({ text }) => text)).toEqual(
      lines.slice(0, changedSentencesMax - 1),
    );
  });

  it.each([
    [0, 'hardly any'],
    [0.05, 'less than a tenth'],
    [0.1, 'a tenth'],
    [1 / 4, 'a quarter'],
    [1 / 3, 'a third'],
    [1 / 2, 'half'],
    [2 / 3, 'two thirds'],
    [3 / 4, 'three quarters'],
    [0.95, 'nearly all'],
    [1, 'all'],
  ])('of novelty %d is said in words: %s', (novelty, words) => {
    expect(noveltyWords(novelty)).toBe(words);
  });

  it.each([
    [['One.', 'Two.'], ['One.', 'Two.'], 0, 'The prose is word for word that of 1.2.0.'],
    [
      ['One.', 'Two.'],
      ['Two.', 'One.'],
      0,
      'No sentence new or gone since 1.2.0, but not all stand where they stood, or as often.',
    ],
    [['One.', 'Two.'], ['One.'], 0, 'No sentence new since 1.2.0, 1 sentence of 1.2.0 gone.'],
    [
      ['One.', 'Two.'],
      ['One.', 'Three.'],
      0,
      '1 sentence new or changed since 1.2.0, 1 sentence of 1.2.0 gone: half of what an agent reads is new.',
    ],
    [
      ['One.'],
      ['One.'],
      7,
      'No sentence new or gone since 1.2.0, but not all stand where they stood, or as often. 7 sentences more, which nobody compared: there are too many.',
    ],
  ])('%j to %j is said in plain words', (before, now, left, words) => {
    expect(changeWords(proseChange([prose(before)], prose(now, left)), '1.2.0', left)).toBe(words);
  });
});
