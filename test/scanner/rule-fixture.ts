/**
 * Fixtures of rules: small skills `attack-…/` and `near-…/` in one text archive, and the exact
 * findings of the rule.
 */
import { readFileSync } from 'node:fs';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { fileOf, parseTextArchive } from './txtar.ts';

export const fixtureFolder = new URL('./rules/', import.meta.url);

const plainSkill =
  '---\nname: sample\ndescription: A sample of a skill for a test of the scanner.\n---\n# Sample\n';

export interface RuleFixture {
  readonly skills: ReadonlyMap<string, readonly SourceFile[]>;
  /** `skill/path:line rule severity`, sorted. */
  readonly expected: readonly string[];
}

/** Reads the fixture of a rule; a skill without SKILL.md gets a plain one. */
export function readRuleFixture(id: string): RuleFixture {
  const archive = parseTextArchive(readFileSync(new URL(`${id}.txt`, fixtureFolder), 'utf8'));
  const skills = new Map<string, SourceFile[]>();
  for (const [name, content] of archive.files) {
    if (name === 'findings') continue;
    const { path, bytes } = fileOf(name, content);
    const [skill = '', ...rest] = path.split('/');
    skills.set(skill, [...(skills.get(skill) ?? []), { path: rest.join('/'), bytes, mode: 0o644 }]);
  }
  for (const files of skills.values()) addSkillMd(files);
  const expected = (archive.files.get('findings') ?? '').split('\n').filter((line) => line !== '');
  return { skills, expected: expected.sort() };
}

/** A skill without SKILL.md gets a plain one. */
export function addSkillMd(files: SourceFile[]): void {
  if (!files.some(({ path }) => path === 'SKILL.md'))
    files.push({ path: 'SKILL.md', bytes: Buffer.from(plainSkill), mode: 0o644 });
}

/** The skills of one sort, by the beginning of their names. */
export function skillsOf(
  fixture: RuleFixture,
  sort: 'attack' | 'near',
): [string, readonly SourceFile[]][] {
  return [...fixture.skills].filter(([name]) => name.startsWith(sort));
}

/** The lines of findings that a skill must have. */
export function expectedOf(fixture: RuleFixture, skill: string): string[] {
  return fixture.expected.filter((line) => line.startsWith(`${skill}/`));
}
