/** What reviewers see of the skills that a version requires. */
import { expect, it } from 'vitest';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import { adviceStatement } from '../../../skills-index/statement/attestation.ts';
import { makeReportSkill } from '../../cli/installer-world.ts';
import { freshNonce } from '../../nonce.ts';
import { publishScanned, type Skill, state } from '../road.ts';
import { approveIn, callAs, deskOf, expectAnswer } from '../steps.ts';
import { eachWorld } from '../world.ts';

const world = eachWorld({}, async () => {
  for (const version of ['1.0.0', '1.1.0', '2.0.0']) await bring(skillOf('b', version));
});

const skillOf = (name: string, version: string, requires = {}) =>
  makeReportSkill(`@acme/${name}`, { version, requires, files: { 'v.md': `${name} ${version}` } });
const inReview = async (skill: Skill) => {
  await publishScanned(world, skill);
};
const bring = async (skill: Skill) => {
  await inReview(skill);
  await expectAnswer(approveIn(world, skill), 201);
};
const required = async (version: string) =>
  (await callAs(world, 'rita', `/api/v1/reviews/@acme/a/${version}`)).body.required;
const page = async (version: string): Promise<string> => {
  const rita = await deskOf(world, 'rita');
  return (await rita.get(`/@acme/a/${version}`)).html;
};

it('are compared with those of the last approved version', async () => {
  await bring(skillOf('a', '1.0.0', { '@acme/b': '^1.0.0' }));
  await inReview(skillOf('a', '1.1.0', { '@acme/b': '>=1', '@acme/c': '*' }));
  expect(await required('1.0.0')).toEqual([
    { name: '@acme/b', range: '^1.0.0', change: 'new', fits: '1.1.0' },
  ]);
  expect(await required('1.1.0')).toEqual([
    { name: '@acme/b', range: '>=1', change: 'range', before: '^1.0.0', fits: '2.0.0' },
    { name: '@acme/c', range: '*', change: 'new' },
  ]);
  const html = await page('1.1.0');
  expect(html).toContain('Requires 2 skills, 1 required anew');
  expect(html).toContain('no approved version fits: nobody can install this version');
  expect(html).toContain('<a href="/review/@acme/b/2.0.0">2.0.0</a> fits now');
});

it('leave out yanked versions, and are no part of a page without any', async () => {
  const version = parseVersion('1.1.0');
  const { name } = skillOf('b', version).manifest;
  const yank = { name, version, kind: 'yanked', reason: 'wrong', nonce: freshNonce() } as const;
  await expectAnswer(state(world, adviceStatement(yank), world.author), 201);
  await inReview(skillOf('a', '1.0.0', { '@acme/b': '^1.0.0' }));
  expect(await required('1.0.0')).toMatchObject([{ fits: '1.0.0' }]);
  await inReview(skillOf('a', '1.2.0'));
  expect(await page('1.2.0')).not.toContain('Requires');
});
