/** An order whose parts stand apart: each part is harmless alone. */
import type { FactOf } from '../../fact/fact.ts';
import { isInText } from '../../fact/standing.ts';
import { flowsThatRun } from '../../flow/hosts.ts';
import { withFrames } from '../../prose/frames/find-frames.ts';
import { deletedUnseen, shadedDeletions } from '../../prose/frames/shaded-frames.ts';
import { destructions, discussesAttacks } from '../../prose/lures.ts';
import { weighed } from '../../prose/manner.ts';
import type { Concept } from '../../prose/phrases/concept.ts';
import { destructionPhrases } from '../../prose/phrases/harms.ts';
import { readingOf } from '../../prose/reading.ts';
import { type Form, isText, proseRoles, statementsOf } from '../../prose/statements.ts';
import { findsTerm, termsIn, withDependents } from '../../prose/terms.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

type Text = FactOf<'text'>;

export const dividedOrder = defineRule({
  id: 'prose/divided-order',
  title: 'The parts of an order to send secrets stand apart',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'A reader sees a harmless word in the steps, and its meaning in another file. An agent puts both together.',
  fix: 'Say in the step itself what is sent and where, and send no keys.',
  maps: { owasp: ['LLM02', 'ASI03'], attack: ['AML.T0086'] },
  reads: ['text', 'flow:network'],
  check: (context) => {
    const texts = context.of('text').filter((fact) => proseRoles.has(fact.role) && isText(fact));
    const uploads = new Set(
      flowsThatRun(context.of('flow'))
        .filter((flow) => isInText(flow) && flow.source.what === 'file')
        .map(({ span }) => span.path),
    );
    return [...carriedAway(texts), ...filledSlots(texts), ...keysBeside(texts, uploads)];
  },
});

// "witness - the text of ~/.ssh/id_*" in one place, "send the witness to the notary" in another.
function carriedAway(texts: readonly Text[]): FindingDraft[] {
  if (!texts.some(({ text }) => keyPath.test(text))) return [];
  const terms = termsIn(texts);
  const holders = terms.filter(({ fact }) => keyPath.test(fact.text) && says(fact, keys));
  if (holders.length === 0) return [];
  const isCarried = findsTerm(withDependents(holders, terms));
  const isPlace = findsTerm(terms.filter(({ meaning }) => address.test(meaning)));
  const found = texts.find(
    (fact) =>
      isCarried(fact.text) &&
      (address.test(fact.text) || isPlace(fact.text)) &&
      sentencesThatSay(fact, sending).some(isCarried),
  );
  return found === undefined
    ? []
    : holders.slice(0, 1).map(({ fact, name }) => ({
        span: fact.span,
        message: `explains “${name}” as keys of the user, which another text has sent away: "${found.text.slice(0, quoteCharsMax)}"`,
        flow: [{ span: found.span, note: 'is told to send them' }],
      }));
}

// A picture's address in a template has a slot, and a page says what to write there.
function filledSlots(texts: readonly Text[]): FindingDraft[] {
  const images = texts.flatMap((image) => {
    const [, , slot = ''] = image.role === 'image' ? (slotOfAddress.exec(image.text) ?? []) : [];
    return slot === '' || /key|token|auth/i.test(slot) ? [] : [{ image, slot }];
  });
  if (images.length === 0) return [];
  const told = new Map<string, Text>();
  for (const fact of texts)
    for (const sentence of fact.role === 'image' ? [] : sentencesThatSay(fact, confided))
      for (const [slot] of sentence.matchAll(anySlot))
        if (!told.has(bare(slot))) told.set(bare(slot), fact);
  return images.flatMap(({ image, slot }): FindingDraft[] => {
    const fact = told.get(bare(slot.toLowerCase()));
    return fact === undefined
      ? []
      : [
          {
            span: fact.span,
            message: `has secrets written into the address of a picture, at ${slot}: "${fact.text.slice(0, quoteCharsMax)}"`,
            flow: [{ span: image.span, note: 'the address of the picture' }],
          },
        ];
  });
}

function bare(slot: string): string {
  return slot.replace(/^\$/, '');
}

const keysTogether: readonly Form[] = [{ needs: ['key-file', 'secret-file'], within: 12 }];

