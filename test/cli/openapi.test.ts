import { describe, expect, it } from 'vitest';
import { makeSkill, publish, scan } from '../registry/road.ts';
import { makeUsers, type User } from './registry-users.ts';

const ref = '@acme/deals@1.0.0';

/** Commands that between them make every call of the command line’s client but the upload. */
const commands: readonly (readonly [User, readonly string[]])[] = [
  ['rita', ['whoami']],
  ['rita', ['login', '--browser']],
  ['administrator', ['member', 'list']],
  ['stranger', ['scope', 'show', 'acme']],
  ['stranger', ['status', '@acme/deals']],
  ['stranger', ['status', ref]],
  ['rita', ['review', 'list']],
  ['rita', ['review', 'show', ref]],
  ['rita', ['review', 'claim', ref]],
  ['rita', ['review', 'ask', ref, '--reason', 'why?']],
  ['author', ['status', ref, '--reply', 'because']],
  ['rita', ['review', 'approve', ref, '--reason', 'read it', '--yes']],
  ['rita', ['review', 'revoke', ref, '--reason', 'no', '--yes']],
];

describe('the command line’s client', () => {
  it('calls only what the registry’s OpenAPI document has, and reads what it answers', async () => {
    const { as, requests, world } = await makeUsers();
    const skill = makeSkill('@acme/deals', '1.0.0');
    await publish(world.send, skill, world.author);
    await scan(world.send, world.tokens.scanner, world.scanner, skill, 'pass');
    for (const [user, argv] of commands)
      expect(await as(user, argv), argv.join(' ')).toMatchObject({ exit: 0 });

    const document = (await (await world.send('/api/v1/openapi.json')).json()) as {
      servers: { url: string }[];
      paths: Record<string, Record<string, unknown>>;
    };
    const root = document.servers[0]?.url;
    const known = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({
        method: method.toUpperCase(),
        path: new RegExp(`^${root}${path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
      })),
    );
    expect(requests.length).toBeGreaterThan(20);
    const unknown = requests.filter((request) => {
      const [method = '', path = ''] = request.split(' ');
      return !known.some((one) => one.method === method && one.path.test(path));
    });
    expect(unknown).toEqual([]);
  });
});
