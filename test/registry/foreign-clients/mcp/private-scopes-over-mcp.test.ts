import { describe, expect, it } from 'vitest';
import { Readers } from '../../../../registry/readers/readers.ts';
import type { ReadersFile } from '../../../../registry/readers/readers-file.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { expectAnswer } from '../../steps.ts';
import { makeStaffedWorld, type Staffed } from '../../world.ts';
import { addListedSkills } from '../listed-skills.ts';
import { type Ask, mcpClient } from './mcp-clients.ts';

describe('private scopes over MCP', () => {
  const token = 'r'.repeat(43);
  const otherToken = 'o'.repeat(43);
  const all = (among: string) => Array.from({ length: 120 }, (_, at) => `@${among}/s${at}`).sort();

  async function makeListed(file: Omit<ReadersFile, 'schema'>): Promise<Staffed> {
    const world = await makeStaffedWorld();
    const readers = { schema: 'skillgate.readers/1', ...file } as const;
    world.registry.readers = new Readers(readers, 'readers.json', () => '127.0.0.1');
    await addListedSkills(world, ['a', 'a-b', 'acme', 'zoo'].flatMap(all));
    return world;
  }

  /** Every name that a client gets page by page, and every place that a cursor names. */
  async function walk(ask: Ask): Promise<{ names: string[]; cursors: string[] }> {
    const names: string[] = [];
    const cursors: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const { nextCursor, resources } = await ask('resources/list', cursor ? { cursor } : {});
      names.push(
        ...resources.map((one) => one.uri.replace('skill://', '@').replace('/SKILL.md', '')),
      );
      if (nextCursor === undefined) return { names, cursors };
      cursors.push(Buffer.from(nextCursor, 'base64url').toString());
      cursor = nextCursor;
    }
  }

  it('are passed over in lists and cursors, and each reader gets every skill once', async ({
    onTestFinished,
  }) => {
    const world = await makeListed({
      private: [parseScope('acme'), parseScope('zoo')],
      readers: [
        { name: 'agents', token: digestOf(token), scopes: [parseScope('acme')] },
        { name: 'others', token: digestOf(otherToken) },
      ],
    });
    onTestFinished(() => world.close());
    for (const [by, scopes] of [
      [undefined, ['a-b', 'a']],
      [token, ['a-b', 'a', 'acme']],
      [otherToken, ['a-b', 'a', 'acme', 'zoo']],
    ] as const) {
      const { cursors, names } = await walk(await mcpClient(world.send, '2026-07-28', by));
      expect(names).toEqual(scopes.flatMap(all));
      expect(cursors.filter((place) => !names.includes(place))).toEqual([]);
    }
    const ask = await mcpClient(world.send, '2025-11-25');
    // A cursor from elsewhere leads into a private scope, and on behind it.
    const inside = Buffer.from('@acme/s5').toString('base64url');
    expect((await ask('resources/list', { cursor: inside })).resources).toEqual([]);
    for (const method of ['skills/get', 'resources/read', 'resources/directory/read'])
      for (const name of ['acme/s5', 'acme/none'])
        await expect(ask(method, { uri: `skill://${name}/SKILL.md` })).rejects.toMatchObject({
          code: -32_602,
          message: expect.stringContaining(`This registry has no skill @${name}`),
        });
    const { cacheScope } = await (await mcpClient(world.send, '2026-07-28'))(
      'resources/templates/list',
    );
    expect(cacheScope).toBe('private');
  });

  it('of a private registry are shown to each reader alone', async ({ onTestFinished }) => {
    const world = await makeListed({
      private: 'everything',
      readers: [
        { name: 'two', token: digestOf(token), scopes: [parseScope('a'), parseScope('a-b')] },
      ],
    });
    onTestFinished(() => world.close());
    const { cursors, names } = await walk(await mcpClient(world.send, '2026-07-28', token));
    expect(names).toEqual(['a-b', 'a'].flatMap(all));
    expect(cursors.filter((place) => !names.includes(place))).toEqual([]);
    await expectAnswer(world.send('/mcp', { method: 'POST', body: '{}' }), 401);
  });
});
