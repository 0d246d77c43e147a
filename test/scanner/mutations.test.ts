/**
 * The mutation run: every attack of every rule's fixture in other forms that do the same. A finding
 * has to stay: the same rule, not milder, at the place where the code went.
 */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rules } from '../../scanner/rules.ts';
import { scanSkill } from '../../scanner/scan.ts';
import { type Finding, severities } from '../../skills-index/statement/finding.ts';
import { isWhole, sampleOf } from '../sample.ts';
import { exemptionOf, exemptions } from './mutations/exempt.ts';
import type { Mutated, Mutation, Place } from './mutations/mutation.ts';
import { mutations } from './mutations/mutations.ts';
import {
  expectedOf,
  fixtureFolder,
  type RuleFixture,
  readRuleFixture,
  skillsOf,
} from './rule-fixture.ts';

interface Expected extends Place {
  readonly severity: Finding['severity'];
}

const fixtures = rules
  .filter(({ id }) => existsSync(new URL(`${id}.txt`, fixtureFolder)))
  .map(({ id }) => ({ id, fixture: readRuleFixture(id) }));

function expectedPlaces(fixture: RuleFixture, skill: string): Expected[] {
  return expectedOf(fixture, skill).flatMap((line): Expected[] => {
    const [, path = '', number = '', severity = ''] =
      /^[^/]+\/(.+):(\d+) \S+ (\w+)$/.exec(line) ?? [];
    const known = severities.find((one) => one === severity);
    return known === undefined ? [] : [{ path, line: Number(number), severity: known }];
  });
}

function isAsBad(found: Finding, { severity }: Expected): boolean {
  return severities.indexOf(found.severity) >= severities.indexOf(severity);
}

/** What is expected and no longer found, each finding counting once. */
function lost(
  expected: readonly Expected[],
  found: readonly Finding[],
  { isSame }: Mutated,
): string[] {
  const open = [...found];
  const worstFirst = [...expected].sort(
    (a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity),
  );
  return worstFirst.flatMap((one) => {
    const at = open.findIndex((finding) => isAsBad(finding, one) && isSame(one, finding));
    if (at < 0) return [`${one.path}:${one.line} ${one.severity}`];
    open.splice(at, 1);
    return [];
  });
}

async function lostBy(
  mutation: Mutation,
  id: string,
  fixture: RuleFixture,
): Promise<{ tried: number; lost: string[] }> {
  let tried = 0;
  const all: string[] = [];
  for (const [name, files] of skillsOf(fixture, 'attack')) {
    const mutated =
      exemptionOf(mutation.name, id, name) === undefined ? mutation.apply(files) : undefined;
    if (mutated === undefined) continue;
    tried++;
    const report = await scanSkill(mutated.files);
    const found = report.findings.filter(({ rule }) => rule === id);
    all.push(
      ...lost(expectedPlaces(fixture, name), found, mutated).map((line) => `${id} ${name}/${line}`),
    );
  }
  return { tried, lost: all };
}

describe.each(mutations)('attacks with $name', (mutation) => {
  it('are found all the same', { timeout: 120_000 }, async () => {
    const results = [];
    for (const { id, fixture } of sampleOf(fixtures, 6))
      results.push(await lostBy(mutation, id, fixture));
    expect(results.flatMap((one) => one.lost)).toEqual([]);
    expect(results.reduce((sum, one) => sum + one.tried, 0)).toBeGreaterThan(isWhole ? 5 : 0);
  });
});

describe('the table of exemptions', () => {
  it('names mutations and attacks that there are', () => {
    const names = new Set(mutations.map(({ name }) => name));
    const attacks = new Set(
      fixtures.flatMap(({ id, fixture }) => [
        id,
        ...skillsOf(fixture, 'attack').map(([name]) => `${id} ${name}`),
      ]),
    );
    expect(exemptions.flatMap((one) => one.mutations.filter((name) => !names.has(name)))).toEqual(
      [],
    );
    expect(exemptions.flatMap((one) => one.attacks.filter((name) => !attacks.has(name)))).toEqual(
      [],
    );
  });
});
