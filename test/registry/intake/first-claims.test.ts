import { expect, it } from 'vitest';
import { firstClaimsMax } from '../../../registry/people/claimable-scopes.ts';
import { somebody, someWorkflow } from '../../skills-index/story-sigstore.ts';
import { certify, claim, job, kim, sigstore } from '../certified-road.ts';
import { makeKey } from '../people.ts';
import { type Answer, claimScope } from '../road.ts';
import { expectAnswer } from '../steps.ts';
import { ownWorld, type Staffed } from '../world.ts';

type Claim = (world: Staffed, scope: string, number: number) => Promise<Answer>;
const key = makeKey();

const strangers: readonly (readonly [string, Claim])[] = [
  ['a key', (world, scope) => claimScope(world, scope, key)],
  ['a person', (world, scope) => claim(world, scope, { owners: [kim], signer: certify(somebody) })],
  [
    'a repository, from whichever of its branches',
    (world, scope, number) => {
      const ref = `refs/heads/b${number}`;
      const subject = `${job.workflow}@${ref}`;
      const names = { ref, subject, buildConfig: subject };
      return claim(world, scope, {
        owners: [{ ...job, ref }],
        signer: certify({ ...someWorkflow, ...names }),
      });
    },
  ],
];

it.each(strangers)('one stranger claims a few scopes and no more: %s', async (_, claimAs) => {
  const world = await ownWorld({ sigstore: sigstore.trustedRoot });
  for (let i = 0; i < firstClaimsMax; i++) await expectAnswer(claimAs(world, `mine-${i}`, i), 201);
  expect(await claimAs(world, 'one-more', firstClaimsMax)).toMatchObject({
    status: 400,
    body: {
      code: 'request-invalid',
      detail: expect.stringContaining(`may be the first to claim at most ${firstClaimsMax} scopes`),
    },
  });
  await expectAnswer(claimScope(world, 'of-another', makeKey()), 201);
});

it('a member claims as many as the registry needs', async () => {
  const world = await ownWorld();
  for (let i = 0; i <= firstClaimsMax; i++)
    await expectAnswer(claimScope(world, `ours-${i}`, world.rita), 201);
});
