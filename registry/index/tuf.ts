/**
 * The online part of the TUF repository: for each status.json one set of `online`, snapshot and
 * timestamp. The status key signs a set, and the set is written as one row, so that no client sees
 * parts of two sets. Only `timestamp.json` changes under its name.
 */
import { desc, eq, lt, sql } from 'drizzle-orm';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { signTuf, tufBytes } from '../../skills-index/trust/root/ceremony.ts';
import { type TufSigned, tufSpecVersion, tufTime } from '../../skills-index/trust/root/metadata.ts';
import {
  lastRootOf,
  type TufRepository,
  tufFileOf,
} from '../../skills-index/trust/root/repository.ts';
import type { Registry } from '../context.ts';
import { newestCheckpoint } from '../log/log.ts';
import { requireWhole } from '../log/witness-duty.ts';
import { holds, retryOnClash } from '../store/batch.ts';
import { statusFile } from '../store/schema.ts';
import { tufSets } from '../store/tuf-schema.ts';
import { currentStatus, statusIn } from './status-json.ts';

/** Signed TUF sets that are still served. A client reads one within seconds. */
const tufSetsKept = 16;

type TufSet = typeof tufSets.$inferSelect;
type Served = Registry & { readonly tuf: TufRepository };

/**
 * The set for the present status, signed again when the status or the offline part changed; none
 * while the log is empty.
 */
export async function currentTufSet(registry: Served): Promise<TufSet | undefined> {
  if ((await newestCheckpoint(registry)) === undefined) return undefined;
  return registry.exclusive('tuf', () => retryOnClash(() => readOrMake(registry)));
}

/**
 * Signs a set at a start, even where nothing changed. A registry that ran from another folder for
 * a moment showed clients a higher version than this folder has, and clients refuse a lower one.
 */
export async function renewTufSet(registry: Registry): Promise<void> {
  const { tuf } = registry;
  if (tuf === undefined || (await newestCheckpoint(registry)) === undefined) return;
  const served = { ...registry, tuf };
  await registry.exclusive('tuf', () =>
    retryOnClash(async () => makeSet(served, await readLast(served))),
  );
}

async function readOrMake(registry: Served): Promise<TufSet> {
  const last = await readLast(registry);
  const { set, status } = last;
  const isPresent =
    set?.statusSha256 === hexOf(digestOf(status)) &&
    set.offline === lastRootOf(registry.tuf).signed.version;
  return isPresent ? set : makeSet(registry, last);
}

interface LastSet {
  readonly set: TufSet | undefined;
  /** The present status, which may be newer than the one in the set. */
  readonly status: Buffer;
}

async function readLast(registry: Served): Promise<LastSet> {
  const status = Buffer.from(await currentStatus(registry));
  const [set] = await registry.db.read
    .select()
    .from(tufSets)
    .orderBy(desc(tufSets.version))
    .limit(1);
  return { set, status };
}

async function makeSet(registry: Served, { set: last, status }: LastSet): Promise<TufSet> {
  // While the log is behind, the status belongs to the log that was lost, and no row of this
  // database matches it.
  await requireWhole(registry);
  const set = await signSet(registry, status, last?.version ?? 0);
  await registry.db.batch([
    // A slower writer must not give an older status a newer version.
    holds(
      sql`EXISTS (SELECT 1 FROM ${statusFile} WHERE ${statusFile.bytes} = ${status.toString('utf8')})`,
    ),
    (db) => db.insert(tufSets).values(set),
    (db) => db.delete(tufSets).where(lt(tufSets.version, oldestKept())),
  ]);
  return set;
}

/** A set by its version; undefined when it is no longer kept. */
export async function readTufSet(registry: Registry, version: number): Promise<TufSet | undefined> {
  const [row] = await registry.db.read.select().from(tufSets).where(eq(tufSets.version, version));
  return row;
}

/** A target that the status key signs, by the digest of its bytes. */
export async function readOnlineTarget(
  registry: Registry,
  name: string,
  sha256: string,
): Promise<string | undefined> {
  if (name !== 'status.json' && name !== 'checkpoint') return undefined;
  const [digest, bytes] =
    name === 'status.json'
      ? [tufSets.statusSha256, tufSets.status]
      : [tufSets.checkpointSha256, tufSets.checkpoint];
  const [row] = await registry.db.read
    .select({ bytes })
    .from(tufSets)
    .where(eq(digest, sha256))
    .limit(1);
  return row?.bytes;
}

async function signSet(registry: Served, status: Uint8Array, lastVersion: number): Promise<TufSet> {
  const { checkpoint, expires } = statusIn(status);
  // Seconds since 1970, so that versions go on rising after a backup was restored.
  const version = Math.max(lastVersion + 1, Math.floor(registry.now().getTime() / 1000));
  const common = {
    spec_version: tufSpecVersion,
    version,
    expires: tufTime(Date.parse(expires)),
  } as const;
  const targets = {
    'status.json': tufFileOf(status),
    checkpoint: tufFileOf(Buffer.from(checkpoint)),
  };
  const online = await signed(registry, { _type: 'targets', ...common, targets });
  const offline = lastRootOf(registry.tuf).signed.version;
  const meta = {
    'targets.json': { version: offline, ...tufFileOf(tufBytes(registry.tuf.targets)) },
    'online.json': { version, ...tufFileOf(online) },
  };
  const snapshot = await signed(registry, { _type: 'snapshot', ...common, meta });
  const timestamp = await signed(registry, {
    _type: 'timestamp',
    ...common,
    meta: { 'snapshot.json': { version, ...tufFileOf(snapshot) } },
  });
  return {
    version,
    offline,
    statusSha256: targets['status.json'].hashes.sha256,
    checkpointSha256: targets.checkpoint.hashes.sha256,
    status: Buffer.from(status).toString('utf8'),
    checkpoint,
    online: online.toString('utf8'),
    snapshot: snapshot.toString('utf8'),
    timestamp: timestamp.toString('utf8'),
  };
}

async function signed(registry: Registry, metadata: TufSigned): Promise<Buffer> {
  return Buffer.from(
    tufBytes(await signTuf({ signatures: [], signed: metadata }, registry.keys.status)),
  );
}

function oldestKept(): ReturnType<typeof sql> {
  return sql`(SELECT min(version) FROM (SELECT version FROM ${tufSets} ORDER BY version DESC LIMIT ${tufSetsKept}))`;
}
