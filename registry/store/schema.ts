/**
 * Tables of the registry: one schema for better-sqlite3 and D1. Times are milliseconds since 1970;
 * the writer makes the ids.
 */
import { sql } from 'drizzle-orm';
import {
  check,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { Verdict } from '../../skills-index/statement/finding.ts';
import type { VersionState } from '../versions/status.ts';
import { digestColumn, versionIdColumn } from './columns/digest-column.ts';
import { isDecision, isDeletion, isOpen, isRareType } from './columns/index-conditions.ts';
import { payloadMarkColumn } from './columns/payload-mark-column.ts';
import { hashColumn, predicateTypeColumn } from './columns/predicate-type-column.ts';
import {
  actorColumn,
  auditKindColumn,
  factColumn,
  reasonColumn,
  stateColumn,
} from './columns/said-columns.ts';

/**
 * A published version. `move` counts its state changes. Each change writes the next number, so two
 * cannot happen at once.
 */
export const versions = sqliteTable(
  'versions',
  {
    id: versionIdColumn().primaryKey(),
    name: text().$type<SkillName>().notNull(),
    version: text().$type<Version>().notNull(),
    bundle: digestColumn().notNull(),
    status: text().$type<VersionState>().notNull(),
    move: integer().notNull(),
    publisher: digestColumn().notNull(),
    verdict: text().$type<Verdict>(),
    report: digestColumn(),
    createdAt: integer().notNull(),
    /** Log index of its publication: the order of versions. */
    logIndex: integer().notNull().default(0),
    /** Of its files and their list: 0 once they were deleted. */
    bytes: integer().notNull(),
    /** When the operator's retention rule deleted the files. */
    filesDeleted: integer(),
  },
  (table) => [
    uniqueIndex('versions_name_version').on(table.name, table.version),
    index('versions_name').on(table.name, table.logIndex),
    index('versions_name_status').on(table.name, table.status, table.logIndex),
    index('versions_status').on(table.status, table.logIndex),
    // Readers use `hasDigest`.
    index('versions_publisher').on(sql`substr("publisher", 1, 8)`, table.logIndex),
    index('versions_publisher_status').on(sql`substr("publisher", 1, 8)`, table.status),
    // Readers use `hasDigest`.
    index('versions_bundle').on(sql`substr("bundle", 1, 8)`),
    // SQLite would store a digest as text, and no lookup would find the row.
    check('versions_bytes', sql`typeof(${table.publisher}) = 'blob'`),
  ],
);

/**
 * Bytes of versions, by publisher (a digest), by scope (`@acme`), and in all (an empty owner). A
 * file that several versions have counts for each. Triggers on `versions` keep the sums.
 */
export const storedBytes = sqliteTable(
  'stored_bytes',
  {
    owner: text().primaryKey(),
    bytes: integer().notNull(),
    /** Of versions that wait for a scan or a decision. */
    waiting: integer().notNull(),
  },
  (table) => [index('stored_bytes_most').on(table.bytes)],
);

/**
 * The stored blobs of a version: its bundle, files and report. Its author may read them. The
 * migration creates the table WITHOUT ROWID, so that the key is the table: one lookup finds a blob
 * in the index, or in a scope, however many versions have the blob.
 */
export const versionBlobs = sqliteTable(
  'version_blobs',
  {
    digest: digestColumn().notNull(),
    /**
     * The number, in `blob_scopes`, of the scope of a version in the index; 0 outside the index,
     * where nobody gets files.
     */
    scope: integer().notNull(),
    versionId: versionIdColumn().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.digest, table.scope, table.versionId] }),
    check(
      'version_blobs_bytes',
      sql`typeof(${table.digest}) = 'blob' AND typeof(${table.scope}) = 'integer'`,
    ),
  ],
);

/**
 * Append-only (a trigger rejects UPDATE and DELETE): each state change with actor, time and reason,
 * and each rejected upload.
 */
export const audit = sqliteTable(
  'audit',
  {
    id: integer().primaryKey(),
    at: integer().notNull(),
    kind: auditKindColumn().notNull(),
    versionId: versionIdColumn(),
    /** Number of the state change within its version. It is unique, so a clash fails the batch. */
    move: integer(),
    from: stateColumn(),
    to: stateColumn(),
    by: actorColumn().notNull(),
    why: reasonColumn().notNull(),
  },
  (table) => [
    uniqueIndex('audit_version_move').on(table.versionId, table.move),
    index('audit_to').on(table.to, table.at).where(isDecision(table.to)),
    index('audit_deleted').on(table.kind, table.at).where(isDeletion(table.kind)),
    check('audit_numbers', sql`typeof(${table.kind}) = 'integer'`),
  ],
);

