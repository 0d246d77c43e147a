import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isLookAlike } from '../../registry/claimable-scopes.ts';
import { strangerClaimSeconds, strangerClaimsBurst } from '../../registry/limits.ts';
import { makeKey } from './people.ts';
import { claimScope, type Send } from './road.ts';
import { makeStaffedWorld, type Staffed } from './world.ts';

let world: Staffed;
beforeAll(async () => {
  world = await makeStaffedWorld();
});
afterAll(() => world.close());

describe('the first claim of a scope', () => {
  it.each([
    ['anthropic', 'reserved'],
    ['anthrop1c', 'looks like @anthropic'],
    ['skillgate', 'reserved'],
    ['ski11gate', 'looks like @skillgate'],
    ['admin', 'reserved'],
    ['con', 'reserved'],
    ['nul', 'reserved'],
    ['com1', 'reserved'],
    ['acrne', 'looks like @acme'],
    ['ac-me', 'looks like @acme'],
    ['acm3', 'looks like @acme'],
  ])('of @%s is refused to a stranger, who is told the way for the rightful owner', async (scope, why) => {
    expect(await claimScope(world.send, scope, makeKey())).toMatchObject({
      status: 403,
      body: { code: 'scope-reserved', detail: expect.stringContaining(why), hint: expect.stringContaining('administrator') },
    });
  });

  it('of a reserved name is an administrator’s, of a look-alike also the owner’s of what it looks like', async () => {
    expect((await claimScope(world.send, 'claude', world.trust.administrator)).status).toBe(201);
    expect((await claimScope(world.send, 'acrne', world.author)).status).toBe(201);
  });

  it.each(['mail', 'mall', 'corner', 'acmetools', 'acmee', 'adminton'])('of @%s is anybody’s', async (scope) => {
    expect((await claimScope(world.send, scope, makeKey())).status).toBe(201);
  });

  it('is counted for the address of a stranger, with whichever keys, and not for members', async () => {
    const from: Send = (path, init) => {
      const headers = new Headers(init?.headers);
      headers.set('x-test-address', '192.0.2.7');
      return world.send(path, { ...init, headers });
    };
    for (let at = 0; at < strangerClaimsBurst; at++) expect((await claimScope(from, `flood-${at}x`, makeKey())).status).toBe(201);
    expect(await claimScope(from, 'flood-more', makeKey())).toMatchObject({ status: 429, body: { code: 'too-many-requests' } });
    expect((await claimScope(from, 'of-rita', world.rita)).status).toBe(201);
    expect((await claimScope(world.send, 'elsewhere', makeKey())).status).toBe(201);
    world.wait(strangerClaimSeconds * 1_000);
    expect((await claimScope(from, 'a-while-later', makeKey())).status).toBe(201);
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
