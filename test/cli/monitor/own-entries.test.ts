import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pathsOf } from '../../../cli/paths.ts';
import { keepTrust } from '../../../cli/registries/stored-trust.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import { makeSkill, publish, type Skill } from '../../registry/road.ts';
import { testLogKey } from '../../skills-index/story-keys.ts';
import { makeUsers, type Users } from '../registry-users.ts';

type Change = (path: string, response: Response) => Promise<Response> | Response;
const honest: Change = (_, response) => response;

let users: Users;
let change: Change;
beforeEach(async () => {
  change = honest;
  users = await makeUsers((path, response) => change(path, response));
});
afterEach(() => users.world.close());

const stolen = (version: string): Skill => makeSkill('@acme/stolen', version);
const list = () => users.as('author', ['key', 'list', '--log', '--format', 'json']);
const signed = async (): Promise<number[]> => {
  const { exit, stdout, stderr } = await list();
  expect(exit, stderr).toBe(0);
  return JSON.parse(stdout).keys[0].signed;
};
const size = async (): Promise<number> =>
  Number((await (await users.world.send('/log/checkpoint')).text()).split('\n')[1]);

describe('skillgate key list --log', () => {
  it('finds what somebody else signed with the key', async () => {
    const before = await signed();
    expect(before).toHaveLength(1);
    const { send, author, rita } = users.world;
    expect((await publish(send, stolen('1.0.0'), author)).status).toBe(201);
    const after = await signed();
    expect(after).toEqual([...before, (await size()) - 1]);
    expect((await publish(send, stolen('2.0.0'), rita)).status).toBeGreaterThanOrEqual(400);
    expect(await signed()).toEqual(after);
    const { stderr } = await users.as('author', ['key', 'list', '--log']);
    expect(stderr).toContain(
      `default signed ${after.join(', ')} of the ${await size()} entries of the log`,
    );
  });

  it('finds it also where the registry says nothing of it', async () => {
    await publish(users.world, stolen('1.0.0'), users.world.author);
    change = (path, response) =>
      path.startsWith('/api/v1/keys/')
        ? new Response('{"code":"not-found"}', { status: 404 })
        : response;
    const { stdout } = await users.as('author', ['key', 'list', '--format', 'json']);
    expect(JSON.parse(stdout).keys[0].log).toBeNull();
    expect(await signed()).toHaveLength(2);
  });

  it.each<[string, Change, string]>([
    [
      'an entry that was exchanged for another',
      async (path, response) => {
        if (!path.startsWith('/log/tile/entries/')) return response;
        const bytes = Buffer.from(await response.arrayBuffer());
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        return new Response(bytes);
      },
      'other entries than its checkpoint signs',
    ],
    [
      'a tile that lacks its last entry',
      async (path, response) => {
        if (!path.startsWith('/log/tile/entries/')) return response;
        const bytes = Buffer.from(await response.arrayBuffer());
        return new Response(bytes.subarray(0, bytes.length - 1));
      },
      'does not hold',
    ],
    [
      'a tile that is withheld',
      (path, response) =>
        path.startsWith('/log/tile/entries/') ? new Response('', { status: 404 }) : response,
      'does not show',
    ],
  ])('refuses %s', async (_, lie, says) => {
    change = lie;
    const { exit, stdout } = await list();
    expect([exit, stdout]).toEqual([6, expect.stringContaining(says)]);
  });

  it('refuses a head that fewer witnesses cosigned than administrators demand, as an installation does', async () => {
    const demanded = (threshold: number): string =>
      JSON.stringify({
        schema: 'skillgate.witnesses/1',
        threshold,
        witnesses: [
          {
            name: 'w.example',
            key: Buffer.from(testLogKey('w.example').publicKey).toString('base64'),
          },
        ],
      });
    const keep = (threshold: number): Promise<void> =>
      keepTrust(pathsOf({ SKILLGATE_HOME: users.homeOf('author') }), {
        schema: 'skillgate.trust/1',
        pinned: rootFingerprint(users.world.trust.root),
        refreshed: users.world.registry.now().toISOString(),
        freshUntil: users.world.registry.now().toISOString(),
        metadata: { root: '{}', timestamp: '{}', snapshot: '{}', targets: '{}', online: '{}' },
        files: {
          'root.json': JSON.stringify(users.world.trust.root),
          'policy.json': JSON.stringify(defaultPolicy),
          'witnesses.json': demanded(threshold),
        },
      });
    await keep(1);
    const { exit, stdout } = await list();
    expect([exit, stdout]).toEqual([6, expect.stringContaining('witnesses-missing')]);
    rmSync(join(users.homeOf('author'), 'config/tuf'), { recursive: true });
    await keep(0);
    expect(await signed()).toHaveLength(1);
  });

  it('refuses a log of yesterday, to who has never read it too', async () => {
    const old = await (await users.world.send('/index/status.json')).text();
    await publish(users.world, stolen('1.0.0'), users.world.author);
    change = (path, response) => (path === '/index/status.json' ? new Response(old) : response);
    users.world.wait(25 * 3_600_000);
    const { exit, stdout } = await list();
    expect([exit, stdout]).toEqual([6, expect.stringContaining('status-stale')]);
  });

  it('refuses a log from before the theft, once it was read after it', async () => {
    const old = new Map<string, string>();
    for (const path of ['/index/status.json', `/log/tile/entries/000.p/${await size()}`])
      old.set(path, await (await users.world.send(path)).text());
    await publish(users.world, stolen('1.0.0'), users.world.author);
    expect(await signed()).toHaveLength(2);
    change = (path, response) => (old.has(path) ? new Response(old.get(path)) : response);
    const { exit, stdout } = await list();
    expect([exit, stdout]).toEqual([6, expect.stringContaining('log-rolled-back')]);
  });
});
