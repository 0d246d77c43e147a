/**
 * The texts of a skill that an agent reads, split into sentences. The address of a link becomes a
 * sentence `leads to …`. A scanner sends the sentences beside its report, and a registry stores the
 * sentences to compare versions.
 */
import * as v from 'valibot';
import { boundedList, exactObject, parseShape, unplaced } from '../skill/shape.ts';
import type { Shape } from './field-shapes.ts';

export const proseCharsMax = 1_000_000;

/** A text for an agent that is longer than this is split into several sentences. */
export const sentenceCharsMax = 1_000;

/**
 * Maximum number of sentences for an agent that are compared between two versions. `proseCharsMax`
 * limits the characters of all these sentences together.
 */
export const sentencesMax = 10_000;

// What a model remarked about the sentences of a skill. A remark is a model's opinion: it shows a
// person where to look, and never makes a verdict milder.

/** What a remarked sentence asks of an agent, in words for people. */
export const remarkKinds = {
  'secret-to-receiver': 'a secret or a conversation goes to somebody',
  'hide-from-user': 'something is kept from the user',
  'skip-approval': 'something is done without the approval that it needs',
  'obey-stranger': 'orders from elsewhere are followed',
  'change-memory': 'memory, settings or instructions of the agent are changed',
  'weaken-guard': 'a protection is switched off or avoided',
} as const;
export type RemarkKind = keyof typeof remarkKinds;

export interface Remark {
  /** The place in the list of sentences, counted from 0. */
  readonly sentence: number;
  /** The decisive words, which the sentence contains. */
  readonly quote: string;
  readonly kind: RemarkKind;
}

export interface Reading {
  /** The name of the model, as its operator gave it. */
  readonly model: string;
  readonly remarks: readonly Remark[];
  /** The number of sentences that the model did not get or did not answer about. */
  readonly unread: number;
}

export const remarksMax = 100;
export const remarkQuoteCharsMax = 300;

const kinds = Object.keys(remarkKinds) as RemarkKind[];
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const readingShape: Shape<Reading> = exactObject({
  model: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,200}$/, 'is no name of a model')),
  remarks: boundedList(
    exactObject({
      sentence: count,
      quote: v.pipe(v.string(), v.minLength(1), v.maxLength(remarkQuoteCharsMax)),
      kind: v.picklist(kinds),
    }),
    remarksMax,
  ),
  unread: count,
});

/** Whether each remark quotes the sentence that it names. */
export function quotesSentences(
  { remarks }: Pick<Reading, 'remarks'>,
  sentences: readonly { readonly text: string }[],
): boolean {
  return remarks.every(({ sentence, quote }) => sentences[sentence]?.text.includes(quote) === true);
}

export interface Sentence {
  /** The path of the bundle's file that contains the sentence. */
  readonly path: string;
  /** The line of the sentence in its file, counted from 1. */
  readonly line: number;
  /** The sentence on one line, without layout, extra white space and invisible characters. */
  readonly text: string;
  /** Whether the sentence is invisible to a person who reads the rendered page. */
  readonly isHidden: boolean;
}

export interface Prose {
  readonly schema: 'skillgate.prose/1';
  /**
   * Sentences of SKILL.md first, then of other Markdown, then of other files. Within each of the
   * three groups, sentences are in the order of paths and places.
   */
  readonly sentences: readonly Sentence[];
  /** The number of further sentences, which were left out because of the limits. */
  readonly left: number;
  /** What a model remarked; absent where no model read the sentences. */
  readonly reading?: Reading;
}

const unfit = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * Whether a text can be a sentence: the text is not empty and not too long. The text has no
 * control, invisible or direction-changing characters.
 */
export function isSentenceText(text: string): boolean {
  return (
    text !== '' && text.length <= sentenceCharsMax && text.trim() === text && !unfit.test(text)
  );
}

/**
 * Splits a text into pieces that can be sentences. A text that is too long is cut between words
 * where possible.
 */
export function sentenceTexts(text: string): string[] {
  const pieces: string[] = [];
  // Control characters separate words; other invisible characters stand inside words.
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
const proseShape: Shape<Prose> = v.pipe(
  exactObject({
    schema: v.literal('skillgate.prose/1'),
    sentences,
    left: v.pipe(
      v.number(),
      v.safeInteger('is not a number of sentences'),
      v.minValue(0, 'is less than none'),
    ),
    reading: v.exactOptional(readingShape),
  }),
  v.check(
    ({ reading, sentences: all }) => reading === undefined || quotesSentences(reading, all),
    'has a remark that quotes no sentence of it',
  ),
);

/**
 * Parses the prose of a skill.
 * @throws Problem `statement-invalid` with every reason
 */
export function parseProse(value: unknown): Prose {
  return parseShape(proseShape, unplaced(value, 'prose'), 'statement-invalid', 'the prose');
}

/** Whether every sentence belongs to one of these files. */
export function isProseOf(
  { sentences: all }: Prose,
  files: readonly { readonly path: string }[],
): boolean {
  const paths = new Set(files.map(({ path }) => path));
  return all.every(({ path }) => paths.has(path));
}
