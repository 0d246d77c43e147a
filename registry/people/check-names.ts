/**
 * Compares the names under which statements are found with the statements, and adds the names that
 * are gone: somebody edited the database. Without a name, the registry would not find the end of a
 * key, and the key would count.
 */

import { and, asc, eq, gte, lt } from 'drizzle-orm';
import { Problem } from '../../skills-index/skill/problem.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import type { Registry } from '../context.ts';
import { addNames, type NamedRow, namesOfRow } from '../log/logged-bundle.ts';
import { damagedStatement } from '../log/row-texts.ts';
import { doPaced, type Pace } from '../pace.ts';
import { isAmong } from '../store/batch.ts';
import { isRareType } from '../store/columns/index-conditions.ts';
import { identityNames, namesChecked } from '../store/identity-schema.ts';
import { statements } from '../store/schema.ts';

const endCheckPace: Pace = { least: 4, times: 2, busy: 50 };

const nameCheckPace: Pace = { least: 20, times: 9, busy: 500 };

/**
 * Statements whose names are checked at once, and the pauses behind them: of statements that take
 * rights away, and of all others. How many times in a row a cron checks a few.
 */
export const namesCheckedAtOnce = 10;

const namesCheckedInARow = 10;

/** Statements with names that are read at once. */
const namedRowsAtOnce = 50;

/** Statements that take rights away come first, and with short pauses. */
const namedTypes: readonly { readonly predicateType: string; readonly pace: Pace }[] = [
  { predicateType: predicateTypes.key, pace: endCheckPace },
  { predicateType: predicateTypes.revocation, pace: endCheckPace },
  { predicateType: predicateTypes.member, pace: nameCheckPace },
  { predicateType: predicateTypes.scope, pace: nameCheckPace },
];

/**
 * Checks all statements once, a few at a time.
 * @param say called for each statement whose names were gone
 */
export async function checkNames(
  registry: Registry,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  for (const { predicateType, pace } of namedTypes)
    for (let next: number | undefined = 0; next !== undefined && !signal.aborted; ) {
      const at: CheckedPlace = { predicateType, from: next, limit: namesCheckedAtOnce };
      next = await doPaced(pace, signal, () => checkFrom(registry, at, say));
    }
}

/** Checks the next few statements, where no process lives long enough to check all. */
export async function checkSomeNames(
  registry: Registry,
  say: (line: string) => void,
): Promise<void> {
  const places = new Map(
    (await registry.db.read.select().from(namesChecked)).map((row) => [
      row.predicateType,
      row.next,
    ]),
  );
  for (const { predicateType } of namedTypes) {
    let from = places.get(predicateType) ?? 0;
    for (let slices = 0; slices < namesCheckedInARow; slices++) {
      const next = await checkFrom(registry, { predicateType, from }, say);
      from = next ?? 0;
      if (next === undefined) break;
    }
    await registry.db.batch([
      (db) =>
        db
          .insert(namesChecked)
          .values({ predicateType, next: from })
          .onConflictDoUpdate({ target: namesChecked.predicateType, set: { next: from } }),
    ]);
  }
}

interface CheckedPlace {
  readonly predicateType: string;
  readonly from: number;
  readonly limit?: number;
}

/** @returns the log index to go on from; undefined after the last statement */
async function checkFrom(
  registry: Registry,
  { predicateType, ...place }: CheckedPlace,
  say: (line: string) => void,
): Promise<number | undefined> {
  const until = Number.MAX_SAFE_INTEGER;
  const rows = await someNamed(registry, predicateType, { ...place, until });
  const last = rows.at(-1)?.logIndex;
  if (last === undefined) return undefined;
  const lost = await lostNames(registry, rows, say);
  if (lost.length > 0) {
    await registry.db.batch([addNames(lost)]);
    // Answers may have been computed without these statements.
    delete registry.identities.members;
    delete registry.identities.answers;
    for (const index of new Set(lost.map(([, logIndex]) => logIndex)))
      say(
        `warning: Somebody deleted index rows of the statement at log index ${index} from the database. The rows are restored.`,
      );
  }
  return last + 1;
}

async function lostNames(
  { db }: Registry,
  rows: readonly NamedRow[],
  say: (line: string) => void,
): Promise<(readonly [string, number])[]> {
  const known = await db.read
    .select()
    .from(identityNames)
    .where(
      isAmong(
        identityNames.logIndex,
        rows.map(({ logIndex }) => logIndex),
      ),
    );
  const has = new Set(known.map(({ name, logIndex }) => `${logIndex} ${name}`));
  return rows.flatMap((row) =>
    namesIn(row, say).flatMap((name) =>
      has.has(`${row.logIndex} ${name}`) ? [] : [[name, row.logIndex] as const],
    ),
  );
}

function namesIn(row: NamedRow, say: (line: string) => void): string[] {
  try {
    return namesOfRow(row);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    const { message, hint } = damagedStatement(row.logIndex, cause);
    say(`warning: ${message}. ${hint}`);
    return [];
  }
}

// Reads the rows of statements that have names, a few at a time.

/**
 * The first statements of a type that names somebody, whose log index is not below `from`, and is
 * below `until`.
 */
export function someNamed(
  { db }: Registry,
  predicateType: string,
  {
    from,
    limit = namedRowsAtOnce,
    until,
  }: { readonly from: number; readonly limit?: number; readonly until: number },
): Promise<NamedRow[]> {
  return db.read
    .select({
      logIndex: statements.logIndex,
      envelope: statements.envelope,
      material: statements.material,
      signer: statements.signer,
    })
    .from(statements)
    .where(
      and(
        eq(statements.predicateType, predicateType),
        isRareType(statements.predicateType),
        gte(statements.logIndex, from),
        lt(statements.logIndex, until),
      ),
    )
    .orderBy(asc(statements.logIndex))
    .limit(limit);
}
