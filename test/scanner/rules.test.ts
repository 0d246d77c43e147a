/**
 * Each rule has a fixture `rules/<group>/<name>.txt`: small skills `attack-…/` that it must find and `near-…/` that it must not take for an
 * attack, and the exact findings of the rule. A missing finding fails as an extra one does.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rules } from '../../scanner/rules.ts';
import { type ScanOptions, scanSkill } from '../../scanner/scan.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import type { Capabilities } from '../../skills-index/skill/capability.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { fileOf, parseTextArchive } from './txtar.ts';

const folder = new URL('./rules/', import.meta.url);
const plainSkill = '---\nname: sample\ndescription: A sample of a skill for a test of the scanner.\n---\n# Sample\n';

interface Fixture {
  readonly skills: ReadonlyMap<string, readonly SourceFile[]>;
  /** Per skill that has an `approved.json`: the manifest of the version before, which is no file of the skill. */
  readonly previous: ReadonlyMap<string, Capabilities>;
  /** `skill/path:line severity`, sorted. */
  readonly expected: readonly string[];
}

function readFixture(id: string): Fixture {
  const archive = parseTextArchive(readFileSync(new URL(`${id}.txt`, folder), 'utf8'));
  const skills = new Map<string, SourceFile[]>();
  const previous = new Map<string, Capabilities>();
  for (const [name, content] of archive.files) {
    if (name === 'findings') continue;
    const { path, bytes } = fileOf(name, content);
    const [skill = '', ...rest] = path.split('/');
    if (rest.join('/') === 'approved.json') previous.set(skill, parseManifest(bytes).capabilities);
    else skills.set(skill, [...(skills.get(skill) ?? []), { path: rest.join('/'), bytes, mode: 0o644 }]);
  }
  for (const files of skills.values())
    if (!files.some((file) => file.path === 'SKILL.md'))
      files.push({ path: 'SKILL.md', bytes: Buffer.from(plainSkill), mode: 0o644 });
  const expected = (archive.files.get('findings') ?? '').split('\n').filter((line) => line !== '');
  return { skills, previous, expected: expected.sort() };
}

function linesOf(skill: string, report: ScanReport, rule: string): string[] {
  return report.findings
    .filter((finding) => finding.rule === rule)
    .map((finding) => `${skill}/${finding.path}:${finding.line} ${finding.rule} ${finding.severity}`)
    .sort();
}

function expectedOf(fixture: Fixture, skill: string): string[] {
  return fixture.expected.filter((line) => line.startsWith(`${skill}/`));
}

function optionsOf({ previous }: Fixture, skill: string): ScanOptions {
  const before = previous.get(skill);
  return before === undefined ? {} : { previous: before };
}

function withText(files: readonly SourceFile[], change: (text: string) => string): SourceFile[] {
  return files.map((file) =>
    file.bytes.includes(0) ? file : { ...file, bytes: Buffer.from(change(Buffer.from(file.bytes).toString('utf8'))) },
  );
}

describe.each(rules.map((rule) => rule.id))('%s', (id) => {
  it('has a fixture', () => {
    expect(existsSync(new URL(`${id}.txt`, folder))).toBe(true);
  });
  if (!existsSync(new URL(`${id}.txt`, folder))) return;
  const fixture = readFixture(id);
  const attacks = [...fixture.skills].filter(([name]) => name.startsWith('attack'));
  const nearMisses = [...fixture.skills].filter(([name]) => name.startsWith('near'));

  it('shows at least three attacks and three near misses', () => {
    expect(attacks.length).toBeGreaterThanOrEqual(3);
    expect(nearMisses.length).toBeGreaterThanOrEqual(3);
    expect(attacks.filter(([name]) => expectedOf(fixture, name).length === 0)).toEqual([]);
  });

  it.each(attacks)(
    'finds exactly what is expected in %s, also with Windows line ends and a byte order mark',
    async (name, files) => {
      const expected = expectedOf(fixture, name);
      const options = optionsOf(fixture, name);
      expect(linesOf(name, await scanSkill(files, options), id)).toEqual(expected);
      const withWindowsEnds = withText(files, (text) => text.replace(/\n/g, '\r\n'));
      expect(linesOf(name, await scanSkill(withWindowsEnds, options), id)).toEqual(expected);
      expect(
        linesOf(
          name,
          await scanSkill(
            withText(files, (text) => `\ufeff${text}`),
            options,
          ),
          id,
        ),
      ).toEqual(expected);
    },
  );

  it.each(nearMisses)('takes %s for no attack', async (name, files) => {
    const report = await scanSkill(files, optionsOf(fixture, name));
    expect(linesOf(name, report, id)).toEqual(expectedOf(fixture, name));
    expect(report.findings.filter((finding) => finding.severity === 'high' || finding.severity === 'critical')).toEqual([]);
  });
});

it('has no fixture without a rule', () => {
  const fixtures = readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.txt'));
  const known = new Set(rules.map((rule) => `${rule.id}.txt`));
  expect(fixtures.map(String).filter((name) => !known.has(name.replaceAll('\\', '/')))).toEqual([]);
});
