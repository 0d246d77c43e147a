/** Makes the notes on rules and their pages from the rules and their fixtures. */
import { readFileSync } from 'node:fs';
import { weaknessesOf } from '../../scanner/reports/sarif/sarif-rules.ts';
import type { Rule } from '../../scanner/rule.ts';
import type { RuleExample, RuleNote } from '../../skills-index/statement/rule-note.ts';
import { parseTextArchive } from './txtar.ts';

const fixtures = new URL('./rules/', import.meta.url);
const relatedMax = 5;

/** Notes by rule, sorted by name. */
export function notesOf(rules: readonly Rule[]): Record<string, RuleNote> {
  const sorted = [...rules].sort((a, b) => (a.id < b.id ? -1 : 1));
  return Object.fromEntries(sorted.map((rule) => [rule.id, noteOf(rule, sorted)]));
}

function noteOf(rule: Rule, all: readonly Rule[]): RuleNote {
  const { title, kind, severity, confidence, why, fix } = rule;
  const skills = exampleSkills(rule.id);
  return {
    title,
    kind,
    severity,
    confidence,
    why,
    fix,
    maps: weaknessesOf(rule),
    related: relatedTo(rule, all),
    attack: smallest(skills, 'attack-', true),
    near: smallest(skills, 'near-', false),
  };
}

// Those that map to the same weaknesses, the most in common first; then those of the same group.
function relatedTo(rule: Rule, all: readonly Rule[]): string[] {
  const own = new Set(Object.values(rule.maps).flat());
  const group = (one: Rule): string => one.id.split('/')[0] ?? '';
  const score = (one: Rule): number => {
    const common = Object.values(one.maps).flat();
    return common.filter((id) => own.has(id)).length * 2 + (group(one) === group(rule) ? 1 : 0);
  };
  return all
    .filter((one) => one.id !== rule.id && score(one) > 0)
    .sort((a, b) => score(b) - score(a) || (a.id < b.id ? -1 : 1))
    .slice(0, relatedMax)
    .map(({ id }) => id);
}

/** The skills of a fixture, as they are written there: hidden characters stay spelled out. */
function exampleSkills(id: string): Map<string, RuleExample> {
  const { files } = parseTextArchive(readFileSync(new URL(`${id}.txt`, fixtures), 'utf8'));
  const lines = (files.get('findings') ?? '').split('\n');
  const names = [...files.keys()].filter((name) => name !== 'findings');
  const bySkill = Map.groupBy(names, (name) => name.split('/')[0] ?? '');
  return new Map(
    [...bySkill].map(([skill, members]) => [
      skill,
      {
        files: members.map((name) => ({
          path: name.slice(skill.length + 1),
          text: files.get(name) ?? '',
        })),
        findings: lines
          .filter((line) => line.startsWith(`${skill}/`) && line.includes(` ${id} `))
          .map((line) => line.slice(skill.length + 1).replace(` ${id} `, ' ')),
      },
    ]),
  );
}

// The shortest says most with least; bytes in hexadecimal say nothing to a reader.
function smallest(
  skills: ReadonlyMap<string, RuleExample>,
  prefix: string,
  found: boolean,
): RuleExample {
  const size = ({ files }: RuleExample): number =>
    files.reduce(
      (sum, { path, text }) => sum + text.length + (path.endsWith(' hex') ? 1_000_000 : 0),
      0,
    );
  const some = [...skills]
    .filter(([name, { findings }]) => name.startsWith(prefix) && found === findings.length > 0)
    .map(([, example]) => example);
  return some.sort((a, b) => size(a) - size(b))[0] ?? { files: [], findings: [] };
}
