/**
 * Facts about a finding from outside its report: a reviewer accepted it, an earlier report had it.
 * Neither changes the report.
 */
import { type Finding, severities } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';

/** A reviewer's record, kept outside the skill. */
export interface Suppression {
  readonly fingerprint: string;
  /** `name` of the report: another skill with the same lines is not accepted. */
  readonly skill: string;
  /** `path` of the report; any path where absent. */
  readonly path?: string | undefined;
  /** At least 20 characters: the next reviewer relies on it. */
  readonly reason: string;
  readonly by: string;
  /** The last day on which it holds, `2026-12-31`. */
  readonly expires: string;
  /** The finding's severity when it was accepted. A worse finding is not accepted. */
  readonly severity: Finding['severity'];
}

export interface ReportMark {
  readonly suppression?: Suppression;
  /** Why a suppression does not apply to this finding. */
  readonly void?: string;
  /** Compared with the baseline; absent without one. `updated`: its severity changed. */
  readonly state?: 'new' | 'unchanged' | 'updated';
}

export interface Marks {
  /** @param report the report with the finding */
  of(finding: Finding, report: ReportedSkill): ReportMark;
  /** The capabilities in the earlier report of a skill; undefined where there is none. */
  before(skill: string): ScanReport['capabilities'] | undefined;
  /** Suppressions that met no finding so far or have expired, one line for each kind. */
  idle(): readonly string[];
}

type ReportedSkill = Pick<ScanReport, 'name' | 'path'>;

/** The number of findings of a report that a reviewer has accepted. */
export function countAccepted(
  report: ReportedSkill & Pick<ScanReport, 'findings'>,
  marks: Marks,
): number {
  return report.findings.filter((finding) => marks.of(finding, report).suppression !== undefined)
    .length;
}

/** Nothing is suppressed, and nothing compared. */
export const noMarks: Marks = { of: () => ({}), before: () => undefined, idle: () => [] };

/** What marks need of an earlier report. */
type EarlierReport = Pick<ScanReport, 'path' | 'findings'> &
  Partial<Pick<ScanReport, 'capabilities'>>;

/**
 * Marks for findings.
 * @param baseline earlier reports, by `path`
 * @param today the day, `2026-11-20`
 */
export function marksFrom(
  suppressions: readonly Suppression[],
  baseline: readonly EarlierReport[] | undefined,
  today: string,
): Marks {
  const suppressed = Map.groupBy(suppressions, ({ fingerprint }) => fingerprint);
  const met = new Set<Suppression>();
  const before = new Map(
    baseline?.map(({ path, findings }) => [
      path,
      new Map(findings.map((finding) => [finding.fingerprint, finding])),
    ]),
  );
  return {
    of(finding, report) {
      const state =
        baseline === undefined ? {} : { state: stateOf(finding, before.get(report.path)) };
      const all = suppressed.get(finding.fingerprint) ?? [];
      const suppression = all.find((one) => isAbout(one, report));
      if (suppression === undefined) return state;
      met.add(suppression);
      const reason = whyVoid(suppression, finding, today);
      return reason === undefined ? { ...state, suppression } : { ...state, void: reason };
    },
    before: (skill) => baseline?.find(({ path }) => path === skill)?.capabilities,
    idle: () => idleIn(suppressions, met, today),
  };
}

function idleIn(
  suppressions: readonly Suppression[],
  met: ReadonlySet<Suppression>,
  today: string,
): string[] {
  const entries = (count: number, what: string): string =>
    `${count} ${count === 1 ? 'entry' : 'entries'} ${what}`;
  const expired = Map.groupBy(
    suppressions.filter(({ expires }) => expires < today),
    ({ expires }) => expires,
  );
  const unmatched = suppressions.filter((one) => one.expires >= today && !met.has(one)).length;
  return [
    ...[...expired]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([day, list]) => entries(list.length, `expired on ${day}`)),
    ...(unmatched === 0
      ? []
      : [entries(unmatched, unmatched === 1 ? 'matches no finding' : 'match no finding')]),
  ];
}

function isAbout({ path, skill }: Suppression, report: ReportedSkill): boolean {
  return skill === report.name && (path === undefined || path === report.path);
}

function stateOf(
  finding: Finding,
  before: ReadonlyMap<string, Finding> | undefined,
): 'new' | 'unchanged' | 'updated' {
  const known = before?.get(finding.fingerprint);
  if (known === undefined) return 'new';
  return known.severity === finding.severity ? 'unchanged' : 'updated';
}

function whyVoid(suppression: Suppression, finding: Finding, today: string): string | undefined {
  if (suppression.expires < today)
    return `the suppression by ${suppression.by} expired on ${suppression.expires}`;
  if (severityRank(finding) <= severityRank(suppression)) return undefined;
  return `it was ${suppression.severity} when ${suppression.by} accepted it, and is ${finding.severity}`;
}

// The order of findings in reports: deciding ones first, then by rule, the worst rule first.

export interface RuleFindings {
  readonly rule: string;
  /** The worst first, otherwise in the report's order; at least one. */
  readonly findings: readonly [Finding, ...Finding[]];
}

interface OrderedFindings {
  /** The one to three findings that decide the verdict, worst first. */
  readonly deciding: readonly Finding[];
  /** All others, by rule. */
  readonly rest: readonly RuleFindings[];
}

export function orderFindings({
  findings,
  decidedBy,
}: Pick<ScanReport, 'findings' | 'decidedBy'>): OrderedFindings {
  const decides = new Set(decidedBy);
  const sorted = worstFirst(findings);
  const byRule = Map.groupBy(
    sorted.filter((finding) => !decides.has(finding.fingerprint)),
    (finding) => finding.rule,
  );
  return {
    deciding: sorted.filter((finding) => decides.has(finding.fingerprint)),
    // Groups are in the order of their worst finding, since a map keeps the order of its first
    // entries.
    rest: [...byRule].flatMap(([rule, [first, ...more]]) =>
      first === undefined ? [] : [{ rule, findings: [first, ...more] }],
    ),
  };
}

/** Severity as a number for sorting: 0 for info, 4 for critical. */
export function severityRank({ severity }: Pick<Finding, 'severity'>): number {
  return severities.indexOf(severity);
}

/** By severity, otherwise in the given order. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => severityRank(b) - severityRank(a));
}
