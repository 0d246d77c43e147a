/** Reads the rows of statements that have names, a few at a time. */
import { and, asc, eq, gte, lt } from 'drizzle-orm';
import type { Registry } from '../context.ts';
import { namedRowsAtOnce } from '../limits.ts';
import type { NamedRow } from '../log/index-names.ts';
import { isRareType } from '../store/columns/index-conditions.ts';
import { statements } from '../store/schema.ts';

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
