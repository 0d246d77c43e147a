/**
 * The queue: versions that wait for a person, the riskiest first over all that wait. Risks are
 * stored, so that a page reads only its own rows.
 */

import { and, asc, between, desc, eq, type SQL, sql } from 'drizzle-orm';
import * as v from 'valibot';
import type { Digest } from '../../../skills-index/skill/digest.ts';
import { type SkillName, scopeOf } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import type { Version } from '../../../skills-index/skill/version.ts';
import { predicateTypes } from '../../../skills-index/statement/attestation.ts';
import type { Verdict } from '../../../skills-index/statement/finding.ts';
import { whyNotApprover } from '../../../skills-index/trust/members-and-scopes/authors.ts';
import { policyDigest } from '../../../skills-index/trust/policy/policy.ts';
import { heldRole } from '../../../skills-index/trust/root/root-role.ts';
import type { Registry } from '../../context.ts';
import { orLater } from '../../log/after-logging.ts';
import { type ApprovalFact, approvalFactIn, basisOf } from '../../log/segments/statement-fact.ts';
import { clockSkewMs } from '../../sign-in/sessions.ts';
import { isAmong } from '../../store/batch.ts';
import { guard, reviewNotes, versions } from '../../store/schema.ts';
import { waiting } from '../../store/waiting-schema.ts';
import { type StatementRow, statementsOf } from '../../versions/manifests.ts';
import { raisedBy } from '../../versions/observations.ts';
import type { VersionState } from '../../versions/status.ts';
import type { VersionRow } from '../../versions/versions.ts';
import { type ContextInRows, contextInRows } from '../approvals.ts';
import { type EarlierQuestion, earlierQuestions } from '../detail.ts';
import { claimMs } from '../notes.ts';
import { type QueueJudgement, unjudged, whyUnshown } from './queue-judgement.ts';
import { judgeAnew, judgedAnewAtOnce, renewQueue } from './renew-queue.ts';

/** Versions on one page of the queue. */
export const queuePageRows = 50;

export interface QueueRow extends Omit<QueueJudgement, 'policy'> {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  readonly status: VersionState;
  readonly verdict?: Verdict;
  readonly publisher: Digest;
  readonly receivedAt: Date;
  readonly approvals: number;
  /** Who reviews the version now. */
  readonly claim?: { readonly by: string; readonly until: Date };
  /** What a reviewer asked about an earlier version. */
  readonly askedBefore?: EarlierQuestion;
}

