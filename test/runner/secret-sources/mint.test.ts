import { chmodSync, lchownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secretRows } from '../../../cli/help-and-options/rows/agent-rows.ts';
import { kindNames, type Minted, mint } from '../../../runner/secret-sources/mint.ts';
import { openProxy } from '../../../runner/upstream-proxy/upstream-proxy.ts';
import { makeAuthority } from '../../../skills-index/run/egress/certificate.ts';
import { emptyHostPolicy } from '../../../skills-index/run/plan/host-policy.ts';
import { startConnectProxy } from '../../connect-proxy.ts';
import {
  type Answer,
  awsClient,
  exchange,
  github,
  google,
  json,
  oauthClient,
  pkcs1,
  pkcs8,
  type Service,
  serviceHost,
  startOauth,
  startService,
  sts,
  subjectToken,
  tokenUrl,
} from './token-services.ts';

let folder: string;
let service: Service;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-mint-'));
});
afterEach(() => {
  service.close();
  rmSync(folder, { recursive: true });
});

const client = { token_url: tokenUrl, ...oauthClient };
const app = {
  app_id: 4711,
  installation_id: '42',
  private_key: pkcs1,
  api_url: `http://${serviceHost}`,
};
const narrowed = { ...app, repositories: ['site'], permissions: { contents: 'read' } };
const key = {
  type: 'service_account',
  client_email: 'robot@p.iam.example',
  private_key: pkcs8,
  token_uri: tokenUrl,
  scope: 'sheets.readonly',
};
const role = {
  ...awsClient,
  region: 'eu-central-1',
  role_arn: 'arn:aws:iam::123456789012:role/bots/reader',
  policy: { Version: '2012-10-17', Statement: [] },
  duration_seconds: 900,
  token_url: `http://${serviceHost}/`,
};

const made = async (kind: string, credential: object): Promise<Minted> =>
  await mint('TOKEN', kind, JSON.stringify(credential), service.way);

/** Seconds until it ends, in tens. */
const lifeOf = ({ expires }: Minted): number => Math.round((expires - Date.now()) / 10_000) * 10;

