/** What reviewers see of the skills that a version requires. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { requiredLines } from '../../../cli/review/show.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import { adviceStatement } from '../../../skills-index/statement/attestation.ts';
import { makeReportSkill } from '../../cli/installer-world.ts';
import { freshNonce } from '../../nonce.ts';
import { signedIn } from '../desk-visit.ts';
import { approve, call, publish, type Skill, scan, state } from '../road.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

let world: Staffed;
beforeEach(async () => {
  world = await makeStaffedWorld();
  for (const version of ['1.0.0', '1.1.0', '2.0.0']) await bring(skillOf('b', version));
});
afterEach(() => world.close());

const skillOf = (name: string, version: string, requires = {}): Skill =>
  makeReportSkill(`@acme/${name}`, { version, requires, files: { 'v.md': `${name} ${version}` } });
const inReview = async (skill: Skill): Promise<void> => {
  expect((await publish(world.send, skill, world.author)).status).toBe(201);
  await scan(world.send, world.tokens.scanner, world.scanner, skill, 'pass');
};
const bring = async (skill: Skill): Promise<void> => {
  await inReview(skill);
  expect((await approve(world.send, world.tokens.rita, world.rita, skill)).status).toBe(201);
};
const required = async (version: string) =>
  (await call(world.send, `/api/v1/reviews/@acme/a/${version}`, { token: world.tokens.rita })).body
    .required;
const page = async (version: string): Promise<string> => {
  const rita = await signedIn(world.send, world.tokens.rita);
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
  expect((await state(world.send, adviceStatement(yank), world.author)).status).toBe(201);
  await inReview(skillOf('a', '1.0.0', { '@acme/b': '^1.0.0' }));
  expect(await required('1.0.0')).toMatchObject([{ fits: '1.0.0' }]);
  await inReview(skillOf('a', '1.2.0'));
  expect(await page('1.2.0')).not.toContain('Requires');
});

it('are lines for a reviewer at a terminal', () => {
  const one = { name: '@acme/b', range: '^1', before: null, fits: '1.1.0', change: 'new' };
  const lines = requiredLines({
    required: [
      one,
      { ...one, change: 'range', before: '^0.9' },
      { ...one, change: 'none', fits: null },
    ],
  });
  expect(lines.map(({ text }) => text)).toEqual([
    '  requires @acme/b@^1, which is new: 1.1.0 fits now',
    '  requires @acme/b@^1, before ^0.9: 1.1.0 fits now',
    '  requires @acme/b@^1: no approved version fits',
  ]);
});
