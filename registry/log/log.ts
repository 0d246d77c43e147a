/**
 * The transparency log in the database. Entries and their statements are written in the same batch
 * as the state change that they record. A checkpoint is signed afterwards, from committed rows
 * only, so two writers can never sign two trees of one size.
 */
import { and, asc, desc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import { noteKeyId, parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import {
  appendLeaf,
  type CompactRange,
  emptyRange,
  rangeRoot,
} from '../../skills-index/log/compact-range.ts';
import { certifiedBody, hashedrekordBody } from '../../skills-index/log/entry.ts';
import { leafHash } from '../../skills-index/log/merkle-tree.ts';
import { signCheckpoint } from '../../skills-index/log/sign-checkpoint.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { Statement } from '../../skills-index/statement/attestation.ts';
import type { Envelope } from '../../skills-index/statement/signature-formats/envelope.ts';
import type { Registry } from '../context.ts';
import { finishedAtOnce } from '../limits.ts';
import type { CertificateSigner } from '../people/certified.ts';
import type { BatchWrite } from '../store/batch.ts';
import { putBlobs } from '../store/objects.ts';
import { log, statements } from '../store/schema.ts';
import { isByRetiredKey } from './log-key.ts';
import { headOf, loggedBundle, requireReadable } from './logged-bundle.ts';
import { requireWhole } from './witness-duty.ts';

/** A statement with a verified signature, before it is logged. */
export interface NewStatement {
  readonly statement: Statement;
  readonly envelope: Envelope;
  readonly signer:
    | { readonly keyId: Digest /** SPKI DER. */; readonly spki: Uint8Array }
    | CertificateSigner;
  readonly versionId?: string;
}

export interface PlannedAppend {
  readonly writes: readonly BatchWrite[];
  /** The log index of each statement, in the order given. */
  readonly indexes: readonly number[];
}

/** Log index and address of a statement in the log. */
export interface LoggedAt {
  readonly logIndex: number;
  readonly digest: Digest;
  readonly predicateType: string;
}

/**
 * Plans the batch that appends statements to the log as it is now. The batch clashes on `log.index`
 * when another writer was faster.
 * @throws Problem as `verifyStatement`: a statement that nobody could read later is not written
 */
export async function planAppend(
  registry: Registry,
  added: readonly NewStatement[],
): Promise<PlannedAppend> {
  await requireWhole(registry);
  const now = registry.now().getTime();
  let range = await readRange(registry);
  const writes: BatchWrite[] = [];
  const indexes: number[] = [];
  for (const signed of added) {
    const by =
      'spki' in signed.signer
        ? keyedParts(signed.envelope, signed.signer)
        : certifiedParts(signed.signer);
    const { body } = by;
    const leaf = leafHash(body);
    const index = range.size;
    const before = range;
    range = appendLeaf(before, leaf);
    const row = {
      index,
      leafHash: base64(leaf),
      body: Buffer.from(body).toString('utf8'),
      root: base64(rangeRoot(range)),
      peaks: range.peaks.map(base64),
    };
    const statement = {
      logIndex: index,
      predicateType: signed.statement.predicateType,
      payload: digestOf(Buffer.from(signed.envelope.payload, 'base64')),
      signer: by.signer,
      certificate: by.certificate,
      material: by.material,
      envelope: canonicalJson(signed.envelope),
      versionId: signed.versionId ?? null,
      createdAt: now,
    };
    await requireReadable(registry, { ...row, ...statement }, before);
    writes.push((db) => db.insert(log).values(row));
    writes.push((db) => db.insert(statements).values(statement));
    indexes.push(index);
  }
  return { writes, indexes };
}

interface SignedParts {
  readonly body: Uint8Array;
  readonly signer: Digest;
  readonly certificate: Digest | null;
  readonly material: string | null;
}

function keyedParts(
  envelope: Envelope,
  { keyId, spki }: { readonly keyId: Digest; readonly spki: Uint8Array },
): SignedParts {
  return {
    body: hashedrekordBody(envelope, spki),
    signer: keyId,
    certificate: null,
    material: null,
  };
}

function certifiedParts({ signer, certified, bundle }: CertificateSigner): SignedParts {
  return {
    body: certifiedBody(bundle.dsseEnvelope, certified.certificate),
    signer,
    certificate: certified.certificateId,
    material: canonicalJson(bundle.verificationMaterial),
  };
}

/**
 * Signs the checkpoints of committed entries and gives their statements addresses. Several
 * processes may call this at any time: Ed25519 is deterministic, so they all write the same.
 * @param indexes only these entries; all unfinished entries when left out
 */
export async function finishStatements(
  registry: Registry,
  indexes?: readonly number[],
): Promise<LoggedAt[]> {
  const unfinished = await registry.db.read
    .select({ entry: log, statement: statements })
    .from(statements)
    .innerJoin(log, eq(log.index, statements.logIndex))
    .where(
      and(
        isNull(statements.bundle),
        indexes === undefined ? undefined : inArray(statements.logIndex, [...indexes]),
      ),
    )
    .orderBy(asc(statements.logIndex));
  for (let from = 0; from < unfinished.length; from += finishedAtOnce)
    await finish(registry, unfinished.slice(from, from + finishedAtOnce));
  if (indexes === undefined) return [];
  const rows = await registry.db.read
    .select()
    .from(statements)
    .where(inArray(statements.logIndex, [...indexes]))
    .orderBy(asc(statements.logIndex));
  return rows.map(({ logIndex, bundle, predicateType }) => ({
    logIndex,
    digest: required(bundle),
    predicateType,
  }));
}

/** Size of the committed log: the index of the next entry. */
export async function logSize(registry: Registry): Promise<number> {
  return (await readRange(registry)).size;
}

/** The newest signed checkpoint as a whole note; undefined while the log is empty. */
export async function newestCheckpoint(
  registry: Registry,
): Promise<{ readonly size: number; readonly note: string } | undefined> {
  const [row] = await registry.db.read
    .select({ index: log.index, note: log.note, root: log.root })
    .from(log)
    .where(isNotNull(log.note))
    .orderBy(desc(log.index))
    .limit(1);
  if (row === undefined || row.note === null) return undefined;
  const head = { origin: registry.root.origin, size: row.index + 1, root: fromBase64(row.root) };
  // The same head under the key in force. The row keeps the note that was signed then.
  const note = isByRetiredKey(registry, row.note)
    ? await signCheckpoint(head, registry.keys.log)
    : row.note;
  return { size: head.size, note };
}

type LogRow = typeof log.$inferSelect;

type StatementRow = typeof statements.$inferSelect;

/**
 * All bundles are written together, since a disk syncs many files in the time of one, and before
 * the rows that name them. The rows are synced too, although they could be computed again: a newer
 * log key would give an acknowledged statement another address.
 */
async function finish(
  registry: Registry,
  unfinished: readonly { entry: LogRow; statement: StatementRow }[],
): Promise<void> {
  const all = await Promise.all(
    unfinished.map(({ entry, statement }) => bundleOf(registry, entry, statement)),
  );
  await putBlobs(
    registry.objects,
    all.map((finished) => finished.bytes),
  );
  await registry.db.batch(
    all.flatMap(({ index, note, bytes }): BatchWrite[] => [
      (db) =>
        db
          .update(log)
          .set({ note })
          .where(and(eq(log.index, index), isNull(log.note))),
      (db) =>
        db
          .update(statements)
          .set({ bundle: digestOf(bytes) })
          .where(and(eq(statements.logIndex, index), isNull(statements.bundle))),
    ]),
  );
}

async function bundleOf(
  registry: Registry,
  entry: LogRow,
  statement: StatementRow,
): Promise<{ readonly index: number; readonly note: string; readonly bytes: Uint8Array }> {
  const { origin } = registry.root;
  const note =
    entry.note ?? (await signCheckpoint({ origin, ...headOf(entry) }, registry.keys.log));
  const before = await readRange(registry, entry.index);
  const logId = noteKeyId(origin, registry.keys.log.publicKey);
  return {
    index: entry.index,
    note,
    bytes: loggedBundle({ ...statement, ...entry }, { before, note, logId }),
  };
}

/** The tree before entry `size`, or the whole committed tree. */
export async function readRange(registry: Registry, size?: number): Promise<CompactRange> {
  if (size === 0) return emptyRange;
  const [row] = await registry.db.read
    .select({ index: log.index, peaks: log.peaks, root: log.root, note: log.note })
    .from(log)
    .where(
      eq(log.index, size === undefined ? sql`(SELECT MAX(${log.index}) FROM ${log})` : size - 1),
    );
  if (row === undefined && size !== undefined)
    throw new Problem('internal', `The log has no entry ${size - 1}`);
  return row === undefined ? emptyRange : rangeOf(row);
}

type RangeRow = Pick<LogRow, 'index' | 'peaks' | 'root' | 'note'>;

// The next root is computed from the peaks. Damaged peaks would give a signed root that does not
// continue the log.
function rangeOf({ index, peaks, root, note }: RangeRow): CompactRange {
  const range = { size: index + 1, peaks: peaks.map(fromBase64) };
  const made = base64(rangeRoot(range));
  const stored = note === null ? root : base64(parseCheckpoint(note).root);
  if (made !== root || made !== stored)
    throw new Problem(
      'database-damaged',
      `The row of log entry ${index} is damaged: the row’s peaks, root and checkpoint contradict each other`,
      {
        hint: 'Restore the newest copy of the folder: docs/operating-registry.md, "The database is damaged".',
      },
    );
  return range;
}

function required(digest: Digest | null): Digest {
  if (digest === null)
    throw new Problem('internal', 'A statement has no address after it was finished');
  return digest;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}