describe('a credential that renews', () => {
  it.each(['client_secret_basic', 'client_secret_post'] as const)(
    'gets a token from an OAuth server for a client: %s',
    async (method) => {
      const oauth = await startOauth(3_600, method);
      service = oauth;
      const asked = { ...client, scope: 'deals:read', token_endpoint_auth_method: method };
      const token = await made('oauth-client', asked);
      expect(lifeOf(token)).toBe(3_600);
      expect(oauth.isValid(token.value)).toBe(true);
      // Each run has a token of its own.
      expect((await made('oauth-client', asked)).value).not.toBe(token.value);
    },
  );

  it('gets a token from an OAuth server for a refresh token, which changes each time', async () => {
    const oauth = await startOauth();
    service = oauth;
    const refresh_token = await oauth.refreshToken();
    const { next = '', value } = await made('oauth-refresh', { ...client, refresh_token });
    expect(oauth.isValid(value)).toBe(true);
    const after = JSON.parse(next);
    expect(after).toEqual({ ...client, refresh_token: expect.not.stringMatching(refresh_token) });
    expect(oauth.isValid((await made('oauth-refresh', after)).value)).toBe(true);
    await expect(made('oauth-refresh', { ...client, refresh_token })).rejects.toThrow(
      'login.example answered with status 400 invalid_grant',
    );
  });

  it.each<[string, object, Answer, string, number]>([
    ['github-app', app, github(), 'ghs_', 3_600],
    ['github-app', narrowed, github(), 'ghs_', 3_600],
    ['google-service-account', key, google, 'ya29.', 3_600],
    ['aws-sts', role, sts(), 'ASIAIOSFODNN7EXAMPLE:anotherSecretKey/K7MDENG:AQoDYXdz', 900],
  ])('gets a token as %s', async (kind, credential, answer, begins, seconds) => {
    service = await startService(answer);
    const token = await made(kind, credential);
    expect(token.value.startsWith(begins)).toBe(true);
    expect(lifeOf(token)).toBe(seconds);
    // What stays here: keys never leave, only what they signed.
    expect(service.seen).toHaveLength(1);
    expect(service.seen.join()).not.toMatch(/PRIVATE KEY|wJalrXUtn/);
  });

  it('narrows what GitHub and AWS give', async () => {
    service = await startService(github());
    await made('github-app', narrowed);
    expect(service.seen[0]).toContain(
      '{"repositories":["site"],"permissions":{"contents":"read"}}',
    );
    service.close();
    service = await startService(sts());
    await made('aws-sts', role);
    const form = new URLSearchParams(service.seen[0]?.split('\n').at(-1));
    expect(form.get('Policy')).toBe('{"Version":"2012-10-17","Statement":[]}');
    expect(form.get('DurationSeconds')).toBe('900');
  });

  it('gives the token of a file for another, as the file has it now', async () => {
    service = await startService(exchange);
    const subject_token_file = join(folder, 'token');
    const credential = { token_url: tokenUrl, subject_token_file, audience: 'deals' };
    await expect(made('token-exchange', credential)).rejects.toThrow(`'${subject_token_file}'`);
    writeFileSync(subject_token_file, 'not-a-jwt');
    await expect(made('token-exchange', credential)).rejects.toThrow('answered with status 400');
    writeFileSync(subject_token_file, `${await subjectToken()}\n`);
    expect(lifeOf(await made('token-exchange', credential))).toBe(600);
    // Kubernetes gives a link.
    symlinkSync(subject_token_file, join(folder, 'link'));
    const linked = { ...credential, subject_token_file: join(folder, 'link') };
    expect(lifeOf(await made('token-exchange', linked))).toBe(600);
    if (process.getuid?.() === 0) {
      lchownSync(linked.subject_token_file, 1_234, 1_234);
      await expect(made('token-exchange', linked)).rejects.toThrow('belongs to another user');
      lchownSync(linked.subject_token_file, 0, 0);
    }
    chmodSync(subject_token_file, 0o666);
    await expect(made('token-exchange', linked)).rejects.toThrow('other users may write');
  });

  const inAnHour = Math.floor(Date.now() / 1_000) + 3_600;
  const iso = new Date(1_000 * inAnHour).toISOString();
  it.each<[string, object, string]>([
    ['OAuth', { access_token: 'token-0123', expires_in: 3_600 }, 'token-0123'],
    [
      'AWS',
      { AccessKeyId: 'ASIA01', SecretAccessKey: 'b2', SessionToken: 'c3', Expiration: iso },
      'ASIA01:b2:c3',
    ],
    [
      'Kubernetes',
      { kind: 'ExecCredential', status: { token: 'token-0123', expirationTimestamp: iso } },
      'token-0123',
    ],
    ['gcloud', { credential: { access_token: 'token-0123', token_expiry: iso } }, 'token-0123'],
    ['az', { accessToken: 'token-0123', expires_on: inAnHour }, 'token-0123'],
  ])('may be a program that prints a token as %s does', async (_, printed, value) => {
    service = await startService(json({}));
    const token = await made('program', printed);
    expect([token.value, lifeOf(token)]).toEqual([value, 3_600]);
    expect(service.seen).toEqual([]);
  });

  it('is explained by help, each kind with the members that it needs', async () => {
    service = await startService(json({}));
    const row = secretRows.find(({ name }) => name === 'secret set');
    const help = JSON.stringify([row?.examples, row?.options]);
    for (const kind of kindNames) {
      expect(help).toContain(kind);
      const { hint = '' } = await made(kind, {}).catch((problem) => problem);
      const [, members = ''] = /takes JSON: (.*);/.exec(hint) ?? [];
      for (const member of kind === 'google-service-account' ? ['scope'] : members.split(', '))
        if (kind !== 'program')
          expect([kind, help]).toEqual([
            kind,
            expect.stringContaining(member.replace(/[[\]]/g, '')),
          ]);
    }
  });
});

const bearer = { access_token: 'fine-token-0123', token_type: 'Bearer', expires_in: 600 };
const text =
  (body: string, status = 200, headers = {}): Answer =>
  (_, response) =>
    response.writeHead(status, headers).end(body);

