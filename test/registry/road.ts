/**
 * The road over HTTP, step by step: the same steps for the application in memory, on Node and on
 * workerd.
 */

import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import type { PackedBundle, SourceFile } from '../../skills-index/skill/bundle.ts';
import { noCapabilities } from '../../skills-index/skill/capability.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { type Manifest, parseManifest } from '../../skills-index/skill/manifest.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { signatureOf } from '../../skills-index/skill/text/matching-parts.ts';
import {
  type MemberRole,
  memberStatement,
  type OidcIdentity,
  type PublishPredicate,
  type ScanPredicate,
  type Statement,
  scopeStatement,
  type VersionSubject,
} from '../../skills-index/statement/attestation.ts';
import type { Finding, Verdict } from '../../skills-index/statement/finding.ts';
import { parseStatement } from '../../skills-index/statement/parse-statement.ts';
import type { ProvenancePredicate } from '../../skills-index/statement/predicates.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { signStatement } from '../../skills-index/statement/sign.ts';
import type { Envelope } from '../../skills-index/statement/signature-formats/envelope.ts';
import {
  provenanceStatement,
  publishStatement,
  scanStatement,
} from '../../skills-index/statement/version-statement.ts';
import { parseRoot } from '../../skills-index/trust/root/root.ts';
import { isBound, registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { sessionText } from '../../skills-index/trust/signatures/session-text.ts';
import { freshNonce } from '../nonce.ts';
import { signText, type TestKey } from './people.ts';
import { makeTar } from './tar-maker.ts';

/** Sends one request; `path` begins with a slash. */
export type Send = (path: string, init?: RequestInit) => Promise<Response>;

/** Where requests go: to a registry of the tests, or by what sends one. */
export type Door = Send | { readonly send: Send };

export function sendOf(door: Door): Send {
  return typeof door === 'function' ? door : door.send;
}

/** To a registry that runs under an address. */
export function sendTo({ base }: { readonly base: string }): Send {
  return (path, init) => fetch(`${base}${path}`, init);
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by expectations
  readonly body: any;
}

/** POST of JSON, GET without a body. */
export async function call(
  door: Door,
  path: string,
  { token, json, keyId }: { token?: string; json?: unknown; keyId?: Digest } = {},
): Promise<Answer> {
  const response = await sendOf(door)(path, {
    method: json === undefined ? 'GET' : 'POST',
    headers: {
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(keyId === undefined ? {} : { 'skillgate-key': keyId }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body:
      /json$/.test(response.headers.get('content-type')?.split(';')[0] ?? '') &&
      text !== '' &&
      !text.includes('\n{')
        ? JSON.parse(text)
        : text,
  };
}

/** Signs and posts a statement. */
export async function state(door: Door, statement: Statement, key: TestKey): Promise<Answer> {
  const json = await signStatement(namedFor(await registryIdAt(door), statement), key);
  return call(door, '/api/v1/statements', { json, keyId: key.keyId });
}

/** What statements for this registry name; asked of it, since tests trust theirs. */
export async function registryIdAt(door: Door): Promise<Digest> {
  const answer = await sendOf(door)('/index/root.json');
  return registryIdOf(parseRoot(Buffer.from(await answer.arrayBuffer())));
}

/**
 * The statement with the registry that it counts in; one that names a registry already stays as it
 * is.
 */
export function namedFor<One extends Statement>(registry: Digest, statement: One): One {
  return isBound(statement)
    ? { ...statement, predicate: { registry, ...statement.predicate } }
    : statement;
}

export interface Enrolled {
  readonly name: string;
  readonly roles: readonly MemberRole[];
  readonly key: TestKey;
  readonly identities?: readonly OidcIdentity[];
}

/**
 * @param by one administrator, or as many as the root file demands: the answer is the last one's
 */
export async function enrol(
  door: Door,
  by: TestKey | readonly TestKey[],
  { key, ...who }: Enrolled,
): Promise<Answer> {
  const statement = memberStatement({
    nonce: freshNonce(),
    ...who,
    key: key.open,
    state: 'enrolled',
  });
  const [first, ...more] = 'keyId' in by ? [by] : by;
  if (first === undefined) throw new Error('nobody signs');
  let answer = await state(door, statement, first);
  for (const next of more) answer = await state(door, statement, next);
  return answer;
}

export async function claimScope(door: Door, scope: string, key: TestKey): Promise<Answer> {
  return state(door, scopeStatement({ scope: parseScope(scope), owners: [key.open] }), key);
}

/** Signs in with a key; returns the bearer token. */
export async function signIn(door: Door, key: TestKey, pinned?: string): Promise<string> {
  const { root, base: own } = (await call(door, '/index/config.json')).body;
  const base = pinned ?? own;
  const { body } = await call(door, '/api/v1/session/challenge', { json: { keyId: key.keyId } });
  const signature = signText(key, sessionText({ root, base, nonce: body.nonce }));
  const session = await call(door, '/api/v1/session', {
    json: { keyId: key.keyId, nonce: body.nonce, signature },
  });
  if (session.status !== 200) throw new Error(`sign-in: ${JSON.stringify(session.body)}`);
  return session.body.token;
}

export interface Skill {
  readonly files: readonly SourceFile[];
  readonly packed: PackedBundle;
  readonly manifest: Manifest;
}

type PackedSkill = Pick<Skill, 'packed' | 'manifest'>;

/** A small skill; `capabilities` as in skill.json. */
export function makeSkill(
  name: string,
  version: string,
  extra: { capabilities?: object; files?: Record<string, string> } = {},
): Skill {
  const manifestText = JSON.stringify({ name, version, capabilities: extra.capabilities ?? {} });
  const texts: Record<string, string> = {
    'SKILL.md': `---\nname: ${name.split('/')[1]}\ndescription: Counts words.\n---\nCount the words.\n`,
    'skill.json': manifestText,
    ...extra.files,
  };
  const files = Object.entries(texts).map(([path, text]) => ({
    path,
    bytes: Buffer.from(text),
    mode: 0o644,
  }));
  return { files, packed: packBundle(files), manifest: parseManifest(Buffer.from(manifestText)) };
}

export function tarOf(skill: Skill): Buffer {
  return makeTar(skill.files.map(({ path, bytes, mode }) => ({ path, content: bytes, mode })));
}

/** What statements about the version name. */
export function aboutOf({ manifest: { name, version }, packed }: PackedSkill): VersionSubject {
  return { name, version, bundle: packed.digest, files: packed.bundle.files };
}

export async function signPublication(
  skill: PackedSkill,
  key: TestKey,
  more: Partial<PublishPredicate> = {},
): Promise<Envelope> {
  const { manifest } = skill;
  return signStatement(publishStatement(aboutOf(skill), { manifest, tool: 'test', ...more }), key);
}

/** Uploads; any part can be replaced. */
export async function publish(
  door: Door,
  skill: Skill,
  key: TestKey,
  other: {
    tar?: Uint8Array;
    envelope?: Envelope;
    token?: string;
    provenance?: ProvenancePredicate;
  } = {},
): Promise<Answer> {
  const form = new FormData();
  form.set('publish', JSON.stringify(other.envelope ?? (await signPublication(skill, key))));
  if (other.provenance !== undefined) {
    const statement = provenanceStatement(aboutOf(skill), other.provenance);
    form.set('provenance', JSON.stringify(await signStatement(statement, key)));
  }
  form.set('bundle', new Blob([Buffer.from(other.tar ?? tarOf(skill))]), 'bundle.tar');
  const headers = {
    'skillgate-key': key.keyId,
    ...(other.token === undefined ? {} : { authorization: `Bearer ${other.token}` }),
  };
  const response = await sendOf(door)('/api/v1/versions', { method: 'POST', body: form, headers });
  return { status: response.status, body: await response.json() };
}

export const ruleSet: Digest = digestOf('rules of the tests');

export function makeReport(
  skill: Skill,
  verdict: Verdict,
  findings: readonly Finding[] = [],
): ScanReport {
  const { packed, manifest } = skill;
  return {
    schema: 'skillgate.scan/1',
    path: '.',
    name: manifest.name,
    version: manifest.version,
    bundle: packed.digest,
    ruleSet,
    verdict,
    decidedBy: findings.slice(0, 3).map((finding) => finding.fingerprint),
    findings,
    capabilities: {
      observed: noCapabilities,
      declared: manifest.capabilities,
      undeclared: noCapabilities,
      unused: noCapabilities,
    },
    coverage: {
      files: packed.bundle.files.map(({ path, sha256, size }) => ({
        path,
        sha256,
        bytes: size,
        disposition: 'analysed',
        reason: '',
      })),
    },
  };
}

/** What a scanner states about its report. */
export function scanPredicate(report: ScanReport): ScanPredicate {
  return {
    ruleSet: report.ruleSet,
    report: digestOf(canonicalJson(report)),
    verdict: report.verdict,
    isolation: 'test',
    coverage: report.coverage.files.map(({ path, sha256 = digestOf(''), disposition }) => ({
      path,
      sha256,
      disposition,
    })),
  };
}

export async function signReport(
  door: Door,
  skill: Skill,
  report: ScanReport,
  key: TestKey,
  more: Partial<ScanPredicate> = {},
): Promise<Envelope> {
  const statement = scanStatement(aboutOf(skill), { ...scanPredicate(report), ...more });
  return signStatement(namedFor(await registryIdAt(door), statement), key);
}

/** A job that a scanner has. */
export interface Leased {
  readonly id: string;
  readonly lease: string;
  readonly name: string;
  readonly version: string;
  readonly attempt: number;
}

/** Leases the next job; null where none waits. */
export async function leaseJob(
  door: Door,
  token: string,
  json: { readonly ruleSet?: string } = {},
): Promise<Leased | null> {
  return (await call(door, '/api/v1/jobs/lease', { token, json })).body.job;
}

/** @param told what a scanner sends beside its report */
export async function reportOn(
  door: Door,
  { token, key }: { readonly token: string; readonly key: TestKey },
  job: Leased | null,
  [skill, report]: readonly [Skill, ScanReport],
  told: object = {},
): Promise<Answer> {
  const envelope = await signReport(door, skill, report, key);
  const json = { lease: job?.lease, envelope, report, ...told };
  return call(door, `/api/v1/jobs/${job?.id}/report`, { token, json });
}

/** What a scanner sends that others compare a skill by. */
export function sketchOf({ files }: Skill): string | undefined {
  return signatureOf(
    files.map(({ path, bytes }) => ({ path, text: Buffer.from(bytes).toString() })),
  );
}

/** Leases the next job and reports on it. */
export async function scan(
  door: Door,
  token: string,
  key: TestKey,
  skill: Skill,
  verdict: Verdict,
  findings: readonly Finding[] = [],
  told: object = {},
): Promise<Answer> {
  const job = await leaseJob(door, token);
  return reportOn(door, { token, key }, job, [skill, makeReport(skill, verdict, findings)], told);
}

/** Drafts an approval, signs exactly it, posts it. */
export async function approve(
  door: Door,
  token: string,
  key: TestKey,
  skill: Skill,
  { independent = false }: { independent?: boolean } = {},
): Promise<Answer> {
  const { name, version } = skill.manifest;
  const draft = await call(door, `/api/v1/reviews/${name}/${version}/draft`, {
    token,
    json: { reviewer: { keyId: key.keyId }, reason: 'read it', independent },
  });
  if (draft.status !== 201) return draft;
  return state(door, parseStatement(Buffer.from(draft.body.payload, 'base64')), key);
}

/** Who brings a version from its upload to its approval. */
interface Releasing {
  readonly send: Send;
  readonly author: TestKey;
  readonly scanner: TestKey;
  readonly rita: TestKey;
  readonly tokens: { readonly scanner: string; readonly rita: string };
}

/** Uploads a version and reports on it; no other version may wait for a scanner. */
export async function publishScanned(
  { send, author, scanner, tokens }: Omit<Releasing, 'rita'>,
  skill: Skill,
  { by = author, verdict = 'pass' }: { by?: TestKey; verdict?: Verdict } = {},
): Promise<void> {
  requireTaken(await publish(send, skill, by));
  requireTaken(await scan(send, tokens.scanner, scanner, skill, verdict));
}

/** Brings a version all the way from its upload to the approval of rita. */
export async function publishApproved(
  cast: Releasing,
  skill: Skill,
  by: TestKey = cast.author,
): Promise<void> {
  await publishScanned(cast, skill, { by });
  requireTaken(await approve(cast.send, cast.tokens.rita, cast.rita, skill));
}

function requireTaken({ status, body }: Answer): void {
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
}

/** The stops that the index file of a skill shows, as bundle → stop. */
export async function stopsShown(door: Door, name = '@acme/t'): Promise<Record<string, string>> {
  const lines = (await (await sendOf(door)(`/index/${name}`)).text()).trim().split('\n');
  const parsed: { bundle: string; stopped?: { kind: string } }[] = lines.map((line) =>
    JSON.parse(line),
  );
  return Object.fromEntries(
    parsed.flatMap(({ bundle, stopped }) =>
      stopped === undefined ? [] : [[bundle, stopped.kind]],
    ),
  );
}
