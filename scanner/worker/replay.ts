/**
 * Makes a report again after a change of rules: the changed rules run on stored facts, and the
 * findings of the other rules stay.
 */

import { changeOf, type RuleSetChange } from '../../skills-index/statement/rule-set.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { FactIndex } from '../fact/selectors.ts';
import { compareFindings, findAll } from '../reports/findings.ts';
import { judge } from '../reports/verdict.ts';
import { currentRuleSet } from '../rule-set.ts';
import { rules } from '../rules.ts';
import { type ReportOptions, ruleContextOf } from '../scan.ts';
import type { StoredScan } from './stored-facts.ts';

/**
 * The report that a scan by today's rules would give, made from a stored scan; undefined when facts
 * have to be extracted again.
 * @param options path, name and version of the report, as for a scan
 */
export function replayScan(
  stored: StoredScan,
  options: ReportOptions = {},
): ScanReport | undefined {
  const change = changeOf(stored.ruleSet, currentRuleSet());
  if (change.kind === 'everything' && change.facts) return undefined;
  return { ...replayRules(stored, changedRules(change)), ...named(stored.report, options) };
}

function changedRules(change: RuleSetChange): ReadonlySet<string> {
  switch (change.kind) {
    case 'same':
      return new Set();
    case 'everything':
      return new Set(rules.map((rule) => rule.id));
    case 'rules':
      return new Set(change.rules);
  }
}

/** As `replayScan`, for rules that are known to be new, removed or changed. */
export function replayRules(stored: StoredScan, changed: ReadonlySet<string>): ScanReport {
  const { report, base } = stored;
  const kept = report.findings.filter((finding) => !changed.has(finding.rule));
  const again = rules.filter((rule) => changed.has(rule.id));
  const context = ruleContextOf(base, report.capabilities, stored.sources);
  const found = again.length === 0 ? [] : findAll(again, new FactIndex(stored.facts), context);
  const findings = [...kept, ...found].sort(compareFindings);
  const { verdict, deciding } = judge(findings, base.complete);
  return {
    ...report,
    ruleSet: currentRuleSet().digest,
    verdict,
    decidedBy: deciding.map((finding) => finding.fingerprint),
    findings,
  };
}

function named(
  report: ScanReport,
  { path, published }: ReportOptions,
): Pick<ScanReport, 'path' | 'name' | 'version'> {
  return {
    path: path ?? report.path,
    name: published?.name.toWellFormed() ?? report.name,
    version: published?.version ?? report.version,
  };
}
