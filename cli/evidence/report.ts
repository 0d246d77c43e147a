/**
 * The form of an evidence report, `skillgate.evidence-report/1`: what was gathered, and the facts
 * that follow from it. `docs/spec/evidence-report.md` describes the form.
 */
import type { AuditCheckpoint, ChainEnd } from '../../skills-index/run/audit/audit-chain.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import type { Subject } from '../../skills-index/statement/attestation.ts';
import type { Envelope } from '../../skills-index/statement/signature-formats/envelope.ts';
import type { ReportFacts } from './facts.ts';
import type { PackedParts } from './parts.ts';

export const reportSchema = 'skillgate.evidence-report/1';
export const reportPredicateType = 'https://skillgate.dev/attestation/evidence-report/v1';

/** The file: the signed report, and the parts that the report names by their digests. */
export interface ReportFile {
  readonly schema: typeof reportSchema;
  /** DSSE over the in-toto statement whose predicate is the report. */
  readonly envelope: Envelope;
  readonly evidence: PackedParts;
}

/** The in-toto statement of a report. */
export interface ReportStatement {
  readonly _type: string;
  /** The end of each host's audit log, and the bundle of each version. */
  readonly subject: readonly Subject[];
  readonly predicateType: typeof reportPredicateType;
  readonly predicate: EvidenceReport;
}

export interface EvidenceReport {
  /** ISO 8601, UTC: when the report was made, by the clock of its maker. */
  readonly generated: string;
  /** ISO 8601: the audit lines since this time are in the report; null for all lines. */
  readonly since: string | null;
  /** The program that made the report. */
  readonly tool: string;
  readonly signer: ReportSigner;
  /** The number of the parts, and the digest over all of them. */
  readonly evidence: { readonly count: number; readonly digest: Digest };
  readonly hosts: readonly HostSection[];
  readonly versions: readonly VersionSection[];
  readonly facts: ReportFacts;
}

/** The key that signed, as the report itself names it. A reader compares the key's id elsewhere. */
export interface ReportSigner {
  /** The key's name on the machine of the maker; `host` for the audit key of that machine. */
  readonly name: string;
  readonly keyId: Digest;
  /** SPKI DER in base64. */
  readonly publicKey: string;
}

/** What one host's folder holds. */
export interface HostSection {
  readonly name: string;
  readonly audit: AuditSection | null;
  /** Identities of agents, without their private keys and without values of variables. */
  readonly agents: readonly AgentNote[];
  readonly policy: PolicyNote | null;
  /** Versions that a lock file of the host names. */
  readonly locked: readonly LockedNote[];
  /** Breakers that were open when the report was made. */
  readonly openBreakers: readonly BreakerNote[];
  /** Signed incident reports, each a part. */
  readonly incidentReports: readonly Digest[];
  /** Holds with their signed answers, each pair a part. */
  readonly answers: readonly Digest[];
  /** Files that could not be read, each with the reason. */
  readonly damage: readonly { readonly part: string; readonly why: string }[];
}

export interface AuditSection {
  /** The key that signs the log's checkpoints; null where the host never signed. */
  readonly key: { readonly keyId: Digest; readonly publicKey: string } | null;
  /** The end of the lines that are older than the report's period. */
  readonly from: ChainEnd;
  /**
   * The lines, in pieces. Before a line in which a credential was left out, its digest stands: the
   * digest keeps the chain.
   */
  readonly pieces: readonly Digest[];
  /** The newest signed checkpoints, from beside the log and from beside the key. */
  readonly checkpoints: readonly AuditCheckpoint[];
}

export interface AgentNote {
  readonly name: string;
  readonly keyId: string;
  readonly created: string;
  readonly expires: string;
  readonly revoked: string | null;
  /** `@scope/name range`, one for each grant. */
  readonly grants: readonly string[];
  /** The most capabilities that a run of the agent may get, as texts. */
  readonly ceiling: readonly string[];
}

export interface PolicyNote {
  /** Digest of host.json, whose content may name internal hosts and folders and is left out. */
  readonly digest: Digest;
  readonly holds: readonly { readonly name: string; readonly seconds: number }[];
  /** Approvers with their keys or passkeys, which verify the answers to holds. */
  readonly approvers: readonly {
    readonly name: string;
    readonly key?: { readonly keyId: string; readonly spki: string };
    readonly passkey?: {
      readonly credentialId: string;
      readonly publicKey: string;
      readonly rpId: string;
      readonly origin: string;
    };
  }[];
}

export interface LockedNote {
  /** `project`, or the agent whose lock it is. */
  readonly lock: string;
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
}

export interface BreakerNote {
  readonly agent: string;
  readonly skill: string;
  readonly version: string;
  readonly counter: string;
  readonly since: string;
}

/** The evidence of one version, as the registry showed it when the report was made. */
export interface VersionSection {
  readonly name: SkillName;
  readonly version: Version;
  /** ISO 8601: the time of the registry's answers, and of the decision. */
  readonly at: string;
  /** The part with root of trust and policy under which the version is judged. */
  readonly trusted: Digest | null;
  /** Paths at the registry, and the part with the answer. */
  readonly files: Readonly<Record<string, Digest>>;
  /** Why there is no evidence; null where there is. */
  readonly missing: string | null;
}