describe('a token endpoint that is not as it should be', () => {
  const cases: [string, Answer, string][] = [
    ['says no', json({ error: 'invalid_client' }, 401), 'answered with status 401 invalid_client'],
    [
      'repeats the credential in an error',
      json({ error: oauthClient.client_secret, error_description: oauthClient.client_secret }, 400),
      'answered with status 400',
    ],
    ['fails', text('<h1>Oops', 500), 'answered with status 500'],
    ['says HTML', text('<h1>Sign in</h1>'), 'gave no token'],
    ['says nothing', text(''), 'gave no token'],
    ['says null', text('null'), 'gave no token'],
    ['redirects', text('', 302, { Location: 'http://evil.example/' }), 'answered with status 302'],
    ['redirects with the body', text('', 307, { Location: '/x' }), 'answered with status 307'],
    ['says too much', text(`{"x":"${'x'.repeat(1_000_000)}"}`), 'is too large'],
    [
      'never ends',
      (_, response) => {
        const more = setInterval(() => response.write('x'.repeat(8_192)), 1);
        response.on('close', () => clearInterval(more));
      },
      'is too large',
    ],
    ['hangs up', ({ request }) => request.socket.destroy(), 'the host did not answer'],
    [
      'stops in the middle',
      ({ request }, response) => {
        response.writeHead(200, { 'Content-Length': '100' }).write('{"access_token":"fine-tok');
        setTimeout(() => request.socket.destroy(), 20);
      },
      'the host did not answer',
    ],
    [
      'speaks no HTTP',
      ({ request }) => request.socket.end('SSH-2.0-OpenSSH\r\n'),
      'does not speak',
    ],
    ['gives a short token', json({ ...bearer, access_token: 'x' }), 'is not one line'],
    [
      'gives a long token',
      json({ ...bearer, access_token: 'x'.repeat(20_000) }),
      'is not one line',
    ],
    [
      'gives control characters',
      json({ ...bearer, access_token: 'fine\r\nX: 1' }),
      'is not one line',
    ],
    ['gives other letters', json({ ...bearer, access_token: 'geheimniß-012' }), 'is not one line'],
    ['gives no text', json({ ...bearer, access_token: { token: 'x' } }), 'is not one line'],
    ['gives another type', json({ ...bearer, token_type: 'DPoP' }), 'is not of type bearer'],
    ['gives no access token', json({ ...bearer, token_type: 'N_A' }), 'is not of type bearer'],
    ['gives a past token', json({ ...bearer, expires_in: 0 }), 'has expired'],
    ['gives a token of before', json({ ...bearer, expires_in: -60 }), 'has expired'],
    ['gives an odd expiry', json({ ...bearer, expires_in: 'soon' }), 'has expired'],
    ['gives an expiry that is a list', json({ ...bearer, expires_in: [] }), 'has expired'],
    [
      'gives the credential back',
      json({ ...bearer, access_token: oauthClient.client_secret }),
      'gave back the credential itself',
    ],
  ];
  it.each(cases)('that %s gives no token', async (_, answer, why) => {
    service = await startService(answer);
    const failure = await made('oauth-client', client).catch((cause) => cause);
    expect(failure).toMatchObject({ code: 'secret-refused' });
    expect(failure.message).toContain(why);
    expect(failure.message).toMatch(/^Cannot use secret "TOKEN": /);
    expect(failure.hint).toContain('client_secret');
    expect(`${failure.message}${failure.hint}`).not.toContain(oauthClient.client_secret);
    expect(service.seen).toHaveLength(1);
  });

  it.each<[string, Answer]>([
    ['of years', json({ ...bearer, expires_in: 500_000_000 })],
    ['as a text', json({ ...bearer, expires_in: '600' })],
    ['of its own', json({ ...bearer, expires_in: undefined })],
    ['and no type', json({ ...bearer, token_type: undefined })],
  ])('that gives an expiry %s gives a token all the same', async (_, answer) => {
    service = await startService(answer);
    expect((await made('oauth-client', client)).value).toBe(bearer.access_token);
  });

  it.each<[string, Answer]>([
    ['hangs', () => new Promise(() => undefined)],
    [
      'drips',
      (_, response) => {
        const more = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(more));
      },
    ],
  ])('that %s is left in time', async (_, answer) => {
    service = await startService(answer);
    const late = mint('TOKEN', 'oauth-client', JSON.stringify(client), service.way, 300);
    await expect(late).rejects.toThrow('login.example: the host did not answer');
  });

  it.each<[string, string, object, Answer]>([
    ['other repositories', 'github-app', narrowed, github({ repositories: [{ name: 'secrets' }] })],
    ['more rights', 'github-app', narrowed, github({ permissions: { contents: 'write' } })],
    ['further rights', 'github-app', narrowed, github({ permissions: { administration: 'read' } })],
    ['odd rights', 'github-app', narrowed, github({ permissions: 'all' })],
    ['another role', 'aws-sts', role, sts('arn:aws:sts::1:assumed-role/admin/skillgate-1')],
    [
      'another’s session',
      'aws-sts',
      role,
      sts('arn:aws:sts::123456789012:assumed-role/reader/somebody'),
    ],
  ])('that gives a token for %s gives none', async (_, kind, credential, answer) => {
    service = await startService(answer);
    await expect(made(kind, credential)).rejects.toThrow('for something else than what was asked');
  });

  it('that gives a refresh token of two lines gives none', async () => {
    service = await startService(json({ ...bearer, refresh_token: 'one-line\nanother' }));
    const credential = { ...client, refresh_token: 'refresh-0123' };
    await expect(made('oauth-refresh', credential)).rejects.toThrow('a refresh token that is none');
  });
});

