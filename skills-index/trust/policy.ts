/** How many people must approve what, and the capability ceiling. */
import { canonicalDigest } from '../skill/canonical-json.ts';
import type { Capabilities } from '../skill/capability.ts';
import type { Digest } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import type { Finding } from '../statement/finding.ts';

/** Of `total` people, `independent` signed without the desk. */
export interface ApprovalsNeeded {
  readonly total: number;
  readonly independent: number;
}

export interface Policy {
  readonly schema: 'skillgate.policy/1';
  readonly approvals: {
    readonly usual: ApprovalsNeeded;
    /** For secrets with egress, interpreters or shells as `exec`, a finding of level high, or a verdict that blocks. */
    readonly high: ApprovalsNeeded;
  };
  /** Programs whose `exec` needs the high number. */
  readonly interpreters: readonly string[];
  /** Nothing beyond it is admitted; null for no ceiling. */
  readonly ceiling: Capabilities | null;
}

/** @throws Problem `json-invalid` */
export function parsePolicy(_content: Uint8Array | string): Policy {
  throw new Problem('internal', 'not written yet');
}

/** How many approvals a version with these capabilities and findings needs. */
export function approvalsNeeded(
  _policy: Policy,
  _version: { readonly capabilities: Capabilities; readonly findings: readonly Finding[]; readonly verdict?: string },
): ApprovalsNeeded {
  throw new Problem('internal', 'not written yet');
}

/** What approvals and verdicts name: SHA-256 of the RFC 8785 form. */
export function policyDigest(policy: Policy): Digest {
  return canonicalDigest(policy);
}

export const defaultPolicy: Policy = {
  schema: 'skillgate.policy/1',
  approvals: { usual: { total: 1, independent: 0 }, high: { total: 2, independent: 1 } },
  interpreters: [],
  ceiling: null,
};
