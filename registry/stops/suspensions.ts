/**
 * Suspends an approved version that a newer rule set blocks or that hosts report. The registry's
 * own key signs the suspension, and can do nothing else to the version.
 */
import { and, count, eq, gt } from 'drizzle-orm';
import { plainText } from '../../skills-index/packages/package-look.ts';
import { revocationStatement } from '../../skills-index/statement/attestation.ts';
import type { Verdict } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { signStatement } from '../../skills-index/statement/sign.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import type { Registry } from '../context.ts';
import { reasonTextCharsMax, suspensionsPerHour } from '../limits.ts';
import type { NewStatement } from '../log/appending.ts';
import type { BatchWrite } from '../store/batch.ts';
import { isDecision } from '../store/columns/index-conditions.ts';
import { audit } from '../store/schema.ts';
import { doubtWrite } from '../versions/doubts.ts';
import type { VersionRow } from '../versions/versions.ts';
import { movedByStops } from './pending-stops.ts';
import { versionsMeant } from './revocations.ts';
import { stopWrites } from './stop-writes.ts';

export interface PlannedSuspension {
  /** Absent when a person is asked instead. */
  readonly statement?: NewStatement;
  /** The state changes, or the question. */
  readonly writes: readonly BatchWrite[];
}

const byWeight: readonly Verdict[] = ['pass', 'review', 'incomplete', 'block'];

/** Whether a verdict is worse than the one before; null means none. */
export function isWorse(verdict: Verdict, before: Verdict | null): boolean {
  return byWeight.indexOf(verdict) > byWeight.indexOf(before ?? 'pass');
}

/**
 * The consequence of a report for an approved version. A blocking report suspends, up to a number
 * in an hour, since one scanner's key must not take down all skills. Beyond that number, and for
 * other worse reports, a person is asked. Undefined when the version is not approved, or the report
 * is no worse than the approved one.
 */
export async function suspensionFor(
  registry: Registry,
  row: VersionRow,
  report: ScanReport,
): Promise<PlannedSuspension | undefined> {
  const before = row.verdict ?? 'pass';
  if (row.status !== 'approved' || !isWorse(report.verdict, before)) return undefined;
  const deciding = report.findings.filter((finding) =>
    report.decidedBy.includes(finding.fingerprint),
  );
  const found = deciding.map(({ rule, path, line }) => `${rule} at ${path}:${line}`).join(', ');
  const reason = `A rescan says ${report.verdict} where the approved report said ${before}${found === '' ? '' : `: ${found}`}`;
  if (report.verdict !== 'block')
    return { writes: [doubtWrite(registry, row, { by: 'registry', why: plain(reason) })] };
  return suspensionOf(registry, row, reason);
}

/**
 * Suspends the bytes of an approved version by the registry's own key, also under other numbers.
 * Above a number in an hour, a person is asked instead.
 */
export async function suspensionOf(
  registry: Registry,
  row: VersionRow,
  reason: string,
): Promise<PlannedSuspension> {
  if ((await suspendedLately(registry)) >= suspensionsPerHour)
    return { writes: [doubtWrite(registry, row, { by: 'registry', why: plain(reason) })] };
  // The same bytes under another number are as bad.
  const target = { bundle: row.bundle };
  const meant = await movedByStops(registry, () => versionsMeant(registry, target));
  const statement = revocationStatement({
    registry: registryIdOf(registry.root),
    kind: 'suspended',
    target,
    reason: plain(reason),
    nonce: Buffer.from(registry.random(16)).toString('base64url'),
  });
  const signer = registry.keys.registry;
  return {
    statement: {
      statement,
      envelope: await signStatement(statement, signer),
      signer: { keyId: signer.keyId, spki: signer.publicKey },
    },
    writes: stopWrites(
      registry,
      meant.flatMap((one) =>
        one.status === 'approved' ? [{ row: one, to: 'suspended', why: plain(reason) }] : [],
      ),
      'registry',
    ),
  };
}

async function suspendedLately(registry: Registry): Promise<number> {
  const since = registry.now().getTime() - 3_600_000;
  const [found] = await registry.db.read
    .select({ n: count() })
    .from(audit)
    .where(
      and(
        isDecision(audit.to),
        eq(audit.to, 'suspended'),
        eq(audit.by, 'registry'),
        gt(audit.at, since),
      ),
    );
  return found?.n ?? 0;
}

// Paths come from the skill. A reason must not have control characters or invisible characters.
function plain(text: string): string {
  return plainText(text, reasonTextCharsMax);
}
