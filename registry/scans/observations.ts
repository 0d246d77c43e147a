/**
 * Takes a scanner's observation of a version: who signed it, which bytes it is about, and what its
 * verdict changes. Nothing here makes a version milder.
 */

import { and, eq, gt, lt, type SQL, sql } from 'drizzle-orm';
import { parseBundle } from '../../skills-index/skill/bundle.ts';
import { type Digest, digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { predicateTypes, type Statement } from '../../skills-index/statement/attestation.ts';
import type { Verdict } from '../../skills-index/statement/finding.ts';
import {
  type ObservationStatement,
  observationBytesMax,
  parseObservationStatement,
} from '../../skills-index/statement/observation-statement.ts';
import {
  type Envelope,
  envelopeSigner,
  peekStatement,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import {
  requireOwnRegistry,
  requireSubjects,
} from '../../skills-index/trust/signatures/require-own-registry.ts';
import { type Actor, nameOf, type Registry, type VersionName } from '../context.ts';
import { settle } from '../index/publish-index.ts';
import { refreshStatus } from '../index/status-json.ts';
import { finishLogged, orLater } from '../log/after-logging.ts';
import type { Appending, LoggedAt, NewStatement } from '../log/appending.ts';
import { appendInTurn } from '../log/sequencer.ts';
import { latest, readMembers, requireRole } from '../people/identities.ts';
import { nothingRemovedSince } from '../retention/delete-files.ts';
import { judgeAnew } from '../review/queue/renew-queue.ts';
import { clockSkewMs } from '../sign-in/sessions.ts';
import { isWorse, type PlannedSuspension, suspensionOf } from '../stops/incidents.ts';
import {
  observationAttemptsMax,
  observationLaterMs,
  observationLeaseMs,
  observationRetryMs,
  observationTriesMax,
} from '../store/batch.ts';
import { requireBlob } from '../store/blobs.ts';
import { payloadMark } from '../store/columns/payload-mark-column.ts';
import { putBlobs } from '../store/objects.ts';
import { versions } from '../store/schema.ts';
import { requireVersion } from '../versions/find-versions.ts';
import { statementsOf } from '../versions/manifests.ts';
import {
  endObservationWait,
  hasNewBlock,
  inTheWay,
  observationJobs,
  observationsOf,
  raisedBy,
} from '../versions/observations.ts';
import { doubtWrite } from '../versions/second-scans.ts';
import type { VersionState } from '../versions/status.ts';
import { addHiddenBlobs } from '../versions/version-blobs.ts';
import { moveWrites, type VersionRow } from '../versions/versions.ts';
import { readVisible, visibleColumns } from '../versions/visible-versions.ts';

/** Observations of a version by one scanner with one verdict or a worse one. */
const observationsOfVersionMax = 10;

interface SentObservation {
  /** Signed `observed/v1`, which names the observation. */
  readonly envelope: Envelope;
  /** The observation's statement, unparsed. */
  readonly observation: unknown;
}

interface AcceptedObservation {
  readonly status: VersionState;
  readonly verdict: Verdict;
  readonly statement: LoggedAt | undefined;
}

/** A version has a report in these states, and a verdict can still matter. */
const observable: readonly VersionState[] = ['in review', 'quarantined', 'approved', 'suspended'];

/**
 * Takes a signed observation. The same statement again gets the first answer.
 * @throws Problem `forbidden`, `key-unknown`, `other-registry`, `statement-invalid`,
 * `subject-mismatch`, `move-illegal`, `not-found`
 */
export async function takeObservation(
  registry: Registry,
  actor: Actor,
  which: VersionName,
  sent: SentObservation,
): Promise<AcceptedObservation> {
  requireRole(actor, ['scanner']);
  const row = await requireVersion(registry, which);
  const signed = await requireScannerStatement(registry, actor, sent.envelope, {
    kind: 'observed',
    refusal: 'Cannot take the observation',
  });
  const { bytes, digest, facts, verdict } = await verifyObservation(registry, row, signed, sent);
  const payload = digestOf(Buffer.from(sent.envelope.payload, 'base64'));
  const appended = await appendInTurn(registry, async (): Promise<Appending & Repeated> => {
    const before = await loggedBefore(registry, row, signed, payload);
    if (before !== undefined) return { statements: [], writes: () => [], before };
    const now = await requireVersion(registry, which);
    if (!observable.includes(now.status)) throw notObservable(now);
    const observations = await observationsOf(registry, now);
    if (inTheWay(observations, { by: nameOf(actor), verdict }) >= observationsOfVersionMax)
      throw noMore(now, verdict);
    const nothingRemoved = await nothingRemovedSince(registry, [digest]);
    await putBlobs(registry.objects, [bytes]);
    const verdictBefore = raisedBy(observations[0], now.verdict);
    const isNews =
      verdict === 'block'
        ? await hasNewBlock(registry, observations, facts)
        : isWorse(verdict, verdictBefore);
    const planned = await consequencesOf(registry, now, { verdict, isNews, actor });
    const stop = planned.statement === undefined ? [] : [planned.statement];
    return {
      statements: [signed, ...stop].map((one) => ({ ...one, versionId: row.id })),
      writes: () => [
        nothingRemoved,
        addHiddenBlobs(row, [digest]),
        endObservationWait(row.id),
        ...planned.writes,
      ],
    };
  });
  const { before } = appended.decision;
  const logged = await finishLogged(
    registry,
    before === undefined ? appended : { indexes: [before] },
  );
  await orLater(registry, () => judgeAnew(registry, [row.id]));
  // The policy may have waited for this observation alone.
  await orLater(registry, () => settle(registry, row.id));
  if (logged.some(({ predicateType }) => predicateType === predicateTypes.revocation))
    await orLater(registry, () => refreshStatus(registry));
  const statement = logged.find(({ predicateType }) => predicateType === predicateTypes.observed);
  return { status: (await requireVersion(registry, which)).status, verdict, statement };
}

interface Repeated {
  /** Log index of the same statement, when the log has it. */
  readonly before?: number;
}

async function verifyObservation(
  registry: Registry,
  row: VersionRow,
  { statement }: NewStatement,
  { observation }: SentObservation,
) {
  const bytes = Buffer.from(canonicalJson(observation));
  if (bytes.byteLength > observationBytesMax)
    throw new Problem('statement-invalid', 'Cannot take the observation: it is too long');
  const parsed = parseObservationStatement(bytes);
  const { files } = parseBundle(await requireBlob(registry, row.bundle)).bundle;
  requireSubjects(statement, { name: row.name, version: row.version, bundle: row.bundle, files });
  const digest = digestOf(bytes);
  const wrong = mismatch(statement, parsed, { digest, bundle: row.bundle, now: registry.now() });
  if (wrong !== undefined)
    throw new Problem('subject-mismatch', `Cannot take the observation: ${wrong}`);
  const { facts, verdict } = parsed.predicate.observation;
  return { bytes, digest, facts, verdict };
}

function mismatch(
  statement: NewStatement['statement'],
  { predicate, subject: [subject] }: ObservationStatement,
  at: { readonly digest: Digest; readonly bundle: Digest; readonly now: Date },
): string | undefined {
  if (statement.predicateType !== predicateTypes.observed) return 'it is not observed/v1';
  if (statement.predicate.observation !== at.digest)
    return 'the signed statement names another observation';
  if (statement.predicate.verdict !== predicate.observation.verdict)
    return 'statement and observation name different verdicts';
  if (subject.digest.sha256 !== hexOf(at.bundle)) return 'the observation is about another bundle';
  return Date.parse(predicate.observedAt) > at.now.getTime() + clockSkewMs
    ? 'the observation is dated in the future'
    : undefined;
}

async function loggedBefore(
  registry: Registry,
  { id }: VersionRow,
  { signer }: NewStatement,
  payload: Digest,
): Promise<number | undefined> {
  const own = 'keyId' in signer ? signer.keyId : signer.signer;
  const all = await statementsOf(registry, id, predicateTypes.observed);
  return all.find((one) => one.payload === payloadMark(payload) && one.signer === own)?.logIndex;
}

// As a rescan: facts hold a waiting version back, and suspend an approved one. Whoever moved a
// version on in spite of a fact is not overruled by the same fact, and is by another one.
async function consequencesOf(
  registry: Registry,
  row: VersionRow,
  {
    actor,
    isNews,
    verdict,
  }: { readonly actor: Actor; readonly isNews: boolean; readonly verdict: Verdict },
): Promise<PlannedSuspension> {
  if (verdict === 'incomplete' || !isNews) return { writes: [] };
  const why = `an observation in sandboxes with decoys says ${verdict}`;
  const by = nameOf(actor);
  if (row.status === 'in review' && verdict === 'block')
    return moveWrites(
      registry,
      row,
      { from: 'in review', to: 'quarantined', by: 'verdict' },
      { by, why },
    );
  if (row.status !== 'approved') return { writes: [] };
  return verdict === 'block'
    ? suspensionOf(registry, row, `After the approval, ${why}`)
    : { writes: [doubtWrite(registry, row, { by, why })] };
}

function notObservable({ name, status, version }: VersionRow): Problem {
  return new Problem('move-illegal', `Cannot observe ${name}@${version}: its state is ${status}`, {
    hint: 'An observation is taken once the version has a scan report, and until it is revoked.',
  });
}

function noMore({ name, version }: VersionRow, verdict: Verdict): Problem {
  return new Problem(
    'move-illegal',
    `Cannot take the observation of ${name}@${version}: this scanner has sent ${observationsOfVersionMax} that say ${verdict} or worse`,
    {
      hint: 'Reviewers see the facts of those at the desk. An observation with a worse verdict, or by another scanner, is taken.',
    },
  );
}

// A statement that a scanner hands in: of the right kind, for this registry, signed by itself.

type Kind = 'scan' | 'observed';
type StatementOf<K extends Kind> = Extract<
  Statement,
  { readonly predicateType: (typeof predicateTypes)[K] }
>;

/**
 * The statement of `kind` in an envelope, with its signer. A scanner sends only what it signed
 * itself. `refusal` begins each error: “Cannot accept the report”.
 * @throws Problem `statement-invalid`, `key-unknown`
 */
export async function requireScannerStatement<K extends Kind>(
  registry: Registry,
  { subject }: Actor,
  envelope: Envelope,
  { kind, refusal }: { readonly kind: K; readonly refusal: string },
): Promise<NewStatement & { readonly statement: StatementOf<K> }> {
  const statement = peekStatement(envelope);
  if (!isOf(statement, kind))
    throw new Problem('statement-invalid', `${refusal}: the statement is not ${kind}/v1`);
  requireOwnRegistry(registry.root, statement);
  const { chain, keys } = await readMembers(registry);
  const own =
    subject.kind === 'key' && chain.isMember(subject.keyId, 'scanner', latest)
      ? keys.get(subject.keyId)
      : undefined;
  const signer = own === undefined ? undefined : envelopeSigner(envelope, [own]);
  if (signer === undefined)
    throw new Problem('key-unknown', `${refusal}: the scanner that hands it in did not sign it`);
  const { keyId, spki } = signer;
  return { statement, envelope, signer: { keyId, spki: Buffer.from(spki, 'base64') } };
}

function isOf<K extends Kind>(statement: Statement, kind: K): statement is StatementOf<K> {
  return statement.predicateType === predicateTypes[kind];
}

// Observation jobs: where the policy asks for observations, scanners that can observe lease the
// versions that wait for one. The observation itself arrives as every other does.

type ObservationJobRow = typeof observationJobs.$inferSelect;

interface LeasedObservation extends Pick<VersionRow, 'bundle' | 'name' | 'version'> {
  /** Opaque token. Only the newest may report a failure. */
  readonly lease: string;
  /** From 1. */
  readonly attempt: number;
  readonly leaseSeconds: number;
}

/**
 * Leases a job that nobody tried yet, the oldest publication first, or else the job that waits
 * longest for its next attempt. Nothing is leased where the policy asks for no observations.
 * @throws Problem `forbidden`
 */
export async function leaseObservation(
  registry: Registry,
  actor: Actor,
): Promise<LeasedObservation | undefined> {
  requireRole(actor, ['scanner']);
  if (registry.policy.observed !== true) return undefined;
  for (let tries = 0; tries < observationTriesMax; tries++) {
    const lease = Buffer.from(registry.random(32)).toString('base64url');
    const job = await leaseNext(registry, nameOf(actor), lease);
    if (job === undefined) return undefined;
    const row = await waitingVersion(registry, job);
    if (row !== undefined)
      return {
        lease,
        bundle: row.bundle,
        name: row.name,
        version: row.version,
        attempt: job.attempts,
        leaseSeconds: observationLeaseMs / 1_000,
      };
    await registry.db.batch([endObservationWait(job.versionId)]);
  }
  return undefined;
}

/**
 * Takes a failed attempt. The job waits a minute, so that others go first, and after several
 * attempts a day.
 * @throws Problem `job-stale`, `forbidden`
 */
export async function failObservation(
  registry: Registry,
  actor: Actor,
  failed: { readonly lease: string; readonly detail: string },
): Promise<void> {
  requireRole(actor, ['scanner']);
  const { attempts, leaseUntil } = observationJobs;
  const again = registry.now().getTime() + observationRetryMs;
  const given = await registry.db.read
    .update(observationJobs)
    .set({
      lease: null,
      leaseUntil: sql`CASE WHEN ${attempts} < ${observationAttemptsMax} THEN ${again} ELSE ${leaseUntil} END`,
      detail: failed.detail,
    })
    .where(
      and(
        eq(observationJobs.lease, digestOf(failed.lease)),
        eq(observationJobs.worker, nameOf(actor)),
      ),
    )
    .returning();
  if (given.length === 0)
    throw new Problem('job-stale', 'The lease has expired, or another worker has the job');
}

async function leaseNext(
  { db, now }: Registry,
  worker: string,
  lease: string,
): Promise<ObservationJobRow | undefined> {
  const { attempts, leaseUntil, versionId } = observationJobs;
  const at = now().getTime();
  const firstOf = (free: SQL | undefined): SQL =>
    sql`(SELECT ${versionId} FROM ${observationJobs} WHERE ${free} ORDER BY ${leaseUntil}, ${versionId} LIMIT 1)`;
  // A lease that ends much later than any new one would was given by a clock that was ahead.
  const next = sql`COALESCE(${firstOf(lt(leaseUntil, at))}, ${firstOf(gt(leaseUntil, at + 2 * observationLaterMs))})`;
  // From the last attempts a day passes to the next one, also when the scanner never answers. A
  // submission that ends its scanner costs one attempt a day.
  const isLast = sql`${attempts} + 1 >= ${observationAttemptsMax}`;
  const [job] = await db.read
    .update(observationJobs)
    .set({
      lease: digestOf(lease),
      worker,
      leaseUntil: sql`CASE WHEN ${isLast} THEN ${at + observationLaterMs} ELSE ${at + observationLeaseMs} END`,
      attempts: sql`${attempts} + 1`,
    })
    .where(eq(versionId, next))
    .returning();
  return job;
}

// A person may have refused the version meanwhile, or handed an observation in.
async function waitingVersion(
  registry: Registry,
  { versionId }: ObservationJobRow,
): Promise<VersionRow | undefined> {
  const [row] = await readVisible(registry, () =>
    registry.db.read.select(visibleColumns).from(versions).where(eq(versions.id, versionId)),
  );
  if (row?.status !== 'in review') return undefined;
  return (await observationsOf(registry, row)).length === 0 ? row : undefined;
}
