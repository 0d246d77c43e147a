/**
 * Whether the log of a backup is the newest, by witnesses and by a head that somebody remembers.
 * A registry that begins from an older log writes other statements in the place of lost ones, and
 * clients refuse such a registry for ever.
 */

import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type BetterSqlite3 from 'better-sqlite3';
import { type Checkpoint, parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { commitsTo } from '../../skills-index/log/commits-to.ts';
import {
  appendLeaf,
  type CompactRange,
  emptyRange,
  rangeRoot,
} from '../../skills-index/log/compact-range.ts';
import { leafHash } from '../../skills-index/log/merkle-tree.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { parseEnvelope } from '../../skills-index/statement/signature-formats/envelope.ts';
import { parseSigstoreBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { defaultPolicy } from '../../skills-index/trust/policy/policy.ts';
import { type RootFile, rootKeyId, spkiOf } from '../../skills-index/trust/root/root.ts';
import { verifyRootCheckpoint } from '../../skills-index/trust/root/root-role.ts';
import { makeExclusive, type Registry } from '../context.ts';
import { rootOfSize } from '../log/log.ts';
import { bodyIn } from '../log/segments/entry-bodies.ts';
import {
  bundlesIn,
  type LogSegment,
  type ReadDatabase,
  segmentWith,
} from '../log/segments/read-segments.ts';
import { leanTypes } from '../log/segments/statement-fact.ts';
import type { RegistryKeys } from '../log/signing.ts';
import type { Witnesses } from '../log/witness-answers.ts';
import { behindOf } from '../log/witness-duty.ts';
import { askWitnesses } from '../log/witnesses.ts';
import type { Database } from '../store/batch.ts';
import { hashText, predicateTypeOf } from '../store/columns/predicate-type-column.ts';
import type { Objects } from '../store/objects.ts';

/** Log entries that a restore reads at once. */
const restoredEntriesAtOnce = 500;

const hint =
  'Look for a newer backup, or for the disk of the registry, before you give the lost statements up: docs/registry-reference.md, "The log was restored from a backup".';

/**
 * Compares the restored log with a signed head that the operator or a client remembers.
 * @param note of the checkpoint, as /log/checkpoint of the registry served it
 * @throws Problem `log-behind`, `log-invalid`, `signature-invalid`
 */
export async function requireHead(
  storage: ReadDatabase,
  log: RestoredLog,
  { root, note, from }: { readonly root: RootFile; readonly note: string; readonly from: string },
): Promise<void> {
  const head = parseHead(note, from, root);
  if (head.size > log.size)
    throw new Problem(
      'log-behind',
      `Cannot restore: the backup has ${log.size} log entries, and ${from} shows ${head.size}, so the backup lacks ${head.size - log.size}`,
      { hint },
    );
  if (head.size === 0) return;
  if ((await rootOfSize(storage, head.size)) !== Buffer.from(head.root).toString('base64'))
    throw new Problem(
      'log-behind',
      `Cannot restore: ${from} shows ${head.size} log entries, and the backup has others in the place of these`,
      { hint },
    );
}

function parseHead(note: string, from: string, root: RootFile): Checkpoint {
  try {
    return verifyRootCheckpoint(note, root);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    throw new Problem(cause.code, `Cannot compare the log with ${from}: ${cause.message}`, {
      cause,
      hint: 'Name a file with an answer of /log/checkpoint of this registry: curl -o checkpoint https://skills.acme.example/log/checkpoint',
    });
  }
}

/** What the witnesses are asked with. */
interface WitnessQuestion {
  readonly db: Database;
  readonly objects: Objects;
  readonly root: RootFile;
  /** The registry's keys, where the backup has them. */
  readonly keys: RegistryKeys | undefined;
  readonly witnesses: Witnesses;
  readonly now: () => Date;
}

/**
 * Asks every witness about the restored head.
 * @returns why witnesses could not say anything; empty when all know no later head
 * @throws Problem `log-behind` when a witness cosigned a later or another head
 */
export async function askForLaterHead(
  log: RestoredLog,
  question: WitnessQuestion,
): Promise<readonly string[]> {
  const { witnesses } = question;
  if (log.head === undefined) return witnesses.urls.map((url) => `${url}: the log has no head yet`);
  const registry = askingRegistry(question);
  await askWitnesses(registry, log.head);
  const behind = behindOf(registry);
  if (behind !== undefined && 'url' in behind)
    throw new Problem(
      'log-behind',
      `Cannot restore: the backup has ${log.size} log entries, and the witness ${behind.url} cosigned ${behind.size}, so the backup lacks ${behind.size - log.size}`,
      { hint },
    );
  const answers = witnesses.urls.map((url) => ({ url, answer: witnesses.last.get(url) }));
  const refused = answers.find(({ answer }) => answer?.ok === false && answer.answered === true);
  if (refused !== undefined)
    throw new Problem(
      'log-behind',
      `Cannot restore: the witness ${refused.url} does not accept the head of the backup, which has ${log.size} log entries: ${refused.answer?.why}`,
      { hint },
    );
  return answers.flatMap(({ url, answer }) =>
    answer?.ok === true ? [] : `${url}: ${answer?.why ?? 'was not asked'}`,
  );
}

// What a question to a witness needs of a registry.
function askingRegistry({ root, keys, ...rest }: WitnessQuestion): Registry {
  return {
    ...rest,
    root,
    keys: keys ?? publicKeysOf(root),
    policy: defaultPolicy,
    config: { base: `https://${root.origin}`, hosts: [] },
    identities: {},
    unsettled: new Set(),
    random: (bytes) => randomBytes(bytes),
    exclusive: makeExclusive(),
  };
}

function publicKeysOf(root: RootFile): RegistryKeys {
  const sign = async (): Promise<never> => {
    throw new Problem(
      'key-file-invalid',
      'The newest head of the backup has the signature of an earlier log key, and only the registry’s keys can sign the head again',
      { hint: 'Give the keys: skillgate registry restore BACKUP DIR --keys FILE' },
    );
  };
  const signer = (name: 'status' | 'registry') => ({
    keyId: rootKeyId(root[name]),
    publicKey: spkiOf(root[name]),
    sign,
  });
  return {
    log: { publicKey: spkiOf(root.log), sign },
    status: signer('status'),
    registry: signer('registry'),
  };
}

// Checks the log in a restored database: each entry against the tree, each statement against its
// entry, and the newest signed head against the keys of the root file.

export interface RestoredLog {
  readonly size: number;
  /** The newest signed head; undefined when nothing was signed yet. */
  readonly head: { readonly size: number; readonly note: string } | undefined;
}

type HashCell = Parameters<typeof hashText>[0];

interface Row {
  readonly index: number;
  readonly leafHash: HashCell;
  readonly body: string;
  /** Undefined in a segment, except in the row of its last entry. */
  readonly root: HashCell | undefined;
  readonly note: string | null;
  /** Root of the map of names; null where `root` is undefined, and for releases without a map. */
  readonly map: HashCell | null;
  readonly envelope: string | null;
  readonly predicateType: number | null;
}

const rowsQuery = `SELECT log."index", leafHash, body, root, note, map, envelope, predicateType FROM log
  LEFT JOIN statements ON logIndex = log."index"
  WHERE log."index" >= ? AND log."index" < ? ORDER BY log."index"`;

/**
 * @param storage the same database, and the objects of the backup, which have the older statements
 * @param progress called with the number of checked entries
 * @throws Problem `backup-damaged`, `log-invalid`, `signature-invalid`
 */
export async function checkLog(
  client: BetterSqlite3.Database,
  storage: Pick<Registry, 'db' | 'objects'>,
  root: RootFile,
  progress: (entries: number) => void,
): Promise<RestoredLog> {
  const read = client.prepare(rowsQuery);
  let range = emptyRange;
  let head: RestoredLog['head'];
  const whole = makeWhole(storage);
  for (;;) {
    const rows = read.all(range.size, range.size + restoredEntriesAtOnce) as readonly Row[];
    if (rows.length === 0) break;
    for (const row of rows) {
      range = checkedEntry(range, await whole(row));
      if (row.note !== null) head = { size: range.size, note: row.note };
    }
    progress(range.size);
    await nextTurn();
  }
  const last = client.prepare('SELECT max("index") AS "index" FROM log').get();
  if (((last as { readonly index: number | null }).index ?? -1) !== range.size - 1)
    throw damagedLog(range.size, 'is missing');
  if (head !== undefined) verifyRootCheckpoint(head.note, root);
  return { size: range.size, head };
}

/** Gives a row the evidence that a segment has. Rows come in the order of the log. */
function makeWhole(storage: Pick<Registry, 'db' | 'objects'>): (row: Row) => Promise<Row> {
  let read: { readonly segment: LogSegment; readonly bundles: readonly Uint8Array[] } | undefined;
  return async (row) => {
    const { index, body, envelope, predicateType } = row;
    if (body !== '') return row;
    if (envelope === '' && !leanTypes.includes(predicateTypeOf(predicateType ?? 0)))
      throw damagedLog(index, 'has lost the statement of its row, which stays in the database');
    if (read === undefined || index >= read.segment.until) {
      const segment = await segmentWith(storage, index);
      const bundles = segment && (await bundlesIn(storage, segment));
      if (segment === undefined || bundles === undefined)
        throw damagedLog(index, 'is lost with its segment');
      read = { segment, bundles };
    }
    const bytes = read.bundles[index - read.segment.first];
    if (bytes === undefined) throw damagedLog(index, 'is not in its segment');
    const bundle = parseSigstoreBundle(parseJson(bytes, 'a statement').value);
    const moved = canonicalJson(bundle.dsseEnvelope);
    return {
      ...row,
      root: row.root || undefined,
      body: bodyIn(bundle).toString('utf8'),
      envelope: envelope || moved,
    };
  };
}

/** The tree with the entry. @throws Problem `backup-damaged` */
function checkedEntry(before: CompactRange, row: Row): CompactRange {
  const { index, body, note, envelope } = row;
  if (index !== before.size) throw damagedLog(before.size, 'is missing');
  const leaf = leafHash(Buffer.from(body));
  if (base64(leaf) !== hashText(row.leafHash)) throw damagedLog(index, 'does not have its hash');
  const range = appendLeaf(before, leaf);
  const root = base64(rangeRoot(range));
  if (row.root !== undefined && root !== hashText(row.root))
    throw damagedLog(index, 'does not have the root hash of its tree');
  if (note !== null) {
    const signed = parseCheckpoint(note);
    if (signed.size !== range.size || base64(signed.root) !== root)
      throw damagedLog(index, 'has the signed head of another tree');
    if (signed.map !== undefined && row.map !== null && base64(signed.map) !== hashText(row.map))
      throw damagedLog(index, 'does not have the root of the map that its head shows');
  }
  if (envelope === null || !commitsTo(Buffer.from(body), parseEnvelope(JSON.parse(envelope))))
    throw damagedLog(index, 'does not commit to the statement of its row');
  return range;
}

function damagedLog(index: number, why: string): Problem {
  return new Problem('backup-damaged', `The log in the backup is damaged: entry ${index} ${why}`);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