/**
 * Audit lines that ask a person about a version. Triggers add such a line, and delete the lines of
 * a version that a state change or a new report settles.
 */
export const openDoubts = sqliteTable(
  'open_doubts',
  {
    auditId: integer().primaryKey(),
    versionId: versionIdColumn().notNull(),
    at: integer().notNull(),
  },
  (table) => [
    index('open_doubts_at').on(table.at),
    index('open_doubts_version').on(table.versionId),
  ],
);

/**
 * The transparency log, append-only except `note`: the checkpoint signed over the committed tree of
 * size `index + 1`. Entries that were committed together share the checkpoint of the last of them.
 * Once a segment has the bundles of some entries, only the last of these entries keeps more than
 * its `leafHash`: the checkpoints in the bundles show the roots of the others.
 */
export const log = sqliteTable('log', {
  index: integer().primaryKey(),
  leafHash: hashColumn().notNull(),
  /** The entry itself: canonical JSON of a hashedrekord. Empty when a segment has the entry. */
  body: text().notNull(),
  /** Root of the tree of size `index + 1`. */
  root: hashColumn().notNull(),
  /** Compact range of that tree: its complete subtrees, largest first. */
  peaks: text({ mode: 'json' }).$type<readonly string[]>().notNull(),
  note: text(),
  /** How many entries of the same batch follow. The last one has the checkpoint of all. */
  laterInBatch: integer().notNull().default(0),
  /** Root of the map of names after the batch; only on its last entry. */
  map: hashColumn(),
});

/**
 * Each signed statement with its place in the log and the mark of its payload. Once a segment has
 * a publication, provenance, scan, approval or summary, its row has no envelope: its bundle has it.
 */
export const statements = sqliteTable(
  'statements',
  {
    logIndex: integer().primaryKey(),
    predicateType: predicateTypeColumn().notNull(),
    payload: payloadMarkColumn().notNull(),
    signer: digestColumn().notNull(),
    envelope: text().notNull(),
    versionId: versionIdColumn(),
    /** Address of the Sigstore bundle; null until the checkpoint over it is signed. */
    bundle: digestColumn(),
    /** 0 when a segment has the statement, except of an approval. */
    createdAt: integer().notNull(),
    /**
     * Signed by certificate: SHA-256 of its TBSCertificate, and the canonical JSON of certificate,
     * Rekor entry and timestamps. Without an envelope, the row keeps the certificate only.
     */
    certificate: digestColumn(),
    material: text(),
    /**
     * What readers of many rows need when the envelope is gone: the report of a scan, the policy of
     * a verification summary, or an `ApprovalFact`.
     */
    fact: factColumn(),
  },
  (table) => [
    // A trigger rejects a second row with the same payload and signer.
    index('statements_payload').on(table.payload),
    // One certificate signs one statement of a kind.
    uniqueIndex('statements_certificate')
      .on(table.certificate, table.predicateType)
      .where(sql`${table.certificate} IS NOT NULL`),
    // A trigger rejects a second row with the same address.
    index('statements_bundle').on(sql`substr("bundle", 1, 8)`),
    // With one index for each column alone, SQLite would look through all statements of the type.
    index('statements_version_type').on(table.versionId, table.predicateType),
    index('statements_type').on(table.predicateType).where(isRareType(table.predicateType)),
    // The key of a payload is the beginning of its digest, as bytes.
    check(
      'statements_bytes',
      sql`typeof(${table.payload}) = 'blob' AND length(${table.payload}) <= 8 AND typeof(${table.bundle}) <> 'text'`,
    ),
  ],
);

/**
 * Scan jobs. One UPDATE … RETURNING leases a job, and the lease's token (stored as SHA-256) fences
 * it. A job for a rule set ends only with a report by that rule set.
 */
