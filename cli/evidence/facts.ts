/** The facts of a report. They follow from the parts, so a verifier computes them again. */
import type { AuditVerdict } from '../../skills-index/run/audit/audit-check.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import type { Version } from '../../skills-index/skill/version.ts';

export interface ReportFacts {
  readonly hosts: readonly HostLogFacts[];
  readonly versions: readonly VersionFacts[];
  /** Which agent used which version, over all hosts. */
  readonly uses: readonly UseRow[];
  readonly incidents: readonly ReportedIncident[];
  readonly holds: readonly HoldRow[];
  readonly breakers: readonly BreakerRow[];
  /** Runs that ended before their program ended by itself. */
  readonly stops: readonly StopRow[];
  readonly reactions: readonly ReactionRow[];
  readonly days: readonly DayRow[];
  /** Rows beyond the longest list; 0 where every row is listed. */
  readonly omitted: number;
}

export interface HostLogFacts {
  readonly name: string;
  /** Number of audit lines in the report, and of those in which a credential was left out. */
  readonly lines: number;
  readonly masked: number;
  readonly first: string | null;
  readonly last: string | null;
  /** The state of the hash chain; null for a host without an audit log. */
  readonly chain: AuditVerdict | null;
}

export interface VersionFacts {
  readonly name: SkillName;
  readonly version: Version;
  readonly decision: 'admitted' | 'refused' | 'unknown';
  /** Codes of the reasons against the version. */
  readonly reasons: readonly string[];
  readonly bundle: Digest | null;
  readonly registry: string | null;
  /** Fingerprint of the root of trust. */
  readonly root: Digest | null;
  readonly policy: Digest | null;
  readonly publisher: Digest | null;
  readonly publishedAt: number | null;
  readonly scan: ScanFacts | null;
  readonly approvals: readonly ApprovalFacts[];
  /** People that the policy demands for the version: in all, and without the desk. */
  readonly needed: { readonly total: number; readonly independent: number } | null;
  /** Approved capabilities, as texts. */
  readonly capabilities: readonly string[];
  /** The suspension or revocation in force. */
  readonly stop: StopFacts | null;
  /** Size of the log that the proofs lead to. */
  readonly logSize: number | null;
}

export interface ScanFacts {
  readonly scanner: string;
  readonly verdict: string;
  readonly findings: number;
  readonly ruleSet: Digest;
  readonly report: Digest;
  readonly logIndex: number;
}

export interface ApprovalFacts {
  readonly member: string;
  readonly by: 'key' | 'passkey';
  readonly independent: boolean;
  readonly reason: string;
  readonly logIndex: number;
}

export interface StopFacts {
  readonly kind: 'suspended' | 'revoked';
  /** By the clock of the registry. Nobody signed this time. */
  readonly since: string;
  readonly reason: string;
}

export interface UseRow {
  readonly agent: string;
  readonly skill: string | null;
  readonly version: string | null;
  readonly bundle: Digest | null;
  readonly hosts: readonly string[];
  readonly starts: number;
  readonly refused: number;
  readonly allowed: number;
  readonly denied: number;
  readonly first: string;
  readonly last: string;
}

interface EventRow {
  readonly host: string;
  readonly at: string;
  readonly agent: string;
  readonly skill: string | null;
  readonly version: string | null;
}

export interface ReportedIncident extends EventRow {
  readonly rule: string;
  readonly place: string;
  readonly report: Digest;
}

export interface HoldRow extends EventRow {
  readonly hold: string;
  readonly rule: string;
  readonly what: string;
  readonly state: string;
  /** Who answered and how, or why nobody did, as the host wrote it. */
  readonly why: string;
  /** Seconds between question and answer; null where no answer is in the period. */
  readonly seconds: number | null;
}

export interface BreakerRow extends EventRow {
  readonly state: string;
  readonly counter: string;
  readonly why: string;
}

export interface StopRow extends EventRow {
  readonly reason: string;
}

/** How long a host went on with a version after the registry had stopped it. */
export interface ReactionRow {
  readonly host: string;
  readonly name: string;
  readonly version: string;
  readonly kind: string;
  /** By the clock of the registry. Nobody signed this time. */
  readonly since: string;
  /** By the clock of the host: the first refused start or stopped run; null for none. */
  readonly stopped: string | null;
  readonly seconds: number | null;
  /** Starts after the stop and before the first refusal. */
  readonly startsAfter: number;
}

export interface DayRow {
  readonly day: string;
  readonly starts: number;
  readonly refused: number;
  readonly denied: number;
  readonly holds: number;
  readonly incidents: number;
}
