/**
 * `skillgate verify --rescan`: scans again on this host, and compares the report with the one that
 * the approvals name.
 */
import type * as admission from '../../runner/admission/public.ts';
import { fetchBlob, type Source } from '../../skills-index/client/blobs.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { scanReportBytesMax, scanReportValuesMax } from '../../skills-index/statement/limits.ts';
import { parseScanReport, type ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { Admitted } from '../../skills-index/trust/decision/decision.ts';
import { scanOnce } from '../scan/watched-scan.ts';
import { count } from '../terminal/output.ts';

export interface Rescan {
  /**
   * Whether the report equals the signed one byte for byte, which only the same rules can achieve.
   */
  readonly same: boolean;
  readonly sameRuleSet: boolean;
  /** The results, one sentence each. */
  readonly says: readonly string[];
}

/** @throws Problem `scan-killed` when this machine's scanner does not finish */
export async function rescan(
  source: Source,
  admitted: Admitted,
  opened: admission.OpenedSkill,
): Promise<Rescan> {
  const signed = await fetchBlob(source, admitted.scan.report, scanReportBytesMax);
  const files: SourceFile[] = [];
  for (const { path, mode } of opened.bundle.files)
    files.push({ path, bytes: await opened.read(path), mode: Number.parseInt(mode, 8) });
  return compareReports(signed, await scanOnce(files), admitted.scan.ruleSet);
}

/** Compares two reports on the same bytes. */
export function compareReports(signed: Uint8Array, here: ScanReport, ruleSet: Digest): Rescan {
  const same = Buffer.from(canonicalJson(here)).equals(signed);
  const sameRuleSet = here.ruleSet === ruleSet;
  if (same)
    return {
      same,
      sameRuleSet,
      says: ['scanned again here: the report is identical to the signed report'],
    };
  const there = parseScanReport(parseJson(signed, 'scan report', scanReportValuesMax).value);
  const first = sameRuleSet
    ? 'scanned again here with the same rule set: the report differs from the signed report'
    : `scanned again here with another rule set (${here.ruleSet}), so the reports cannot be the same bytes`;
  return { same, sameRuleSet, says: [first, ...differences(there, here)] };
}

function differences(there: ScanReport, here: ScanReport): string[] {
  const [theirs, ours] = [there, here].map(
    (report) => new Set(report.findings.map((one) => one.fingerprint)),
  );
  const onlyThere = [...(theirs ?? [])].filter((one) => ours?.has(one) !== true).length;
  const onlyHere = [...(ours ?? [])].filter((one) => theirs?.has(one) !== true).length;
  const alike =
    canonicalJson(there.capabilities.observed) === canonicalJson(here.capabilities.observed);
  return [
    there.verdict === here.verdict
      ? `the verdict is the same: ${here.verdict}`
      : `the verdict was ${there.verdict}, here it is ${here.verdict}`,
    onlyThere + onlyHere === 0
      ? `the findings are the same: ${here.findings.length}`
      : `${count(onlyThere, 'finding')} only there, ${count(onlyHere, 'finding')} only here`,
    `the capabilities seen in the code are ${alike ? 'the same' : 'different'}`,
  ];
}
