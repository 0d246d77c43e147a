/**
 * Scan reports as a Code Quality report of GitLab: one list of issues, which a merge request shows
 * beside its changed lines (https://docs.gitlab.com/ci/testing/code_quality/).
 */
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import type { Finding, Severity } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { showSafely } from '../lookup-tables/hidden-characters.ts';
import { type Marks, worstFirst } from './marks.ts';

/** What GitLab reads of an issue. GitLab refuses a whole report with two equal fingerprints. */
export interface GitLabIssue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: 'info' | 'minor' | 'major' | 'critical' | 'blocker';
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const gitLabSeverities: Readonly<Record<Severity, GitLabIssue['severity']>> = {
  info: 'info',
  low: 'minor',
  medium: 'major',
  high: 'critical',
  critical: 'blocker',
};

/**
 * The issues of one skill: files that were not analysed, then the findings, worst first. GitLab
 * cannot mark an issue as accepted, so accepted findings are left out.
 */
export function gitLabIssues(report: ScanReport, marks: Marks): GitLabIssue[] {
  const { coverage, findings, path } = report;
  const { files, unlisted = 0 } = coverage;
  const unread = files.filter(({ disposition }) => disposition === 'unanalysed');
  return [
    ...unread.map((file) => notAnalysed(path, file.path, file.reason)),
    ...(unlisted === 0 ? [] : [notAnalysed(path, 'SKILL.md', `${unlisted} more files`)]),
    ...worstFirst(findings)
      .filter((finding) => marks.of(finding, report).suppression === undefined)
      .map((finding) => issueOf(finding, path)),
  ];
}

function issueOf(finding: Finding, skill: string): GitLabIssue {
  const { fingerprint, line, path, rule, severity } = finding;
  return {
    description: showSafely(`${findingMessage(finding)} (skillgate explain ${rule})`),
    check_name: rule,
    fingerprint: fingerprintOf(skill, fingerprint),
    severity: gitLabSeverities[severity],
    location: { path: filePath(skill, path), lines: { begin: line } },
  };
}

// An empty list must not look like a harmless skill, so a gap in the scan is an issue of its own.
function notAnalysed(skill: string, path: string, reason: string): GitLabIssue {
  return {
    description: showSafely(`Not analysed: ${reason}`),
    check_name: 'not-analysed',
    fingerprint: fingerprintOf(skill, `not-analysed ${path} ${reason}`),
    severity: 'critical',
    location: { path: filePath(skill, path), lines: { begin: 1 } },
  };
}

// The scanner's fingerprints are unique in one skill. Two skills may have the same file.
function fingerprintOf(skill: string, within: string): string {
  return hexOf(digestOf(JSON.stringify([skill, within])));
}

// The message of a finding in the reports for CI systems, which show nothing else of its kind.

/** A finding about the form of a skill says first that it concerns publishing, and no attack. */
export function findingMessage({ kind, message }: Pick<Finding, 'kind' | 'message'>): string {
  return kind === 'form' ? `Cannot be taken as a skill: ${message}` : message;
}

/** The path of a file from the folder in which the scan was started. @param skill of its report */
export function filePath(skill: string, path: string): string {
  return skill === '.' ? path : `${skill}/${path}`;
}
