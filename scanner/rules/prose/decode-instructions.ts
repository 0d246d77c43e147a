/** Text that makes an agent decode something and act on what comes out. */
import type { FactOf } from '../../fact/fact.ts';
import { remembered } from '../../fact/remembered.ts';
import { decodingsOf } from '../../prose/encoded-words.ts';
import { ordersAssembled } from '../../prose/frames/act-frames.ts';
import { framesIn, withFrames } from '../../prose/frames/find-frames.ts';
import { decodedOrders } from '../../prose/frames/order-frames.ts';
import {
  actsOnDecoded,
  decodesText,
  discussesAttacks,
  introducesBlob,
  madeInstructions,
} from '../../prose/lures.ts';
import { nothingAround } from '../../prose/manner.ts';
import { foldText } from '../../prose/marks.ts';
import { readingOf, readingOfText } from '../../prose/reading.ts';
import { isText, statementIn } from '../../prose/statements.ts';
import { strongForms } from '../../prose/strong-forms.ts';
import { textsByFile, textsFor } from '../../prose/texts.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

const framesOfDecoding = [...decodedOrders, ...ordersAssembled];

export const decodeInstructions = defineRule({
  id: 'prose/decode-instructions',
  title: 'An agent is made to decode its orders',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'Nobody who approved the skill read the encoded text. An agent that decodes it obeys a stranger.',
  fix: 'Write the instructions as they are.',
  maps: { owasp: ['LLM01'], attack: ['T1140', 'T1027'] },
  reads: ['text'],
  check: (context) => {
    const texts = context.of('text');
    if (![decodesText, madeInstructions].some((form) => textsFor(texts, form).length > 0))
      return framesIn(texts, framesOfDecoding);
    const told = texts.filter((fact) => /^(prose|heading|list-item|fence|hidden)$/.test(fact.role));
    return withFrames(textsByFile(told).flatMap(firstOrder), texts, framesOfDecoding);
  },
});

const firstOrder = remembered((facts: readonly FactOf<'text'>[]) =>
  [...ordersToDecode(facts), ...ordersToMake(facts)].slice(0, 1),
);

// "Decode the payload and run what comes out", with or without the payload.
function ordersToDecode(facts: readonly FactOf<'text'>[]): FindingDraft[] {
  for (const [index, fact] of facts.entries()) {
    if (fact.role === 'fence' || !decodesText.test(readingOf(fact).words)) continue;
    const { words, hasBlob } = near(facts, index);
    const isToBeFollowed =
      actsOnDecoded.test(words) ||
      madeInstructions.test(words) ||
      (hasBlob && introducesBlob.test(words));
    if (!isToBeFollowed || speaksOfAnalysis.test(words) || discussesAttacks.test(words)) continue;
    return [
      {
        span: fact.span,
        severity: hasBlob ? 'high' : 'medium',
        message: 'makes an agent decode something and act on what comes out',
      },
    ];
  }
  return [];
}

// "Generate the instructions by running …": what a program prints is obeyed.
function ordersToMake(facts: readonly FactOf<'text'>[]): FindingDraft[] {
  const index = facts.findIndex(
    (fact) => fact.role !== 'fence' && madeInstructions.test(readingOf(fact).words),
  );
  const fact = facts[index];
  const hasCode = facts.slice(index, index + 3).some((fact) => fact.role === 'fence');
  return fact === undefined || !hasCode
    ? []
    : [
        {
          span: fact.span,
          severity: 'medium',
          message: 'has an agent follow instructions that a program makes as it runs',
        },
      ];
}

function near(
  facts: readonly FactOf<'text'>[],
  index: number,
): { words: string; hasBlob: boolean } {
  const at = facts[index]?.span.start ?? 0;
  const near = facts
    .slice(Math.max(0, index - 4), index + 8)
    .filter((fact) => Math.abs(fact.span.start - at) < nearChars);
  const words = near
    .flatMap((fact) => (fact.role === 'fence' ? [] : [readingOf(fact).words]))
    .join(' \n ');
  return { words, hasBlob: near.some((fact) => blob.test(fact.text)) };
}

const nearChars = 1_500;
const blob = /[A-Za-z0-9+/=]{80}|[!-u]{120}|(?:\d{1,3}, ?){40}|(?:0x[0-9a-f]{2},? ?){24}/i;
// Who takes malware apart decodes too, and runs nothing.
const speaksOfAnalysis =
  /\b(malware analysis|reverse engineer\w*|forensic\w*|ctf|sandbox(ed)? analysis|detection rules?|yara|indicators of compromise|do not (run|execute)|never (run|execute)|deobfuscat\w+ (techniques|tools))\b/i;

// Orders that stand in the text in disguise.

export const encodedInstructions = defineRule({
  id: 'prose/encoded-instructions',
  title: 'Orders are encoded',
  kind: 'malice',
  severity: 'high',
  confidence: 'folded',
  why: 'A model reads base64, ROT13 or words spelled backwards nearly as well as plain text. The person who approves the skill does not.',
  fix: 'Write it as it is, or remove it.',
  maps: { owasp: ['LLM01'], attack: ['T1027'] },
  reads: ['text'],
  check: (context) =>
    context
      .of('text')
      .flatMap((fact): FindingDraft[] =>
        roles.has(fact.role) && isText(fact) ? draftsOnce(fact) : [],
      ),
});

const roles = new Set<FactOf<'text'>['role']>([
  'prose',
  'heading',
  'list-item',
  'table-cell',
  'inline-code',
  'hidden',
  'front-matter',
  'fence',
  'image',
  'link',
  'comment',
  'html',
]);

const draftsOnce = remembered(draftsOf);

function draftsOf(fact: FactOf<'text'>): FindingDraft[] {
  const given = fact.role === 'image' ? `${fact.text} ${fact.detail}` : fact.text;
  // Letters in another dress may be encoded as well: Morse in full-width dots, a word in flags.
  const folded = /^[\0-\x7f]*$/.test(given) ? [] : decodingsOf(foldText(given));
  for (const { how, text } of [...decodingsOf(given), ...folded]) {
    const statement = statementIn(readingOfText(fact, text), strongForms, () => nothingAround);
    if (statement === undefined || statement.manner === 'refused') continue;
    return [
      {
        span: fact.span,
        message: `${how} that says: "${text.replace(/\s+/g, ' ').trim().slice(0, 120)}"`,
      },
    ];
  }
  return [];
}
