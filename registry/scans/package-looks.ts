/**
 * Looks at packages. A scanner leases a locked package, looks at it where host policy names
 * indexes and advisories, and reports. The registry has neither, and remembers the look.
 */
import { and, eq, gt, type SQL, sql } from 'drizzle-orm';
import type { LeasedPackage, PackageLook } from '../../skills-index/packages/package-look.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type Actor, nameOf, type Registry } from '../context.ts';
import { clockSkewMs, lookAgainMs, lookRetryMs, packageLeaseMs } from '../limits.ts';
import { orLater } from '../log/after-logging.ts';
import { requireRole } from '../people/identities.ts';
import type { BatchWrite } from '../store/batch.ts';
import { packageAdvisories, packages } from '../store/package-schema.ts';
import { judgedFromFirst } from '../versions/version-packages.ts';
import { judgeByLooks } from './package-consequences.ts';

/**
 * Leases a package whose last look is more than two days old, or else the oldest package that
 * nobody looked at, or else the package whose last look is oldest and more than a day old. Work
 * that an interrupted request left is done first.
 * @throws Problem `forbidden`
 */
export async function leasePackage(
  registry: Registry,
  actor: Actor,
): Promise<LeasedPackage | undefined> {
  requireRole(actor, ['scanner']);
  await orLater(registry, () => judgeByLooks(registry));
  const now = registry.now().getTime();
  // A lease that ends much later than a new one would was given by a clock that was ahead.
  const isFree = sql`(${packages.leaseUntil} < ${now} OR ${packages.leaseUntil} > ${now + 2 * packageLeaseMs})`;
  // Each of the four is found by an index. A publisher may list new packages without end, so they
  // wait for packages whose last look is two days old. A package whose scanner ended without a look
  // comes behind the packages that nobody leased.
  const firstOf = (due: SQL): SQL =>
    sql`(SELECT ${packages.id} FROM ${packages} WHERE ${due} AND ${isFree} ORDER BY ${packages.lookedAt}, ${packages.leaseUntil}, ${packages.id} LIMIT 1)`;
  const next = sql`COALESCE(${firstOf(sql`${packages.lookedAt} < ${now - 2 * lookAgainMs}`)}, ${firstOf(sql`${packages.lookedAt} IS NULL`)}, ${firstOf(sql`${packages.lookedAt} < ${now - lookAgainMs}`)}, ${firstOf(sql`${packages.lookedAt} > ${now + clockSkewMs}`)})`;
  const [row] = await registry.db.read
    .update(packages)
    .set({ leaseUntil: now + packageLeaseMs })
    .where(eq(packages.id, next))
    .returning();
  if (row === undefined) return undefined;
  const { digest, ecosystem, facts, id, lock, name, version } = row;
  return { id, ecosystem, name, version, digest, lock, lookedBefore: facts !== null };
}

/**
 * Gives a lease back without a look. The package waits a minute: free at once, it would be leased
 * before every other package to a scanner that fails at it.
 * @throws Problem `forbidden`
 */
export async function giveBackPackage(registry: Registry, actor: Actor, id: number): Promise<void> {
  requireRole(actor, ['scanner']);
  const until = registry.now().getTime() + lookRetryMs;
  await registry.db.batch([
    (db) =>
      db
        .update(packages)
        .set({ leaseUntil: until })
        .where(and(eq(packages.id, id), gt(packages.leaseUntil, until))),
  ]);
}

/**
 * Takes a look. Then the look has its consequences for a few versions; later requests go on.
 * @throws Problem `forbidden`, `not-found`
 */
export async function takeLook(
  registry: Registry,
  actor: Actor,
  { id, look }: { readonly id: number; readonly look: PackageLook },
): Promise<void> {
  requireRole(actor, ['scanner']);
  const [known] = await registry.db.read
    .select({ id: packages.id })
    .from(packages)
    .where(eq(packages.id, id));
  if (known === undefined) throw new Problem('not-found', `There is no package ${id}`);
  const { advisories, facts, looked, scan, why = null } = look;
  const lookedAt = registry.now().getTime();
  const seen = {
    lookedAt,
    lookedBy: nameOf(actor),
    leaseUntil: 0,
    looked,
    why,
    ...(advisories === undefined
      ? {}
      : { advisoriesAt: lookedAt, moreAdvisories: look.moreAdvisories ?? 0 }),
    ...(facts === undefined ? {} : { facts, scan: scan ?? null }),
  };
  const mine = eq(packages.id, id);
  await registry.db.batch([
    // First, because the statement compares the look with the rows of the look before.
    (db) =>
      db
        .update(packages)
        .set(judgedFromFirst)
        .where(sql`${mine} AND ${isWorseOrBetter(id, look)}`),
    (db) => db.update(packages).set(seen).where(mine),
    ...(advisories === undefined ? [] : advisoryWrites(id, advisories)),
  ]);
  await orLater(registry, () => judgeByLooks(registry));
}

function advisoryWrites(
  id: number,
  advisories: NonNullable<PackageLook['advisories']>,
): readonly BatchWrite[] {
  // Of two entries with one id, the last counts: malware goes to the end.
  const sorted = [...advisories].sort((a, b) => Number(a.isMalware) - Number(b.isMalware));
  const list = JSON.stringify([...new Map(sorted.map((one) => [one.id, one])).values()]);
  return [
    (db) => db.delete(packageAdvisories).where(eq(packageAdvisories.packageId, id)),
    (db) =>
      db
        .insert(packageAdvisories)
        .select(
          sql`SELECT ${id}, json_extract(value, '$.id'), json_extract(value, '$.isMalware'), json_extract(value, '$.summary') FROM json_each(${list})`,
        ),
  ];
}

// Another set of malicious advisories, or a scan that blocks where the scan before did not.
function isWorseOrBetter(id: number, { advisories, scan }: PackageLook): SQL {
  const blocks = sql`${scan?.verdict ?? ''} = 'block' AND COALESCE(${packages.scan} ->> '$.verdict', '') <> 'block'`;
  if (advisories === undefined) return blocks;
  const named = advisories.flatMap((one) => (one.isMalware ? [one.id] : []));
  const { advisory, isMalware, packageId } = packageAdvisories;
  const list = JSON.stringify(named);
  const known = sql`FROM ${packageAdvisories} WHERE ${packageId} = ${id} AND ${isMalware} = 1`;
  const came = sql`EXISTS (SELECT 1 FROM json_each(${list}) WHERE value NOT IN (SELECT ${advisory} ${known}))`;
  const went = sql`EXISTS (SELECT 1 ${known} AND ${advisory} NOT IN (SELECT value FROM json_each(${list})))`;
  return sql`(${came} OR ${went} OR ${blocks})`;
}
