/** What a scanner does when the registry is busy or down: its result is sent again, or dropped. */

import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { readBoundedBody } from '../../skills-index/client/bounded-body.ts';
import { unreachable } from '../../skills-index/client/unreachable.ts';
import {
  type LeasedPackage,
  leasedPackage,
  type PackageReport,
} from '../../skills-index/packages/package-report.ts';
import { type Digest, digestOf, hexOf, isDigest } from '../../skills-index/skill/digest.ts';
import { parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type ProblemCode, problemCodes } from '../../skills-index/skill/problem-codes.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { SimilaritySignature } from '../../skills-index/skill/text/matching-parts.ts';
import { parseVersion, type Version } from '../../skills-index/skill/version.ts';
import type { ObservationStatement } from '../../skills-index/statement/observation-statement.ts';
import type { Prose } from '../../skills-index/statement/prose.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { Signer } from '../../skills-index/statement/sign.ts';
import type { Envelope } from '../../skills-index/statement/signature-formats/envelope.ts';
import { sessionText } from '../../skills-index/trust/signatures/session-text.ts';

const answerBytesMax = 8 * 1024 * 1024;

const requestSecondsMax = 60;

export const jobPollMillisecondsMin = 500;
export const jobPollMillisecondsMax = 15_000;

/** The registry took no result. The work itself was right, so the job must not count as failed. */
export const noFailureOfTheScan: readonly string[] = [
  'registry-down',
  'registry-busy',
  'job-stale',
];

/**
 * How often a result is sent again to a busy registry, for about 30 s. The lease is renewed
 * meanwhile.
 */
const busyTriesMax = 6;

/** Sends a result again to a busy registry. @throws Problem */
export async function whileBusy(
  { signal }: Pick<JobsWorld, 'signal'>,
  send: () => Promise<unknown>,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await send();
      return;
    } catch (cause) {
      const isBusy = cause instanceof Problem && cause.code === 'registry-busy';
      if (!isBusy || tries === busyTriesMax || signal.aborted) throw cause;
    }
    const ms = Math.min(jobPollMillisecondsMin * 2 ** tries, jobPollMillisecondsMax);
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }
}

// A scanner's calls to the registry's API: sign in, lease, fetch, report. Answers are parsed; bytes
// are checked against their digests.

export interface ScanJob {
  readonly id: string;
  readonly lease: string;
  readonly bundle: Digest;
  readonly name: SkillName;
  readonly version: Version;
  readonly attempt: number;
  readonly leaseSeconds: number;
}

export type ObservationJob = Omit<ScanJob, 'id'>;

/**
 * The registry's index data of a skill, beside its report: a sketch of its texts, its sentences.
 */
interface ScanIndex {
  readonly signature?: SimilaritySignature | undefined;
  readonly prose?: Prose | undefined;
}

export interface JobsClient {
  /** The oldest job for any scanner or for one with this rule set, or none. */
  lease(ruleSet: Digest): Promise<ScanJob | undefined>;
  renew(job: ScanJob): Promise<void>;
  report(job: ScanJob, envelope: Envelope, report: ScanReport, index: ScanIndex): Promise<void>;
  fail(job: ScanJob, reason: 'killed' | 'limit' | 'crash', detail: string): Promise<void>;
  /** A package that is due for a report, or none. */
  leasePackage(): Promise<LeasedPackage | undefined>;
  reportPackage(leased: LeasedPackage, seen: PackageReport): Promise<void>;
  /** Ends a lease without a report. */
  giveBack(leased: LeasedPackage): Promise<void>;
  /** A version that waits for an observation, or none. */
  leaseObservation(): Promise<ObservationJob | undefined>;
  sendObservation(
    job: ObservationJob,
    envelope: Envelope,
    observation: ObservationStatement,
  ): Promise<void>;
  failObservation(job: ObservationJob, detail: string): Promise<void>;
  /** A stored blob, checked against its digest. */
  blob(digest: Digest, bytesMax: number): Promise<Uint8Array>;
}

export interface JobsWorld {
  /** Address of the registry. */
  readonly base: string;
  /** Fingerprint of the root file, which the signature of a session names. */
  readonly root: Digest;
  readonly signer: Signer;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
}

const observationJob = v.object({
  lease: v.string(),
  bundle: v.custom<Digest>(isDigest),
  name: v.string(),
  version: v.string(),
  attempt: v.number(),
  leaseSeconds: v.pipe(v.number(), v.minValue(1)),
});
const scanJob = v.object({
  ...observationJob.entries,
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,100}$/)),
});
const jobShape = v.object({ job: v.nullable(scanJob) });
const observationJobShape = v.object({ job: v.nullable(observationJob) });

/**
 * A client with a session of its own, which it renews after expiry. @throws Problem
 * `registry-down`, `registry-answer-invalid`, and the registry's own codes
 */
