/**
 * Gives the statements of an older database their names, and the log its map of names: a few at a
 * time, so that other requests go on between.
 */
import { and, eq, lt } from 'drizzle-orm';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { fillMs } from '../limits.ts';
import { fillSomeOfMap } from '../log/fill-map.ts';
import { addNames, namesOfRow } from '../log/index-names.ts';
import { namesFilled } from '../store/identity-schema.ts';
import { someNamed } from './named-rows.ts';

/**
 * Requires that every statement has its names. Without a name, the end of a key could not be found,
 * and the key would count. Of an older database, this fills in names for a moment.
 * @throws Problem `registry-busy` when names are still missing
 */
export async function requireFilled(registry: Registry): Promise<void> {
  if (await fillSomeNames(registry)) return;
  throw new Problem(
    'registry-busy',
    'The registry is preparing its database for this release, and cannot say yet who is who',
  );
}

/** As `fillNames`, for as long as one request may take. */
export async function fillSomeNames(registry: Registry): Promise<boolean> {
  if (registry.identities.isFilled) return true;
  const end = registry.now().getTime() + fillMs;
  return fillNames(registry, () => registry.now().getTime() >= end);
}

/**
 * Gives statements of an older database their names.
 * @param isEnough asked after each few statements
 * @returns whether every statement has its names
 */
export async function fillNames(
  registry: Registry,
  isEnough: () => boolean = () => false,
): Promise<boolean> {
  const { db, identities } = registry;
  if (identities.isFilled) return true;
  for (const { predicateType, upTo, until } of await db.read.select().from(namesFilled)) {
    for (let at = upTo; at < until; ) {
      const rows = await someNamed(registry, predicateType, { from: at, until });
      const next = (rows.at(-1)?.logIndex ?? until - 1) + 1;
      const names = rows.flatMap((row) =>
        namesOfRow(row).map((name) => [name, row.logIndex] as const),
      );
      await db.batch([
        addNames(names),
        (write) =>
          write
            .update(namesFilled)
            .set({ upTo: next })
            .where(and(eq(namesFilled.predicateType, predicateType), lt(namesFilled.upTo, next))),
      ]);
      at = next;
      if (isEnough()) return false;
      await others();
    }
  }
  // The map is made from the names.
  while (!(await fillSomeOfMap(registry))) {
    if (isEnough()) return false;
    await others();
  }
  identities.isFilled = true;
  return true;
}

/** Lets other requests go on. */
function others(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
