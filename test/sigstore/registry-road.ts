/**
 * A real registry and the real command line against the deployment: one skill by a key, one by a
 * person, one by each sort of CI job.
 */
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JWTPayload } from 'jose';
import { prepareVersion } from '../../cli/publish/prepare-version.ts';
import { publishVersion } from '../../cli/publish/upload.ts';
import { type CertifiedSigner, certifiedSigner } from '../../cli/signing/keyless.ts';
import { parseSigningConfig } from '../../cli/signing/signing-config.ts';
import { hexOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import {
  isCertified,
  parseSigstoreBundle,
  withoutOwnEntry,
} from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { makeStage, type Stage } from '../journey/processes.ts';
import type { Deployment } from './deployment.ts';
import { githubClaims, gitlabClaims, type IssuerKind, personClaims } from './oidc-issuer.ts';
import type { Transcript } from './transcript.ts';
import type { Answer, Question } from './verifiers.ts';

/** A statement that the registry logged, in the form that others verify. */
export type Made = Omit<Question, 'trustedRoot'> & { readonly name: string };

export interface RegistryRoad {
  readonly base: string;
  readonly origin: string;
  /** Ed25519 SPKI of its log. */
  readonly logKey: Buffer;
  readonly made: readonly Made[];
  close(): Promise<void>;
}

export const person = 'author@example.org';
const workflow = 'https://github.com/acme/skills/.github/workflows/publish.yml';
const pipeline = 'https://gitlab.com/acme/skills//.gitlab-ci.yml';

export async function walkRegistryRoad(
  deployment: Deployment,
  transcript: Transcript,
): Promise<RegistryRoad> {
  const env: Record<string, string> = {};
  const stage = makeStage(env);
  const { fingerprint } = await stage.json<{ fingerprint: string }>(
    'operator',
    'registry',
    'init',
    'data',
    '--origin',
    'localhost',
  );
  // Whom to trust is a target that the administrators sign: the registry and all who install get
  // the same.
  await stage.json(
    'operator',
    'registry',
    'rotate',
    'propose',
    'data',
    '--trusted-root',
    deployment.trustedRootPath,
  );
  const file = 'data/tuf-proposal.json';
  const pinned = ['--root', fingerprint];
  const { proposal } = await stage.json<{ proposal: string }>(
    'operator',
    'registry',
    'rotate',
    'show',
    file,
    ...pinned,
  );
  await stage.json(
    'operator',
    'registry',
    'rotate',
    'sign',
    file,
    ...pinned,
    '--digest',
    proposal,
    '--yes',
  );
  await stage.json('operator', 'registry', 'rotate', 'publish', 'data');
  const { base, stop } = await stage.serve('operator', 'data');
  env.SKILLGATE_REGISTRY = base;
  for (const user of ['author', 'person', 'job'])
    await stage.json(user, 'registry', 'add', base, '--root', fingerprint);
  await stage.json('author', 'key', 'create');

  const walk: Walk = { deployment, transcript, stage, env, base };
  const made = [
    ...(await publishWithKey(walk)),
    ...(await publishAsPerson(walk)),
    ...(await publishOnGithub(walk)),
    ...(await publishOnGitlab(walk)),
  ];
  transcript.tell((await stage.skill('author', 'scope', 'show', 'github')).out.trim());
  await installFromJob(walk, fingerprint);
  const root = JSON.parse(readFileSync(join(stage.folder, 'data/root.json'), 'utf8')) as {
    origin: string;
    log: { key: string };
  };
  const close = async (): Promise<void> => {
    await stop();
    await stage.close();
  };
  return { base, origin: root.origin, logKey: Buffer.from(root.log.key, 'base64'), made, close };
}

interface Walk {
  readonly deployment: Deployment;
  readonly transcript: Transcript;
  readonly stage: Stage;
  /** Of every command that is started. */
  readonly env: Record<string, string>;
  readonly base: string;
}

async function publishWithKey({ stage }: Walk): Promise<Made[]> {
  await stage.json('author', 'scope', 'claim', 'keyed');
  return collect(
    stage,
    await stage.json<Published>('author', 'publish', skillFolder(stage, 'keyed')),
    {
      keyPem: pemOf(stage, 'author'),
    },
  );
}

async function publishAsPerson(walk: Walk): Promise<Made[]> {
  const { stage, transcript, deployment } = walk;
  const as = (email: string) => tokenOptions(walk, 'people', personClaims(email));
  await stage.json('person', 'scope', 'claim', 'people', ...(await as(person)));
  const published = await stage.json<Published>(
    'person',
    'publish',
    skillFolder(stage, 'people'),
    ...(await as(person)),
  );
  const folder = skillFolder(stage, 'people', '2.0.0');
  const stranger = await as(`x${person}`);
  const what = 'a person whose address ends with the owner’s';
  await transcript.ask(
    'our client',
    what,
    /error\[scope-taken\]/,
    command(stage, 'person', 'publish', folder, ...stranger),
  );
  const refused = /identity-mismatch|key-unknown|scope-taken/;
  await transcript.ask(
    'registry',
    what,
    refused,
    sendPast(walk, folder, 'people', personClaims(`x${person}`)),
  );
  const twice = { ...walk, certificate: await certificate(walk, 'people', personClaims(person)) };
  await transcript.ask(
    'registry',
    'a new version by the same person',
    'accepted',
    sendPast(twice, folder, 'people', {}),
  );
  const third = skillFolder(stage, 'people', '3.0.0');
  await transcript.ask(
    'registry',
    'a certificate for a second version',
    /certificate-used/,
    sendPast(twice, third, 'people', {}),
  );
  return collect(stage, published, { identity: person, issuer: deployment.issuer.urlOf('people') });
}

async function publishOnGithub(walk: Walk): Promise<Made[]> {
  const { stage, transcript, env, deployment } = walk;
  const { issuer, signingConfigPath } = deployment;
  const folder = skillFolder(stage, 'github');
  const job = [
    '--ci',
    `${issuer.urlOf('github')}:420042`,
    '--workflow',
    workflow,
    '--environment',
    'release',
  ];
  await stage.json('author', 'scope', 'claim', 'github');
  await stage.json('author', 'scope', 'publishers', 'github', ...job);
  const owner = 'the owner’s key where only the job may publish';
  await transcript.ask(
    'registry',
    owner,
    /error\[identity-mismatch\]/,
    command(stage, 'author', 'publish', folder),
  );
  for (const [what, claims] of strangeJobs) {
    const options = await tokenOptions(walk, 'github', githubClaims(claims));
    const early = /error\[(scope-taken|identity-token-invalid)\]/;
    await transcript.ask(
      'our client',
      what,
      early,
      command(stage, 'job', 'publish', folder, ...options),
    );
    await transcript.ask(
      'registry',
      what,
      /identity-mismatch|key-unknown/,
      sendPast(walk, folder, 'github', githubClaims(claims)),
    );
  }
  // As GitHub's runner gives it: an address and a bearer in the environment.
  Object.assign(env, issuer.jobToken(githubClaims()));
  const published = await stage.json<Published>(
    'job',
    'publish',
    folder,
    '--oidc',
    '--signing-config',
    signingConfigPath,
  );
  for (const name of Object.keys(issuer.jobToken({}))) delete env[name];
  return collect(stage, published, {
    identity: `${workflow}@refs/heads/main`,
    issuer: issuer.urlOf('github'),
  });
}

async function publishOnGitlab(walk: Walk): Promise<Made[]> {
  const { stage, transcript, env, deployment } = walk;
  const { issuer, signingConfigPath } = deployment;
  const folder = skillFolder(stage, 'gitlab');
  const job = [
    '--ci',
    `${issuer.urlOf('gitlab')}:31337`,
    '--workflow',
    pipeline,
    '--ref',
    'refs/tags/v1.0.0',
  ];
  await stage.json('author', 'scope', 'claim', 'gitlab');
  await stage.json('author', 'scope', 'publishers', 'gitlab', ...job);
  const merge = gitlabClaims({ pipeline_source: 'merge_request_event' });
  const what = 'a GitLab job for a merge request';
  await transcript.ask(
    'registry',
    what,
    /identity-mismatch|key-unknown/,
    sendPast(walk, folder, 'gitlab', merge),
  );
  // As GitLab gives it: the token itself in the environment.
  env.SIGSTORE_ID_TOKEN = await issuer.mint('gitlab', gitlabClaims());
  const published = await stage.json<Published>(
    'job',
    'publish',
    folder,
    '--oidc',
    '--signing-config',
    signingConfigPath,
  );
  delete env.SIGSTORE_ID_TOKEN;
  return collect(stage, published, {
    identity: `${pipeline}@refs/tags/v1.0.0`,
    issuer: issuer.urlOf('gitlab'),
  });
}

/**
 * The whole way: what the job published is scanned, approved and installed, and the installer
 * judges the certificate by itself.
 */
async function installFromJob(
  { stage, transcript, base }: Walk,
  fingerprint: string,
): Promise<void> {
  for (const user of ['rita', 'reader'])
    await stage.json(user, 'registry', 'add', base, '--root', fingerprint);
  await stage.json('rita', 'key', 'create');
  const key = join(stage.folder, 'rita/config/keys/default.pub.json');
  await stage.json(
    'operator',
    'member',
    'add',
    'rita',
    '--role',
    'reviewer',
    '--public-key',
    key,
    '--no-identity',
  );
  await stage.json('author', 'status', '@github/notes@1.0.0', '--wait');
  await stage.json(
    'rita',
    'review',
    'approve',
    '@github/notes@1.0.0',
    '--reason',
    'read all of it',
    '--yes',
  );
  await transcript.ask(
    'installer',
    'what the GitHub job published',
    'accepted',
    command(stage, 'reader', 'install', '@github/notes@1.0.0'),
  );
  transcript.tell((await stage.skill('reader', 'verify', '@github/notes')).out.trim());
}

/** Jobs that are nearly the one that may publish: each differs in one claim. */
const strangeJobs: readonly (readonly [string, JWTPayload])[] = [
  ['a GitHub job for a pull request', { event_name: 'pull_request' }],
  ['a GitHub job for a pull_request_target', { event_name: 'pull_request_target' }],
  ['a GitHub job in another environment', { environment: 'release2' }],
  ['a GitHub job of a new repository of the same name', { repository_id: '420043' }],
  [
    'a GitHub job of another workflow file',
    { workflow_ref: 'acme/skills/.github/workflows/other.yml@refs/heads/main' },
  ],
];

async function tokenOptions(
  { stage, deployment }: Walk,
  kind: IssuerKind,
  claims: JWTPayload,
): Promise<string[]> {
  const path = join(stage.folder, `${kind}.jwt`);
  writeFileSync(path, await deployment.issuer.mint(kind, claims), { mode: 0o600 });
  return ['--oidc', '--signing-config', deployment.signingConfigPath, '--identity-token', path];
}

async function command(stage: Stage, user: string, ...argv: string[]): Promise<Answer> {
  const start = performance.now();
  const { exit, out, err } = await stage.skill(user, ...argv);
  return { accepted: exit === 0, output: `${err}${out}`, millis: performance.now() - start };
}

async function certificate(
  { deployment }: Walk,
  kind: IssuerKind,
  claims: JWTPayload,
): Promise<CertifiedSigner> {
  const services = parseSigningConfig(
    readFileSync(deployment.signingConfigPath),
    'signing_config.json',
    new Date(),
  );
  return certifiedSigner({ fetch }, services, await deployment.issuer.mint(kind, claims));
}

/** Publishes as somebody would whose client is not ours: whatever Fulcio certifies is sent. */
async function sendPast(
  walk: Walk & { readonly certificate?: CertifiedSigner },
  folder: string,
  kind: IssuerKind,
  claims: JWTPayload,
): Promise<Answer> {
  const { manifest, packed } = await prepareVersion(join(walk.stage.folder, folder));
  const signer = walk.certificate ?? (await certificate(walk, kind, claims));
  const start = performance.now();
  const sent = publishVersion({ fetch, registryBase: walk.base }, signer, { manifest, packed });
  const [accepted, output] = await sent.then(
    ({ status }): [boolean, string] => [true, status],
    (cause: unknown): [boolean, string] => {
      if (!(cause instanceof Problem)) throw cause;
      return [false, `error[${cause.code}]: ${cause.message}`];
    },
  );
  return { accepted, output, millis: performance.now() - start };
}

interface Published {
  readonly name: string;
  readonly bundle: string;
  readonly statements: readonly { readonly digest: string; readonly predicateType: string }[];
}

/**
 * Takes what was logged, and takes the registry's own log entry out of what is certified: others do
 * not know that log.
 */
function collect(stage: Stage, published: Published, signer: Question['signer']): Made[] {
  // From the data folder: what nobody approved yet is on no public path.
  const stored = (digest: string): Buffer => {
    const path = globSync(`data/**/stored/sha256/*/${hexOf(parseDigest(digest))}`, {
      cwd: stage.folder,
    })[0];
    if (path === undefined) throw new Error(`${digest} is not stored`);
    return readFileSync(join(stage.folder, path));
  };
  const scope = published.name.slice(1).split('/')[0] ?? '';
  const artifact = join(stage.folder, `${scope}.bundle.json`);
  writeFileSync(artifact, stored(published.bundle));
  return published.statements.map(({ digest, predicateType }) => {
    const logged = parseSigstoreBundle(JSON.parse(stored(digest).toString('utf8')));
    const kind = predicateType === predicateTypes.publish ? 'publish' : 'provenance';
    const bundle = join(stage.folder, `${scope}.${kind}.sigstore.json`);
    writeFileSync(bundle, JSON.stringify(isCertified(logged) ? withoutOwnEntry(logged) : logged));
    return { name: `${scope} ${kind}`, bundle, artifact, predicateType, signer };
  });
}

/** A small skill in a git work tree, so that there is provenance. */
function skillFolder(stage: Stage, scope: string, version = '1.0.0'): string {
  const folder = `${scope}-${version}`;
  const manifest = { name: `@${scope}/notes`, version, capabilities: {} };
  stage.write({
    [`${folder}/SKILL.md`]:
      '---\nname: notes\ndescription: Says how notes are written when somebody asks.\n---\nWrite short notes.\n',
    [`${folder}/skill.json`]: JSON.stringify(manifest),
  });
  const cwd = join(stage.folder, folder);
  const git = (...argv: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.example', ...argv], {
      cwd,
      stdio: 'pipe',
    });
  git('init', '-q');
  git('remote', 'add', 'origin', 'https://git.example/acme/skills.git');
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  return folder;
}

function pemOf(stage: Stage, user: string): string {
  const { publicKey } = JSON.parse(
    readFileSync(join(stage.folder, user, 'config/keys/default.pub.json'), 'utf8'),
  ) as {
    publicKey: string;
  };
  const path = join(stage.folder, `${user}.pem`);
  writeFileSync(path, publicKey);
  return path;
}
