/**
 * A version that nobody has approved yet can have a report whose scanner was ended. Installers
 * would reject it, and its rule set counts as scanned. The version takes the report of another
 * scanner that counts, or loses its report and waits for a scanner. Reviewers then approve the new
 * report.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, eq } from 'drizzle-orm';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import type { Identities } from '../../skills-index/trust/members-and-scopes/identities.ts';
import type { Registry } from '../context.ts';
import { factIn } from '../log/segments/statement-fact.ts';
import { readMembers } from '../people/identities.ts';
import type { BatchWrite } from '../store/batch.ts';
import { jobs, scans, versions } from '../store/schema.ts';
import { doubtWrite } from '../versions/doubts.ts';
import { type StatementRow, statementsOf } from '../versions/manifests.ts';
import type { VersionRow } from '../versions/versions.ts';
import { versionsBehind } from '../versions/versions-behind.ts';

export interface FallenScans {
  readonly writes: readonly BatchWrite[];
  /** Ids of the versions that may lack a scan now. */
  readonly versions: readonly string[];
}

/**
 * Scans of a scanner that no longer counted at their log index.
 * @param chain with the ending statement
 * @param upTo statements behind this log index are checked
 */
export async function fallenScans(
  registry: Registry,
  chain: Identities,
  upTo: number,
): Promise<FallenScans> {
  const before = (await readMembers(registry)).chain;
  const writes: BatchWrite[] = [];
  const fallen: string[] = [];
  const states = ['scanning', 'in review', 'quarantined'] as const;
  for await (const row of versionsBehind(registry, upTo, states)) {
    // Other requests are answered between two versions.
    await nextTurn();
    const all = await statementsOf(registry, row.id, predicateTypes.scan);
    const counts = (who: Identities) => (row: StatementRow) =>
      who.isMember(row.signer, 'scanner', row.logIndex);
    const counting = all.filter(counts(chain));
    const fell = all.filter(counts(before)).find((row) => !counting.includes(row));
    if (fell === undefined) continue;
    fallen.push(row.id);
    writes.push(...(await restWrites(registry, row, counting, fell.logIndex)));
  }
  return { writes, versions: fallen };
}

/** The writes that give a version the report of scans that still count. */
async function restWrites(
  registry: Registry,
  row: VersionRow,
  counting: readonly StatementRow[],
  fell: number,
): Promise<BatchWrite[]> {
  const known = await registry.db.read.select().from(scans).where(eq(scans.versionId, row.id));
  const resting = known.map((scan) => ({ ...scan, logIndex: countingIndexOf(scan, counting) }));
  const standing = resting
    .filter((scan) => scan.logIndex !== undefined)
    .sort(
      (a, b) =>
        Number(b.report === row.report) - Number(a.report === row.report) ||
        (b.logIndex ?? 0) - (a.logIndex ?? 0),
    )[0];
  const { report = null, verdict = null } = standing ?? {};
  const next =
    standing === undefined
      ? 'it is scanned again'
      : `it rests on the scan at log index ${standing.logIndex}`;
  return [
    ...resting.map(({ ruleSet, logIndex }): BatchWrite => {
      const which = and(eq(scans.versionId, row.id), eq(scans.ruleSet, ruleSet));
      return (db) =>
        logIndex === undefined
          ? db.delete(scans).where(which)
          : db.update(scans).set({ logIndex }).where(which);
    }),
    (db) => db.update(versions).set({ report, verdict }).where(eq(versions.id, row.id)),
    // The member whose scan no longer counts may scan the version again with another key.
    (db) =>
      db
        .update(jobs)
        .set({ ruleSet: null })
        .where(and(eq(jobs.versionId, row.id), eq(jobs.state, 'done'))),
    doubtWrite(registry, row, {
      by: 'registry',
      why: `its scan at log index ${fell} does not count: the scanner was ended; ${next}`,
    }),
  ];
}

/**
 * The log index of a counting scanner's signature on this report: the known one, or else the first.
 */
function countingIndexOf(
  { report, logIndex }: { readonly report: string; readonly logIndex: number },
  counting: readonly StatementRow[],
): number | undefined {
  const same = counting.filter((row) => factIn(row) === report);
  return (same.find((row) => row.logIndex === logIndex) ?? same[0])?.logIndex;
}