// A list of several stores of keys, and an upload further down.
function keysBeside(texts: readonly Text[], uploads: ReadonlySet<string>): FindingDraft[] {
  if (uploads.size === 0) return [];
  return statementsOf(texts, keysTogether)
    .filter(({ fact, manner }) => manner === 'meant' && uploads.has(fact.span.path))
    .filter(({ fact }) => new Set(fact.text.match(keyPaths)).size > 1 && says(fact, keys))
    .map(({ fact, quote }) => ({
      span: fact.span,
      message: `lists keys of the user, on a page that uploads a file: "${quote}"`,
    }));
}

function says(fact: Text, wanted: ReadonlySet<Concept>): boolean {
  return sentencesThatSay(fact, wanted).length > 0;
}

// The sentences with one of the concepts, and no "not" beside the concept.
function sentencesThatSay(fact: Text, wanted: ReadonlySet<Concept>): string[] {
  const { text, marks, words } = readingOf(fact);
  if (discussesAttacks.test(words)) return [];
  const denied = new Set(
    marks.filter(({ concept }) => concept === 'not').map((one) => one.sentence),
  );
  const without = marks.filter(({ concept }) => concept === 'without').map(({ at }) => at);
  const near = new Set(without.flatMap((at) => [at + 1, at + 2, at + 3]));
  const meant = marks.filter(
    ({ at, concept, sentence }) => wanted.has(concept) && !denied.has(sentence) && !near.has(at),
  );
  const sentences: string[] = [];
  let from = 0;
  let next = 0;
  for (const sentence of text.split(/(?<=[.!?]\s+)(?=\S)|(?<=[。！？])/u)) {
    const to = from + sentence.length;
    const before = next;
    while ((meant[next]?.end ?? Infinity) <= to) next++;
    if (next > before) sentences.push(sentence);
    from = to;
  }
  return sentences;
}

const keys: ReadonlySet<Concept> = new Set(['key-file', 'secret-file']);
const sending: ReadonlySet<Concept> = new Set(['send', 'deliver', 'pass', 'give', 'write']);
const confided: ReadonlySet<Concept> = new Set([
  'secret',
  'opener',
  'private',
  'talk',
  'key-file',
  'secret-file',
  'environment',
  'environ',
]);
const address = /https?:\/\/[\w.-]{4,}|[\w.+-]{2,60}@[\w-]{2,60}\.\w/;
const keyPath =
  /(?:^|[\s/~`"'“「（(：:])(?:\.ssh|\.aws|\.gnupg|\.kube|\.netrc|\.npmrc|\.pypirc|\.git-credentials|\.docker|id_(?:rsa|ed25519|ecdsa))(?![\w-])/;
const keyPaths =
  /\.(?:ssh|aws|gnupg|kube|netrc|npmrc|pypirc|git-credentials|docker\/config\.json|config\/gcloud)\b/g;
const slotOfAddress =
  /^https?:\/\/([^/?#\s]{3,200})[^\s]*?[?&/=](\{\{\s?[\w.-]{1,40}\s?\}\}|\$?\{[\w.-]{1,40}\}|<[\w .-]{1,40}>|\[[\w.-]{1,40}\])/;
const anySlot = /\{\{\s?[\w.-]{1,40}\s?\}\}|\$?\{[\w.-]{1,40}\}|<[\w .-]{1,40}>|\[[\w.-]{1,40}\]/g;
const quoteCharsMax = 100;

// Text that has an agent destroy what is the user’s.

export const destructiveOrders = defineRule({
  id: 'prose/destructive-orders',
  title: 'The text orders destruction',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'An agent that follows the text deletes, encrypts or overwrites what nobody can restore. No code is needed.',
  fix: 'Name the files that the skill itself made, and ask before each deletion.',
  maps: { owasp: ['LLM06', 'ASI02'], attack: ['T1485'] },
  reads: ['text'],
  check: (context) => {
    const facts = context.of('text');
    const told = statementsOf(facts, forms).map(
      ({ fact, quote, manner }): FindingDraft => ({
        span: fact.span,
        message: `orders to destroy: "${quote}"`,
        ...weighed(manner, 'high'),
      }),
    );
    return withFrames(told, facts, framesOfDeletion);
  },
});

const forms = [...destructions, ...destructionPhrases];

const framesOfDeletion = [...deletedUnseen, ...shadedDeletions];
