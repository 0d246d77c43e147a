/** The advice of authors about their versions, as the registry shows it. */
import { asc, eq, sql } from 'drizzle-orm';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import {
  type AdvicePredicate,
  type AdviceStatement,
  predicateTypes,
} from '../../skills-index/statement/attestation.ts';
import type { AdviceHint } from '../../skills-index/trust/index-files/index-line.ts';
import type { Registry } from '../context.ts';
import { statementOfRow } from '../log/row-texts.ts';
import { advice } from '../store/advice-schema.ts';
import { isAmong } from '../store/batch.ts';
import { indexLines, statements } from '../store/schema.ts';

export type AdviceKind = typeof advice.$inferSelect.kind;

/** The kind of advice that a statement gives or takes back, and whether it gives the advice. */
export const adviceGiven = {
  yanked: { kind: 'yanked', isGiven: true },
  unyanked: { kind: 'yanked', isGiven: false },
  deprecated: { kind: 'deprecated', isGiven: true },
  undeprecated: { kind: 'deprecated', isGiven: false },
} as const satisfies Record<AdvicePredicate['kind'], { kind: AdviceKind; isGiven: boolean }>;

/** Advice with its text. */
export interface ShownAdvice {
  readonly kind: AdviceKind;
  readonly reason: string;
  readonly replacement?: SkillName;
  /** Id of the identity that gave the advice. */
  readonly by: Digest;
  readonly at: Date;
  readonly logIndex: number;
}

/** The log index of the advice of one kind about a version; undefined when there is none. */
export async function adviceAt(
  { db }: Registry,
  { predicate: { kind, name, version } }: AdviceStatement,
): Promise<number | undefined> {
  const [row] = await db.read
    .select({ logIndex: advice.logIndex })
    .from(advice)
    .where(
      sql`${advice.kind} = ${adviceGiven[kind].kind} AND ${advice.versionId} = (SELECT id FROM versions WHERE name = ${name} AND version = ${version})`,
    );
  return row?.logIndex;
}

/** The advice in force about a version, with its texts. */
export async function readAdvice({ db }: Registry, versionId: string): Promise<ShownAdvice[]> {
  const rows = await db.read
    .select({ kind: advice.kind, row: statements })
    .from(advice)
    .innerJoin(statements, eq(statements.logIndex, advice.logIndex))
    .where(eq(advice.versionId, versionId))
    .orderBy(asc(advice.kind));
  return rows.flatMap(({ kind, row }) => {
    const statement = statementOfRow(row);
    if (statement.predicateType !== predicateTypes.advice) return [];
    const { reason, replacement } = statement.predicate;
    return [
      {
        kind,
        reason,
        ...(replacement === undefined ? {} : { replacement }),
        by: row.signer,
        at: new Date(row.createdAt),
        logIndex: row.logIndex,
      },
    ];
  });
}

/** The kinds of advice in force about each of several versions. */
export async function adviceKinds(
  { db }: Registry,
  versionIds: readonly string[],
): Promise<ReadonlyMap<string, readonly AdviceKind[]>> {
  const rows = await db.read.select().from(advice).where(isAmong(advice.versionId, versionIds));
  const groups = Map.groupBy(rows, ({ versionId }) => versionId);
  return new Map([...groups].map(([id, all]) => [id, all.map(({ kind }) => kind).sort()]));
}

/** The hints in index lines, by the log indexes of the lines. */
export async function hintsOf(
  { db }: Registry,
  lines: readonly number[],
): Promise<ReadonlyMap<number, AdviceHint>> {
  const rows = await db.read
    .select({ line: indexLines.logIndex, kind: advice.kind, logIndex: advice.logIndex })
    .from(indexLines)
    .innerJoin(advice, eq(advice.versionId, indexLines.versionId))
    .where(isAmong(indexLines.logIndex, lines));
  const hints = new Map<number, AdviceHint>();
  for (const { line, kind, logIndex } of rows)
    hints.set(line, { ...hints.get(line), [kind]: logIndex });
  return hints;
}
