import { beforeEach, describe, expect, it } from 'vitest';
import { parseSigstoreBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { TestSigstore } from '../skills-index/story-sigstore.ts';
import type { Ran } from './command-line.ts';
import { makeUsers, type User, type Users } from './registry-users.ts';
import {
  type SigningServices,
  signingConfigFile,
  signingServices,
  tokenOf,
  urls,
} from './signing-services.ts';
import { folderWith } from './temporary-folder.ts';

const github = 'https://token.actions.githubusercontent.com';
const kim = {
  iss: 'https://accounts.example',
  sub: '7',
  email: 'kim@people.example',
  email_verified: true,
};
const workflow = 'acme/skills/.github/workflows/publish.yml';
const job = (more: Readonly<Record<string, string>> = {}) => ({
  iss: github,
  sub: 'repo:acme/skills:environment:release',
  repository_id: '420042',
  workflow_ref: `${workflow}@refs/heads/main`,
  job_workflow_ref: `${workflow}@refs/heads/main`,
  ref: 'refs/heads/main',
  environment: 'release',
  event_name: 'push',
  ...more,
});

const skillIn = (scope: string, version = '1.0.0'): string =>
  folderWith({
    'SKILL.md':
      '---\nname: notes\ndescription: Says how notes are written when somebody asks.\n---\nWrite short notes.\n',
    'skill.json': JSON.stringify({ name: `@${scope}/notes`, version, capabilities: {} }),
  });

const sigstore = new TestSigstore('cli');
let config: string;
let users: Users;
let services: SigningServices;

beforeEach(async () => {
  config = signingConfigFile();
  users = await makeUsers(undefined, { sigstore: sigstore.trustedRoot });
});

/**
 * `skill ARGV… --oidc` with this token in the environment, against the registry and the signing
 * services.
 */
async function oidc(
  user: User,
  argv: readonly string[],
  claims: object,
  by = signingServices(sigstore),
): Promise<Ran> {
  services = by;
  const fetch: typeof globalThis.fetch = (input, init) => {
    const url = String(input);
    return url.startsWith('http://localhost')
      ? users.world.send(url.slice(16), init as RequestInit)
      : by.fetch(input, init);
  };
  const env = {
    SKILLGATE_HOME: users.homeOf(user),
    SIGSTORE_ID_TOKEN: tokenOf(claims as Record<string, unknown>),
  };
  return users.as(user, [...argv, '--oidc', '--signing-config', config], { env, fetch });
}

const claimKims = () => oidc('stranger', ['scope', 'claim', '@kims'], kim);

describe('somebody without a key', () => {
  it('claims a scope and publishes in it, both statements by one certificate', async () => {
    const claimed = await claimKims();
    expect(claimed).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining(
        '@kims belongs to kim@people.example (https://accounts.example)',
      ),
    });
    const published = await oidc('stranger', ['publish', skillIn('kims'), '--format', 'json'], kim);
    expect(published).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('this name enters the public log at https://rekor.example'),
    });
    const [publish] = JSON.parse(published.stdout).statements as { digest: string }[];
    const stored =
      users.world.stored.get(`stored/sha256/${publish?.digest.slice(7)}`) ?? Buffer.alloc(0);
    const { verificationMaterial } = parseSigstoreBundle(
      JSON.parse(Buffer.from(stored).toString()),
    );
    expect(verificationMaterial).toMatchObject({ tlogEntries: [{}, {}] });
    expect(services.requests.filter(({ url }) => url.startsWith(urls.fulcio)).length).toBe(1);
  });

  it('gives its scope to a key, which has no right in it before', async () => {
    await claimKims();
    const argv = [
      'scope',
      'transfer',
      'kims',
      '--to',
      users.world.author.keyId,
      '--yes',
      '--format',
      'json',
    ];
    const other = await oidc('stranger', argv, { ...kim, email: 'xkim@people.example' });
    expect(other).toMatchObject({ exit: 6, stdout: expect.stringContaining('scope-taken') });
    expect(JSON.parse((await oidc('stranger', argv, kim)).stdout)).toMatchObject({
      done: true,
      owners: [users.world.author.keyId],
    });
  });

  it('is told before any certificate is made that the scope is somebody else’s', async () => {
    await claimKims();
    const other = { ...kim, email: 'xkim@people.example' };
    const refused = await oidc('stranger', ['publish', skillIn('kims', '2.0.0')], other);
    expect(refused).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('error[scope-taken]'),
    });
    expect(services.requests).toEqual([]);
  });

  it('sends the token to the certificate authority alone, and follows no redirect with it', async () => {
    await claimKims();
    const token = tokenOf(kim);
    const holders = services.requests.filter(({ init }) => JSON.stringify(init).includes(token));
    expect(holders.map(({ url }) => url)).toEqual([`${urls.fulcio}/api/v2/signingCert`]);
    expect(services.requests.map(({ init }) => init?.redirect)).toEqual([
      'error',
      'error',
      'error',
    ]);
  });
});

