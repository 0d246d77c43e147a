/**
 * How much one publisher may send, and how much one scope may hold: versions in 24 hours, versions
 * that wait for a scan or a decision at one time, and bytes.
 */
import { desc, type SQL, sql } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry, VersionName } from '../context.ts';
import { type BatchWrite, holds } from '../store/batch.ts';
import { hasDigest } from '../store/columns/digest-column.ts';
import { guard, storedBytes, versions } from '../store/schema.ts';
import { waitingStates } from '../versions/status.ts';
import type { ByteQuotas, Quotas } from './quotas-file.ts';

/** What a publisher or a scope has used of a quota. */
export interface QuotaUse {
  readonly used: number;
  readonly max: number;
}

export type QuotaUses = Readonly<Record<string, QuotaUse>>;

/** An upload as quotas see it. */
export interface MeasuredUpload extends VersionName {
  readonly publisher: Digest;
  /** Bytes of its files and of their list. */
  readonly bytes: number;
}

/** A quota that the operator has set. */
interface SetQuota {
  /** The name in quotas.json. */
  readonly name: keyof Quotas | keyof ByteQuotas;
  readonly max: number;
  /** Reads at most `max` rows. */
  readonly used: SQL<number>;
  /** What an upload adds. */
  readonly adds: (bytes: number) => number;
  readonly refusal: (used: number, bytes: number) => Problem | Promise<Problem>;
}

const dayMs = 24 * 3_600_000;

/** What a publisher has used of the quotas that are set. */
export async function publisherUses(registry: Registry, publisher: Digest): Promise<QuotaUses> {
  return usesOf(registry, publisherQuotas(registry, publisher));
}

/** What a scope has used of the quotas that are set. @param scope with the sign: `@acme` */
export async function scopeUses(registry: Registry, scope: string): Promise<QuotaUses> {
  return usesOf(registry, scopeQuotas(registry, scope));
}

/** @throws Problem `quota-used` when the publisher may not send this upload now */
export async function requireQuota(registry: Registry, upload: MeasuredUpload): Promise<void> {
  const { bytes } = upload;
  for (const { max, used, adds, refusal } of quotasOn(registry, upload)) {
    const now = await read(registry, used);
    if (now + adds(bytes) > max) throw await refusal(now, bytes);
  }
}

/**
 * Makes a batch fail when the upload is above a quota at the write: several requests may have
 * passed the check at once.
 */
export function quotaHolds(registry: Registry, upload: MeasuredUpload): BatchWrite[] {
  return quotasOn(registry, upload).map(({ max, used, adds }) =>
    holds(sql`${used} + ${adds(upload.bytes)} <= ${max}`),
  );
}

function quotasOn(registry: Registry, { publisher, name }: MeasuredUpload): SetQuota[] {
  return [...publisherQuotas(registry, publisher), ...scopeQuotas(registry, `@${scopeOf(name)}`)];
}

function publisherQuotas(registry: Registry, publisher: Digest): SetQuota[] {
  const { versionsPerDay, waitingVersions, ...bytes } = registry.quotas ?? {};
  const of = { owner: publisher, called: 'this publisher', path: '' };
  return [
    ...(waitingVersions === undefined ? [] : [waitingQuota(publisher, waitingVersions)]),
    ...(versionsPerDay === undefined ? [] : [dayQuota(registry, publisher, versionsPerDay)]),
    ...byteQuotas(bytes, of),
  ];
}

function scopeQuotas(registry: Registry, scope: string): SetQuota[] {
  const of = { owner: scope, called: `the scope ${scope}`, path: 'scope.' };
  return byteQuotas(registry.quotas?.scope ?? {}, of);
}

function waitingQuota(publisher: Digest, max: number): SetQuota {
  const states = sql.join(
    waitingStates.map((state) => sql`${state}`),
    sql`, `,
  );
  const waiting = sql`SELECT 1 FROM ${versions} WHERE ${hasDigest(versions.publisher, publisher)} AND ${versions.status} IN (${states}) LIMIT ${max}`;
  return {
    name: 'waitingVersions',
    max,
    used: sql`(SELECT count(*) FROM (${waiting}))`,
    adds: () => 1,
    refusal: (used) =>
      quotaUsed(
        `${used} versions of this publisher wait for a scan or a decision, and ${max} may wait`,
        decidedHint('waitingVersions'),
      ),
  };
}

