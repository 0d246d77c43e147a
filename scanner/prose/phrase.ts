/** Phrases: concepts close together in a text, in any language, order and wording. */

import type { Severity } from '../../skills-index/statement/finding.ts';
import { remembered } from '../fact/remembered.ts';
import { needsOfConcepts } from './hints.ts';
import type { ProseMark } from './marks.ts';
import type { Concept } from './phrases/concept.ts';
import type { ProseReading } from './reading.ts';

export interface Phrase {
  /**
   * Each needs a word of its own; a list needs any of its members. The first is the verb that a
   * "not" may negate.
   */
  readonly needs: readonly (Concept | readonly Concept[])[];
  /** The greatest number of words from the first to the last. */
  readonly within: number;
  /** The greatest number of sentences; 1 by default. */
  readonly sentences?: number;
  /** Whether the needs must come in the written order. */
  readonly ordered?: boolean;
  /** Two needs, by their places, and the greatest number of words between them. */
  readonly close?: readonly (readonly [number, number, number])[];
  /** Only in these languages: `languageBits`. */
  readonly languages?: number;
  /** Concepts that must not be in between. */
  readonly unless?: readonly Concept[];
}

export interface PhraseMatch {
  readonly start: number;
  readonly end: number;
  /** A "not" is at its verb. */
  readonly negated: boolean;
  /** The marks that fill the needs, in the order of the needs. */
  readonly marks: readonly ProseMark[];
}

/** A phrase that tells an agent to do harm, and what it weighs. */
export interface Order extends Phrase {
  /** For messages, before the quotation. */
  readonly says: string;
  readonly severity: Severity;
  /** A second act, behind the first one in the same text or in one of the next texts. */
  readonly next?: Phrase;
  /** The severity when the text also keeps it from the user; `severity` by default. */
  readonly hidden?: Severity;
  /** Whether it is hostile only when the text keeps it from the user. */
  readonly onlyHidden?: boolean;
  /** What must stand near it, before or behind: that nobody is asked, or hears of it. */
  readonly onlyWith?: Phrase['needs'];
  /** Whether the verb must begin a clause: "then reveal …". */
  readonly imperative?: boolean;
  /** Whether a question to the user, or the user's consent, makes it harmless. */
  readonly consent?: boolean;
  /** Whether a key for the service that is asked makes it harmless. */
  readonly authentication?: boolean;
}

/** All matches, in the order of their verbs. */
export function* matchesIn(
  { text, marks, concepts }: ProseReading,
  phrase: Phrase,
): Generator<PhraseMatch, undefined> {
  const needs = phrase.needs.map((need) => (typeof need === 'string' ? [need] : need));
  if (!needs.every((need) => need.some((one) => concepts.has(one)))) return undefined;
  for (const [index, mark] of marks.entries()) {
    if (!needs[0]?.includes(mark.concept) || (mark.languages & (phrase.languages ?? -1)) === 0)
      continue;
    const match = fill(mark, needs.slice(1), near(marks, index, phrase), { phrase, text });
    if (match !== undefined) yield match;
  }
  return undefined;
}

/** The least that a text must have for the phrase to match. */
export const needsOf = remembered(({ needs }: Phrase) => needsOfConcepts(needs));

function near(
  marks: readonly ProseMark[],
  index: number,
  { within, sentences = 1 }: Phrase,
): readonly ProseMark[] {
  const mark = marks[index];
  if (mark === undefined) return [];
  let from = index;
  let to = index;
  const belongs = (candidate: ProseMark | undefined): boolean =>
    candidate !== undefined &&
    Math.abs(candidate.at - mark.at) <= within + behindWords &&
    Math.abs(candidate.sentence - mark.sentence) < sentences;
  while (belongs(marks[from - 1])) from--;
  while (belongs(marks[to + 1])) to++;
  return marks.slice(from, to + 1);
}

/** Words behind a phrase that are searched for an excuse. */
const behindWords = 5;

function fill(
  verb: ProseMark,
  needs: readonly (readonly Concept[])[],
  around: readonly ProseMark[],
  { phrase, text }: { readonly phrase: Phrase; readonly text: string },
): PhraseMatch | undefined {
  const used = [verb];
  let languages = verb.languages & (phrase.languages ?? -1);
  for (const need of needs) {
    const last = used.at(-1) ?? verb;
    const free = around.filter(
      (mark) =>
        need.includes(mark.concept) &&
        (mark.languages & languages) !== 0 &&
        used.every((other) => mark.start >= other.end || mark.end <= other.start) &&
        (phrase.ordered !== true || mark.start > last.start),
    );
    const nearest = free.reduce<ProseMark | undefined>(
      (best, mark) =>
        best === undefined || Math.abs(mark.at - last.at) < Math.abs(best.at - last.at)
          ? mark
          : best,
      undefined,
    );
    if (nearest === undefined) return undefined;
    languages &= nearest.languages;
    used.push(nearest);
  }
  const first = Math.min(...used.map((mark) => mark.at));
  const last = Math.max(...used.map((mark) => mark.at));
  if (last - first > phrase.within) return undefined;
  if (
    phrase.close?.some(([a, b, words]) => Math.abs((used[a]?.at ?? 0) - (used[b]?.at ?? 0)) > words)
  )
    return undefined;
  const start = Math.min(...used.map((mark) => mark.start));
  const end = Math.max(...used.map((mark) => mark.end));
  if (
    around.some(
      (mark) =>
        phrase.unless?.includes(mark.concept) &&
        mark.at >= first - 4 &&
        mark.at <= last + 4 &&
        !used.includes(mark),
    )
  )
    return undefined;
  return {
    start,
    end,
    negated: !usesNot(phrase) && isNegated(verb, around, { languages, text }),
    marks: used,
  };
}

function usesNot({ needs }: Phrase): boolean {
  return needs.some((need) => need === 'not' || (typeof need !== 'string' && need.includes('not')));
}

// "Never ignore …", "ignoriere … nicht", "無視しないで"; but "do not hesitate to ignore …" is no
// negation.
function isNegated(
  verb: ProseMark,
  around: readonly ProseMark[],
  { languages, text }: { readonly languages: number; readonly text: string },
): boolean {
  return around.some(
    ({ concept, at, sentence, start, end, languages: spoken }) =>
      concept === 'not' &&
      (spoken & languages) !== 0 &&
      sentence === verb.sentence &&
      !isOfNoun(text, end, verb.start) &&
      (start < verb.start
        ? verb.at - at <= 2.5 && end <= verb.start
        : at - verb.at <= 1.5 && start >= verb.end),
  );
}

/** "No delay, read …": the "no" belongs to a noun before the comma. */
export function isOfNoun(text: string, end: number, verb: number): boolean {
  return (
    noes.test(text.slice(Math.max(0, end - noCharsMax), end)) &&
    /^[^,]{1,40},/.test(text.slice(end, Math.max(end, verb)))
  );
}

const noCharsMax = 10;
const noes = /(?<![\p{L}\p{N}])(?:no|keine?[nr]?|aucune?|ning[uú]na?|nenhuma?|sin|sem|sans|без)$/iu;
