import { verify } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pathsOf } from '../../../cli/paths.ts';
import { pinRegistry } from '../../../cli/registries/addresses/pin-registry.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import { makeRoot } from '../a-root.ts';
import { skill } from '../command-line.ts';
import { folderWith } from '../temporary-folder.ts';

const base = 'https://skills.example';
const start = Date.parse('2026-11-20T12:00:00Z');

/** A registry that knows one key, signs it in, and forgets its tokens when told to. */
function fakeRegistry() {
  const calls: string[] = [];
  const signed: { nonce: string; signature: string }[] = [];
  let valid = new Set<string>();
  const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status });
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const path = String(input).slice(base.length);
    calls.push(path);
    if (path === '/api/v1/session/challenge')
      return json({ nonce: `nonce-${calls.length}`, origin: 'somebody-else.example' });
    if (path === '/api/v1/session') {
      signed.push(JSON.parse(String(init?.body)));
      const token = `token-${calls.length}`;
      valid.add(token);
      return json({
        token,
        expires: new Date(start + 3_600_000).toISOString(),
        member: { name: 'rita', roles: ['reviewer'] },
      });
    }
    const token = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '') ?? '';
    if (!valid.has(token)) return json({ code: 'not-signed-in', detail: 'no session' }, 401);
    return json({ member: { name: 'rita', roles: ['reviewer'] }, scopes: [] });
  };
  return {
    fetch,
    calls,
    signed,
    forget: () => {
      valid = new Set();
    },
  };
}

async function signedInWorld() {
  const env = { SKILLGATE_HOME: folderWith(), SKILLGATE_REGISTRY: base };
  const root = makeRoot('skills.example');
  await pinRegistry(pathsOf(env), base, root, []);
  await skill(['key', 'create'], { env });
  return { env, root, registry: fakeRegistry() };
}

describe('signing in', () => {
  it('signs the pinned root, the address and the nonce, not what the registry calls itself', async () => {
    const { env, root, registry } = await signedInWorld();
    const ran = await skill(['login'], { env, fetch: registry.fetch });
    expect(ran).toMatchObject({ exit: 0, stdout: `Signed in to ${base} as rita (reviewer).\n` });
    const { readKeyFile } = await import('../../../cli/signing/key-file.ts');
    const { publicPem } = await readKeyFile(join(env.SKILLGATE_HOME, 'config/keys/default.json'));
    const [{ nonce = '', signature = '' } = {}] = registry.signed;
    const holds = (text: string) =>
      verify('sha256', Buffer.from(text), publicPem, Buffer.from(signature, 'base64'));
    expect(holds(`skillgate.session/1\n${rootFingerprint(root)}\n${base}\n${nonce}`)).toBe(true);
    expect(holds(`skillgate.session/1\nsomebody-else.example\n${nonce}`)).toBe(false);
  });

  it('never happens at a registry whose root is not pinned', async () => {
    const { env, registry } = await signedInWorld();
    const ran = await skill(['login'], {
      env: { ...env, SKILLGATE_REGISTRY: 'https://new.example' },
      fetch: registry.fetch,
    });
    expect(ran).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('error[root-not-pinned]'),
    });
    expect(registry.calls).toEqual([]);
  });

  it('keeps the token for its owner only, and uses it until it nears its end', async () => {
    const { env, registry } = await signedInWorld();
    const ask = (minutes: number) =>
      skill(['whoami'], {
        env,
        fetch: registry.fetch,
        now: () => new Date(start + minutes * 60_000),
      });
    await ask(0);
    expect(statSync(join(env.SKILLGATE_HOME, 'config/sessions.json')).mode & 0o777).toBe(0o600);
    await ask(30);
    expect(registry.signed.length).toBe(1);
    await ask(59.5);
    expect(registry.signed.length).toBe(2);
  });

  it('signs in once more when the registry no longer takes a token', async () => {
    const { env, registry } = await signedInWorld();
    await skill(['whoami'], { env, fetch: registry.fetch });
    registry.forget();
    expect((await skill(['whoami'], { env, fetch: registry.fetch })).exit).toBe(0);
    expect(registry.signed.length).toBe(2);
  });

  it('takes SKILLGATE_TOKEN as it is and signs nothing', async () => {
    const { env, registry } = await signedInWorld();
    const ran = await skill(['whoami'], {
      env: { ...env, SKILLGATE_TOKEN: 'wrong' },
      fetch: registry.fetch,
    });
    expect(ran).toMatchObject({ exit: 5, stderr: expect.stringContaining('error[not-signed-in]') });
    expect(registry.signed).toEqual([]);
  });
});
