import { describe, expect, it } from 'vitest';
import { joinRanges } from '../../../../cli/install/install-one.ts';
import {
  chooseRequired,
  type OfferedVersion,
  requiredDepthMax,
  requiredSkillsMax,
  requirementsOf,
} from '../../../../cli/install/required/required-skills.ts';
import { parseSkillName, type SkillName } from '../../../../skills-index/skill/name.ts';
import { Problem } from '../../../../skills-index/skill/problem.ts';
import { parseVersion } from '../../../../skills-index/skill/version.ts';

/** `b@1.0.0 c@^1 d@2`: version 1.0.0 of @acme/b, with what it requires; `!` marks a yanked one. */
function parse(line: string): OfferedVersion {
  const [head = '', ...requires] = line.replace('!', '').split(' ');
  const [name, version] = head.split('@');
  return {
    name: parseSkillName(`@acme/${name}`),
    version: parseVersion(version),
    requires: Object.fromEntries(
      requires.map((one) => [`@acme/${one.split('@')[0]}`, one.slice(one.indexOf('@') + 1)]),
    ),
    ...(line.includes('!') ? { advice: { yanked: 7 } } : {}),
  };
}

interface Given {
  readonly locked?: readonly string[];
  /** Requirements that stand, as `d@^1` by the project. */
  readonly standing?: readonly string[];
  readonly refused?: readonly string[];
}

async function choose(lines: readonly string[], given: Given = {}): Promise<string[] | string> {
  const { locked = [], refused = [], standing = [] } = given;
  const all = lines.map(parse);
  const [root] = all;
  if (root === undefined) throw new Error('no skill');
  const at = (list: readonly string[], name: SkillName) =>
    list
      .filter((one) => `@acme/${one.split('@')[0]}` === name)
      .map((one) => one.split('@')[1] ?? '');
  try {
    const chosen = await chooseRequired(root, {
      offered: async (name) => all.filter((one) => one.name === name),
      locked: (name) => at(locked, name).map(parseVersion)[0],
      standing: (name) =>
        at(standing, name).map((range) => ({ name, range, by: 'skillgate.json' })),
      isRefused: (name, version) => at(refused, name).includes(version),
    });
    return [...chosen.values()].map(({ name, version }) => `${name.slice(6)}@${version}`).sort();
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    expect(cause.code).toBe('requires-unmet');
    return [cause.message, ...cause.reasons.map(({ message }) => message)].join('; ');
  }
}