/** Which page: the rows after or before a place that another page names. */
interface QueuePlace {
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

export interface QueuePage {
  readonly rows: readonly QueueRow[];
  /** The place of the next page; absent on the last. */
  readonly next?: string;
  /** The place of the page before; absent on the first. */
  readonly previous?: string;
  /** All versions that wait, and those of them in quarantine. */
  readonly waiting: number;
  readonly quarantined: number;
  /** When the oldest version that waits was received. */
  readonly oldest?: Date;
  /** Some risks are being judged anew after the newest events, so the order may change. */
  readonly unsettled: boolean;
}

type WaitingRow = typeof waiting.$inferSelect;

interface ReadRow {
  readonly row: VersionRow;
  readonly place: WaitingRow;
}

/**
 * A page of the queue: versions in review or quarantined, riskiest first; of two equals, the older
 * first.
 * @throws Problem `request-invalid` for a place that no page names
 */
export async function listQueue(registry: Registry, where: QueuePlace = {}): Promise<QueuePage> {
  let unsettled = true;
  await orLater(registry, async () => {
    unsettled = await renewQueue(registry);
  });
  let page = await readPage(registry, where);
  const stale = page.rows.filter((read) => isStale(registry, read)).slice(0, judgedAnewAtOnce);
  // A row that failed is tried again: its evidence may have been mended since.
  if (stale.length > 0) {
    await orLater(registry, () =>
      judgeAnew(
        registry,
        stale.map(({ row }) => row.id),
      ),
    );
    page = await readPage(registry, where);
  }
  const claims = await claimsOn(registry, page.rows);
  const asked = await earlierQuestions(
    registry,
    page.rows.map(({ row }) => row.id),
  );
  const rows: QueueRow[] = [];
  for (const read of page.rows) {
    const askedBefore = asked.get(read.row.id);
    const row = await queueRow(registry, read, claims);
    rows.push({ ...row, ...(askedBefore === undefined ? {} : { askedBefore }) });
  }
  const oldest = await oldestOf(registry);
  const [counted] = await registry.db.read.select().from(guard);
  return {
    rows,
    ...neighbours(page, where),
    waiting: counted?.waiting ?? 0,
    quarantined: counted?.quarantined ?? 0,
    ...(oldest === undefined ? {} : { oldest }),
    unsettled,
  };
}

function isStale({ policy }: Registry, { place: { judged } }: ReadRow): boolean {
  return judged === null || judged.failed !== undefined || judged.policy !== policyDigest(policy);
}

interface ReadPage {
  readonly rows: readonly ReadRow[];
  /** Rows follow in the direction of reading. */
  readonly goesOn: boolean;
}

async function readPage(registry: Registry, { after, before }: QueuePlace): Promise<ReadPage> {
  const place = sql`(${waiting.rank}, ${waiting.logIndex}, ${waiting.versionId})`;
  const from = after ?? before;
  const beyond = from === undefined ? undefined : placeIn(from);
  const isBackwards = after === undefined && before !== undefined;
  const found = await registry.db.read
    .select({ row: versions, place: waiting })
    .from(waiting)
    .innerJoin(versions, eq(versions.id, waiting.versionId))
    .where(
      beyond === undefined
        ? undefined
        : isBackwards
          ? sql`${place} < ${beyond}`
          : sql`${place} > ${beyond}`,
    )
    .orderBy(...[waiting.rank, waiting.logIndex, waiting.versionId].map(isBackwards ? desc : asc))
    .limit(queuePageRows + 1);
  const rows = found.slice(0, queuePageRows);
  return { rows: isBackwards ? rows.reverse() : rows, goesOn: found.length > queuePageRows };
}

function neighbours(
  { rows, goesOn }: ReadPage,
  { after, before }: QueuePlace,
): Pick<QueuePage, 'next' | 'previous'> {
  const first = rows[0];
  const last = rows.at(-1);
  const isBackwards = after === undefined && before !== undefined;
  const follows = isBackwards || goesOn;
  const precedes = isBackwards ? goesOn : after !== undefined;
  return {
    ...(last !== undefined && follows ? { next: placeOf(last) } : {}),
    ...(first !== undefined && precedes ? { previous: placeOf(first) } : {}),
  };
}

function placeOf({ place: { rank, logIndex, versionId } }: ReadRow): string {
  return `${rank}.${logIndex}.${versionId}`;
}

const placeText = v.pipe(v.string(), v.regex(/^\d{1,3}\.-?\d{1,15}\.-?\d{1,15}$/));

function placeIn(text: string): SQL {
  if (!v.is(placeText, text))
    throw new Problem('request-invalid', 'No page of the queue has this place', {
      hint: 'Take the place from the answer before, or ask without a place for the first page.',
    });
  const [rank, logIndex, versionId] = text.split('.').map(Number);
  return sql`(${rank}, ${logIndex}, ${versionId})`;
}

async function queueRow(
  registry: Registry,
  { row, place }: ReadRow,
  claims: Claims,
): Promise<QueueRow> {
  const claim = claims.get(row.id);
  const stored =
    place.judged ?? unjudged(registry, 'The registry has not judged this version yet.');
  // Rights of reviewers end, and drafts expire: the approvals of a page are counted anew.
  const counted = place.approvals === 0 ? 0 : await countedOrWhy(registry, row);
  const judged = typeof counted === 'number' ? stored : unjudged(registry, counted.failed);
  const { policy: _, ...shown } = judged;
  const { observed } = judged;
  const verdict = raisedBy(observed && { verdict: observed }, row.verdict);
  return {
    name: row.name,
    version: row.version,
    bundle: row.bundle,
    status: row.status,
    publisher: row.publisher,
    receivedAt: new Date(row.createdAt),
    ...(verdict === null ? {} : { verdict }),
    ...(claim === undefined ? {} : { claim }),
    approvals: typeof counted === 'number' ? counted : 0,
    ...shown,
  };
}

async function countedOrWhy(
  registry: Registry,
  row: VersionRow,
): Promise<number | { readonly failed: string }> {
  try {
    return await countShown(registry, row);
  } catch (error) {
    return { failed: whyUnshown(error) };
  }
}

type Claims = ReadonlyMap<string, { readonly by: string; readonly until: Date }>;

async function claimsOn(registry: Registry, rows: readonly ReadRow[]): Promise<Claims> {
  const now = registry.now().getTime();
  const ids = rows.map(({ row }) => row.id);
  const notes = await registry.db.read
    .select()
    .from(reviewNotes)
    .where(
      and(
        isAmong(reviewNotes.versionId, ids),
        eq(reviewNotes.kind, 'claimed'),
        between(reviewNotes.at, now - claimMs, now + clockSkewMs),
      ),
    );
  const newestLast = notes.sort((a, b) => a.at - b.at);
  return new Map(
    newestLast.map(({ versionId, by, at }) => [versionId, { by, until: new Date(at + claimMs) }]),
  );
}

async function oldestOf({ db }: Registry): Promise<Date | undefined> {
  const [oldest] = await db.read
    .select({ at: versions.createdAt })
    .from(waiting)
    .innerJoin(versions, eq(versions.id, waiting.versionId))
    .orderBy(asc(waiting.logIndex))
    .limit(1);
  return oldest === undefined ? undefined : new Date(oldest.at);
}

// The approvals that the queue shows of a waiting version, counted by rows alone.

/**
 * How many people's approvals of a version count now. `countApprovals` gives the same number from
 * the statements, which are objects for older approvals, and a page of the queue has many versions.
 * Intake judged each statement once, the assertion of a passkey included. Only what may change
 * later is judged here. Nothing is decided by this number.
 */
export async function countShown(registry: Registry, version: VersionRow): Promise<number> {
  const rows = await statementsOf(registry, version.id, predicateTypes.approval);
  if (rows.length === 0) return 0;
  const context = await contextInRows(registry, version);
  const reviewers = new Set<string>();
  for (const row of rows) {
    const fact = approvalFactIn(row);
    if (stillCounts(row, fact, context)) reviewers.add(fact.reviewer);
  }
  return reviewers.size;
}

function stillCounts(
  { signer, logIndex }: StatementRow,
  { basis, expires, reviewer, credentialId }: ApprovalFact,
  { root, identities, policy, version, publish, scan, at }: ContextInRows,
): boolean {
  const byKey = credentialId === undefined;
  const enrolled = byKey
    ? identities.memberOf(signer, logIndex)
    : identities.passkeyOf(credentialId, logIndex)?.member;
  const acting = { member: reviewer, ...(byKey ? { keyId: signer } : {}), enrolled };
  const { report: scanReport, ruleSet } = scan;
  return (
    basis === basisOf({ scanReport, ruleSet, policy: policyDigest(policy) }) &&
    logIndex > scan.logIndex &&
    at <= expires &&
    enrolled?.name === reviewer &&
    enrolled.roles.includes('reviewer') &&
    whyNotApprover(
      policy,
      identities,
      { scope: scopeOf(version.name), ...publish },
      acting,
      logIndex,
    ) === undefined &&
    (byKey || heldRole(root, 'registry', signer, logIndex))
  );
}
