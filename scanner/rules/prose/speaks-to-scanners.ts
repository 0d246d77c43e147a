/** Text for whoever checks the skill. */
import { toScanners } from '../../models/lures.ts';
import { mannerOf, plainWords } from '../../plain-words.ts';
import { type Draft, defineRule } from '../../rule.ts';

export const speaksToScanners = defineRule({
  id: 'prose/speaks-to-scanners',
  title: 'Text for whoever checks the skill',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'Whether a skill is safe is for the reader to find out; a text that says so is there to keep someone from looking.',
  fix: 'Remove it.',
  maps: { owasp: ['AST08'] },
  reads: ['text'],
  revision: 1,
  check: (context) =>
    context.of('text').flatMap((fact): Draft[] => {
      if (fact.role === 'fence' || fact.role === 'inline-code') return [];
      const words = plainWords(fact.text);
      const match = toScanners.exec(words);
      if (match === null || mannerOf(words, match) === 'quoted') return [];
      return [{ span: fact.span, message: `speaks to whoever checks the skill: "${match[0].slice(0, 120)}"` }];
    }),
});
