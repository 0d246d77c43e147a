/** Text that tells an agent to fetch instructions from elsewhere. */
import { showsOnly } from '../../models/code-fences.ts';
import { remoteInstructionForms } from '../../models/lures.ts';
import { isQuoted, plainWords } from '../../plain-words.ts';
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
      const isExample = isQuoted(words, match.index, match[0].length) || showsOnly.test(words);
      return [
        {
          span: fact.span,
          kind: isExample ? 'capability' : 'malice',
          severity: isExample ? 'low' : /^(follow|obey|execute|apply)/i.test(match[0]) ? 'medium' : 'high',
          message: `sends an agent elsewhere for instructions: "${match[0].slice(0, 140)}"`,
        },
      ];
    }),
});
