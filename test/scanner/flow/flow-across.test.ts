/**
 * Values that pass from one program of a skill to another: `flow-across/<story>.txt`, text archives
 * of small skills, one per folder. The part `expected` has lines `case: rule severity place, place
 * …`: a finding whose steps pass those places (`path:line`) in that order. A folder `near-…` has no
 * finding of level high or more whose flow passes more than one file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scanSkill } from '../../../scanner/scan.ts';
import type { SourceFile } from '../../../skills-index/skill/bundle.ts';
import type { Finding } from '../../../skills-index/statement/finding.ts';
import { addSkillMd } from '../rule-fixture.ts';
import { fileOf, parseTextArchive } from '../txtar.ts';

const folder = new URL('../flow-across/', import.meta.url);

interface Story {
  readonly cases: ReadonlyMap<string, readonly SourceFile[]>;
  readonly expected: readonly {
    readonly one: string;
    readonly what: string;
    readonly places: readonly string[];
  }[];
}

function readStory(name: string): Story {
  const archive = parseTextArchive(readFileSync(new URL(name, folder), 'utf8'));
  const cases = new Map<string, SourceFile[]>();
  for (const [inside, content] of archive.files) {
    if (inside === 'expected') continue;
    const { path, bytes } = fileOf(inside, content);
    const [one = '', ...rest] = path.split('/');
    cases.set(one, [...(cases.get(one) ?? []), { path: rest.join('/'), bytes, mode: 0o644 }]);
  }
  for (const files of cases.values()) addSkillMd(files);
  const lines = (archive.files.get('expected') ?? '').split('\n').filter((line) => line !== '');
  const expected = lines.map((line) => {
    const [, one = '', what = '', places = ''] = /^(\S+): (\S+ \S+) (.+)$/.exec(line) ?? [];
    return { one, what, places: places.split(', ') };
  });
  return { cases, expected };
}

function placesOf({ flow }: Finding): string[] {
  return flow.map(({ path, line }) => `${path}:${line}`);
}

function passes(finding: Finding, places: readonly string[]): boolean {
  let at = 0;
  for (const place of placesOf(finding)) if (place === places[at]) at += 1;
  return at === places.length;
}

describe.each(readdirSync(folder).sort())('flows across programs in %s', (name) => {
  const { cases, expected } = readStory(name);

  it('expects something of every case that is no near miss', () => {
    expect(
      [...cases.keys()].filter(
        (one) => !one.startsWith('near-') && !expected.some((line) => line.one === one),
      ),
    ).toEqual([]);
    expect(expected.filter((line) => !cases.has(line.one))).toEqual([]);
  });

  it.each([...cases])('follows %s', async (one, files) => {
    const { findings } = await scanSkill(files);
    const told = findings
      .filter((finding) => finding.rule.startsWith('flow/'))
      .map((finding) => `${finding.rule} ${finding.severity} ${placesOf(finding).join(', ')}`);
    for (const { what, places } of expected.filter((line) => line.one === one)) {
      const found = findings.some(
        (finding) => `${finding.rule} ${finding.severity}` === what && passes(finding, places),
      );
      expect(found, `${what} ${places.join(', ')} is not among\n${told.join('\n')}`).toBe(true);
    }
    if (!one.startsWith('near-')) return;
    const far = findings.filter(
      (finding) => new Set(finding.flow.map((step) => step.path)).size > 1,
    );
    expect(
      far
        .filter(({ severity }) => severity === 'high' || severity === 'critical')
        .map((finding) => finding.message),
    ).toEqual([]);
  });
});
