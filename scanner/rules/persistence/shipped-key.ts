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
  const speaksOfLogins = loginKeys.test(text);
  return [...text.matchAll(keyInText)].flatMap(({ 0: key, index }) => {
    const near = text.slice(Math.max(0, index - hostCharsMax), index + 2 * hostCharsMax);
    const before = near.slice(0, Math.min(index, hostCharsMax));
    const line = before.slice(before.lastIndexOf('\n') + 1);
    const isOfHost = hostOfKey.test(line) || /known_hosts|host.?key/i.test(near);
    if (!isPublicKey(key) || keysOfHosts.has(key) || (isOfHost && !speaksOfLogins)) return [];
    const isLogin = speaksOfLogins && !isOfHost;
    return [
      {
        span: { path, start: index, end: index + key.length },
        severity: isLogin ? 'high' : 'medium',
        message: isLogin
          ? 'has a public key written down for an agent that sets up who may log in'
          : 'has somebody’s public key, which an agent may admit to a machine or an account',
      },
    ];
  });
});

const loginKeys = /authori[sz]ed[\s_-]?keys/i;

const keyInText =
  /AAAA(?:C3NzaC1l|B3NzaC1y|B3NzaC1k|E2VjZHNh|GnNr|InNr)[A-Za-z0-9+/]{40,1400}={0,2}/g;

// The parts of a key have their lengths before them (RFC 4253, section 6.6). A placeholder or a
// shortened key has no such parts.
function isPublicKey(key: string): boolean {
  const bytes = Buffer.from(key, 'base64');
  let at = 0;
  let parts = 0;
  while (at + 4 <= bytes.length) {
    at += 4 + bytes.readUInt32BE(at);
    parts++;
  }
  return at === bytes.length && parts >= 2;
}

// Keys that hosts of git print for everybody. Nobody but these hosts has their other halves.
const keysOfHosts: ReadonlySet<string> = new Set([
  'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl',
  'AAAAC3NzaC1lZDI1NTE5AAAAIAfuCHKVTjquxvt6CM6tdG4SLp1Btn/nOeHHE5UOzRdf',
  'AAAAC3NzaC1lZDI1NTE5AAAAIIazEu89wgQZ4bqs3d63QSMzYVa0MuJ2e2gKTKqu+UUO',
]);

// A line of known_hosts begins with the names of a host, which may be hashed. Such a key lets
// nobody in.
const hostOfKey = /(?:^|[\s>|`"'])(?:[^\s@"=]*\w\.\w[^\s@"=]*|\|1\|\S+)[ \t]+[\w@.-]+[ \t]+$/;
const hostCharsMax = 300;

const publicKey =
  /^\s*(?:(?:sk-)?(?:ssh|ecdsa)-[\w@.-]{3,40} AAAA[\w+/=]{20,}|-----BEGIN (?:PGP PUBLIC KEY BLOCK|PUBLIC KEY)-----)/m;
