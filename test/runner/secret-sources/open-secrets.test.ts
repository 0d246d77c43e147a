import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bindSecrets, type Secrets } from '../../../runner/egress/secrets.ts';
import type { Keychain } from '../../../runner/secret-sources/keychain.ts';
import {
  openSecrets,
  removeSecret,
  revealSecret,
  secretsFileOf,
  storeSecret,
} from '../../../runner/secret-sources/secret-store.ts';
import type { SecretUse } from '../../../skills-index/skill/capability.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { folderWith } from '../../cli/temporary-folder.ts';
import { oauthClient, startOauth, tokenUrl } from './token-services.ts';

const now = new Date('2026-01-01T00:00:00Z');
let folder: string;
beforeEach(() => {
  folder = folderWith();
  mkdirSync(join(folder, 'config'), { mode: 0o700 });
});

const world = () => ({
  env: { PATH: '/usr/bin:/bin', HOME: '/' },
  paths: { config: join(folder, 'config'), data: folder, cache: folder },
});
const hosts = ['a.example'];
const store = (more: Partial<Parameters<typeof storeSecret>[1]> & object): void =>
  void storeSecret(secretsFileOf(world()), {
    name: 'TOKEN',
    hosts,
    now,
    value: Buffer.from('token-of-every-run'),
    ...more,
  });
const keychain = (read: Keychain['read']) => (): Keychain => ({
  read,
  write: async () => undefined,
  remove: async () => undefined,
});

describe('the secrets of a run', () => {
  it('are those of its agent before those of every run, and none of another', async () => {
    store({});
    store({ agent: 'bot', value: Buffer.from('token-of-the-bot') });
    expect(await openSecrets(world(), undefined).reveal('TOKEN')).toEqual({
      value: 'token-of-every-run',
    });
    expect(await openSecrets(world(), 'bot').reveal('TOKEN')).toEqual({
      value: 'token-of-the-bot',
    });
    expect(await openSecrets(world(), 'other').reveal('TOKEN')).toEqual({
      value: 'token-of-every-run',
    });
    expect(JSON.stringify(openSecrets(world(), 'bot').entries)).not.toContain('token-of');
    await expect(openSecrets(world(), 'bot').reveal('OTHER')).rejects.toMatchObject({
      code: 'secret-refused',
    });
  });

  it('are asked from their source each time, and not before', async () => {
    const read: string[] = [];
    storeSecret(secretsFileOf(world()), { name: 'KEPT', hosts, now, keychain: 'account-1' });
    storeSecret(secretsFileOf(world()), {
      name: 'PRINTED',
      hosts,
      now,
      command: ['/bin/echo', 'printed-token'],
    });
    const secrets = openSecrets(
      world(),
      undefined,
      undefined,
      keychain(async (account) => {
        read.push(account);
        return 'kept-token';
      }),
    );
    expect(read).toEqual([]);
    expect(await secrets.reveal('KEPT')).toEqual({ value: 'kept-token' });
    expect(await secrets.reveal('PRINTED')).toEqual({ value: 'printed-token' });
    expect(read).toEqual(['account-1']);
  });

  it.each<[string, Keychain['read'], string]>([
    ['has nothing', async () => undefined, 'secret-refused'],
    ['has what is no value', async () => 'two\nlines-of-it', 'secret-refused'],
    [
      'is not there',
      () => Promise.reject(new Problem('keychain-missing', 'locked')),
      'keychain-missing',
    ],
    ['waits for a person', () => new Promise(() => undefined), 'secret-refused'],
  ])('are not had from a keychain that %s', async (_, read, code) => {
    const secret = { name: 'KEPT', hosts, stored: '', keychain: 'account-1' };
    await expect(revealSecret(secret, world(), keychain(read), 50)).rejects.toMatchObject({ code });
  });

  it('are all revealed before a start, or none', async () => {
    store({});
    const planned = (as: SecretUse, name = 'TOKEN') => ({ name, hosts, as, reason: '' });
    const bind = (...secrets: ReturnType<typeof planned>[]) =>
      bindSecrets({ egress: [], secrets }, openSecrets(world(), undefined));
    const { placeholders, reveal } = await bind(planned('bearer'));
    expect(await reveal('TOKEN')).toBe('token-of-every-run');
    expect(JSON.stringify(placeholders)).not.toContain('token-of-every-run');
    await expect(bind(planned('bearer'), planned('bearer', 'OTHER'))).rejects.toThrow(
      /Cannot use secret "OTHER"/,
    );
    await expect(bind(planned('sigv4'))).rejects.toThrow('its value is not an AWS key');
    await expect(bind(planned('address'))).rejects.toThrow('is no address that the plan allows');
    store({ value: Buffer.from('AKIDEXAMPLE:secret-key-0123') });
    expect((await bind(planned('sigv4'))).placeholders).toHaveLength(1);
  });
});

