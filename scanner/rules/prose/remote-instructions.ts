/** Text that tells an agent to fetch instructions from elsewhere. */
import { remoteInstructionForms } from '../../models/lures.ts';
import { mannerOf, plainWords } from '../../plain-words.ts';
import { type Draft, defineRule } from '../../rule.ts';

export const remoteInstructions = defineRule({
  id: 'prose/remote-instructions',
  title: 'Instructions are fetched from elsewhere',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'What stands at the address can change after the skill was approved, and can be another text for each reader.',
  fix: 'Put the instructions into the skill.',
  maps: { owasp: ['AST05', 'LLM01'], attack: ['AML.T0051.001'] },
  reads: ['text'],
  revision: 1,
  check: (context) =>
    context.of('text').flatMap((fact): Draft[] => {
      if (!/^(prose|heading|list-item|table-cell|hidden|front-matter)$/.test(fact.role)) return [];
      const words = plainWords(fact.text);
      const match = remoteInstructionForms.map((form) => form.exec(words)).find((found) => found !== null);
      if (match === undefined || match === null) return [];
      const manner = mannerOf(words, match);
      const usual = /^(follow|obey|execute|apply)/i.test(match[0]) ? 'medium' : 'high';
      const severity = manner === 'meant' ? usual : manner === 'discussed' ? 'medium' : 'low';
      return [
        {
          span: fact.span,
          kind: manner === 'refused' ? 'capability' : 'malice',
          severity,
          message: `sends an agent elsewhere for instructions: "${match[0].slice(0, 140)}"`,
        },
      ];
    }),
});