function dayQuota(registry: Registry, publisher: Digest, max: number): SetQuota {
  const since = registry.now().getTime() - dayMs;
  const newest = sql`SELECT ${versions.createdAt} AS at FROM ${versions} WHERE ${hasDigest(versions.publisher, publisher)} ORDER BY ${versions.logIndex} DESC LIMIT ${max}`;
  return {
    name: 'versionsPerDay',
    max,
    used: sql`(SELECT count(*) FROM (${newest}) WHERE at > ${since})`,
    adds: () => 1,
    refusal: async (used) => {
      const [oldest] = await registry.db.read
        .select({ at: versions.createdAt })
        .from(versions)
        .where(hasDigest(versions.publisher, publisher))
        .orderBy(desc(versions.logIndex))
        .limit(1)
        .offset(max - 1);
      const next = new Date((oldest?.at ?? since) + dayMs).toISOString();
      return quotaUsed(
        `this publisher sent ${used} versions in the last 24 hours, and ${max} are allowed`,
        `Publish again after ${next}, or ask the operator of the registry to raise versionsPerDay in quotas.json.`,
      );
    },
  };
}

/** Whose bytes a quota counts. */
interface ByteOwner {
  readonly owner: string;
  /** In sentences. */
  readonly called: string;
  /** Before the name of the quota in quotas.json. */
  readonly path: string;
}

function byteQuotas(
  { waitingBytes, storedBytes: stored }: ByteQuotas,
  { owner, called, path }: ByteOwner,
): SetQuota[] {
  const counted = (column: SQL): SQL<number> =>
    sql`COALESCE((SELECT ${column} FROM ${storedBytes} WHERE ${storedBytes.owner} = ${owner}), 0)`;
  const adds = (bytes: number): number => bytes;
  const quotas: SetQuota[] = [];
  if (waitingBytes !== undefined)
    quotas.push({
      name: 'waitingBytes',
      max: waitingBytes,
      used: counted(sql`${storedBytes.waiting}`),
      adds,
      refusal: (used, bytes) =>
        quotaUsed(
          `versions of ${called} that wait for a scan or a decision have ${used} bytes, this version has ${bytes}, and ${waitingBytes} may wait`,
          bytes > waitingBytes
            ? smallerHint(`${path}waitingBytes`)
            : decidedHint(`${path}waitingBytes`),
        ),
    });
  if (stored !== undefined)
    quotas.push({
      name: 'storedBytes',
      max: stored,
      used: counted(sql`${storedBytes.bytes}`),
      adds,
      refusal: (used, bytes) =>
        quotaUsed(
          `all versions of ${called} have ${used} bytes, this version has ${bytes}, and ${stored} are allowed`,
          smallerHint(`${path}storedBytes`),
        ),
    });
  return quotas;
}

async function usesOf(registry: Registry, quotas: readonly SetQuota[]): Promise<QuotaUses> {
  const uses: Record<string, QuotaUse> = {};
  for (const { name, max, used } of quotas) uses[name] = { used: await read(registry, used), max };
  return uses;
}

async function read({ db }: Registry, used: SQL<number>): Promise<number> {
  // The table has one row.
  const [row] = await db.read.select({ used }).from(guard);
  return row?.used ?? 0;
}

function quotaUsed(why: string, hint: string): Problem {
  return new Problem('quota-used', `Cannot publish: ${why}`, { hint });
}

function smallerHint(quota: string): string {
  return `Make the skill smaller, or ask the operator of the registry to raise ${quota} in quotas.json.`;
}

function decidedHint(quota: string): string {
  return `Publish again when a version was decided (skillgate status NAME lists them), or ask the operator of the registry to raise ${quota} in quotas.json.`;
}