describe('the choice of required skills', () => {
  it.each<[string, string[], Given, string[]]>([
    ['nothing for a skill that requires nothing', ['a@1.0.0'], {}, []],
    [
      'the highest version that fits',
      ['a@1.0.0 b@^1', 'b@1.0.0', 'b@1.2.0', 'b@2.0.0'],
      {},
      ['b@1.2.0'],
    ],
    [
      'the locked version before a higher one',
      ['a@1.0.0 b@^1', 'b@1.0.0', 'b@1.2.0'],
      { locked: ['b@1.0.0'] },
      ['b@1.0.0'],
    ],
    [
      'another version where the locked one does not fit',
      ['a@1.0.0 b@^2', 'b@1.0.0', 'b@2.0.0'],
      { locked: ['b@1.0.0'] },
      ['b@2.0.0'],
    ],
    [
      'what required skills require',
      ['a@1.0.0 b@1', 'b@1.0.0 c@1', 'c@1.5.0'],
      {},
      ['b@1.0.0', 'c@1.5.0'],
    ],
    [
      'one version for a diamond',
      ['a@1.0.0 b@1 c@1', 'b@1.0.0 d@^1', 'c@1.0.0 d@<1.5', 'd@1.0.0', 'd@1.4.0', 'd@1.9.0'],
      {},
      ['b@1.0.0', 'c@1.0.0', 'd@1.4.0'],
    ],
    [
      'an older version, so that a diamond fits',
      ['a@1.0.0 b@1 c@1', 'b@1.0.0 d@^1', 'b@1.1.0 d@^2', 'c@1.0.0 d@^1', 'd@1.0.0', 'd@2.0.0'],
      {},
      ['b@1.0.0', 'c@1.0.0', 'd@1.0.0'],
    ],
    [
      'each skill of a cycle once',
      ['a@1.0.0 b@1', 'b@1.0.0 c@1', 'c@1.0.0 b@1 a@1'],
      {},
      ['b@1.0.0', 'c@1.0.0'],
    ],
    ['no yanked version', ['a@1.0.0 b@1', 'b@1.0.0', 'b@1.1.0!'], {}, ['b@1.0.0']],
    [
      'a yanked version that is locked',
      ['a@1.0.0 b@1', 'b@1.0.0', 'b@1.1.0!'],
      { locked: ['b@1.1.0'] },
      ['b@1.1.0'],
    ],
    [
      'no version that admission refused',
      ['a@1.0.0 b@1', 'b@1.0.0', 'b@1.1.0'],
      { refused: ['b@1.1.0'] },
      ['b@1.0.0'],
    ],
    [
      'what the project wants, too',
      ['a@1.0.0 b@>=1', 'b@1.0.0', 'b@2.0.0'],
      { standing: ['b@^1'] },
      ['b@1.0.0'],
    ],
    [
      'a prerelease only where a range names one',
      ['a@1.0.0 b@>=1 c@1.0.0-rc', 'b@1.0.0', 'b@2.0.0-rc', 'c@1.0.0-rc'],
      {},
      ['b@1.0.0', 'c@1.0.0-rc'],
    ],
  ])('takes %s', async (_, lines, given, expected) => {
    expect(await choose(lines, given)).toEqual(expected);
  });

  it.each<[string, string[], Given, string]>([
    [
      'a skill that is not there',
      ['a@1.0.0 b@1'],
      {},
      'Cannot install @acme/a@1.0.0: the registry has no approved version of @acme/b; @acme/a@1.0.0 requires @acme/b@1',
    ],
    [
      'versions that do not fit',
      ['a@1.0.0 b@^2', 'b@1.0.0'],
      {},
      'no version of @acme/b meets every requirement; the registry has 1.0.0; @acme/a@1.0.0 requires @acme/b@^2',
    ],
    [
      'only yanked versions',
      ['a@1.0.0 b@1', 'b@1.0.0!'],
      {},
      'every version of @acme/b that fits is yanked, stopped or lacks skills of its own: 1.0.0',
    ],
    [
      'a diamond that nothing fits',
      ['a@1.0.0 b@1 c@1', 'b@1.0.0 d@^1', 'c@1.0.0 d@^2', 'd@1.0.0', 'd@2.0.0'],
      {},
      '@acme/b@1.0.0 requires @acme/d@^1; @acme/c@1.0.0 requires @acme/d@^2',
    ],
    [
      'a range of the project',
      ['a@1.0.0 b@^2', 'b@1.0.0', 'b@2.0.0'],
      { standing: ['b@^1'] },
      'skillgate.json requires @acme/b@^1',
    ],
    [
      'a cycle that wants another version of the skill',
      ['a@1.0.0 b@1', 'b@1.0.0 a@^2'],
      {},
      'include @acme/a@1.0.0; @acme/b@1.0.0 requires @acme/a@^2',
    ],
    [
      'a skill that requires another version of itself',
      ['a@1.0.0 a@^2'],
      {},
      '@acme/a@1.0.0 requires @acme/a@^2',
    ],
  ])('fails for %s, and says why', async (_, lines, given, says) => {
    expect(await choose(lines, given)).toContain(says);
  });

  it('has limits on depth, on number, and on combinations', async () => {
    const chain = Array.from({ length: requiredDepthMax + 2 }, (_, n) => `s${n}@1.0.0 s${n + 1}@1`);
    expect(await choose([...chain, `s${chain.length}@1.0.0`])).toContain('it requires more than');
    const many = Array.from({ length: 50 }, (_, n) => n);
    const wide = [
      `a@1.0.0 ${many.map((n) => `b${n}@1`).join(' ')}`,
      ...many.map((n) => `b${n}@1.0.0 c${n}@1 d${n}@1`),
      ...many.flatMap((n) => [`c${n}@1.0.0`, `d${n}@1.0.0`]),
    ];
    expect(wide.length).toBeGreaterThan(requiredSkillsMax);
    expect(await choose(wide)).toContain('it requires more than 100 skills');
    const names = many.slice(0, 12);
    const versions = [1, 2, 3, 4, 5, 6].map((n) => `1.${n}.0`);
    const hard = [
      `a@1.0.0 ${names.map((n) => `e${n}@1`).join(' ')} z@1`,
      ...names.flatMap((n) => versions.map((version) => `e${n}@${version}`)),
      'z@1.0.0 gone@1',
    ];
    expect(await choose(hard)).toContain('too many combinations');
  });

  it('names who requires what', () => {
    expect(requirementsOf(parse('a@1.0.0 b@^1'))).toEqual([
      { name: '@acme/b', range: '^1', by: '@acme/a@1.0.0' },
    ]);
  });
});

it.each([
  [['^1.2.0'], '^1.2.0'],
  [['*', '*'], '*'],
  [['*', '^1.2.0'], '>=1.2.0 <2.0.0-0'],
  [['1.0 - 2.0', '>1.5'], '>=1.0.0 <2.1.0-0 >=1.6.0'],
  [['^1 || ^3', '>=1.5'], '>=1.0.0 <2.0.0-0 >=1.5.0 || >=3.0.0 <4.0.0-0 >=1.5.0'],
])('the common part of %j is %s', (ranges, expected) => {
  expect(joinRanges(ranges)).toBe(expected);
});
