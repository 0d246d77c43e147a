/**
 * A version that nobody has approved yet can rest on a scan that fell with its scanner: installers would refuse it, and its rule set
 * counts as scanned. It loses the report and waits for a scanner again; who reviewed it approves on the new one.
 */
import { and, eq, gt, inArray } from 'drizzle-orm';
import type { Identities } from '../skills-index/trust/identity.ts';
import type { Write } from './batch.ts';
import type { Registry } from './context.ts';
import { doubtWrite } from './doubts.ts';
import { enqueueScan } from './scan-jobs.ts';
import { jobs, scans, statements, versions } from './schema.ts';

/**
 * The writes that scan again what a scanner said who no longer counted when they said it.
 * @param chain with the statement that ends something
 * @param upTo what lies behind this index is looked at
 */
export async function rescanFallen(registry: Registry, chain: Identities, upTo: number): Promise<Write[]> {
  const scanned = await registry.db.read
    .select({ row: versions, ruleSet: scans.ruleSet, signer: statements.signer, logIndex: scans.logIndex })
    .from(versions)
    .innerJoin(scans, and(eq(scans.versionId, versions.id), eq(scans.report, versions.report)))
    .innerJoin(statements, eq(statements.logIndex, scans.logIndex))
    .where(and(inArray(versions.status, ['in review', 'quarantined']), gt(scans.logIndex, upTo)));
  const writes: Write[] = [];
  for (const { row, ruleSet, signer, logIndex } of scanned) {
    if (chain.isMember(signer, 'scanner', logIndex)) continue;
    const open = and(eq(jobs.versionId, row.id), inArray(jobs.state, ['waiting', 'leased']));
    const [waiting] = await registry.db.read.select({ id: jobs.id }).from(jobs).where(open).limit(1);
    const why = `its scan at log index ${logIndex} does not count: the scanner was ended; it is scanned again`;
    writes.push(
      (db) => db.delete(scans).where(and(eq(scans.versionId, row.id), eq(scans.ruleSet, ruleSet))),
      (db) => db.update(versions).set({ report: null, verdict: null }).where(eq(versions.id, row.id)),
      doubtWrite(registry, row, { by: 'registry', why }),
      ...(waiting === undefined ? [enqueueScan(registry, row.id)] : []),
    );
  }
  return writes;
}
