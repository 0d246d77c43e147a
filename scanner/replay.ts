/** A report anew after a change of rules: the changed rules run on stored facts, the findings of the others stay. */
import type { ScanReport } from '../skills-index/statement/scan-report.ts';
import type { SkillFacts } from './extract.ts';
import { compareFindings, findAll } from './findings.ts';
import { ruleSetDigest } from './rule-set.ts';
import { rules } from './rules.ts';
import { ruleContextOf } from './scan.ts';
import { judge } from './verdict.ts';

/**
 * The report that a scan by today's rules gives, made of an earlier one.
 * @param stored the facts that the earlier report was made of, by the same extractor
 * @param changed ids of the rules that are new, gone, or not what they were
 */
export function replayRules(stored: SkillFacts, earlier: ScanReport, changed: ReadonlySet<string>): ScanReport {
  const kept = earlier.findings.filter((finding) => !changed.has(finding.rule));
  const again = rules.filter((rule) => changed.has(rule.id));
  const found = again.length === 0 ? [] : findAll(again, stored.facts, ruleContextOf(stored, earlier.capabilities));
  const findings = [...kept, ...found].sort(compareFindings);
  const { verdict, deciding } = judge(findings, stored.complete);
  return {
    ...earlier,
    ruleSet: ruleSetDigest(),
    verdict,
    decidedBy: deciding.map((finding) => finding.fingerprint),
    findings,
  };
}
