import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { challengeOf, claimsOf } from '../../../cli/signing/identity-token.ts';
import { type Given, skill } from '../command-line.ts';
import { signingConfig, signingConfigFile, tokenOf } from '../signing-services.ts';
import { folderWith } from '../temporary-folder.ts';

const person = {
  iss: 'https://accounts.example',
  sub: '7',
  email: 'kim@people.example',
  email_verified: true,
};
/**
 * `skill whoami --oidc`: as whom one would sign. Errors, in JSON on stdout too, are looked for in
 * all of it.
 */
async function whoami(given: Given, argv: readonly string[] = [], config: object = {}) {
  const env = { SKILLGATE_HOME: folderWith(), ...given.env };
  const all = ['whoami', '--oidc', '--signing-config', signingConfigFile(config), ...argv];
  const { exit, stdout, stderr } = await skill([...all, '--format', 'json'], { ...given, env });
  return { exit, said: stdout + stderr, claims: exit === 0 ? JSON.parse(stdout) : undefined };
}

describe('where an identity token comes from', () => {
  it('is a file that is named, before the environment', async () => {
    const path = join(folderWith(), 'token');
    writeFileSync(path, `${tokenOf(person)}\n`);
    const env = { SIGSTORE_ID_TOKEN: tokenOf({ ...person, email: 'other@people.example' }) };
    const { claims } = await whoami({ env }, ['--identity-token', path]);
    expect(claims).toEqual({
      schema: 'skillgate.would-sign/1',
      issuer: person.iss,
      subject: person.email,
    });
  });

  it('is GitHub’s token service, asked with the audience and the bearer of the job', async () => {
    const asked: [string, RequestInit | undefined][] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      asked.push([String(input), init]);
      return Response.json({ value: tokenOf(person) });
    };
    const env = {
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.example/t?v=2',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer-1',
    };
    expect((await whoami({ env, fetch })).exit).toBe(0);
    expect(asked).toEqual([
      [
        'https://pipelines.example/t?v=2&audience=sigstore',
        expect.objectContaining({ redirect: 'error' }),
      ],
    ]);
    expect(asked[0]?.[1]?.headers).toMatchObject({ authorization: 'Bearer bearer-1' });
    const refusing = async () => new Response('no: bearer-1', { status: 403 });
    const refused = await whoami({ env, fetch: refusing });
    expect(refused.said).toContain('answered 403');
    expect(refused.said).not.toContain('bearer-1');
  });

  it('is never taken from the command line, nor repeated from there', async () => {
    const { exit, said } = await whoami({}, ['--identity-token', tokenOf(person)]);
    expect({ exit, said }).toMatchObject({
      exit: 5,
      said: expect.stringContaining('takes a file name, but this is a token'),
    });
    expect(said).not.toContain(tokenOf(person).split('.')[1]);
  });

  it.each(['', 'bearer\nsecret-2', 'bearer secret-2\u2028'])(
    'is not asked for with a bearer that is no header: %j',
    async (bearer) => {
      const env = {
        ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:9/t',
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
      };
      const { exit, said } = await whoami({ env, fetch: globalThis.fetch });
      expect({ exit, said }).toMatchObject({
        exit: 5,
        said: expect.stringContaining('is empty or damaged'),
      });
      expect(said).not.toContain('secret-2');
    },
  );

  it.each<[string, Record<string, string>, object, RegExp]>([
    ['on GitHub', { GITHUB_ACTIONS: 'true' }, {}, /permissions: id-token: write/],
    ['on GitLab', { GITLAB_CI: 'true' }, {}, /id_tokens: SIGSTORE_ID_TOKEN: aud: sigstore/],
    ['without an issuer', {}, {}, /names no issuer/],
    [
      'without a terminal',
      {},
      { oidcUrls: [{ ...signingConfig.caUrls[0], url: 'https://accounts.example' }] },
      /no terminal/,
    ],
  ])('is said when there is none: %s', async (_, env, config, says) => {
    expect(await whoami({ env }, [], config)).toMatchObject({
      exit: 5,
      said: expect.stringMatching(says),
    });
  });

  it.each([
    'not a token',
    'a.b',
    `${tokenOf(person)}.x`,
    `a\nb.${tokenOf(person)}`,
    tokenOf({ sub: '7' }),
    tokenOf({ ...person, sub: 7 }),
  ])('is refused and not repeated when it is none: %j', async (token) => {
    const { exit, said } = await whoami({ env: { SIGSTORE_ID_TOKEN: token } });
    expect({ exit, said }).toMatchObject({
      exit: 5,
      said: expect.stringContaining('identity-token-invalid'),
    });
    expect(said).not.toContain(token);
  });
});

