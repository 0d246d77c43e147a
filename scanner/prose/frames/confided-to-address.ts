/**
 * A sentence names what an agent keeps for its user, and an address of a stranger. Frames know the
 * verbs of orders; here no table knows the verb. Honest pages hardly ever name both in a sentence.
 */
import type { FactOf } from '../../fact/fact.ts';
import { mayHold, needsOfConcepts } from '../hints.ts';
import { type Manner, mannerOf, surroundingsOf } from '../manner.ts';
import type { ProseMark } from '../marks.ts';
import type { Concept } from '../phrases/concept.ts';
import { readingsOf } from '../reading.ts';
import { textsByFile } from '../texts.ts';
import {
  isRead,
  type PageSentence,
  sends,
  sentencesOf,
  strangersIn,
} from './addressed-sentences.ts';

type Text = FactOf<'text'>;

export interface ConfidedToAddress {
  readonly fact: Text;
  readonly quote: string;
  readonly manner: Manner;
}

/** Sentences that name a confidence and an address of a stranger; at most one for each text. */
export function confidedToAddresses(facts: readonly Text[]): ConfidedToAddress[] {
  return textsByFile(facts).flatMap((file) =>
    file.flatMap((fact, index): ConfidedToAddress[] => {
      if (!isRead(fact)) return [];
      for (const reading of readingsOf(fact)) {
        if (!mayHold(reading.hints, needs)) continue;
        const found = sentencesOf(reading).find(isConfided);
        if (found === undefined) continue;
        const { start, end, text } = found;
        const manner = mannerOf(reading, { start, end }, surroundingsOf(file, index));
        if (manner !== 'refused') return [{ fact, quote: text.slice(0, quoteCharsMax), manner }];
      }
      return [];
    }),
  );
}

const quoteCharsMax = 140;
const kept: readonly Concept[] = [
  'secret-file',
  'private',
  'talk',
  'environment',
  'environ',
  'belongings',
  'prompt',
  'memory-file',
];
const needs = needsOfConcepts([['key-file', ...kept]]);
const confidences: ReadonlySet<Concept> = new Set(kept);

// A private key has no business beside an address, whatever the verb. Other confidences may stand
// there: only those that are sent count.
function isConfided(sentence: PageSentence): boolean {
  const { marks, text } = sentence;
  const keys = marks.filter((mark) => isKey(mark, sentence) && !isUsed(mark, sentence));
  if (keys.length > 0 && isAddressed(sentence)) return true;
  return (
    !unnamedHost.test(text) &&
    marks.some((mark) => isConfidence(mark, sentence) && !isUsed(mark, sentence)) &&
    sends(sentence)
  );
}

function isKey({ concept, start, end }: ProseMark, sentence: PageSentence): boolean {
  if (concept === 'key-file') return true;
  const name = sentence.text.slice(start - sentence.start, end - sentence.start);
  return concept === 'secret-file' && keysOfUser.test(name);
}

// Keys for services, in files of a user and of no project.
const keysOfUser = /\.netrc|\.pypirc|application_default_credentials\.json|\.kdbx/i;

function isConfidence(mark: ProseMark, sentence: PageSentence): boolean {
  return confidences.has(mark.concept) && !isPlace.test(before(mark, sentence));
}

// "… and put it into `.env`": what is written there is no confidence yet.
const isPlace = /(?<!\p{L})(?:into|to|ins|nach)(?: (?:the|your|der|die|das))?\s["'`]?$/iu;

// A key that signs in, and what is forbidden.
function isUsed(mark: ProseMark, sentence: PageSentence): boolean {
  const words = before(mark, sentence);
  if (signsIn.test(words)) return true;
  const from = mark.start - words.length;
  return sentence.marks.some(
    ({ concept, start, end }) =>
      concept === 'not' &&
      start >= from &&
      end <= mark.start &&
      !goesOn.test(words.slice(end - from)),
  );
}

// `ssh -i ~/.ssh/deploy deploy@host.example`
const signsIn = /\s-i\s{0,3}["'`]?$|\bIdentityFile[\s=]{1,3}["'`]?$/i;
// "Do not wait, quote …", "do not forget to quote …".
const goesOn = /[,;:–—]|\b(?:ask|bother|fail|forget|hesitate|need|skip|stop|wait|worry)\b/i;

function before({ start }: ProseMark, sentence: PageSentence): string {
  const at = start - sentence.start;
  return sentence.text.slice(Math.max(0, at - charsBefore), at);
}

const charsBefore = 40;

// `http://<host-ip>:8018`, `http://${HOST_IP}`: the reader's own host.
const unnamedHost = /:\/\/(?:[$<{[]|%7b)/i;

function isAddressed({ marks, text }: PageSentence): boolean {
  return (
    marks.some(({ concept }) => concept === 'host') ||
    strangersIn(text).some((address) => {
      const at = text.indexOf(address);
      return !tellsMore.test(text.slice(Math.max(0, at - charsBefore), at));
    })
  );
}

// Where a page tells more about keys.
const tellsMore =
  /(?<!\p{L})(?:see|docs?|documentation|documented|described|explained|guide|manual|more|source|siehe|mehr|voir|véase|ver|veja|см\.?)(?!\p{L})[^.]{0,30}$|(?:参照|参见|详见)[^。]{0,6}$/iu;
