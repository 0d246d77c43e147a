/** The review of a version: drafts of approvals, and the moves a person makes. */
import { eq, sql } from 'drizzle-orm';
import { capabilityDigest, withoutWhy } from '../../skills-index/skill/capability.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { capitalized } from '../../skills-index/skill/text/capitalized.ts';
import { statementBytes } from '../../skills-index/statement/attestation.ts';
import { approvalStatement } from '../../skills-index/statement/version-statement.ts';
import { policyDigest } from '../../skills-index/trust/policy/policy.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import {
  type Actor,
  nameOf,
  type Principal,
  printSubject,
  type Registry,
  type VersionName,
} from '../context.ts';
import { completeOrLater } from '../index/put-off.ts';
import { draftMs, draftsDeletedAtOnce, sessionKeptMs } from '../limits.ts';
import { actorOf } from '../people/actors.ts';
import { requireRole } from '../people/identities.ts';
import { type BatchWrite, retryOnClash } from '../store/batch.ts';
import { requireBlob } from '../store/blobs.ts';
import { drafts } from '../store/schema.ts';
import { requireNoAuthor, whyOwn } from '../versions/authors.ts';
import { requireVersion } from '../versions/find-versions.ts';
import { requireNoMaliciousPackage } from '../versions/malicious-packages.ts';
import { filesOf, manifestOf } from '../versions/manifests.ts';
import { requireObserved } from '../versions/observations.ts';
import { readScannedBy } from '../versions/second-scans.ts';
import { notInReview, requireMove, type VersionState } from '../versions/status.ts';
import { moveWrites, type VersionRow } from '../versions/versions.ts';
import { reportOf } from './approvals.ts';
import { requireReason } from './notes.ts';

export { type ReviewDetail, readReview } from './detail.ts';
export { answerReviewers, askAuthor, claimReview } from './notes.ts';
export { type DecidedRow, listDecided } from './queue/decided.ts';
export { listQueue, type QueuePage, type QueueRow } from './queue/queue.ts';
export { withdrawVersion } from './withdraw.ts';

/** An approval to be signed: exactly these bytes. */
export interface ApprovalDraft {
  readonly digest: Digest;
  /** The statement's JSON as text. */
  readonly statement: string;
  /** The same, base64 of its UTF-8 bytes. */
  readonly payload: string;
  readonly expires: Date;
}

export interface AppliedDecision {
  readonly digest: Digest;
  readonly logIndex: number;
  readonly status: VersionState;
}

const reviewing = ['reviewer', 'administrator'] as const;

/** Bytes of a file, a report or a bundle. @throws Problem `not-found` */
export async function readReviewFile(registry: Registry, digest: Digest): Promise<Uint8Array> {
  return requireBlob(registry, digest);
}

/**
 * Writes the approval that a reviewer would sign, and keeps it.
 * @param wanted.reviewer the key or passkey of the same member that will sign; by default the
 * signed-in one
 * @throws Problem `forbidden`, `approval-refused`, `move-illegal`, `not-found`
 */
