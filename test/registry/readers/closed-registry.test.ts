/** A registry that is private as a whole. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { call } from '../road.ts';
import { expectAnswer } from '../steps.ts';
import { makeStaffedWorld, makeWorld, type Staffed } from '../world.ts';

const token = 'r'.repeat(43);
const readers = [
  { name: 'agents', token: digestOf(token) },
  { name: 'one team', token: digestOf('t'.repeat(43)), scopes: [parseScope('other')] },
];
const file = { schema: 'skillgate.readers/1' as const, private: 'everything' as const, readers };

describe('a registry that is private', () => {
  let world: Staffed;
  beforeAll(async () => {
    // People join before the registry closes.
    world = await makeStaffedWorld({ readers: { ...file, private: [] } });
    const closed = await makeWorld({ trust: world.trust, readers: file });
    Object.assign(world.registry, { readers: closed.registry.readers });
    closed.close();
  });
  afterAll(() => world.close());

  const files = ['/', '/index/config.json', '/index/root.json', '/index/status.json'];
  const more = ['/log/checkpoint', '/log/statements/0', '/log/tile/0/000.p/1', '/tuf/root.json'];
  const api = ['/api/v1/search', '/api/v1/scopes/acme', '/api/v1/versions/@acme/x'];
  const statusOf = async (path: string, by?: string): Promise<number> =>
    (await world.send(path, by === undefined ? {} : { headers: { authorization: `Bearer ${by}` } }))
      .status;

  it('shows nothing to anybody without a token or session', async () => {
    for (const path of [...files, ...more, ...api]) {
      expect([path, await statusOf(path)]).toEqual([path, 401]);
      expect([path, await statusOf(path, 'x'.repeat(43))]).toEqual([path, 401]);
    }
  });

  it('takes nothing from anybody without one', async () => {
    for (const path of ['/api/v1/statements', '/api/v1/versions', '/api/v1/mailbox/questions'])
      expect([path, (await call(world, path, { json: {} })).status]).toEqual([path, 401]);
  });

  it('shows a reader, a member and an author all they had before', async () => {
    for (const by of [token, world.tokens.rita, world.tokens.author])
      for (const path of [...files, '/log/checkpoint', '/log/statements/0', '/api/v1/scopes/acme'])
        expect([path, await statusOf(path, by)]).toEqual([path, 200]);
  });

  it('shows a reader of one scope the files of the log, and no other scope', async () => {
    const team = 't'.repeat(43);
    expect(await statusOf('/log/checkpoint', team)).toBe(200);
    expect(await statusOf('/api/v1/scopes/acme', team)).toBe(404);
  });

  it('lets people sign in, and supervisors ask how it is', async () => {
    const asked = { json: { keyId: world.rita.keyId } };
    await expectAnswer(call(world, '/api/v1/session/challenge', asked), 200);
    await expectAnswer(call(world, '/api/v1/session', { json: {} }), 400);
    for (const path of ['/healthz', '/readyz']) expect(await statusOf(path)).toBe(200);
    expect(await statusOf('/review/sign-in')).toBe(200);
  });

  it('counts the token of a reader as no session', async () => {
    await expectAnswer(call(world, '/api/v1/whoami', { token }), 401);
    await expectAnswer(call(world, '/api/v1/members', { token }), 401);
    await expectAnswer(call(world, '/api/v1/reviews', { token }), 401);
  });
});