export function createJobsClient(world: JobsWorld): JobsClient {
  let token: string | undefined;
  const ask = async (
    path: string,
    body?: unknown,
    bytesMax = answerBytesMax,
  ): Promise<Uint8Array> => {
    token ??= await signIn(world);
    try {
      return await send(world, path, { body, token, bytesMax });
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.code !== 'not-signed-in') throw cause;
      token = await signIn(world);
      return send(world, path, { body, token, bytesMax });
    }
  };
  return {
    async lease(ruleSet) {
      const { job } = parse(
        jobShape,
        await ask('/api/v1/jobs/lease', { ruleSet }),
        '/api/v1/jobs/lease',
      );
      return job === null ? undefined : withParsedName(job);
    },
    async renew({ id, lease }) {
      await ask(`/api/v1/jobs/${id}/renew`, { lease });
    },
    async report({ id, lease }, envelope, report, { signature, prose }) {
      await ask(`/api/v1/jobs/${id}/report`, {
        lease,
        envelope,
        report,
        ...(signature !== undefined && { signature }),
        ...(prose !== undefined && { prose }),
      });
    },
    async fail({ id, lease }, reason, detail) {
      await ask(`/api/v1/jobs/${id}/fail`, { lease, reason, detail: detail.slice(0, 2_000) });
    },
    async leasePackage() {
      const path = '/api/v1/packages/lease';
      return parse(leasedPackage, await ask(path, {}), path).package ?? undefined;
    },
    async reportPackage({ id }, seen) {
      await ask(`/api/v1/packages/${id}/report`, seen);
    },
    async giveBack({ id }) {
      await ask(`/api/v1/packages/${id}/fail`, {});
    },
    async leaseObservation() {
      const path = '/api/v1/observation-jobs/lease';
      const { job } = parse(observationJobShape, await ask(path, {}), path);
      return job === null ? undefined : withParsedName(job);
    },
    async sendObservation({ name, version }, envelope, observation) {
      await ask(`/api/v1/versions/${name}/${version}/observations`, { envelope, observation });
    },
    async failObservation({ lease }, detail) {
      await ask('/api/v1/observation-jobs/fail', { lease, detail: detail.slice(0, 500) });
    },
    async blob(digest, bytesMax) {
      const bytes = await ask(`/api/v1/blobs/sha256/${hexOf(digest)}`, undefined, bytesMax);
      if (digestOf(bytes) !== digest)
        throw new Problem('signature-invalid', `The registry sent other bytes than ${digest}`);
      return bytes;
    },
  };
}

function withParsedName<Job extends { readonly name: string; readonly version: string }>(job: Job) {
  return { ...job, name: parseSkillName(job.name), version: parseVersion(job.version) };
}

/** Signs a fresh nonce (skillgate.session/1) and returns the session's token. */
async function signIn(world: JobsWorld): Promise<string> {
  const { signer, root } = world;
  const base = world.base.replace(/\/+$/, '');
  const { keyId } = signer;
  const answer = await send(world, '/api/v1/session/challenge', {
    body: { keyId },
    bytesMax: answerBytesMax,
  });
  const { nonce } = parse(
    v.object({ nonce: v.pipe(v.string(), v.maxLength(200)) }),
    answer,
    'the challenge',
  );
  const signed = await signer.sign(Buffer.from(sessionText({ root, base, nonce })));
  const body = { keyId, nonce, signature: Buffer.from(signed).toString('base64') };
  const session = await send(world, '/api/v1/session', { body, bytesMax: answerBytesMax });
  return parse(v.object({ token: v.pipe(v.string(), v.minLength(1)) }), session, 'the session')
    .token;
}

interface Sent {
  readonly body?: unknown;
  readonly token?: string;
  readonly bytesMax: number;
}

async function send(
  { base, fetch, signal }: JobsWorld,
  path: string,
  { body, token, bytesMax }: Sent,
): Promise<Uint8Array> {
  const headers = {
    accept: 'application/json',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const timeout = AbortSignal.timeout(requestSecondsMax * 1_000);
  try {
    const response = await fetch(`${base.replace(/\/+$/, '')}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.any([signal, timeout]),
    });
    const bytes = await readBody(response, bytesMax, path);
    if (response.ok) return bytes;
    throw problemOf(bytes, response.status, path);
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    if (signal.aborted) throw new Problem('interrupted', 'The scanner is being stopped', { cause });
    throw unreachable(base, cause, { late: timeout, seconds: requestSecondsMax });
  }
}

async function readBody(response: Response, bytesMax: number, path: string): Promise<Uint8Array> {
  const bytes = await readBoundedBody(response.body, bytesMax);
  if (bytes !== undefined) return bytes;
  throw new Problem(
    'registry-answer-invalid',
    `The registry sent more than ${bytesMax} bytes for ${path}`,
  );
}

const problemShape = v.object({ code: v.string(), detail: v.optional(v.string(), '') });

function problemOf(bytes: Uint8Array, status: number, path: string): Problem {
  try {
    const { code, detail } = parse(problemShape, bytes, path);
    if (isCode(code))
      return new Problem(code, detail === '' ? `The registry answered ${status}` : detail);
  } catch {
    // Not a problem document of the registry: a proxy or another server answered.
  }
  return new Problem(
    status >= 500 ? 'registry-down' : 'registry-answer-invalid',
    `The registry answered ${status} for ${path}`,
  );
}

function isCode(code: string): code is ProblemCode {
  return Object.hasOwn(problemCodes, code);
}

function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  bytes: Uint8Array,
  what: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, parseJson(bytes, what).value);
  if (result.success) return result.output;
  throw new Problem('registry-answer-invalid', `Cannot read the registry’s answer: ${what}`, {
    reasons: result.issues.map((issue) => ({
      message: `${v.getDotPath(issue) ?? 'the answer'}: ${issue.message}`,
    })),
  });
}
