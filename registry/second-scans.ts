/**
 * Where policy asks for two scanners: the second one signs the same report, or the version goes to quarantine. Reports are the same bytes
 * for the same skill and rule set, so scanners of one rule set agree to the byte or one of them is wrong.
 */
import { and, eq, inArray, isNotNull, notExists, or, type SQL, sql } from 'drizzle-orm';
import type { Digest } from '../skills-index/skill/digest.ts';
import { predicateTypes } from '../skills-index/statement/attestation.ts';
import type { Write } from './batch.ts';
import type { Actor, Registry } from './context.ts';
import { doubtWrite } from './doubts.ts';
import { latest, readIdentities } from './identities.ts';
import { type NewStatement, type PlannedAppend, planAppend } from './log.ts';
import { type StatementRow, statementIn, statementsOf } from './manifests.ts';
import { enqueueScan } from './scan-jobs.ts';
import { jobs, scans, statements, versions } from './schema.ts';
import { moveWrites, type VersionRow } from './versions.ts';

export interface ScannedBy {
  /** Scan statements over the report on which the version rests, by scanners who count: one for each member, in log order. */
  readonly scans: readonly StatementRow[];
  readonly needed: 1 | 2;
}

/** Who scanned a version, and how many have to. */
export async function readScannedBy(registry: Registry, row: VersionRow): Promise<ScannedBy> {
  const { chain } = await readIdentities(registry);
  const byMember = new Map<string, StatementRow>();
  for (const one of await statementsOf(registry, row.id, predicateTypes.scan)) {
    const statement = statementIn(one);
    const member = chain.memberOf(one.signer, one.logIndex);
    if (statement.predicateType !== predicateTypes.scan || statement.predicate.report !== row.report) continue;
    if (member?.roles.includes('scanner') && !byMember.has(member.name)) byMember.set(member.name, one);
  }
  return { scans: [...byMember.values()], needed: registry.policy.scanners ?? 1 };
}

/** The write that makes a version wait for another scanner, where policy asks for one and this report is the first. */
export function enqueueSecond(registry: Registry, row: VersionRow): Write[] {
  const isJudged = row.status === 'approved' || row.status === 'suspended' || row.status === 'revoked';
  return registry.policy.scanners === 2 && !isJudged ? [enqueueScan(registry, row.id)] : [];
}

/** Jobs that this scanner may lease: none about a version whose standing report it signed itself, by any of its keys. */
export async function leasableBy(registry: Registry, { member }: Actor): Promise<SQL | undefined> {
  if (registry.policy.scanners !== 2 || member === undefined) return undefined;
  const { chain } = await readIdentities(registry);
  const own = chain.keysOf(member.name, latest);
  const signedHere = registry.db.read
    .select({ one: sql`1` })
    .from(scans)
    .innerJoin(statements, eq(statements.logIndex, scans.logIndex))
    .innerJoin(versions, and(eq(versions.id, scans.versionId), eq(versions.report, scans.report)))
    .where(and(eq(scans.versionId, jobs.versionId), inArray(statements.signer, own)));
  return or(isNotNull(jobs.ruleSet), notExists(signedHere));
}

export interface FurtherReport {
  readonly signed: NewStatement;
  readonly digest: Digest;
  /** The report by the same rule set that is known already. */
  readonly known: Digest;
  /** Name of the scanner. */
  readonly by: string;
  /** Ends the job. */
  readonly ending: readonly Write[];
  /** Where agreement moves the version. */
  readonly agreed: readonly Write[];
}

/**
 * Takes a further report by a rule set whose report is known. It ends its job; where policy asks for two scanners and it is another
 * scanner's, it is logged, and lets the version go on or holds it back.
 */
export async function takeFurther(
  registry: Registry,
  row: VersionRow,
  { signed, digest, known, by, ending, agreed }: FurtherReport,
): Promise<PlannedAppend | undefined> {
  const { scans: found } = await readScannedBy(registry, row);
  const { chain } = await readIdentities(registry);
  const isOwn = found.some((one) => chain.memberOf(one.signer, one.logIndex)?.name === by);
  const isSecond = registry.policy.scanners === 2 && row.report === known && !isOwn && found.length === 1;
  if (!isSecond) {
    await registry.db.batch([...ending]);
    return undefined;
  }
  const planned = await planAppend(registry, [{ ...signed, versionId: row.id }]);
  await registry.db.batch([
    ...ending,
    ...planned.writes,
    ...(digest === known ? agreed : disagreement(registry, row, { digest, by })),
  ]);
  return planned;
}

function disagreement(
  registry: Registry,
  row: VersionRow,
  { digest, by }: { readonly digest: Digest; readonly by: string },
): Write[] {
  const why = `two scanners disagree: ${by} signed the report ${digest}, and the first scanner ${row.report}`;
  if (row.status !== 'scanning' && row.status !== 'in review') return [doubtWrite(registry, row, { by, why })];
  return moveWrites(registry, row, { from: row.status, to: 'quarantined', by: 'verdict' }, { by, why }).writes;
}
