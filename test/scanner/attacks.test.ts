/**
 * Our own attacks and their honest twins: what was once seen stays seen. `attacks/<half>.tsv` says
 * for each what it came to: verdict of the attack, whether a finding that decides stands at it,
 * verdict of the twin. `npm run corpus` prints the shares.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scanSkill } from '../../scanner/scan.ts';
import { parseFrontMatter } from '../../skills-index/skill/front-matter.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import type { Verdict } from '../../skills-index/statement/finding.ts';
import { sampleOf } from '../sample.ts';
import { blindHalves, decidesAtAttack, halves, type OwnAttack, ownAttacks } from './own-attacks.ts';

const order: readonly string[] = ['pass', 'review', 'incomplete', 'block'];

describe.each(halves)('the %s half', (half) => {
  const attacks = ownAttacks(half);
  const table = new URL(`./attacks/${half}.tsv`, import.meta.url);
  const known = existsSync(table) ? readFileSync(table, 'utf8').trim().split('\n').slice(1) : [];
  const rows = new Map(known.map((line) => [line.split('\t')[0], line]));

  it('has a row for each attack and no other', () => {
    expect([...rows.keys()]).toEqual(attacks.map((one) => one.id));
  });

  it.each(sampleOf(attacks, 3, ({ technique }) => technique))(
    '$id comes to no less than it did',
    async (one) => {
      const [, attack = '', located = '', twin = ''] = rows.get(one.id)?.split('\t') ?? [];
      const now = await outcomeOf(one);
      expect(
        order.indexOf(now.attack),
        `attack: ${now.attack}, was ${attack}`,
      ).toBeGreaterThanOrEqual(order.indexOf(attack));
      expect(order.indexOf(now.twin), `twin: ${now.twin}, was ${twin}`).toBeLessThanOrEqual(
        order.indexOf(twin),
      );
      if (located === 'at the attack') expect(now.located, 'decided at the attack').toBe(true);
    },
  );
});

// Services whose own skills the twins of the fourth set are. Their attacks may name them, too.
const vendor =
  /^(?:github\.com|raw\.githubusercontent\.com|cdn\.jsdelivr\.net|rubygems\.org|www\.elster\.de|api\.(?:openai\.com|mistral\.ai|deepseek\.com|together\.xyz))$/;
// The twins may name the package registry that their own tools ask.
const address = /\b(?:https?|wss?|ssh|rsync|ftp):\/\/(?:[^\s"'`/@]+@)?([A-Za-z0-9.-]+)/g;
const reserved =
  /(?:^|\.)(?:example|invalid|test)$|^(?:192\.0\.2|198\.51\.100|203\.0\.113)\.|^127\.0\.0\.1$|^localhost$|^registry\.npmjs\.org$|^skillgate\.dev$|^www\.w3\.org$/;

// The authors of the third set knew `skill.json` by its name alone, so theirs have wrong keys.
describe.each(blindHalves)('the %s half', (half) => {
  const attacks = ownAttacks(half);

  it('has every technique', () => {
    const techniques = half === 'fourth-open' || half === 'fifth-frozen' ? 7 : 6;
    expect(new Set(attacks.map(({ technique }) => technique)).size).toBe(techniques);
    // The digest of its name puts a pair into one of the two sixth halves.
    expect(attacks.length).toBeGreaterThanOrEqual(half.startsWith('sixth-') ? 53 : 60);
  });

  it.each(attacks)(
    '$id is two whole skills that name reserved hosts',
    ({ attack, twin, where }) => {
      expect(where).not.toEqual([]);
      for (const skill of [attack, twin]) {
        // A twin of the fifth set may be the skill of any real service.
        const mayNameServices = half === 'fifth-frozen' && skill === twin;
        for (const { path, bytes } of skill) {
          if (path === 'SKILL.md') parseFrontMatter(bytes);
          if (path === 'skill.json') {
            if (half === 'third-open') continue;
            parseManifest(bytes);
          }
          for (const [, host = ''] of Buffer.from(bytes).toString().matchAll(address))
            if (!mayNameServices && (half !== 'fourth-open' || !vendor.test(host)))
              expect(host, path).toMatch(reserved);
        }
        expect(skill.map(({ path }) => path)).toContain('SKILL.md');
      }
    },
  );
});

async function outcomeOf(
  one: OwnAttack,
): Promise<{ attack: Verdict; located: boolean; twin: Verdict }> {
  const report = await scanSkill(one.attack);
  return {
    attack: report.verdict,
    located: decidesAtAttack(one, report),
    twin: (await scanSkill(one.twin)).verdict,
  };
}
