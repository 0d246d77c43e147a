/** Admission: everything known about one version goes in, admitted or every reason against it comes out. Pure. */

import type { Hash } from '../log/merkle-tree.ts';
import type { Capabilities } from '../skill/capability.ts';
import type { Digest } from '../skill/digest.ts';
import type { Manifest } from '../skill/manifest.ts';
import type { SkillName } from '../skill/name.ts';
import { Problem } from '../skill/problem.ts';
import type { Version } from '../skill/version.ts';
import type { IndexLine } from './index-line.ts';
import type { Policy } from './policy.ts';
import type { RootFile } from './root.ts';

/** A tree head that this installation saw before. */
export interface SeenCheckpoint {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

export interface DecisionInput {
  readonly root: RootFile;
  readonly policy: Policy;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly line: IndexLine;
  /** Address → bytes of each Sigstore bundle that the line names. */
  readonly statements: ReadonlyMap<Digest, Uint8Array>;
  /** Canonical bytes of the bundle. */
  readonly bundle: Uint8Array;
  /** Canonical bytes of the scan report. */
  readonly report: Uint8Array;
  /** Files of the skill at hand by path; SKILL.md and, where the bundle has one, skill.json are demanded. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** `status.json`, one or several; the newest that verifies counts. */
  readonly statuses: readonly Uint8Array[];
  /** How long an expired status still counts; 0 by default. */
  readonly statusGraceSeconds?: number;
  /** The last checkpoint seen, with the consistency proof from it to the status file's. */
  readonly seen?: { readonly checkpoint: SeenCheckpoint; readonly proof: readonly Hash[] };
  /** What the lock or host policy pins, when there is one. */
  readonly pinned?: { readonly bundle?: Digest; readonly publisher?: Digest };
}

export type DecisionReasonCode =
  | 'bundle-mismatch'
  | 'manifest-mismatch'
  | 'description-mismatch'
  | 'line-mismatch'
  | 'file-missing'
  | 'statement-missing'
  | 'statement-invalid'
  | 'statement-surplus'
  | 'subject-mismatch'
  | 'publisher-unknown'
  | 'publisher-changed'
  | 'scanner-unknown'
  | 'scan-mismatch'
  | 'approval-invalid'
  | 'approvals-missing'
  | 'approvals-not-independent'
  | 'verdict-invalid'
  | 'policy-mismatch'
  | 'capability-exceeded'
  | 'status-missing'
  | 'status-stale'
  | 'log-rolled-back'
  | 'suspended'
  | 'revoked';

export interface DecisionReason {
  readonly code: DecisionReasonCode;
  readonly message: string;
  readonly hint: string;
}

export interface AdmittedApproval {
  readonly member: string;
  readonly by: 'key' | 'passkey';
  readonly independent: boolean;
  readonly reason: string;
  readonly logIndex: number;
}

export interface Admitted {
  readonly kind: 'admitted';
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  readonly description: string;
  /** Key id of the author. */
  readonly publisher: Digest;
  readonly manifest: Manifest;
  /** As approved. */
  readonly capabilities: Capabilities;
  readonly capabilityDigest: Digest;
  readonly approvals: readonly AdmittedApproval[];
  /** Witnesses that cosigned, of those demanded. */
  readonly witnessed: '0/0';
  /** Log index of the verdict. */
  readonly logIndex: number;
  /** Head of the log to remember for the next time. */
  readonly checkpoint: SeenCheckpoint;
  /** ISO 8601: until when the status file counts. */
  readonly freshUntil: string;
  /** What was checked, one sentence each, for people. */
  readonly facts: readonly string[];
}

export interface Refused {
  readonly kind: 'refused';
  readonly reasons: readonly DecisionReason[];
}

export type Decision = Admitted | Refused;

/** Decides on one version: never throws for what is wrong with the evidence. */
export function decide(_input: DecisionInput): Decision {
  throw new Problem('internal', 'not written yet');
}
