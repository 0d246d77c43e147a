/** Text or settings by which an agent stops asking its user. */
import { approvalSwitches } from '../../models/lures.ts';
import { mannerOf, plainWords } from '../../plain-words.ts';
import { type Draft, defineRule } from '../../rule.ts';
import { milder } from '../../standing.ts';

export const approvalBypass = defineRule({
  id: 'prose/approval-bypass',
  title: 'An agent is told to stop asking',
  kind: 'malice',
  severity: 'medium',
  confidence: 'lexical',
  why: 'The questions an agent asks are the last gate between a skill and the machine.',
  fix: 'Leave the questions on; say in the text which steps need an answer.',
  maps: { owasp: ['LLM06', 'ASI09'] },
  reads: ['text'],
  revision: 1,
  check: (context) =>
    context.of('text').flatMap((fact): Draft[] => {
      const words = plainWords(fact.text);
      const match = approvalSwitches.exec(words);
      if (match === null || fact.role === 'comment') return [];
      const manner = mannerOf(words, match);
      const isFlag = match[0].startsWith('--') || /bypassPermissions|defaultMode/.test(match[0]);
      const severity = manner === 'refused' || manner === 'quoted' || !isFlag ? 'low' : 'medium';
      return [
        {
          span: fact.span,
          kind: severity === 'low' ? 'capability' : 'malice',
          severity: milder(severity, fact),
          message: `stops an agent from asking: "${match[0].slice(0, 100)}"`,
        },
      ];
    }),
});