export const jobs = sqliteTable(
  'jobs',
  {
    id: text().primaryKey(),
    versionId: versionIdColumn().notNull(),
    state: text().$type<'waiting' | 'leased' | 'done' | 'dead'>().notNull(),
    lease: digestColumn(),
    worker: text(),
    leaseUntil: integer().notNull(),
    attempts: integer().notNull(),
    detail: text(),
    createdAt: integer().notNull(),
    ruleSet: digestColumn(),
  },
  (table) => [
    index('jobs_next').on(table.state, table.leaseUntil).where(isOpen(table.state)),
    index('jobs_oldest').on(table.state, table.createdAt, table.id).where(isOpen(table.state)),
    // A scanner must not go through all jobs that wait for a scanner with another rule set.
    index('jobs_fitting')
      .on(table.state, table.ruleSet, table.createdAt, table.id)
      .where(isOpen(table.state)),
    index('jobs_version').on(table.versionId),
  ],
);

/**
 * Scan results, one for each version (so for each bundle under one name) and rule set. The
 * migration creates the table WITHOUT ROWID, so that the key is the table.
 */
export const scans = sqliteTable(
  'scans',
  {
    versionId: versionIdColumn().notNull(),
    ruleSet: digestColumn().notNull(),
    report: digestColumn().notNull(),
    verdict: text().$type<Verdict>().notNull(),
    logIndex: integer().notNull(),
    /** The blob of the sentences that an agent reads; null when the scanner did not report them. */
    prose: digestColumn(),
  },
  (table) => [primaryKey({ columns: [table.versionId, table.ruleSet] })],
);

/** Rule sets of scanners. Versions are scanned again by the newest. */
export const ruleSets = sqliteTable('rule_sets', {
  digest: text().$type<Digest>().primaryKey(),
  /** Increasing number. */
  place: integer().notNull().unique(),
  /** The last version that was considered for a rescan; null when all were. */
  looked: text(),
  by: text().notNull(),
  createdAt: integer().notNull(),
});

/** Approvals for a reviewer to sign: exactly these bytes. */
export const drafts = sqliteTable(
  'drafts',
  {
    digest: text().$type<Digest>().primaryKey(),
    versionId: versionIdColumn().notNull(),
    statement: text().notNull(),
    by: text().notNull(),
    expiresAt: integer().notNull(),
    createdAt: integer().notNull(),
  },
  (table) => [
    index('drafts_expires').on(table.expiresAt),
    index('drafts_version').on(table.versionId),
  ],
);

/** Notes that change no state: who reviews the version, questions to the author, and answers. */
export const reviewNotes = sqliteTable(
  'review_notes',
  {
    id: text().primaryKey(),
    versionId: versionIdColumn().notNull(),
    kind: text().$type<'claimed' | 'asked' | 'answered'>().notNull(),
    by: text().notNull(),
    text: text().notNull(),
    at: integer().notNull(),
  },
  (table) => [index('review_notes_version').on(table.versionId)],
);

/** The index: one immutable line for each version ever approved. */
export const indexLines = sqliteTable(
  'index_lines',
  {
    logIndex: integer().primaryKey(),
    versionId: versionIdColumn().notNull(),
    name: text().$type<SkillName>().notNull(),
    /** What no other row has of the line: see `wholeLines`. */
    line: text().notNull(),
    /** 1 when the file /index/@scope/name has the line. */
    written: integer().notNull(),
  },
  (table) => [
    uniqueIndex('index_lines_version').on(table.versionId),
    index('index_lines_name').on(table.name),
    index('index_lines_unwritten').on(table.name).where(sql`${table.written} = 0`),
  ],
);

/** The last signed status.json (one row, id 1), and the size of the head in it. */
export const statusFile = sqliteTable('status_file', {
  id: integer().primaryKey(),
  issuedAt: integer().notNull(),
  logSize: integer().notNull(),
  bytes: text().notNull(),
});

/** WebAuthn challenges for creating passkeys; each is used once. */
export const challenge = sqliteTable('challenge', {
  id: text().primaryKey(),
  purpose: text().$type<'enrol'>().notNull(),
  member: text(),
  expiresAt: integer().notNull(),
});

/**
 * One row whose `ok` must stay 1: `UPDATE guard SET ok = (condition)` makes a whole batch fail when
 * the condition does not hold.
 */
export const guard = sqliteTable(
  'guard',
  {
    id: integer().primaryKey(),
    ok: integer().notNull(),
    /** The number of index lines. A trigger counts them, since counting rows reads all of them. */
    lines: integer().notNull().default(0),
    /** The number of waiting versions, and of those in quarantine. Triggers count them. */
    waiting: integer().notNull().default(0),
    quarantined: integer().notNull().default(0),
    /** Counts the batches that begin or end the removal of blobs. */
    removals: integer().notNull().default(0),
  },
  (table) => [check('guard_holds', sql`${table.ok} = 1`)],
);
