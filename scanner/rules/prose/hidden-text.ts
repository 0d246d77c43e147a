/** Text that a reader does not see, with orders in it. */
import { concealments, exfiltrations, overrides, remoteInstructionForms } from '../../models/lures.ts';
import { plainWords } from '../../plain-words.ts';
import { type Draft, defineRule } from '../../rule.ts';

export const hiddenText = defineRule({
  id: 'prose/hidden-text',
  title: 'Hidden text gives orders',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'An agent reads comments and invisible text as it reads the rest; a person who reviews the page does not see them.',
  fix: 'Write it where everybody sees it, or remove it.',
  maps: { cwe: ['CWE-451'], owasp: ['LLM01'], attack: ['AML.T0051'] },
  reads: ['text'],
  revision: 1,
  check: (context) =>
    context.of('text').flatMap((fact): Draft[] => {
      if (fact.role !== 'hidden') return [];
      const words = plainWords(fact.text);
      const where =
        fact.detail === 'invisible style'
          ? 'text made invisible'
          : `a ${fact.detail === 'title' ? 'link title' : 'comment'} that the page does not show`;
      if (strong.some((form) => form.test(words)))
        return [{ span: fact.span, message: `${where} gives orders: "${words.slice(0, 120)}"` }];
      if (speaksToAgent.test(words) || runsSomething.test(words))
        return [
          {
            span: fact.span,
            severity: fact.detail === 'title' ? 'low' : 'medium',
            message: `${where} speaks to an agent: "${words.slice(0, 120)}"`,
          },
        ];
      return fact.detail === 'invisible style' && words.split(' ').length > 6
        ? [{ span: fact.span, severity: 'low', message: `${where}: "${words.slice(0, 120)}"` }]
        : [];
    }),
});

const strong = [...overrides, ...concealments, ...exfiltrations, ...remoteInstructionForms];
const speaksToAgent =
  /\b(agent|assistant|ai|llm|claude|model|you)\b[^.\n]{0,30}?\b(must|shall|should always|need to|have to|are required to)\b[^.\n]{0,40}?\b(run|execute|send|read|fetch|download|install|open|write|include|append|call|invoke|ignore|delete|upload|post)\b/i;
const runsSomething = /\b(curl|wget|bash -c|powershell|base64 -d|eval)\b[^\n]{0,80}(https?:|\||\$\()/i;
