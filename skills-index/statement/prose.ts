/**
 * What an agent reads in a skill, as sentences (and `leads to …` for the address of a link): told
 * by a scanner beside its report, kept by a registry to compare versions.
 */
import * as v from 'valibot';
import { boundedList, exactObject, parseShape, unplaced } from '../skill/shape.ts';
import type { Shape } from './field-shapes.ts';
import { proseCharsMax, sentenceCharsMax, sentencesMax } from './limits.ts';

export interface Sentence {
  /** File of the bundle. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /**
   * As it is read, on one line: layout, white space and characters that nobody sees are folded
   * away.
   */
  readonly text: string;
  /** Whether a reader of the page does not see it. */
  readonly isHidden: boolean;
}

export interface Prose {
  readonly schema: 'skillgate.prose/1';
  /** SKILL.md first, then other Markdown, then the rest, each in the order of paths and places. */
  readonly sentences: readonly Sentence[];
  /** Sentences beyond the limits, which stand behind these. */
  readonly left: number;
}

const unfit = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * Whether a text can be that of a sentence: not empty, not too long, no controls, nothing that is
 * not seen or turns the direction of writing.
 */
export function isSentenceText(text: string): boolean {
  return (
    text !== '' && text.length <= sentenceCharsMax && text.trim() === text && !unfit.test(text)
  );
}

/**
 * Text in pieces that can be those of sentences: what is too long is cut between words where it has
 * any.
 */
export function sentenceTexts(text: string): string[] {
  const pieces: string[] = [];
  // Controls part words, other unseen characters stand within them.
  let rest = text
    .toWellFormed()
    .replace(/\p{Cf}+/gu, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  while (rest !== '') {
    const end = pieceEnd(rest);
    pieces.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  return pieces;
}

function pieceEnd(text: string): number {
  if (text.length <= sentenceCharsMax) return text.length;
  const space = text.lastIndexOf(' ', sentenceCharsMax);
  if (space > sentenceCharsMax / 2) return space;
  const isInPair = /[\ud800-\udbff]/.test(text.charAt(sentenceCharsMax - 1));
  return isInPair ? sentenceCharsMax - 1 : sentenceCharsMax;
}

const sentences = v.pipe(
  boundedList(
    exactObject({
      path: v.string(),
      line: v.pipe(v.number(), v.safeInteger('is not a line'), v.minValue(1, 'counts from 1')),
      text: v.pipe(v.string(), v.check(isSentenceText, 'is no text of a sentence')),
      isHidden: v.boolean(),
    }),
    sentencesMax,
    `has more than ${sentencesMax} sentences`,
  ),
  v.check(
    (all) => all.reduce((sum, one) => sum + one.text.length, 0) <= proseCharsMax,
    `has more than ${proseCharsMax} characters`,
  ),
);
const proseShape: Shape<Prose> = exactObject({
  schema: v.literal('skillgate.prose/1'),
  sentences,
  left: v.pipe(
    v.number(),
    v.safeInteger('is not a number of sentences'),
    v.minValue(0, 'is less than none'),
  ),
});

/**
 * Reads the prose of a skill strictly.
 * @throws Problem `statement-invalid` with every reason
 */
export function parseProse(value: unknown): Prose {
  return parseShape(proseShape, unplaced(value, 'prose'), 'statement-invalid', 'the prose');
}

/** Whether every sentence stands in one of these files. */
export function isProseOf(
  { sentences: all }: Prose,
  files: readonly { readonly path: string }[],
): boolean {
  const paths = new Set(files.map(({ path }) => path));
  return all.every(({ path }) => paths.has(path));
}
