/**
 * A sentence names a private key of the user, and an address of a stranger. Frames know the verbs
 * of orders; here no table knows the verb. Honest pages hardly ever name both in a sentence.
 */
import type { FactOf } from '../fact/fact.ts';
import type { FindingDraft } from '../rule.ts';
import {
  draftsOfSentence,
  isRead,
  type PageSentence,
  sentencesOf,
  strangersIn,
} from './addressed-sentences.ts';
import { mayHold, needsOfConcepts } from './hints.ts';
import { surroundingsOf } from './manner.ts';
import type { ProseMark } from './marks.ts';
import { readingsOf } from './reading.ts';
import { textsByFile } from './texts.ts';

type Text = FactOf<'text'>;

/** Sentences that name a private key and an address of a stranger; at most one for each text. */
export function keysBesideAddresses(facts: readonly Text[]): FindingDraft[] {
  return textsByFile(facts).flatMap((file) =>
    file.flatMap((fact, index): FindingDraft[] => {
      if (!isRead(fact) && fact.role !== 'front-matter') return [];
      for (const reading of readingsOf(fact)) {
        if (!mayHold(reading.hints, needs)) continue;
        const found = sentencesOf(reading).find((one) => givesKey(one) && isAddressed(one));
        const drafts = draftsOfSentence(
          reading,
          found,
          surroundingsOf(file, index),
          'has a private key of the user beside a stranger’s address',
        );
        if (drafts.length > 0) return drafts;
      }
      return [];
    }),
  );
}
const needs = needsOfConcepts(['key-file']);

// Hosts and mailboxes stand in each guide to SSH; addresses of the web do not.
function isAddressed({ marks, text }: PageSentence): boolean {
  const signsIn = remote.test(text);
  return (
    (!signsIn && marks.some(({ concept }) => concept === 'host')) ||
    strangersIn(text).some(
      ({ address, index }) =>
        !(signsIn && !address.includes('://')) &&
        !tellsMore.test(text.slice(Math.max(0, index - charsBefore), index)),
    )
  );
}

// Programs, and not the folders `.ssh`, `.git` and `.docker`.
const remote = /(?<![.\w])(?:ssh|sshd|scp|sftp|rsync|git|ansible|docker|ssh-\w{1,10})\b/i;
// Where a page tells more about keys.
const tellsMore =
  /(?<!\p{L})(?:see|docs|documentation|documented|described|explained|read|reference|learn|siehe|voir|véase|ver|veja|см\.?)(?:\s(?:also|at|here|in|on|under|bei|unter|sur|en|em))?\W{0,3}$|(?:参照|参见|详见)\W{0,3}$/iu;

function givesKey(sentence: PageSentence): boolean {
  const nots = sentence.marks.filter(({ concept }) => concept === 'not');
  return sentence.marks.some((mark) => isKey(mark, sentence) && !isSpared(mark, sentence, nots));
}

function isKey({ concept, start, end }: ProseMark, sentence: PageSentence): boolean {
  const name = sentence.text.slice(start - sentence.start, end - sentence.start);
  return concept === 'key-file' && !noKey.test(name);
}

// The names of users, and signs for registries of images.
const noKey = /etc\/passwd|\.docker\//i;

// A file into which something is put, and what is forbidden.
function isSpared(mark: ProseMark, sentence: PageSentence, nots: readonly ProseMark[]): boolean {
  const at = mark.start - sentence.start;
  const from = Math.max(0, at - charsBefore);
  const words = sentence.text.slice(from, at);
  return (
    (isPlace.test(words) && strangersIn(sentence.text.slice(at)).length === 0) ||
    nots.some(
      (not) =>
        not.end <= mark.start &&
        mark.at - not.at <= forbiddenWords &&
        !goesOn.test(words.slice(Math.max(0, not.end - sentence.start - from))),
    )
  );
}

const charsBefore = 40;
// "Save it in `~/.aws/credentials`": what is put there comes from elsewhere. An order to put "the
// text in `~/.ssh/id_rsa`" somewhere has another object.
const isPlace =
  /\b(?:add|cache|create|keep|put|save|set|store|write)(?:e?d|e?s)?(?: (?:it|them|(?:the|your|a|an) (?:(?:access|api) )?(?:keys?|pair|token|login|password|secret|profile)))? (?:in|into|to|under)(?: (?:the|your))? ["'`]?$/i;
const forbiddenWords = 4;
// "Do not wait, quote …", "do not forget to quote …", "not only …".
const goesOn =
  /[,;:–—]|\b(?:ask|before|bother|fail|forget|hesitate|leave|miss|need|omit|only|skip|stop|unless|until|wait|without|worry|yet|ohne|gleich|mehr)\b|deix|sans|sin\s|忘/iu;
