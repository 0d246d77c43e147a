/**
 * Judges the scans of a version: as many scanners as the policy demands must have signed the same
 * report, over exactly the files of the bundle.
 */
import type { Bundle } from '../../skill/bundle.ts';
import { type Digest, digestOf } from '../../skill/digest.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import { predicateTypes } from '../../statement/attestation.ts';
import type { Finding, Verdict } from '../../statement/finding.ts';
import type { ScanReport } from '../../statement/scan-report.ts';
import { type ApprovalsNeeded, approvalsNeeded } from '../policy/policy.ts';
import { whyForeignIn } from '../signatures/own-registry.ts';
import { type Evidence, onlyStatement, statementsOf, type Verified } from './evidence.ts';
import type { Reasons } from './reason.ts';
import type { JudgedPublish } from './version.ts';

export interface JudgedScan {
  /** The names of the members who signed the scan as scanners. */
  readonly scanner: string;
  /** Log index of the last scan that counts. */
  readonly logIndex: number;
  readonly verdict: Verdict;
  readonly report: Digest;
  readonly ruleSet: Digest;
  readonly findings: readonly Finding[];
  /** The number of files that the scan covers. */
  readonly files: number;
  readonly needed: ApprovalsNeeded;
}

type Scan = Verified<(typeof predicateTypes)['scan']>;

export function judgeScan(
  evidence: Evidence,
  publish: JudgedPublish | undefined,
  reasons: Reasons,
): JudgedScan | undefined {
  const { input, bundle, report } = evidence;
  const scans = scansOf(evidence, reasons);
  const [scan] = scans;
  if (scan === undefined || bundle === undefined || report === undefined) return undefined;
  for (const one of scans) judgeOne(evidence, { bundle, report, publish }, one, reasons);
  const { verdict, ruleSet } = scan.statement.predicate;
  const { capabilities } = input.line;
  return {
    scanner: judgeScanners(evidence, scans, reasons),
    logIndex: Math.max(...scans.map((one) => one.logIndex)),
    verdict,
    report: scan.statement.predicate.report,
    ruleSet,
    findings: report.findings,
    files: bundle.files.length,
    needed: approvalsNeeded(evidence.policies.approving, {
      capabilities,
      findings: report.findings,
      verdict,
    }),
  };
}

function scansOf(evidence: Evidence, reasons: Reasons): Scan[] {
  const scans = statementsOf(evidence, predicateTypes.scan);
  if ((evidence.policies.approving.scanners ?? 1) > 1 && scans.length > 0) return scans;
  const scan = onlyStatement(evidence, predicateTypes.scan, 'scan statement', reasons);
  return scan === undefined ? [] : [scan];
}

interface ScannedParts {
  readonly bundle: Bundle;
  readonly report: ScanReport;
  readonly publish: JudgedPublish | undefined;
}

function judgeOne(
  { identities, input }: Evidence,
  { bundle, report, publish }: ScannedParts,
  scan: Scan,
  reasons: Reasons,
): void {
  const { predicate } = scan.statement;
  const isScanner = identities.isMember(scan.signer, 'scanner', scan.logIndex);
  reasons.demand(
    isScanner,
    'scanner-unknown',
    `the key ${scan.signer} belonged to no scanner at log index ${scan.logIndex}`,
  );
  const covered = predicate.coverage.map(({ path, sha256 }) => ({ path, sha256 }));
  const listed = bundle.files.map(({ path, sha256 }) => ({ path, sha256 }));
  const reported = report.coverage.files.map(({ path, sha256, disposition }) => ({
    path,
    sha256,
    disposition,
  }));
  const faults: readonly (readonly [boolean, string])[] = [
    [
      canonicalJson(covered) === canonicalJson(listed),
      'the scan did not cover exactly the files of the bundle',
    ],
    [
      predicate.report === digestOf(input.report),
      'the scan report is not the one that the scanner signed',
    ],
    [
      canonicalJson(reported) === canonicalJson(predicate.coverage),
      'the scan report covers other files than the signed scan',
    ],
    [report.bundle === input.line.bundle, 'the scan report is about another bundle'],
    [
      report.ruleSet === predicate.ruleSet && report.verdict === predicate.verdict,
      'the scan report has another verdict or rule set than the signed scan',
    ],
    [
      publish === undefined || scan.logIndex > publish.logIndex,
      'the scan was logged before the version was published',
    ],
  ];
  for (const [holds, message] of faults) reasons.demand(holds, 'scan-mismatch', message);
  const foreign = whyForeignIn(input.root)(scan);
  reasons.demand(
    foreign === undefined,
    'scan-mismatch',
    `the scan at log index ${scan.logIndex} does not count: ${foreign}`,
  );
}

// Two keys of one scanner member count as one scanner.
function judgeScanners(
  { identities, policies }: Evidence,
  scans: readonly Scan[],
  reasons: Reasons,
): string {
  const names = new Set(
    scans.map(({ signer, logIndex }) => identities.memberOf(signer, logIndex)?.name ?? signer),
  );
  const needed = policies.approving.scanners ?? 1;
  reasons.demand(
    names.size >= needed,
    'scans-missing',
    `${names.size} of ${needed} scanners signed the report`,
  );
  return [...names].join(' and ');
}
