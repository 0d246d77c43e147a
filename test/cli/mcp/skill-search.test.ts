import { describe, expect, it } from 'vitest';
import { searchSkills } from '../../../cli/mcp/agent-search.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';

describe('searchSkills', () => {
  const skill = (name: string, description: string) => ({
    name: parseSkillName(name),
    version: parseVersion('1.0.0'),
    description,
  });
  const skills = [
    skill('@a/csv', 'Reads tables'),
    skill('@a/weekly-report', 'Writes the weekly report'),
    skill('@b/mail', 'Sends'),
  ];

  it('puts the skill that shares most words first and leaves out those that share none', () => {
    expect(
      searchSkills('write my weekly report from tables', skills).map((one) => one.name),
    ).toEqual(['@a/weekly-report', '@a/csv']);
  });

  it('lists all by name for an empty task, each description cleaned', () => {
    const all = searchSkills('', [...skills, skill('@a/a', 'x\u202ey')]);
    expect(all.map((one) => one.name)).toEqual(['@a/a', '@a/csv', '@a/weekly-report', '@b/mail']);
    expect(all[0]?.description).toBe('xy');
  });
});
