/**
 * Each rule has a fixture `rules/<group>/<name>.txt`: small skills `attack-…/` that it must find
 * and `near-…/` that it must not take for an attack, and the exact findings of the rule. A missing
 * finding fails as an extra one does. Other forms of the attacks: mutations.test.ts.
 */
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rules } from '../../scanner/rules.ts';
import { scanSkill } from '../../scanner/scan.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { expectedOf, fixtureFolder, readRuleFixture, skillsOf } from './rule-fixture.ts';

function linesOf(skill: string, report: ScanReport, rule: string): string[] {
  return report.findings
    .filter((finding) => finding.rule === rule)
    .map(
      (finding) => `${skill}/${finding.path}:${finding.line} ${finding.rule} ${finding.severity}`,
    )
    .sort();
}

describe.each(rules.map((rule) => rule.id))('%s', (id) => {
  it('has a fixture', () => {
    expect(existsSync(new URL(`${id}.txt`, fixtureFolder))).toBe(true);
  });
  if (!existsSync(new URL(`${id}.txt`, fixtureFolder))) return;
  const fixture = readRuleFixture(id);
  const attacks = skillsOf(fixture, 'attack');
  const nearMisses = skillsOf(fixture, 'near');

  it('shows at least three attacks and three near misses', () => {
    expect(attacks.length).toBeGreaterThanOrEqual(3);
    expect(nearMisses.length).toBeGreaterThanOrEqual(3);
    const names = attacks.map(([name]) => name);
    expect(names.filter((name) => expectedOf(fixture, name).length === 0)).toEqual([]);
  });

  it.each(attacks)('finds exactly what is expected in %s', async (name, files) => {
    expect(linesOf(name, await scanSkill(files), id)).toEqual(expectedOf(fixture, name));
  });

  it.each(nearMisses)('takes %s for no attack', async (name, files) => {
    const report = await scanSkill(files);
    expect(linesOf(name, report, id)).toEqual(expectedOf(fixture, name));
    expect(
      report.findings.filter(
        (finding) => finding.severity === 'high' || finding.severity === 'critical',
      ),
    ).toEqual([]);
  });
});

it('has no fixture without a rule', () => {
  const fixtures = readdirSync(fixtureFolder, { recursive: true }).filter((name) =>
    String(name).endsWith('.txt'),
  );
  const known = new Set(rules.map((rule) => `${rule.id}.txt`));
  expect(fixtures.map(String).filter((name) => !known.has(name.replaceAll('\\', '/')))).toEqual([]);
});
