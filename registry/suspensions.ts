/** An approved version that a newer rule set judges worse is suspended by the registry's own key, which can do nothing else to it. */
import { revocationStatement } from '../skills-index/statement/attestation.ts';
import type { Verdict } from '../skills-index/statement/finding.ts';
import type { ScanReport } from '../skills-index/statement/scan-report.ts';
import { signStatement } from '../skills-index/statement/sign.ts';
import type { Write } from './batch.ts';
import type { Registry } from './context.ts';
import type { NewStatement } from './log.ts';
import { markWrite } from './revocations.ts';
import { moveWrites, type VersionRow } from './versions.ts';

export interface PlannedSuspension {
  readonly statement: NewStatement;
  /** The move and the mark, with the statement's place in the log. */
  writes(logIndex: number): readonly Write[];
}

const byWeight: readonly Verdict[] = ['pass', 'review', 'incomplete', 'block'];

/** Whether a verdict is worse than the one before; null stands for none. */
export function isWorse(verdict: Verdict, before: Verdict | null): boolean {
  return byWeight.indexOf(verdict) > byWeight.indexOf(before ?? 'pass');
}

/** The suspension that a report calls for; undefined when the version is not approved, or the report is no worse than the one it was approved on. */
export async function suspensionFor(
  registry: Registry,
  row: VersionRow,
  report: ScanReport,
): Promise<PlannedSuspension | undefined> {
  const before = row.verdict ?? 'pass';
  if (row.status !== 'approved' || !isWorse(report.verdict, before)) return undefined;
  const deciding = report.findings.filter((finding) => report.decidedBy.includes(finding.fingerprint));
  const found = deciding.map(({ rule, path, line }) => `${rule} at ${path}:${line}`).join(', ');
  const reason = `A rescan says ${report.verdict} where the approved report said ${before}${found === '' ? '' : `: ${found}`}`;
  const statement = revocationStatement({
    kind: 'suspended',
    target: { name: row.name, version: row.version },
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
    writes: (logIndex) => [
      ...moveWrites(registry, row, { from: 'approved', to: 'suspended', by: 'statement' }, { by: 'registry', why: plain(reason) })
        .writes,
      markWrite(registry, row, { reason: plain(reason), logIndex }),
    ],
  };
}

// Paths come from the skill, and a reason has no controls and no characters that are not seen.
function plain(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd').slice(0, 1_000);
}
