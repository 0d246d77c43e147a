/** A scan report that was taken before: a scanner that missed the answer sends the report again. */
import { and, eq } from 'drizzle-orm';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Actor, Registry } from '../context.ts';
import { finishLogged } from '../log/after-logging.ts';
import { payloadMark } from '../store/columns/payload-mark-column.ts';
import { jobs, statements } from '../store/schema.ts';
import { versionOf } from './jobs.ts';
import { type AcceptedReport, type SignedReport, takeReport } from './reports.ts';

/**
 * Takes a report, or gives the first answer again: a lease ends with its report, so the same report
 * meets a stale lease.
 * @throws Problem as `takeReport`
 */
export async function takeReportOnce(
  registry: Registry,
  actor: Actor,
  sent: SignedReport,
): Promise<AcceptedReport> {
  try {
    return await takeReport(registry, actor, sent);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'job-stale') throw error;
    const before = await reportedBefore(registry, actor, sent);
    if (before === undefined) throw error;
    return before;
  }
}

// Undefined when the job is not done, or was done by another report.
async function reportedBefore(
  registry: Registry,
  { subject }: Actor,
  { envelope, id }: Pick<SignedReport, 'envelope' | 'id'>,
): Promise<AcceptedReport | undefined> {
  if (subject.kind !== 'key') return undefined;
  const payload = digestOf(Buffer.from(envelope.payload, 'base64'));
  const [found] = await registry.db.read
    .select({ job: jobs, logIndex: statements.logIndex })
    .from(jobs)
    .innerJoin(statements, eq(statements.versionId, jobs.versionId))
    .where(
      and(
        eq(jobs.id, id),
        eq(jobs.state, 'done'),
        eq(statements.payload, payloadMark(payload)),
        eq(statements.signer, subject.keyId),
      ),
    );
  if (found === undefined) return undefined;
  const [statement] = await finishLogged(registry, { indexes: [found.logIndex] });
  return { status: (await versionOf(registry, found.job)).status, statement };
}
