/** Text that a reader does not see, with orders in it. */
import type { FactOf } from '../../fact/fact.ts';
import { orderIn } from '../../prose/find-orders.ts';
import { hiddenOrders, strongOrders } from '../../prose/phrases/orders.ts';
import type { ProseReading } from '../../prose/reading.ts';
import { proseTexts } from '../../prose/texts.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const hiddenText = defineRule({
  id: 'prose/hidden-text',
  title: 'Hidden text gives orders',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'An agent reads comments and invisible text like any other text. A person who reviews the page does not see them.',
  fix: 'Write it where everybody sees it, or remove it.',
  maps: { cwe: ['CWE-451'], owasp: ['LLM01'], attack: ['AML.T0051'] },
  reads: ['text:hidden'],
  check: (context) =>
    proseTexts(context.of('text')).flatMap(({ fact, readings }) =>
      readings.flatMap((reading) => draftsOf(fact, reading)).slice(0, 1),
    ),
});

function draftsOf(fact: FactOf<'text'>, reading: ProseReading): FindingDraft[] {
  const where = places[fact.detail] ?? 'a comment that the page does not show';
  const shown = reading.text.slice(0, 120);
  if (orderIn(reading, strongOrders) !== undefined)
    return [{ span: fact.span, message: `${where} gives orders: "${shown}"` }];
  const speaks = speaksToAgent.test(reading.words) || runsSomething.test(reading.words);
  if (speaks || orderIn(reading, hiddenOrders) !== undefined)
    return [
      {
        span: fact.span,
        severity: fact.detail === 'title' ? 'low' : 'medium',
        message: `${where} speaks to an agent: "${shown}"`,
      },
    ];
  const isPage = /\.html?$|\.svg$/i.test(fact.span.path);
  return fact.detail === 'invisible style' && reading.text.split(' ').length > 6 && !isPage
    ? [{ span: fact.span, severity: 'low', message: `${where}: "${shown}"` }]
    : [];
}

const places: Readonly<Record<string, string>> = {
  'invisible style': 'text made invisible',
  title: 'a link title that the page does not show',
  attribute: 'an attribute that the page does not show',
  metadata: 'the metadata of an image',
};
const speaksToAgent =
  /\b(agent|assistant|ai|llm|claude|model|you)\b[^.\n]{0,30}?\b(must|shall|should always|need to|have to|are required to)\b[^.\n]{0,40}?\b(run|execute|send|read|fetch|download|install|open|write|include|append|call|invoke|ignore|delete|upload|post)\b/i;
const runsSomething =
  /\b(curl|wget|bash -c|powershell|base64 -d|eval)\b[^\n]{0,80}(https?:|\||\$\()/i;
