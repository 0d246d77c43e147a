/**
 * What a model remarked about the sentences of a skill. A remark is a model's opinion: it shows a
 * person where to look, and never makes a verdict milder.
 */
import * as v from 'valibot';
import { boundedList, exactObject } from '../skill/shape.ts';
import type { Shape } from './field-shapes.ts';

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

export const readingShape: Shape<Reading> = exactObject({
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
