/** Orders that stand in the text in disguise. */

import type { FactOf } from '../../fact/fact.ts';
import { remembered } from '../../fact/remembered.ts';
import { decodingsOf } from '../../prose/encoded-words.ts';
import { nothingAround } from '../../prose/manner.ts';
import { foldText } from '../../prose/plain-words.ts';
import { readingOfText } from '../../prose/reading.ts';
import { isText, statementIn } from '../../prose/statements.ts';
import { strongForms } from '../../prose/strong-forms.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

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
