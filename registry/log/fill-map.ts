/**
 * Makes the map of a log from before the map, some names at a time, so that other requests go on
 * between. Nothing is appended to the log meanwhile.
 */
import { and, asc, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { type MapLeaf, mapValueOf, putLeaves } from '../../skills-index/log/map-tree.ts';
import { mapKeyOf, mapNameKinds } from '../../skills-index/trust/members-and-scopes/map-names.ts';
import type { Registry } from '../context.ts';
import { mapNamesFilledAtOnce } from '../limits.ts';
import { type BatchWrite, holds, isAmong, retryOnClash } from '../store/batch.ts';
import { identityNames, mapFilled } from '../store/identity-schema.ts';
import { cosignatures } from '../store/log-schema.ts';
import { clashIfMoved, nodeWrites, readNodes, readStoredRoot } from './map-nodes.ts';

/** Whether the map has every name of the log. Puts some names into the map of an older log. */
export async function fillSomeOfMap(registry: Registry): Promise<boolean> {
  return retryOnClash(async () => {
    const filling = await readFilling(registry);
    if (filling === undefined) return true;
    const { upTo, size } = filling;
    // Another process may fill the map, too.
    const isOurs = holds(
      sql`EXISTS (SELECT 1 FROM ${mapFilled} WHERE ${mapFilled.upTo} = ${upTo} AND ${mapFilled.root} IS NULL)`,
    );
    const next = await nextNames(registry, upTo);
    if (next === undefined) {
      const root = await readStoredRoot(registry, size);
      await registry.db.batch([isOurs, setFilled({ root: base64(root) }), forgetCosignatures]);
      // The head of the log is now signed with its map, and witnesses cosign it anew.
      registry.witnesses?.last.clear();
      return true;
    }
    const leaves = await leavesOf(registry, next.names, size);
    const root = await readStoredRoot(registry, size);
    const keys = leaves.map(({ key }) => key);
    const nodeAt = await clashIfMoved(
      readNodes(registry, keys, { root, size }),
      async () => (await readFilling(registry))?.upTo !== upTo,
    );
    const changed = putLeaves(nodeAt, leaves);
    await registry.db.batch([
      isOurs,
      ...(leaves.length === 0 ? [] : nodeWrites(changed, size)),
      setFilled({ upTo: next.upTo }),
    ]);
    return false;
  });
}

async function readFilling({ db }: Registry): Promise<typeof mapFilled.$inferSelect | undefined> {
  const [filling] = await db.read.select().from(mapFilled).where(isNull(mapFilled.root));
  return filling;
}

/** The next names of the map in the order of the table; undefined behind the last one. */
async function nextNames(
  { db }: Registry,
  after: string,
): Promise<{ readonly names: readonly string[]; readonly upTo: string } | undefined> {
  const kind = mapNameKinds.find((one) => after < behind(one));
  if (kind === undefined) return undefined;
  const rows = await db.read
    .selectDistinct({ name: identityNames.name })
    .from(identityNames)
    .where(
      and(
        gt(identityNames.name, after > kind ? after : kind),
        lt(identityNames.name, behind(kind)),
      ),
    )
    .orderBy(asc(identityNames.name))
    .limit(mapNamesFilledAtOnce);
  const names = rows.map(({ name }) => name);
  return { names, upTo: names.at(-1) ?? behind(kind) };
}

/** The first text behind all names of a kind: the digit 0 comes after the slash. */
function behind(kind: string): string {
  return `${kind}0`;
}

async function leavesOf(
  { db }: Registry,
  names: readonly string[],
  size: number,
): Promise<MapLeaf[]> {
  const rows = await db.read
    .select()
    .from(identityNames)
    .where(and(isAmong(identityNames.name, names), lt(identityNames.logIndex, size)));
  return [...Map.groupBy(rows, ({ name }) => name)].flatMap(([name, named]) => {
    const value = mapValueOf(named.map(({ logIndex }) => logIndex).sort((a, b) => a - b));
    return value === undefined ? [] : [{ key: mapKeyOf(name), value }];
  });
}

function setFilled(row: Partial<typeof mapFilled.$inferSelect>): BatchWrite {
  return (db) => db.update(mapFilled).set(row).where(eq(mapFilled.id, 1));
}

const forgetCosignatures: BatchWrite = (db) => db.delete(cosignatures);

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
