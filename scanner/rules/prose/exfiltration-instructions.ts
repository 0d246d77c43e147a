/** Text that tells an agent to send secrets somewhere. */
import { exfiltrations, tellsOfAuthentication } from '../../models/lures.ts';
import { mannerOf, plainWords } from '../../plain-words.ts';
import { type Draft, defineRule } from '../../rule.ts';

export const exfiltrationInstructions = defineRule({
  id: 'prose/exfiltration-instructions',
  title: 'Tells an agent to send secrets away',
  kind: 'malice',
  severity: 'critical',
  confidence: 'lexical',
  why: 'An agent that follows the text sends what it can reach to a stranger; no code is needed.',
  fix: 'Remove it. What a skill needs to send is an egress in skill.json, and no secret.',
  maps: { owasp: ['LLM02', 'ASI03'], attack: ['AML.T0086'] },
  reads: ['text'],
  revision: 1,
  check: (context) =>
    context.of('text').flatMap((fact): Draft[] => {
      if (fact.role === 'image' || fact.role === 'link')
        return beacon.test(fact.text)
          ? [
              {
                span: fact.span,
                severity: 'high',
                message: 'an address with a place for data in it: whoever fills it in sends the data',
              },
            ]
          : [];
      if (!/^(prose|heading|list-item|table-cell|hidden|front-matter|html)$/.test(fact.role)) return [];
      const words = plainWords(fact.text);
      const match = exfiltrations.map((form) => form.exec(words)).find((found) => found !== null);
      if (match === undefined || match === null) return [];
      const manner = mannerOf(words, match);
      const around = words.slice(Math.max(0, match.index - 20), match.index + match[0].length + 40);
      const isHonest = manner === 'refused' || tellsOfAuthentication.test(around);
      const severity = isHonest || manner === 'quoted' ? 'low' : manner === 'discussed' ? 'medium' : 'critical';
      return [
        {
          span: fact.span,
          kind: isHonest ? 'capability' : 'malice',
          severity,
          message: `tells to send secrets: "${match[0].slice(0, 140)}"`,
        },
      ];
    }),
});

// `![x](https://host/?q={conversation})`
const beacon =
  /^https?:\/\/[^\s]{3,200}[?&/=][^\s]{0,80}[{[<$]{1,2}\s?(data|secret|token|api[_-]?key|env|password|conversation|history|context|prompt|content|memory|credentials?)\b[^\s]{0,40}[}\]>]/i;
