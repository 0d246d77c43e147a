/** Sessions that outlive their tokens: a real OAuth server, whose refresh tokens count once. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import {
  oauthClient,
  serviceHost,
  startOauth,
  tokenUrl,
} from '../runner/secret-sources/token-services.ts';
import { type InstalledHost, makeInstalledHost } from './installed-host.ts';

const apiHost = 'api.crm.example';
const authority = makeAuthority(['*'], new Date());
const tokens = new Set<string>();
let host: InstalledHost;
let oauth: Awaited<ReturnType<typeof startOauth>>;
let folder = '';

/** The host of the API: takes each token for two seconds, and repeats it. */
const api = createServer(authority.leafFor(apiHost), ({ headers }, response) => {
  const [, login = ''] = /^Basic (.*)$/.exec(headers.authorization ?? '') ?? [];
  const [, token = ''] = Buffer.from(login, 'base64').toString().split(/:(.*)/);
  const isValid = oauth.isValid(token);
  if (isValid) tokens.add(token);
  response.writeHead(isValid ? 200 : 401).end(`${isValid ? 'deals' : 'no deals'} for ${token}\n`);
});

const set = (name: string, kind: string, credential: object) =>
  host.call('skillgate', ['secret', 'set', name, '--host', apiHost, '--renew', kind], {
    stdin: JSON.stringify(credential, null, 2),
  });
const session = (name: string, times: number, pause: string) =>
  host.skill(
    ...['agent', 'run', 'coder', '--', 'sh', '-c'],
    `for i in $(seq ${times}); do curl -s -u "git:$${name}" https://${apiHost}/deals; sleep ${pause}; done`,
  );

beforeAll(async () => {
  oauth = await startOauth(2);
  host = await makeInstalledHost();
  folder = mkdtempSync(join(tmpdir(), 'skillgate-renewing-'));
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  writeFileSync(join(folder, 'authority.pem'), authority.certificate);
  const policy = {
    authorities: [join(folder, 'authority.pem')],
    hosts: {
      [apiHost]: `127.0.0.1:${(api.address() as AddressInfo).port}`,
      [serviceHost]: `127.0.0.1:${oauth.port}`,
    },
  };
  writeFileSync(join(host.home, 'config/host.json'), JSON.stringify(policy), { mode: 0o600 });
  await host.skill('agent', 'create', 'coder');
});
afterAll(async () => {
  api.closeAllConnections();
  api.close();
  oauth.close();
  await host?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('goes on over three renewals, twice at once, and no token or credential is seen', async () => {
  const credential = { token_url: tokenUrl, ...oauthClient };
  const refresh_token = await oauth.refreshToken();
  const wrong = await set('CRM', 'oauth-refresh', {
    ...credential,
    refresh_token: 'wrong-token-1',
  });
  expect(wrong).toMatchObject({ exit: 6 });
  expect(wrong.err).toContain('"CRM": login.example answered with status 400 invalid_grant');
  expect(wrong.err).toContain('oauth-refresh takes JSON: token_url,');
  const stored = await set('CRM', 'oauth-refresh', { ...credential, refresh_token });
  expect(stored).toMatchObject({ exit: 0 });
  expect(stored.out).toContain('oauth-refresh: tokens of 2 s');
  expect((await host.skill('secret', 'list')).out).toContain('file, oauth-refresh: tokens of 2 s');
  await host.skill(
    ...['agent', 'grant', 'coder', '--egress', `https://${apiHost}/*`, '--git-secret', 'CRM'],
  );

  const both = await Promise.all([session('CRM', 8, '0.9'), session('CRM', 8, '0.9')]);
  for (const { err, exit, out } of both) {
    expect([exit, err]).toEqual([0, expect.not.stringContaining('denied')]);
    expect(out).toMatch(/^(deals for skillgate-secret-[0-9a-f]{32}\n){8}$/);
  }
  // Four tokens each, and no token in two runs.
  expect(tokens.size).toBeGreaterThanOrEqual(8);

  const log = readFileSync(join(host.home, 'data/audit/audit.jsonl'), 'utf8');
  expect(log.match(/"event":"mint"/g)?.length).toBeGreaterThanOrEqual(8);
  const files = readdirSync(host.home, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map(({ name, parentPath }) => [name, readFileSync(join(parentPath, name), 'latin1')] as const);
  const secret = [...tokens, oauthClient.client_secret];
  const withSecret = files.filter(([, text]) => secret.some((one) => text.includes(one)));
  expect(withSecret.map(([name]) => name)).toEqual(['secrets.json']);
  expect(JSON.stringify([both, stored, wrong, log])).not.toMatch(
    new RegExp([...secret, refresh_token].join('|')),
  );
  // The refresh token of the file counts no more.
  expect(withSecret[0]?.[1]).not.toContain(refresh_token);
});

it('goes on where the service gives no other token, and says why requests are denied', async () => {
  // More denials than open a breaker.
  const running = session('CRM', 24, '0.3');
  setTimeout(() => oauth.close(), 2_500);
  const { err, exit, out } = await running;
  expect(exit).toBe(0);
  expect(out).toMatch(/^deals for /);
  expect(out.match(/"why":"secret-expired"/g)?.length).toBeGreaterThan(5);
  expect(err).toContain('the service gave no new token');
  expect((await host.skill('log')).out).toContain('login.example: the host did not answer');
  // Another run does not begin without a token, and says so.
  const refused = await session('CRM', 1, '0');
  expect([refused.exit, refused.out]).toEqual([6, '']);
  expect(refused.err).toContain('Cannot use secret "CRM": login.example: the host did not answer');
});
