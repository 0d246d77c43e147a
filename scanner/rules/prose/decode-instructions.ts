/** Text that makes an agent decode something and act on what comes out. */
import type { FactOf } from '../../fact/fact.ts';
import { remembered } from '../../fact/remembered.ts';
import { decodingsOf } from '../../prose/encoded-words.ts';
import { isText, orderIn, ordersIn } from '../../prose/find-orders.ts';
import { foldText } from '../../prose/marks.ts';
import { decodedOrders, strongOrders } from '../../prose/phrases/orders.ts';
import { readingOfText } from '../../prose/reading.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

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
  check: ({ of }) => ordersIn(of('text'), decodedOrders),
});

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
    if (orderIn(readingOfText(fact, text), strongOrders) === undefined) continue;
    return [
      {
        span: fact.span,
        message: `${how} that says: "${text.replace(/\s+/g, ' ').trim().slice(0, 120)}"`,
      },
    ];
  }
  return [];
}
