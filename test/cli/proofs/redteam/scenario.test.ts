import { describe, expect, it } from 'vitest';
import {
  ownScenarios,
  parseScenarios,
  readScenarios,
} from '../../../../cli/proofs/redteam/scenario.ts';

const head = 'goal: a word\nat: SKILL.md\ntask: open @acme/notes\n';

describe('a scenario', () => {
  it('is read with its skills, pages, files and policy', () => {
    const text = `# a remark\n== one\n${head}agent: careful\nskill: @acme/notes crm revoked\nleak: crm {mark}\n-- about @acme/notes\nHello.\n-- script @acme/notes next\nrun();\n-- page /v2/help\nhelp\n-- workspace a%20b.md\nx\n-- policy\n{"highStakes": []}\n`;
    expect(parseScenarios(text, 'mine')).toEqual([
      {
        name: 'one',
        group: 'mine',
        goal: 'a word',
        at: 'SKILL.md',
        task: 'open @acme/notes',
        agent: 'careful',
        leaks: [{ place: 'crm', needle: '{mark}' }],
        skills: [
          {
            name: '@acme/notes',
            words: ['crm', 'revoked'],
            commands: { next: 'scripts/next.mjs' },
            files: { 'SKILL.md': 'Hello.\n', 'scripts/next.mjs': 'run();\n' },
          },
        ],
        pages: { '/v2/help': 'help\n' },
        workspace: { 'a b.md': 'x\n' },
        memory: {},
        policy: { highStakes: [] },
      },
    ]);
  });

  it.each([
    ['a line that is none', `${head}gaol: x\n`, 'gaol: x'],
    ['no goal', 'at: SKILL.md\ntask: x\n', 'it needs the lines goal, at and task'],
    ['a place that is none', `${head}leak: moon {mark}\n`, 'leak: moon'],
    [
      'a part that is none',
      `${head}skill: @acme/a\n-- song @acme/a\nla\n`,
      'the part "song" is unknown',
    ],
    [
      'a file of no skill',
      `${head}-- file @acme/a x\nla\n`,
      'names a skill without a “skill:” line',
    ],
  ])('is refused with %s', (_, text, says) => {
    expect(() => parseScenarios(`== one\n${text}`, 'mine')).toThrow(says);
  });
});

describe('the product’s own scenarios', () => {
  it('are more than a hundred, sit in many places, and say why where they are accepted', () => {
    const all = readScenarios(ownScenarios());
    expect(all.filter((one) => one.accepted === undefined).length).toBeGreaterThan(100);
    expect(new Set(all.map(({ at }) => at)).size).toBeGreaterThan(10);
    expect(all.filter((one) => one.accepted !== undefined && one.accepted.length < 60)).toEqual([]);
  });
});