describe('a secret that renews', () => {
  let oauth: Awaited<ReturnType<typeof startOauth>>;
  beforeEach(async () => {
    oauth = await startOauth();
  });
  afterEach(() => oauth.close());
  const renew = 'oauth-refresh';
  const credential = async (): Promise<string> =>
    JSON.stringify({
      token_url: tokenUrl,
      ...oauthClient,
      refresh_token: await oauth.refreshToken(),
    });
  const mintedBy = (secrets: Secrets): Promise<string> =>
    secrets.reveal('TOKEN').then(({ value }) => value);

  it('is renewed by one run after the other, where a refresh token counts once', async () => {
    store({ renew, value: Buffer.from(await credential()) });
    const runs = Array.from({ length: 5 }, () => openSecrets(world(), 'bot', oauth.way));
    for (let round = 0; round < 2; round++) {
      const tokens = await Promise.all(runs.map(mintedBy));
      expect(new Set(tokens).size).toBe(5);
      expect(tokens.every(oauth.isValid)).toBe(true);
    }
    expect(runs[0]?.entries).toMatchObject([{ name: 'TOKEN', source: 'file', renew }]);
  });

  it('waits for no run that was killed', async () => {
    store({ renew, value: Buffer.from(await credential()) });
    writeFileSync(`${secretsFileOf(world())}.TOKEN.lock`, '4194304 1\n');
    expect(oauth.isValid(await mintedBy(openSecrets(world(), undefined, oauth.way)))).toBe(true);
  });

  it('has its next refresh token in the keychain where the last one was', async () => {
    let kept = await credential();
    storeSecret(secretsFileOf(world()), { name: 'TOKEN', hosts, now, renew, keychain: 'account' });
    const safe: Keychain = {
      read: async () => kept,
      write: async (account, value) => {
        if (account === 'account') kept = value;
      },
      remove: async () => undefined,
    };
    const run = openSecrets(world(), undefined, oauth.way, () => safe);
    expect(oauth.isValid(await mintedBy(run))).toBe(true);
    expect(oauth.isValid(await mintedBy(run))).toBe(true);
  });

  it('uses a credential that is stored while a run goes on, but for the same hosts alone', async () => {
    store({ renew, value: Buffer.from(await credential()) });
    const run = openSecrets(world(), undefined, oauth.way);
    await mintedBy(run);
    store({ renew, value: Buffer.from(await credential()) });
    expect(oauth.isValid(await mintedBy(run))).toBe(true);
    for (const change of [{ hosts: ['b.example'] }, { methods: ['GET'] }, { renew: 'program' }]) {
      store({ renew, value: Buffer.from(await credential()), ...change });
      await expect(mintedBy(run)).rejects.toThrow('it was stored anew since the run began');
    }
    removeSecret(secretsFileOf(world()), 'TOKEN');
    await expect(mintedBy(run)).rejects.toThrow('it was stored anew since the run began');
  });

  it('asks a program for what it prints then', async () => {
    const file = join(folder, 'printed.json');
    const command = ['/bin/cat', file];
    storeSecret(secretsFileOf(world()), { name: 'TOKEN', hosts, now, renew: 'program', command });
    const run = openSecrets(world(), undefined, oauth.way);
    for (const token of ['first-token', 'other-token']) {
      writeFileSync(file, `{\n  "access_token": "${token}",\n  "expires_in": 60\n}\n`);
      expect(await run.reveal('TOKEN')).toEqual({ value: token, expires: expect.any(Number) });
    }
    writeFileSync(file, 'Please log in\n');
    await expect(run.reveal('TOKEN')).rejects.toThrow('its program gave no token');
  });
});