describe('a service that is not to be trusted', () => {
  const lies: [string, string, (response: Response) => Response | Promise<Response>, RegExp][] = [
    [
      'repeats the token',
      urls.fulcio,
      () => new Response(`bad token ${tokenOf(kim)}`, { status: 400 }),
      /answered 400: "bad token \(token\)"/,
    ],
    [
      'gives the certificate of another key',
      urls.fulcio,
      () => certificateOfAnother(),
      /its certificate is not for our key/,
    ],
    ['gives no certificate', urls.fulcio, () => Response.json({}), /contains no certificate/],
    ['logs something else', urls.rekor, otherEntry, /its answer is another entry/],
    ['logs nothing', urls.rekor, () => Response.json({}), /its answer is not an entry/],
    [
      'answers without end',
      urls.rekor,
      () => new Response('x'.repeat(2_000_000)),
      /more than \d+ bytes/,
    ],
    [
      'is not there',
      urls.timestamps,
      () => Promise.reject(new TypeError('fetch failed')),
      /cannot be reached/,
    ],
  ];
  it.each(lies)(
    '%s: nothing is claimed, and the token is in no message',
    async (_, at, lie, says) => {
      const by = signingServices(sigstore, (url, response) =>
        url.startsWith(at) ? lie(response) : response,
      );
      const failed = await oidc('stranger', ['scope', 'claim', 'kims'], kim, by);
      expect(failed).toMatchObject({ exit: 4, stderr: expect.stringMatching(says) });
      expect(failed.stderr).not.toContain(tokenOf(kim).slice(0, 40));
    },
  );

  async function certificateOfAnother(): Promise<Response> {
    const { certificate } = sigstore.certify({ issuer: kim.iss, subject: kim.email });
    const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(certificate).toString('base64')}\n-----END CERTIFICATE-----\n`;
    return Response.json({ signedCertificateEmbeddedSct: { chain: { certificates: [pem] } } });
  }

  async function otherEntry(response: Response): Promise<Response> {
    const entry = (await response.json()) as object;
    return Response.json({ ...entry, canonicalizedBody: Buffer.from('{}').toString('base64') });
  }
});

describe('a scope that publishes from CI only', () => {
  const publishers = (...argv: string[]) =>
    users.as('author', ['scope', 'publishers', 'acme', ...argv]);
  const onlyTheJob = () =>
    publishers('--ci', 'github:420042', '--workflow', workflow, '--environment', 'release');

  it('takes that job and nobody else, owners included', async () => {
    const set = await onlyTheJob();
    expect(set).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('Only these may publish in @acme'),
    });
    const shown = await users.as('author', ['scope', 'show', '@acme']);
    expect(shown.stdout).toMatch(/@acme +owner +sha256:/);
    expect(shown.stdout).toContain(
      `CI job https://github.com/${workflow} of repository 420042 at environment release (${github})`,
    );
    const folder = skillIn('acme', '9.0.0');
    expect(await users.as('author', ['publish', folder])).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('publishes from CI only'),
    });
    expect((await oidc('stranger', ['publish', folder], job())).exit).toBe(0);
  });

  const strange: [string, Record<string, string>, RegExp][] = [
    [
      'a pull request',
      { event_name: 'pull_request' },
      /started by pull_request, which publishes nothing/,
    ],
    ['another environment', { environment: 'release-2' }, /error\[scope-taken\]/],
    ['another issuer', { iss: `${github}/` }, /error\[scope-taken\]/],
  ];
  it.each(strange)('refuses a job of %s before a certificate is made', async (_, claims, says) => {
    await onlyTheJob();
    const refused = await oidc('stranger', ['publish', skillIn('acme', '9.1.0')], job(claims));
    expect(refused).toMatchObject({ stderr: expect.stringMatching(says), stdout: '' });
    expect(refused.exit).toBeGreaterThan(0);
    expect(services.requests).toEqual([]);
  });

  it('is owned by people: a job claims nothing', async () => {
    expect(await oidc('stranger', ['scope', 'claim', 'jobs'], job())).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('A CI job cannot own a scope'),
    });
  });

  it('gets another job beside the first with --add, and owners publish again with --owners', async () => {
    await onlyTheJob();
    const added = await publishers(
      '--ci',
      'https://gitlab.example:31337',
      '--workflow',
      'https://gitlab.example/a/b//.gitlab-ci.yml',
      '--ref',
      'refs/heads/main',
      '--add',
      '--format',
      'json',
    );
    expect(JSON.parse(added.stdout).publishers).toEqual([
      expect.objectContaining({ repository: '420042' }),
      expect.objectContaining({
        issuer: 'https://gitlab.example',
        repository: '31337',
        ref: 'refs/heads/main',
      }),
    ]);
    expect(await publishers('--owners')).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('The owners of @acme may publish in @acme'),
    });
    expect((await users.as('author', ['publish', skillIn('acme', '9.2.0')])).exit).toBe(0);
  });

  const wrong: [string, string[], RegExp][] = [
    ['no job', [], /name the job with --ci and --workflow/],
    [
      'neither ref nor environment',
      ['--ci', 'github:1', '--workflow', workflow],
      /neither a ref nor an environment/,
    ],
    [
      'a short ref',
      ['--ci', 'github:1', '--workflow', workflow, '--ref', 'main'],
      /whole ref such as/,
    ],
    [
      'a pattern',
      ['--ci', 'github:1', '--workflow', workflow, '--ref', 'refs/heads/*'],
      /never by a pattern/,
    ],
    [
      'a repository by name',
      ['--ci', 'github:acme/skills', '--workflow', workflow, '--ref', 'refs/heads/main'],
      /not the id of a repository/,
    ],
    [
      'a workflow with its ref',
      ['--ci', 'github:1', '--workflow', `${workflow}@v1`, '--ref', 'refs/heads/main'],
      /without its @ref/,
    ],
    [
      'an unknown provider',
      ['--ci', 'bitbucket:1', '--workflow', workflow, '--ref', 'refs/heads/main'],
      /github, gitlab or an issuer/,
    ],
    [
      'a job and --owners',
      ['--owners', '--ref', 'refs/heads/main'],
      /--owners cannot be combined with the options of a job/,
    ],
  ];
  it.each(wrong)('cannot be given to %s', async (_, argv, says) => {
    expect(await publishers(...argv)).toMatchObject({
      stderr: expect.stringMatching(says),
      stdout: '',
    });
  });
});