describe('a person who signs in', () => {
  const issuer = 'https://accounts.example';
  const config = { oidcUrls: [{ ...signingConfig.caUrls[0], url: issuer }] };
  const documents = {
    issuer,
    device_authorization_endpoint: `${issuer}/device`,
    token_endpoint: `${issuer}/token`,
  };

  /** An issuer that lets somebody in at the third question. */
  function deviceIssuer(
    change: Partial<typeof documents> = {},
    end: object = { id_token: tokenOf(person) },
  ) {
    const forms: [string, URLSearchParams][] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const url = String(input);
      if (url.endsWith('openid-configuration')) return Response.json({ ...documents, ...change });
      forms.push([url, new URLSearchParams(String(init?.body))]);
      if (url.endsWith('/device'))
        return Response.json({
          device_code: 'd',
          user_code: 'ABCD',
          verification_uri: `${issuer}/go`,
          interval: 0,
          expires_in: 60,
        });
      const polls = forms.filter(([to]) => to.endsWith('/token')).length;
      return polls < 3
        ? Response.json({ error: 'authorization_pending' }, { status: 400 })
        : Response.json(end);
    };
    return { fetch, forms };
  }

  it('gets a code to type at the issuer, and the token when they did (RFC 8628, RFC 7636)', async () => {
    const { fetch, forms } = deviceIssuer();
    const { claims, said } = await whoami({ fetch, terminal: true }, [], config);
    expect(claims).toMatchObject({ subject: person.email });
    expect(said).toContain(`Sign in at ${issuer}/go with the code ABCD`);
    expect(forms.map(([url]) => url.slice(issuer.length))).toEqual([
      '/device',
      '/token',
      '/token',
      '/token',
    ]);
    const begin = forms[0]?.[1];
    const poll = forms[1]?.[1];
    const challenge = createHash('sha256')
      .update(poll?.get('code_verifier') ?? '')
      .digest('base64url');
    expect(begin?.get('code_challenge')).toBe(challenge);
    expect(poll?.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:device_code');
  });

  it.each<[string, Partial<typeof documents>, object, RegExp]>([
    [
      'an issuer that calls itself another',
      { issuer: 'https://other.example' },
      {},
      /calls itself/,
    ],
    [
      'an endpoint without TLS',
      { token_endpoint: 'http://accounts.example/token' },
      {},
      /this machine only/,
    ],
    ['a person who says no', {}, { error: 'access_denied' }, /access_denied/],
  ])('is refused with %s', async (_, change, end, says) => {
    const { fetch } = deviceIssuer(change, end);
    const refused = await whoami({ fetch, terminal: true }, [], config);
    expect(refused.exit).toBeGreaterThan(0);
    expect(refused.said).toMatch(says);
  });
});

describe('what a token says', () => {
  it('is read as the certificate will have it: GitLab’s refs are whole', () => {
    const job = {
      iss: 'https://gitlab.com',
      sub: 'x',
      project_id: '7',
      ref: 'v1',
      ref_type: 'tag',
      pipeline_source: 'push',
    };
    const token = tokenOf({
      ...job,
      ci_config_ref_uri: 'gitlab.com/a/b//.gitlab-ci.yml@refs/tags/v1',
    });
    expect(claimsOf(token)).toEqual({
      issuer: 'https://gitlab.com',
      subject: 'https://gitlab.com/a/b//.gitlab-ci.yml@refs/tags/v1',
      repository: '7',
      workflow: 'https://gitlab.com/a/b//.gitlab-ci.yml',
      ref: 'refs/tags/v1',
      trigger: 'push',
    });
  });

  it('is signed to show that the key is held: the verified email, else the subject', () => {
    expect(challengeOf(tokenOf(person))).toBe(person.email);
    expect(challengeOf(tokenOf({ iss: person.iss, sub: '7' }))).toBe('7');
    expect(() => challengeOf(tokenOf({ ...person, email_verified: false }))).toThrow(
      /not verified/,
    );
  });
});
