/** A public key of the bundle gets access to an account or a machine of the user. */

import { runs } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const shippedKey = defineRule({
  id: 'persistence/shipped-key',
  title: 'A key of the bundle gets access',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Whoever wrote the skill has the other half of the key, and comes in without the skill.',
  fix: 'Let the user choose a key of their own, and ship none.',
  maps: { cwe: ['CWE-912'], owasp: ['ASI03'], attack: ['T1098.004'] },
  reads: ['trait:key-admitted', 'source'],
  check: ({ of, sources }) =>
    of('trait').flatMap((fact): FindingDraft[] => {
      if (fact.trait !== 'key-admitted' || !runs(fact)) return [];
      const file = fact.detail
        .slice(fact.detail.lastIndexOf(' ') + 1)
        .replace(/^["']|["']$|^\.\//g, '')
        .replace(/^.*\$\{?\w+\}?\//, '');
      const key = sources.find(
        ({ path, text, depth }) =>
          depth === 0 && (path === file || path.endsWith(`/${file}`)) && publicKey.test(text),
      );
      if (key === undefined) return [];
      return [
        {
          span: fact.span,
          confidence: fact.certainty,
          message: `${fact.api} gives access to whoever has the other half of ${key.path}`,
        },
      ];
    }),
});

const publicKey =
  /^\s*(?:(?:sk-)?(?:ssh|ecdsa)-[\w@.-]{3,40} AAAA[\w+/=]{20,}|-----BEGIN (?:PGP PUBLIC KEY BLOCK|PUBLIC KEY)-----)/m;
