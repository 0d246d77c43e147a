/** Text that makes an agent ask for what nobody should hand over. */
import { solicitations } from '../../models/lures.ts';
import { mannerOf, plainWords } from '../../plain-words.ts';
import { type Draft, defineRule } from '../../rule.ts';

export const credentialSolicitation = defineRule({
  id: 'prose/credential-solicitation',
  title: 'Asks for what opens everything',
  kind: 'malice',
  severity: 'high',
  confidence: 'lexical',
  why: 'Seed phrases, private keys and master passwords open everything at once and cannot be taken back.',
  fix: 'Use a key that is made for the purpose, with few rights, as a declared secret.',
  maps: { owasp: ['ASI09'], attack: ['T1056'] },
  reads: ['text'],
  revision: 1,
  check: (context) =>
    context.of('text').flatMap((fact): Draft[] => {
      if (!/^(prose|list-item|table-cell|hidden|front-matter)$/.test(fact.role)) return [];
      const words = plainWords(fact.text);
      const match = solicitations.exec(words);
      if (match === null) return [];
      const manner = mannerOf(words, match);
      if (manner === 'refused' || manner === 'quoted') return [];
      return [
        {
          span: fact.span,
          severity: manner === 'discussed' ? 'medium' : 'high',
          message: `makes an agent ask for it: "${match[0].slice(0, 120)}"`,
        },
      ];
    }),
});
