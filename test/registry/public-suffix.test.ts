import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { getPublicSuffix } from 'tldts';
import { describe, expect, it } from 'vitest';
import { suffixesIn } from '../../registry/public-suffix.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
execFileSync(process.execPath, [`${top}.ci/worker-parts.mjs`], { cwd: top });
const made = readFileSync(`${top}.cache/worker/public-suffixes.js`, 'utf8');
const packed: string = JSON.parse(/suffixesIn\((".*")\)/.exec(made)?.[1] ?? '""');
const ours = suffixesIn(packed);
const theirs = (host: string): string | null => getPublicSuffix(host, { allowPrivateDomains: true });

/** Every name that the packed text holds, rule or not: `gov.uk`. */
function namesIn(text: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  let last = '';
  for (const [, label = '', bracket = ''] of text.matchAll(/([^ ()?]+)\??(\(?)|\)/g)) {
    if (label === '') open.shift();
    else {
      last = [label, ...open.slice(0, 1)].join('.');
      names.push(last);
    }
    if (bracket === '(') open.unshift(last);
  }
  return names;
}

describe('public suffixes on the Worker', () => {
  const names = packed.split('\n').flatMap(namesIn);

  it('are those of tldts, at, above and below each rule', () => {
    const hosts = names.flatMap((name) => {
      const at = name.replaceAll('*', 'any');
      return [at, `a.${at}`, `b.a.${at}`, `c.b.a.${at}`, ...(at.includes('.') ? [`other.${at.slice(at.indexOf('.') + 1)}`] : [])];
    });
    expect(names.length).toBeGreaterThan(9_000);
    expect(hosts.filter((host) => ours(host) !== theirs(host))).toEqual([]);
  });

  it.each([
    ['a.com', 'com'],
    ['a.co.uk', 'co.uk'],
    ['octo.github.io', 'github.io'],
    ['a.b.c.kobe.jp', 'c.kobe.jp'],
    ['a.city.kobe.jp', 'kobe.jp'],
    ['www.ck', 'ck'],
    ['other.ck', 'other.ck'],
    ['a.b.nowhere', 'nowhere'],
    ['x.xn--p1ai', 'xn--p1ai'],
  ])('of %s is %s', (host, suffix) => {
    expect([ours(host), theirs(host)]).toEqual([suffix, suffix]);
  });

  it('are those of tldts for any host name', () => {
    const label = fc.oneof(
      fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/),
      fc.constantFrom(...names).map((name) => name.replaceAll('*', 'x')),
    );
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), (labels) => {
        fc.pre(labels.join('.').length <= 253);
        expect(ours(labels.join('.'))).toBe(theirs(labels.join('.')));
      }),
      { numRuns: 1_000 },
    );
  });
});
