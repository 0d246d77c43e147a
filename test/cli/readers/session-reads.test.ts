/**
 * The session of `skillgate login` reads private scopes, at its own registry and nowhere else.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { keepSession } from '../../../cli/kept-sessions.ts';
import { withTokens } from '../../../cli/readers/read-tokens.ts';
import { keepToken } from '../../../cli/readers/registry-token.ts';
import { createApp } from '../../../registry/app.ts';
import { sessions } from '../../../registry/store/session-schema.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { makeWorld } from '../../registry/world.ts';
import { makeReportSkill, release } from '../installer-world.ts';
import { makeUsers, type User, type Users } from '../registry-users.ts';
import { folderWith } from '../temporary-folder.ts';

const base = 'https://skills.acme.example';
const start = new Date('2026-11-20T12:00:00Z');
const at = (minutes: number): Date => new Date(start.getTime() + minutes * 60_000);
const session = (token: string, keyId = 'sha256:a', of = base) => ({
  base: of,
  keyId,
  token,
  expires: at(60).toISOString(),
});

describe('the session of a login', () => {
  let config: string;
  beforeEach(async () => {
    config = folderWith();
    await keepSession({ config }, session('mine'), start);
  });

  /** What a request carries, by both functions of a command. */
  const sentTo = async (
    url: string,
    now = start,
    how: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<(string | null)[]> => {
    const sent: (string | null)[] = [];
    const note = (headers: Headers): void => void sent.push(headers.get('authorization'));
    const { fetch, send } = withTokens(
      {
        fetch: async (_, init) => {
          note(new Headers(init?.headers));
          return new Response();
        },
        send: async (_, { headers }) => {
          note(new Headers(headers));
          return { ok: true, status: 200, body: null };
        },
        now: () => now,
      },
      { config },
    );
    await fetch(url, how);
    const signal = AbortSignal.timeout(1_000);
    await send?.(url, { headers: {}, ...how, redirect: 'error', signal });
    return sent;
  };
  const mine = ['Bearer mine', 'Bearer mine'];
  const nothing = [null, null];

  it.each(['/index/@acme/notes', '/log/checkpoint', '/api/v1/versions/@acme/notes/1.0.0'])(
    'goes to its registry: %s',
    async (path) => expect(await sentTo(`${base}${path}`)).toEqual(mine),
  );

  it.each([
    ['a registry below it', `${base}/team/index/@acme/notes`],
    ['a registry beside it on the host', `${base}/../other/index/@acme/notes`],
    ['another port', `${base}:8443/index/@acme/notes`],
    ['a name that begins alike', `${base}.evil.example/index/@acme/notes`],
    ['plain http', 'http://skills.acme.example/index/@acme/notes'],
    ['a user of that name', 'https://skills.acme.example@evil.example/index/@acme/notes'],
    ['an address inside an address', `https://evil.example/${base}/index/@acme/notes`],
    ['a page that is no part of the registry', `${base}/indexes/notes`],
  ])('does not go to %s', async (_, url) => expect(await sentTo(url)).toEqual(nothing));

  it('goes with no request that writes, and in place of no other session', async () => {
    const url = `${base}/api/v1/versions`;
    expect(await sentTo(url, start, { method: 'POST' })).toEqual(nothing);
    const headers = { authorization: 'Bearer other' };
    expect(await sentTo(url, start, { headers })).toEqual(['Bearer other', 'Bearer other']);
  });

  it('stays at the registry below another one', async () => {
    const below = `${base}/team`;
    await keepSession({ config }, session('theirs', 'sha256:a', below), start);
    expect(await sentTo(`${below}/index/@acme/notes`)).toEqual(['Bearer theirs', 'Bearer theirs']);
    expect(await sentTo(`${base}/index/@acme/notes`)).toEqual(mine);
    expect(await sentTo(`${below}/../index/@acme/notes`)).toEqual(mine);
  });

  it('ends in time, and a damaged file has none', async () => {
    const url = `${base}/index/@acme/notes`;
    expect(await sentTo(url, at(58))).toEqual(mine);
    expect(await sentTo(url, at(61))).toEqual(nothing);
    writeFileSync(
      join(config, 'sessions.json'),
      '{"schema":"skillgate.sessions/1","sessions":[{}]}',
    );
    expect(await sentTo(url)).toEqual(nothing);
    writeFileSync(join(config, 'sessions.json'), '{"schema":');
    expect(await sentTo(url)).toEqual(nothing);
  });

  it('counts from when the command made it, and until its end', async () => {
    const other = 'https://other.example';
    const sent: (string | null)[] = [];
    let time = start;
    const { fetch } = withTokens(
      {
        fetch: async (_, init) => {
          sent.push(new Headers(init?.headers).get('authorization'));
          return new Response();
        },
        now: () => time,
      },
      { config },
    );
    const ask = () => fetch(`${other}/index/@acme/notes`);
    await ask();
    await keepSession({ config }, session('new', 'sha256:a', other), start);
    await ask();
    time = at(61);
    await ask();
    expect(sent).toEqual([null, 'Bearer new', null]);
  });

  it('is the last that was made, and gives way to the token of a reader', async () => {
    const url = `${base}/index/@acme/notes`;
    await keepSession({ config }, session('second', 'sha256:b'), start);
    expect((await sentTo(url))[0]).toBe('Bearer second');
    await keepSession({ config }, session('again'), start);
    expect((await sentTo(url))[0]).toBe('Bearer again');
    const token = 'r'.repeat(43);
    keepToken({ config }, base, token);
    expect((await sentTo(url))[0]).toBe(`Bearer ${token}`);
  });

  it.each(['POST', 'DELETE'])(
    'goes with no %s, which the token of a reader does',
    async (method) => {
      const sent: (string | null)[] = [];
      const { fetch } = withTokens(
        {
          fetch: async (_, init) => {
            sent.push(new Headers(init?.headers).get('authorization'));
            return new Response();
          },
          now: () => start,
        },
        { config },
      );
      const url = `${base}/api/v1/versions`;
      await fetch(url, { method });
      await fetch(new Request(url, { method }));
      keepToken({ config }, base, 'r'.repeat(43));
      await fetch(url, { method });
      expect(sent).toEqual([null, null, `Bearer ${'r'.repeat(43)}`]);
    },
  );

  it('follows no redirect, not even on its host', async () => {
    const seen: string[] = [];
    const server: Server = createServer((request, answer) => {
      seen.push(request.url ?? '');
      answer.writeHead(302, { location: '/thief' }).end();
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const local = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await keepSession({ config }, session('mine', 'sha256:a', local), start);
      const { fetch } = withTokens({ fetch: globalThis.fetch, now: () => start }, { config });
      await expect(fetch(`${local}/index/@acme/notes`)).rejects.toThrow();
      expect(seen).toEqual(['/index/@acme/notes']);
    } finally {
      server.close();
    }
  });

  it('knows each place below which a registry serves files and answers', async () => {
    const world = await makeWorld();
    onTestFinished(() => world.close());
    const served = createApp(world.registry, { logError: () => undefined })
      .routes.filter(({ method, path }) => method === 'GET' && /^\/[^/*]+\/./.test(path))
      .map(({ path }) => path.replace(/[:{*].*$/, 'x'))
      // The desk has a cookie of its own, clients of other forms read archives and packages, and
      // pages are for browsers.
      .filter(
        (path) =>
          !/^\/(?:x$|(?:review|all|archives|.well-known|assets|pictures|rules|npm)\/)/.test(path),
      );
    expect(served.length).toBeGreaterThan(20);
    for (const path of served)
      expect([path, ...(await sentTo(`${base}${path}`))]).toEqual([path, ...mine]);
  });
});

describe('a private skill on the command line', () => {
  let users: Users;
  let project: string;
  beforeEach(async () => {
    users = await makeUsers(undefined, {
      readers: { schema: 'skillgate.readers/1', private: [parseScope('acme')], readers: [] },
    });
    await release({ registry: users.world }, makeReportSkill('@acme/own'));
    project = folderWith();
  });
  afterEach(() => users.world.close());

  const typed = (user: User, ...argv: string[]) => users.as(user, argv, { cwd: project });

  it.each<[string, User]>([
    ['the owner', 'author'],
    ['a reviewer', 'rita'],
  ])('is installed, shown, verified and exported by %s after login', async (_, user) => {
    expect((await typed(user, 'install', '@acme/own')).exit).toBe(3);
    // Signs in, and reads what is private in the same command.
    expect(await typed(user, 'whoami')).toMatchObject({ exit: 0 });
    expect((await typed(user, 'login')).exit).toBe(0);
    expect(await typed(user, 'install', '@acme/own')).toMatchObject({ exit: 0 });
    for (const command of ['show', 'verify'])
      expect(await typed(user, command, '@acme/own')).toMatchObject({ exit: 0 });
    expect(await typed(user, 'status', '@acme/own@1.0.0')).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('approved'),
    });
    const copy = join(project, 'copy');
    mkdirSync(copy);
    expect(await typed(user, 'registry', 'export', 'http://localhost', copy)).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('may have private skills'),
    });
    expect(readdirSync(join(copy, 'index/@acme'))).toEqual(['own']);
  });

  it('is published by its owner, whom a trial without login tells to sign in', async () => {
    const skill = folderWith({
      'SKILL.md': '---\nname: own\ndescription: Says what our house is.\n---\n\nSay it.\n',
      'skill.json': JSON.stringify({ name: '@acme/own', version: '2.0.0', capabilities: {} }),
    });
    const trial = await typed('author', 'publish', skill, '--dry-run');
    expect([trial.exit, trial.stderr]).toEqual([6, expect.stringContaining('skillgate login')]);
    expect((await typed('author', 'login')).exit).toBe(0);
    expect(await typed('author', 'publish', skill, '--dry-run')).toMatchObject({ exit: 0 });
    // The registry forgets the session, as after the end of the key that it belongs to.
    await users.world.registry.db.batch([(db) => db.delete(sessions)]);
    expect(await typed('author', 'publish', skill)).toMatchObject({ exit: 0 });
  });

  it('is not there for a stranger, whom the message tells how readers sign in', async () => {
    const { exit, stderr } = await typed('stranger', 'install', '@acme/own');
    expect([exit, stderr]).toEqual([3, expect.stringContaining('skillgate login')]);
  });
});
