/** A public key of the bundle gets access to an account or a machine of the user. */

import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
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
  check: ({ of, sources }) => [
    ...sources.flatMap(keysInPage),
    ...of('trait').flatMap((fact): FindingDraft[] => {
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
  ],
});

const keysInPage = remembered(({ path, text, depth, language }: TaintSource): FindingDraft[] => {
  if (depth > 0 || language !== 'markdown') return [];
  const severity = loginKeys.test(text) ? 'high' : 'medium';
  return [...text.matchAll(keyInText)].flatMap(({ 0: key, index }) =>
    hostOfKey.test(text.slice(text.lastIndexOf('\n', index) + 1, index).slice(0, hostCharsMax))
      ? []
      : [
          {
            span: { path, start: index, end: index + key.length },
            severity,
            message:
              severity === 'high'
                ? 'has a public key written down for an agent that sets up who may log in'
                : 'has somebody’s public key, which an agent may admit to a machine or an account',
          },
        ],
  );
});

const loginKeys = /authori[sz]ed[\s_-]?keys/i;

// The first bytes of a key name its type, in base64. A placeholder has other bytes.
const keyInText =
  /AAAA(?:C3NzaC1lZDI1NTE5|B3NzaC1yc2E|B3NzaC1kc3M|E2VjZHNh|GnNr|InNr)[\w+/=]{12,}/g;

// A line of known_hosts begins with the names of a host. Such a key lets nobody in.
const hostOfKey = /^[\s>]*(?:@[a-z-]+ )?[^\s@"=]*\w\.\w[^\s@"=]* [\w@.-]+ $/;
const hostCharsMax = 300;

const publicKey =
  /^\s*(?:(?:sk-)?(?:ssh|ecdsa)-[\w@.-]{3,40} AAAA[\w+/=]{20,}|-----BEGIN (?:PGP PUBLIC KEY BLOCK|PUBLIC KEY)-----)/m;
