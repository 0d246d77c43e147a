/**
 * How much one publisher may send: versions in 24 hours, and versions that wait for a scan or a
 * decision at one time.
 */
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { type BatchWrite, holds } from '../store/batch.ts';
import { versions } from '../store/schema.ts';
import type { VersionState } from '../versions/status.ts';
import type { Quotas } from './quota-policy.ts';

/** One quota of a publisher. */
export interface QuotaUse {
  readonly used: number;
  readonly max: number;
}

export type QuotaUses = { readonly [Name in keyof Quotas]?: QuotaUse };

const dayMs = 24 * 3_600_000;
const waitingStates: readonly VersionState[] = ['received', 'scanning', 'in review', 'quarantined'];

/** What a publisher has used. Each count reads at most as many rows as its quota allows. */
export async function quotaUses(registry: Registry, publisher: Digest): Promise<QuotaUses> {
  const { versionsPerDay, waitingVersions } = registry.quotas ?? {};
  return {
    ...(versionsPerDay === undefined
      ? {}
      : {
          versionsPerDay: {
            used: (await publishedLately(registry, publisher, versionsPerDay)).length,
            max: versionsPerDay,
          },
        }),
    ...(waitingVersions === undefined
      ? {}
      : {
          waitingVersions: {
            used: await countWaiting(registry, publisher, waitingVersions),
            max: waitingVersions,
          },
        }),
  };
}

/** @throws Problem `quota-used` when the publisher may send no version now */
export async function requireQuota(registry: Registry, publisher: Digest): Promise<void> {
  const { versionsPerDay, waitingVersions } = registry.quotas ?? {};
  if (waitingVersions !== undefined) {
    const used = await countWaiting(registry, publisher, waitingVersions);
    if (used >= waitingVersions)
      throw new Problem(
        'quota-used',
        `Cannot publish: ${used} versions of this publisher wait for a scan or a decision, and ${waitingVersions} may wait`,
        {
          hint: 'Publish again when a version was decided or you withdrew one (skillgate status NAME lists them), or ask the operator of the registry to raise waitingVersions in quotas.json.',
        },
      );
  }
  if (versionsPerDay === undefined) return;
  const lately = await publishedLately(registry, publisher, versionsPerDay);
  const oldest = lately.at(-1);
  if (oldest === undefined || lately.length < versionsPerDay) return;
  const next = new Date(oldest + dayMs).toISOString();
  throw new Problem(
    'quota-used',
    `Cannot publish: this publisher sent ${lately.length} versions in the last 24 hours, and ${versionsPerDay} are allowed`,
    {
      hint: `Publish again after ${next}, or ask the operator of the registry to raise versionsPerDay in quotas.json.`,
    },
  );
}

/**
 * Makes a batch fail when too many versions of the publisher wait at the write: several requests
 * may have passed the check at once.
 */
export function quotaHolds({ quotas }: Registry, publisher: Digest): BatchWrite[] {
  const max = quotas?.waitingVersions;
  if (max === undefined) return [];
  const states = sql.join(
    waitingStates.map((state) => sql`${state}`),
    sql`, `,
  );
  const waiting = sql`SELECT 1 FROM ${versions} WHERE ${versions.publisher} = ${publisher} AND ${versions.status} IN (${states}) LIMIT ${max}`;
  return [holds(sql`(SELECT count(*) FROM (${waiting})) < ${max}`)];
}

/** Times of the newest versions of the last 24 hours, the newest first. */
async function publishedLately(
  registry: Registry,
  publisher: Digest,
  limit: number,
): Promise<number[]> {
  const rows = await registry.db.read
    .select({ at: versions.createdAt })
    .from(versions)
    .where(eq(versions.publisher, publisher))
    .orderBy(desc(versions.logIndex))
    .limit(limit);
  const since = registry.now().getTime() - dayMs;
  return rows.map(({ at }) => at).filter((at) => at > since);
}

async function countWaiting(registry: Registry, publisher: Digest, limit: number): Promise<number> {
  const rows = await registry.db.read
    .select({ id: versions.id })
    .from(versions)
    .where(and(eq(versions.publisher, publisher), inArray(versions.status, [...waitingStates])))
    .limit(limit);
  return rows.length;
}
