import { describe, expect, it } from 'vitest';
import {
  type Agent,
  ceilingFor,
  type Grant,
  whyNotGranted,
} from '../../../../skills-index/run/agents/agent.ts';
import {
  groupCapabilities,
  listCapabilities,
  printCapability,
} from '../../../../skills-index/skill/capability.ts';
import { parseSkillName } from '../../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../../skills-index/skill/version.ts';

const exec = (...programs: string[]) =>
  groupCapabilities(programs.map((program) => ({ kind: 'exec', program, why: '' })));

function agentWith(grants: readonly Grant[]): Agent {
  const lasts = { created: '2026-01-01T00:00:00.000Z', expires: '2027-01-01T00:00:00.000Z' };
  return { name: 'finance', ...lasts, grants, ceiling: exec('git'), env: {} } as unknown as Agent;
}

const agent = agentWith([
  { skill: '@acme/*', range: '*' },
  { skill: '@acme/wide', range: '1.0.0', capabilities: exec('curl') },
  { skill: '@other/tool', range: '^2' },
]);

describe('what an agent may have', () => {
  it.each([
    ['@acme/wide', '1.0.0', ['exec curl', 'exec git']],
    ['@acme/wide', '1.0.1', ['exec git']],
    ['@acme/wider', '1.0.0', ['exec git']],
    ['@other/tool', '2.1.0', ['exec git']],
  ])('%s %s: the ceiling of all, and what was allowed for it alone', (name, version, has) => {
    const ceiling = ceilingFor(agent, parseSkillName(name), parseVersion(version));
    expect(listCapabilities(ceiling).map(printCapability).sort()).toEqual(has);
  });

  it.each([
    ['@acme/anything', '3.0.0', undefined],
    ['@other/tool', '2.9.0', undefined],
    ['@other/tool', '3.0.0', 'agent finance may start @other/tool only in ^2'],
    ['@others/tool', '2.0.0', 'agent finance has no grant for @others/tool'],
    ['@acmes/tool', '2.0.0', 'agent finance has no grant for @acmes/tool'],
  ])('%s %s is started, or not: %s', (name, version, why) => {
    const now = new Date('2026-06-01');
    expect(whyNotGranted(agent, parseSkillName(name), parseVersion(version), now)).toBe(why);
  });
});
