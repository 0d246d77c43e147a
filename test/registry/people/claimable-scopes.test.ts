import { describe, expect, it } from 'vitest';
import {
  strangerClaimSeconds,
  strangerClaimsBurst,
} from '../../../registry/routes/skill-versions.ts';
import { isLookAlike } from '../../../skills-index/skill/look-alike.ts';
import type { Identity } from '../../../skills-index/statement/attestation.ts';
import { somebody, someWorkflow, type TestClaims } from '../../skills-index/story-sigstore.ts';
import { certify, claim, job, kim, sigstore } from '../certified-road.ts';
import { makeKey } from '../people.ts';
import { claimScope, type Send } from '../road.ts';
import { expectAnswer } from '../steps.ts';
import { makeStaffedWorld, oneWorld } from '../world.ts';

const world = oneWorld();

describe('the first claim of a scope', () => {
  it.each<readonly [string, string]>([
    ['anthropic', 'reserved'],
    ['anthrop1c', 'looks like @anthropic'],
    ['skillgate', 'reserved'],
    ['ski11gate', 'looks like @skillgate'],
    ['admin', 'reserved'],
    ...['anthropics', 'anthropic-ai', 'claude-code', 'github', 'npm', 'skillgates'].map(
      (name) => [name, 'reserved'] as const,
    ),
    ['gooogle', 'looks like @google'],
    ['g0oogle', 'looks like @google'],
    ['ap1', 'looks like @api'],
    ['xa-i', 'looks like @xai'],
    ['git1ab', 'looks like @gitlab'],
    ['acrne', 'looks like @acme, which belongs to sha256:'],
    ['ac-me', 'looks like @acme'],
    ['acm3', 'looks like @acme'],
  ])(
    'of @%s is refused to a stranger, who is told the way for the rightful owner',
    async (scope, why) => {
      expect(await claimScope(world, scope, makeKey())).toMatchObject({
        status: 403,
        body: {
          code: 'scope-reserved',
          detail: expect.stringContaining(why),
          hint: expect.stringContaining('administrator'),
        },
      });
    },
  );

  it('of a reserved name is an administrator’s, of a look-alike also the owner’s of what it looks like', async () => {
    await expectAnswer(claimScope(world, 'claude', world.trust.administrator), 201);
    await expectAnswer(claimScope(world, 'acrne', world.author), 201);
  });

  it('of what looks like the scope of a repository’s job is that job’s, and nobody else’s', async () => {
    const certifying = await makeStaffedWorld({ sigstore: sigstore.trustedRoot });
    const claimAs = async (scope: string, owner: Identity, claims: TestClaims) =>
      (await claim(certifying, scope, { owners: [owner], signer: certify(claims) })).status;
    expect(await claimAs('ourtools', job, someWorkflow)).toBe(201);
    expect(await claimAs('our-tools', kim, somebody)).toBe(403);
    expect(await claimAs('our-tools', job, someWorkflow)).toBe(201);
    certifying.close();
  });

  it.each([
    'mail',
    'mall',
    'corner',
    'acmetools',
    'acmee',
    'adminton',
    'apl',
    'xal',
    'iog',
    'claude-fans',
    'team-111',
    'team-11',
  ])('of @%s is anybody’s', async (scope) => {
    await expectAnswer(claimScope(world, scope, makeKey()), 201);
  });

  it('is counted for the address of a stranger, with whichever keys, and not for members', async () => {
    const from: Send = (path, init) => {
      const headers = new Headers(init?.headers);
      headers.set('x-test-address', '192.0.2.7');
      return world.send(path, { ...init, headers });
    };
    for (let at = 0; at < strangerClaimsBurst; at++)
      await expectAnswer(claimScope(from, `flood-${at}x`, makeKey()), 201);
    await expectAnswer(claimScope(from, 'flood-more', makeKey()), 429, 'too-many-requests');
    await expectAnswer(claimScope(from, 'of-rita', world.rita), 201);
    await expectAnswer(claimScope(world, 'elsewhere', makeKey()), 201);
    world.wait(strangerClaimSeconds * 1_000);
    await expectAnswer(claimScope(from, 'a-while-later', makeKey()), 201);
  });
});

it.each([
  ['acme', 'acrne', true],
  ['acme', 'acme-', true],
  ['wave', 'vvave', true],
  ['pool', 'p00l', true],
  ['mail', 'ma1l', true],
  ['mail', 'mall', false],
  ['dock', 'clock', false],
  ['team-1', 'team-2', false],
])('%s and %s look alike: %s', (one, other, alike) => {
  expect(isLookAlike(one, other)).toBe(alike);
});
