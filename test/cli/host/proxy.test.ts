import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { skill } from '../command-line.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'skillgate-proxy-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const egress = (words: string, env: Readonly<Record<string, string>> = {}) =>
  skill(['host', 'egress', ...words.split(' ')], {
    env: { SKILLGATE_HOME: home, ...env },
    cwd: home,
  });
const read = (name: string) => JSON.parse(readFileSync(join(home, 'config', name), 'utf8'));
const url = 'http://proxy.acme.example:3128';
const password = 'correct-horse';

describe('skillgate host egress proxy', () => {
  it.each<[string, string, Readonly<Record<string, string>>, object]>([
    ['an address', `proxy ${url}`, {}, { proxy: { url } }],
    [
      'a login, an exception and an authority',
      `proxy ${url} --secret LOGIN --except *.corp.example --authority ca.pem`,
      {},
      { proxy: { url, secret: 'LOGIN', except: ['*.corp.example'] }, authorities: ['HOME/ca.pem'] },
    ],
    [
      'HTTPS_PROXY and NO_PROXY, without what no run can name',
      'proxy --from-env',
      { HTTPS_PROXY: `${url}/`, NO_PROXY: 'localhost, 10.0.0.0/8,::1,.corp.example,a.example:443' },
      {
        proxy: {
          url,
          except: ['corp.example', '*.corp.example', 'a.example', '*.a.example'],
        },
      },
    ],
    [
      'an address without a scheme, and the small name first',
      'proxy --from-env',
      { https_proxy: 'Proxy.acme.example:3128', HTTPS_PROXY: 'http://other.example' },
      { proxy: { url } },
    ],
  ])('takes %s', async (_, words, env, expected) => {
    expect(await egress(words, env)).toMatchObject({ exit: 0, stderr: '' });
    expect(read('host.json')).toEqual(JSON.parse(JSON.stringify(expected).replace('HOME', home)));
    expect((await egress('list')).stdout).toContain(`proxy: {"url":"${url}"`);
    expect(await egress('remove proxy')).toMatchObject({ exit: 0 });
    expect(read('host.json')).not.toHaveProperty('proxy');
  });

  it('takes the login of HTTPS_PROXY as a secret that no run can send', async () => {
    const env = { HTTPS_PROXY: url.replace('//', '//ann%40acme:correct-horse@') };
    const trial = await egress('proxy --from-env --dry-run', env);
    expect(existsSync(join(home, 'config', 'secrets.json'))).toBe(false);
    const ran = await egress('proxy --from-env', env);
    expect(read('host.json')).toEqual({ proxy: { url, secret: 'PROXY_LOGIN' } });
    expect(read('secrets.json').secrets).toMatchObject([
      { name: 'PROXY_LOGIN', hosts: ['proxy.skillgate.internal'], value: `ann@acme:${password}` },
    ]);
    expect(JSON.stringify([trial, ran])).not.toContain(password);
  });

  it.each<[string, string, Readonly<Record<string, string>>, string]>([
    ['a login in the address', `proxy http://ann:${password}@p.example`, {}, 'a login is a secret'],
    ['another protocol', 'proxy socks5://p.example', {}, 'is not http(s)://'],
    ['a path', `proxy ${url}/x`, {}, 'is not http(s)://'],
    ['no host', 'proxy http://:3128', {}, 'is not http(s)://'],
    ['a port of six digits', 'proxy http://p.example:123456', {}, 'is not http(s)://'],
    ['an exception that is an address', `proxy ${url} --except 10.0.0.1`, {}, 'not a host name'],
    ['nothing', 'proxy', {}, 'write URL or --from-env'],
    ['two ways', `proxy ${url} --from-env`, {}, 'write URL or --from-env'],
    ['an environment without a proxy', 'proxy --from-env', {}, 'HTTPS_PROXY is no address'],
    [
      'an environment with a SOCKS proxy',
      'proxy --from-env',
      { HTTPS_PROXY: `socks5://ann:${password}@p.example` },
      'HTTPS_PROXY is no address',
    ],
    [
      'a damaged address with a password',
      'proxy --from-env',
      { HTTPS_PROXY: `http://ann:${password}@[p` },
      'HTTPS_PROXY is no address',
    ],
    [
      'an environment that excepts everything',
      'proxy --from-env',
      { HTTPS_PROXY: url, NO_PROXY: '*' },
      'NO_PROXY excepts everything',
    ],
    ['no proxy to remove', 'remove proxy', {}, 'Host policy has no egress proxy'],
  ])('refuses %s', async (_, words, env, says) => {
    const ran = await egress(words, env);
    expect(ran.exit).toBeGreaterThan(0);
    expect(ran.stderr).toContain(says);
    expect(JSON.stringify(ran)).not.toContain(password);
    expect(existsSync(join(home, 'config', 'host.json'))).toBe(false);
    expect(existsSync(join(home, 'config', 'secrets.json'))).toBe(false);
  });
});