describe('a credential', () => {
  it.each<[string, string, string, string]>([
    ['that is no JSON', 'oauth-client', 'geheim-0123', 'it is no oauth-client'],
    [
      'without a member',
      'oauth-client',
      '{"token_url":"https://a.example"}',
      'client_id, client_secret is missing or not valid',
    ],
    [
      'with an unknown member',
      'oauth-client',
      JSON.stringify({ ...client, geheim: 'geheim-0123' }),
      'it has other members',
    ],
    [
      'whose key is none',
      'github-app',
      JSON.stringify({ ...app, private_key: 'geheim-0123' }),
      'it is no github-app',
    ],
    ['of no kind', 'oauth', JSON.stringify(client), 'there is no kind oauth, only oauth-client'],
    ['of a kind that objects inherit', 'constructor', '{}', 'there is no kind constructor'],
    ['that is a token without end', 'program', '{"token":"geheim', 'its program gave no token'],
    ...['http://api.example/', 'https://10.0.0.1/', 'https://[::1]/', 'file:///etc/passwd'].map(
      (token_url): [string, string, string, string] => [
        `for ${token_url}`,
        'oauth-client',
        JSON.stringify({ ...client, token_url }),
        'a token endpoint has an https address',
      ],
    ),
    [
      'for an address with a password',
      'oauth-client',
      JSON.stringify({ ...client, token_url: `http://geheim:0123@${serviceHost}/` }),
      'a token endpoint has an https address',
    ],
    [
      'for no address',
      'oauth-client',
      JSON.stringify({ ...client, token_url: 'geheim-0123' }),
      'its token_url: a token endpoint has an https address',
    ],
  ])('%s is sent nowhere, and no message has it', async (_, kind, credential, why) => {
    service = await startService(json(bearer));
    const failure = await mint('TOKEN', kind, credential, service.way).catch((cause) => cause);
    expect(failure).toMatchObject({ code: 'secret-refused' });
    expect(failure.message).toContain(why);
    expect(`${failure.message}${failure.hint}`).not.toMatch(/geheim|correct-horse/);
    expect(service.seen).toEqual([]);
  });

  it('goes by TLS, through the proxy of host policy, to a host that shows its certificate', async () => {
    const company = makeAuthority(['*'], new Date());
    service = await startService(json(bearer), company);
    const proxy = await startConnectProxy();
    proxy.to = service.port;
    const file = join(folder, 'company.pem');
    writeFileSync(file, company.certificate, { mode: 0o600 });
    const policy = { ...emptyHostPolicy, authorities: [file] };
    const reveal = async () => ({ value: '' });
    const credential = JSON.stringify({ ...client, token_url: `https://${serviceHost}/token` });
    const through = (authorities: readonly string[]): Promise<Minted> =>
      mint('TOKEN', 'oauth-client', credential, {
        policy: { ...policy, authorities },
        openProxy: () => openProxy({ ...policy, authorities }, { url: proxy.url }, { reveal }),
      });
    try {
      expect(await through([file])).toMatchObject({ value: bearer.access_token });
      expect(proxy.asked[0]).toMatch(`CONNECT ${serviceHost}:443`);
      await expect(through([])).rejects.toThrow('the host’s certificate is not valid');
      expect(service.seen).toHaveLength(1);
    } finally {
      proxy.close();
    }
  });
});
