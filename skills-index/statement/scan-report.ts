/** The scan report: facts compared, findings and coverage. Same bytes and rule set in, same bytes out (contract: `skillgate.scan/1`). */
import type { Capabilities } from '../skill/capability.ts';
import type { Digest } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import type { Finding, Verdict } from './finding.ts';

export interface Coverage {
  readonly files: readonly {
    readonly path: string;
    readonly sha256: Digest;
    readonly bytes: number;
    readonly disposition: 'analysed' | 'inert' | 'unanalysed';
    readonly reason: string;
  }[];
}

export interface ScanReport {
  readonly schema: 'skillgate.scan/1';
  /** The skill's folder relative to the working directory; `.` in reports that are signed. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly bundle: Digest;
  readonly ruleSet: Digest;
  readonly verdict: Verdict;
  /** Fingerprints of the one to three findings that decide. */
  readonly decidedBy: readonly string[];
  readonly findings: readonly Finding[];
  readonly capabilities: {
    readonly observed: Capabilities;
    readonly declared: Capabilities;
    readonly undeclared: Capabilities;
    readonly unused: Capabilities;
  };
  readonly coverage: Coverage;
}

/**
 * Reads a scan report strictly.
 * @throws Problem `statement-invalid`
 */
export function parseScanReport(_value: unknown): ScanReport {
  throw new Problem('internal', 'not written yet');
}