export async function draftApproval(
  registry: Registry,
  actor: Actor,
  wanted: VersionName & {
    readonly reason: string;
    readonly independent: boolean;
    readonly reviewer?: Principal;
  },
): Promise<ApprovalDraft> {
  const { name: member } = requireRole(actor, ['reviewer']);
  const row = await requireVersion(registry, wanted);
  if (row.status !== 'in review') throw notInReview(row);
  await requireNoMaliciousPackage(registry, row, 'approve');
  const subject = wanted.reviewer ?? actor.subject;
  await requireOwnKey(registry, row, { subject, member });
  const report = await reportOf(registry, row);
  if (report === undefined || row.report === null) {
    throw new Problem('approval-refused', 'Cannot approve: there is no scan report', {
      hint: 'Wait for the new scan, or refuse the version.',
    });
  }
  const { scans, needed } = await readScannedBy(registry, row);
  if (scans.length < needed)
    throw new Problem(
      'approval-refused',
      `${scans.length} of ${needed} scanners have signed its scan report`,
      {
        hint: 'Start another scanner with a key of its own: skillgate scanner work.',
      },
    );
  await requireObserved(registry, row);
  const { capabilities } = await manifestOf(registry, row);
  const expires = new Date(registry.now().getTime() + draftMs);
  const { name, version, bundle } = row;
  const statement = approvalStatement(
    { name, version, bundle, files: await filesOf(registry, row) },
    {
      registry: registryIdOf(registry.root),
      name,
      version,
      bundle,
      capabilities: withoutWhy(capabilities),
      capabilityDigest: capabilityDigest(capabilities),
      scanReport: row.report,
      ruleSet: report.ruleSet,
      policy: policyDigest(registry.policy),
      reviewer:
        subject.kind === 'key'
          ? { member, keyId: subject.keyId }
          : { member, credentialId: subject.credentialId },
      reason: requireReason(wanted.reason),
      nonce: Buffer.from(registry.random(16)).toString('base64url'),
      expires: expires.toISOString(),
      independent: wanted.independent && subject.kind === 'key',
    },
  );
  const text = Buffer.from(statementBytes(statement)).toString('utf8');
  const digest = digestOf(text);
  const draft = {
    digest,
    versionId: row.id,
    statement: text,
    by: nameOf(actor),
    expiresAt: expires.getTime(),
    createdAt: registry.now().getTime(),
  };
  await registry.db.batch([deleteExpired(registry), (db) => db.insert(drafts).values(draft)]);
  return asDraft(draft);
}

// Each draft makes room for the next: nobody can sign a draft that has expired.
function deleteExpired({ now }: Registry): BatchWrite {
  const before = now().getTime() - sessionKeptMs;
  const expired = sql`SELECT digest FROM drafts WHERE expiresAt < ${before} ORDER BY expiresAt LIMIT ${draftsDeletedAtOnce}`;
  return (db) => db.delete(drafts).where(sql`${drafts.digest} IN (${expired})`);
}

/** A draft by its digest. @throws Problem `not-found` */
export async function readDraft(registry: Registry, digest: Digest): Promise<ApprovalDraft> {
  const [row] = await registry.db.read.select().from(drafts).where(eq(drafts.digest, digest));
  if (row === undefined) throw new Problem('not-found', `There is no draft ${digest}`);
  return asDraft(row);
}

/**
 * A person's move with a reason: out of quarantine, or to refused. @throws Problem `forbidden`,
 * `move-illegal`, `not-found`
 */
export async function moveVersion(
  registry: Registry,
  actor: Actor,
  move: VersionName & { readonly to: VersionState; readonly reason: string },
): Promise<VersionState> {
  requireRole(actor, reviewing);
  const why = requireReason(move.reason);
  return retryOnClash(async () => {
    const row = await requireVersion(registry, move);
    await requireNoAuthor(registry, actor, row);
    const { writes, moved } = moveWrites(
      registry,
      row,
      requireMove(row.status, move.to, 'person'),
      { by: nameOf(actor), why },
    );
    await registry.db.batch(writes);
    // Nobody can approve a version without a report, so a version whose scan ended without one is
    // scanned again.
    await completeOrLater(registry, row.id);
    return moved.status;
  });
}

/** The key or passkey must belong to the member who drafts, and never to the author. */
async function requireOwnKey(
  registry: Registry,
  row: VersionRow,
  { subject, member }: { readonly subject: Principal; readonly member: string },
): Promise<void> {
  const signer = await actorOf(registry, subject);
  if (signer?.member?.name !== member) {
    throw new Problem(
      'approval-refused',
      `${printSubject(subject)} is not a key or passkey of ${member}`,
    );
  }
  const who = {
    member,
    enrolled: signer.member,
    ...(subject.kind === 'key' ? { keyId: subject.keyId } : {}),
  };
  const own = await whyOwn(registry, row, who);
  if (own !== undefined) throw new Problem('approval-refused', capitalized(own));
}

function asDraft(row: {
  readonly digest: Digest;
  readonly statement: string;
  readonly expiresAt: number;
}): ApprovalDraft {
  const { digest, statement } = row;
  return {
    digest,
    statement,
    payload: Buffer.from(statement).toString('base64'),
    expires: new Date(row.expiresAt),
  };
}
