/** The review of a version: drafts of approvals, and the moves a person makes. */
import { and, desc, eq, sql } from 'drizzle-orm';
import { capabilityDigest, withoutWhy } from '../../skills-index/skill/capability.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { type Scope, type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { capitalized } from '../../skills-index/skill/text/capitalized.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { statementBytes } from '../../skills-index/statement/attestation.ts';
import { approvalStatement } from '../../skills-index/statement/version-statement.ts';
import { matchedIdentity } from '../../skills-index/trust/members-and-scopes/match.ts';
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
import { actorOf } from '../people/actors.ts';
import { latest, readIdentities, requireRole } from '../people/identities.ts';
import { sessionKeptMs } from '../sign-in/sessions.ts';
import { type BatchWrite, retryOnClash } from '../store/batch.ts';
import { requireBlob } from '../store/blobs.ts';
import { isDecision, isOpen } from '../store/columns/index-conditions.ts';
import { audit, drafts, jobs, versions } from '../store/schema.ts';
import { requireNoAuthor, whyNotApprover } from '../versions/authors.ts';
import { historyOf, requireVersion } from '../versions/find-versions.ts';
import { requireNoMaliciousPackage } from '../versions/malicious-packages.ts';
import { filesOf, manifestOf } from '../versions/manifests.ts';
import { requireObserved } from '../versions/observations.ts';
import { requireActivePublisher } from '../versions/publishers.ts';
import { readScannedBy } from '../versions/second-scans.ts';
import { movesFrom, notInReview, requireMove, type VersionState } from '../versions/status.ts';
import { type MoveRow, moveWrites, type VersionRow } from '../versions/versions.ts';
import { readVisible, type VisibleVersion, visibleColumns } from '../versions/visible-versions.ts';
import { reportOf } from './approvals.ts';
import { requireReason } from './notes.ts';

export const draftMs = 14 * 24 * 3_600_000;

const draftsDeletedAtOnce = 10;

/** Moves into one state among which the decisions are searched, the newest ones. */
const decidedLookedAtMax = 200;

/** Decisions listed below the queue. */
const decidedRowsMax = 20;

export { type ReviewDetail, readReview } from './detail.ts';
export { answerReviewers, askAuthor, claimReview } from './notes.ts';

export { listQueue, type QueuePage, type QueueRow } from './queue/queue.ts';

/** An approval to be signed: exactly these bytes. */
interface ApprovalDraft {
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
  const own = await whyNotApprover(registry, row, who);
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

// People's newest decisions.

export interface DecidedRow {
  readonly name: SkillName;
  readonly version: Version;
  readonly status: VersionState;
  readonly by: string;
  readonly why: string;
  readonly at: Date;
}

/**
 * The newest decisions, each version once. Of the newest moves into a state, only the first are
 * looked at: a stop of a publisher moves any number of versions out of a state again.
 */
export async function listDecided(registry: Registry): Promise<readonly DecidedRow[]> {
  const decided: readonly VersionState[] = [
    'approved',
    'refused',
    'suspended',
    'revoked',
    'withdrawn',
  ];
  const each = decided.map(async (to) => {
    const newest = registry.db.read
      .select({
        versionId: audit.versionId,
        move: audit.move,
        by: audit.by,
        why: audit.why,
        at: audit.at,
      })
      .from(audit)
      .where(and(isDecision(audit.to), eq(audit.to, to)))
      .orderBy(desc(audit.at))
      .limit(decidedLookedAtMax)
      .as('newest');
    return readVisible(registry, () =>
      registry.db.read
        .select({ ...visibleColumns, by: newest.by, why: newest.why, at: newest.at })
        .from(newest)
        .innerJoin(versions, and(eq(newest.versionId, versions.id), eq(newest.move, versions.move)))
        .limit(decidedRowsMax),
    );
  });
  const newest = (await Promise.all(each)).flat().map(decidedRow);
  return newest.sort((a, b) => b.at.getTime() - a.at.getTime()).slice(0, decidedRowsMax);
}

type FoundRow = VisibleVersion<VersionRow> & Pick<MoveRow, 'by' | 'why'> & { readonly at: number };

function decidedRow({ due, name, status, version, ...last }: FoundRow): DecidedRow {
  const { at, by, why } = due ?? { ...last, at: new Date(last.at) };
  return { name, version, status, by, why, at };
}

// An author takes back a version that waits. The version stays, with its number and its history,
// and can never be approved.

/**
 * Withdraws a version that was not decided yet. A repeated request changes nothing, and gets the
 * same answer.
 * @returns the state change, with who made it, when and why
 * @throws Problem `forbidden`, `scope-frozen`, `publisher-stopped`, `not-found`, `move-illegal`
 */
export async function withdrawVersion(
  registry: Registry,
  actor: Actor,
  wanted: VersionName & { readonly reason?: string | undefined },
): Promise<MoveRow> {
  // The author is checked first: strangers must not learn which versions of a scope exist.
  await requireActiveAuthor(registry, actor, scopeOf(wanted.name));
  const why =
    wanted.reason === undefined ? 'the author gave no reason' : requireReason(wanted.reason);
  await retryOnClash(async () => {
    const row = await requireVersion(registry, wanted);
    if (row.status === 'withdrawn') return;
    if (!movesFrom(row.status, 'author').includes('withdrawn')) throw notWaiting(row);
    const step = requireMove(row.status, 'withdrawn', 'author');
    const { writes } = moveWrites(registry, row, step, { by: nameOf(actor), why });
    const open = and(eq(jobs.versionId, row.id), isOpen(jobs.state));
    await registry.db.batch([
      ...writes,
      // A scanner that works on the version learns at its next request that the job is gone.
      (db) => db.update(jobs).set({ state: 'done', lease: null }).where(open),
    ]);
  });
  const history = await historyOf(registry, await requireVersion(registry, wanted));
  const last = history.findLast(({ to }) => to === 'withdrawn');
  if (last === undefined) throw new Problem('internal', 'The withdrawal cannot be found');
  return last;
}

/** Owners and publishers of the scope withdraw, whoever of them published the version. */
async function requireActiveAuthor(
  registry: Registry,
  { subject }: Actor,
  scope: Scope,
): Promise<void> {
  const { chain } = await readIdentities(registry, { scopes: [scope] });
  const authors = [...chain.ownersOf(scope, latest), ...chain.publishersOf(scope, latest)];
  if (subject.kind !== 'key' || matchedIdentity(authors, { signer: subject.keyId }) === undefined)
    throw new Problem(
      'forbidden',
      `Only the owners and publishers of @${scope} may withdraw its versions`,
      { hint: `Sign in with the key of one of them: skillgate scope show ${scope} lists them.` },
    );
  const frozen = chain.whyFrozen(scope, latest);
  if (frozen !== undefined)
    throw new Problem('scope-frozen', `Nobody can withdraw versions in @${scope} now: ${frozen}`);
  await requireActivePublisher(registry, { ids: [subject.keyId], scope });
}

const installable: readonly VersionState[] = ['approved', 'suspended'];

function notWaiting({ name, version, status }: VersionRow): Problem {
  const which = `${name}@${version}`;
  return new Problem('move-illegal', `${which} is "${status}", so it cannot be withdrawn`, {
    hint: installable.includes(status)
      ? `Keep new installations from choosing the version: skillgate yank ${which} --reason "…"`
      : 'Nobody can install the version, so nothing is left to do.',
  });
}
