/** Private scopes on the command line: the operator's file, and the token that a reader keeps. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTokens, withTokens } from '../../../cli/readers/read-tokens.ts';
import { startRegistry } from '../../../registry/serve.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { makeDataFolder } from '../../journey/registry-data.ts';
import { makeKey, makeRoot } from '../../registry/people.ts';
import { claimScope, type Send } from '../../registry/road.ts';
import { skill } from '../command-line.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'private-'));
  await writeFile(join(dir, 'root.json'), canonicalJson(makeRoot().root));
});
afterEach(() => rm(dir, { recursive: true }));

const home = () => ({ env: { SKILLGATE_HOME: join(dir, 'home') } });
const json = async (...argv: string[]) =>
  JSON.parse((await skill([...argv, '--format', 'json'], home())).stdout);
const kept = async () => JSON.parse(await readFile(join(dir, 'readers.json'), 'utf8'));

describe('the operator of a registry', () => {
  it('makes scopes private, and lets readers in by token and by network', async () => {
    await skill(['registry', 'private', dir, 'payroll', '@legal']);
    const { token } = await json('registry', 'reader', dir, 'agents', '--scope', 'payroll');
    const office = await json('registry', 'reader', dir, 'office', '--address', '10.1.0.0/16');
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(office).not.toHaveProperty('token');
    expect(await kept()).toEqual({
      schema: 'skillgate.readers/1',
      private: ['payroll', 'legal'],
      readers: [
        { name: 'agents', token: digestOf(token), scopes: ['payroll'] },
        { name: 'office', addresses: ['10.1.0.0/16'] },
      ],
    });
    expect((await stat(join(dir, 'readers.json'))).mode & 0o077).toBe(0);
    const shown = await skill(['registry', 'private', dir], home());
    expect(shown.stdout).toBe(
      'private: @payroll, @legal\n2 readers:\n  agents: by token, reads @payroll\n  office: from 10.1.0.0/16, reads everything\n',
    );
    expect(shown.stdout + shown.stderr).not.toContain(token);
  });

  it('is warned of a scope that nobody has claimed, with the nearest claimed ones', async () => {
    const served = await makeDataFolder(makeRoot(), dir);
    const running = await startRegistry({ dir: served, port: 0 });
    const send: Send = (path, init) => fetch(`${running.base}${path}`, init);
    expect((await claimScope(send, 'payroll', makeKey())).status).toBe(201);
    const told = async (...argv: string[]) => (await skill(['registry', ...argv], home())).stderr;
    const warning = 'warning: Nobody has claimed @payrol in this registry. Did you mean @payroll?';
    expect(await told('private', served, 'payrol')).toContain(warning);
    expect(await told('reader', served, 'agents', '--scope', 'payrol')).toContain(warning);
    expect(await told('private', served, 'later')).toContain('Nobody has claimed @later');
    expect(await told('private', served, 'payroll')).not.toContain('Nobody has claimed');
    expect(await told('reader', served, 'office', '--scope', 'payroll')).not.toContain('Nobody');
    await running.close();
  });

  it('ends a reader, and opens the registry again', async () => {
    await json('registry', 'private', dir, '--everything');
    await json('registry', 'reader', dir, 'agents');
    expect((await kept()).private).toBe('everything');
    await json('registry', 'reader', dir, 'agents', '--remove');
    await json('registry', 'private', dir, '--nothing');
    expect(await kept()).toEqual({ schema: 'skillgate.readers/1', private: [], readers: [] });
  });

  it('does not lose a file that is damaged', async () => {
    await writeFile(join(dir, 'readers.json'), '{"schema":"skillgate.readers/1","private":[');
    const { exit, stderr } = await skill(['registry', 'private', dir, 'acme'], home());
    expect([exit, stderr]).toEqual([2, expect.stringContaining('readers.json')]);
    expect(await readFile(join(dir, 'readers.json'), 'utf8')).toMatch(/\[$/);
  });
});

describe('the token of a reader', () => {
  const token = 'r'.repeat(43);
  const base = 'https://skills.acme.example';
  const outer = 'o'.repeat(43);
  /** A registry that knows both tokens. */
  const registry: typeof fetch = async (_, init) =>
    [token, outer].some(
      (known) => new Headers(init?.headers).get('authorization') === `Bearer ${known}`,
    )
      ? Response.json({ readers: ['agents'] })
      : Response.json({ code: 'not-signed-in', detail: 'no reader' }, { status: 401 });
  const keep = (input: string, at = base) =>
    skill(['registry', 'token', at], { ...home(), input, fetch: registry });

  it('goes to its registry, with each request that has no session', async () => {
    expect((await keep(`${token}\n`)).stdout).toContain('The token of agents is kept.');
    const file = join(dir, 'home', 'config', 'read-tokens.json');
    expect((await stat(file)).mode & 0o077).toBe(0);
    const sent: [string, string | null][] = [];
    const note = (url: string, headers: Headers) => sent.push([url, headers.get('authorization')]);
    const { fetch, send } = withTokens(
      {
        fetch: async (input, init) => {
          note(String(input), new Headers(init?.headers));
          return new Response();
        },
        send: async (url, { headers }) => {
          note(url, new Headers(headers));
          return { ok: true, status: 200, body: null };
        },
        now: () => new Date(),
      },
      { config: join(dir, 'home', 'config') },
    );
    const session = { headers: { authorization: 'Bearer session' } };
    const options = { headers: {}, redirect: 'error', signal: AbortSignal.abort() } as const;
    await fetch(`${base}/index/status.json`);
    await fetch(`${base}/api/v1/whoami`, session);
    await send?.(`${base}/log/checkpoint`, options);
    await fetch(`${base}.evil.example/index/status.json`);
    await fetch('https://evil.example/https://skills.acme.example/');
    await send?.('http://skills.acme.example/log/checkpoint', options);
    expect(sent.map(([, header]) => header)).toEqual([
      `Bearer ${token}`,
      'Bearer session',
      `Bearer ${token}`,
      null,
      null,
      null,
    ]);
  });

  it('goes to one of two registries on a host, and to nothing beside them', async () => {
    const below = `${base}/team`;
    await keep(outer);
    await keep(token, below);
    const sentTo = async (url: string): Promise<string | null> => {
      let header: string | null = null;
      const { fetch } = withTokens(
        {
          fetch: async (_, init) => {
            header = new Headers(init?.headers).get('authorization');
            return new Response();
          },
          now: () => new Date(),
        },
        { config: join(dir, 'home', 'config') },
      );
      await fetch(url);
      return header;
    };
    expect(await sentTo(`${base}/index/status.json`)).toBe(`Bearer ${outer}`);
    expect(await sentTo(`${below}/index/status.json`)).toBe(`Bearer ${token}`);
    expect(await sentTo(`${below}/../index/status.json`)).toBe(`Bearer ${outer}`);
    await skill(['registry', 'token', base, '--remove'], home());
    for (const aside of ['/../index', '/%2E%2e/other/', '/..\\other/', '/./../other'])
      expect([aside, await sentTo(`${below}${aside}`)]).toEqual([aside, null]);
    expect(await sentTo(`${below}/index/status.json`)).toBe(`Bearer ${token}`);
  });

  it('is kept beside the token that another command keeps at the same time', async () => {
    const other = 'https://other.acme.example';
    await Promise.all([keep(token), keep(outer, other)]);
    expect(readTokens({ config: join(dir, 'home', 'config') })).toEqual({
      [base]: token,
      [other]: outer,
    });
  });

  it('is forgotten on demand, and nothing else is taken for a token', async () => {
    expect((await keep('abc\n')).exit).toBe(2);
    expect((await keep('x'.repeat(43))).exit).toBe(5);
    expect((await skill(['registry', 'token', base, '--remove'], home())).exit).toBe(3);
    expect((await keep(token)).exit).toBe(0);
    expect((await skill(['registry', 'token', base, '--remove'], home())).exit).toBe(0);
    expect((await skill(['registry', 'token', base, '--remove'], home())).exit).toBe(3);
  });
});
