/**
 * Decides whether one approval counts. Installers and the registry share this function, so that
 * installers and registry never disagree.
 */
import type { Digest } from '../../skill/digest.ts';
import { type SkillName, scopeOf } from '../../skill/name.ts';
import type { Version } from '../../skill/version.ts';
import type { ApprovalStatement } from '../../statement/attestation.ts';
import { whyAuthor } from '../members-and-scopes/authors.ts';
import type { Identities } from '../members-and-scopes/identities.ts';
import { type Policy, policyDigest } from '../policy/policy.ts';
import type { RootFile } from '../root/root.ts';
import { isInOffice } from '../root/root-office.ts';
import { whyForeignIn } from '../signatures/own-registry.ts';
import { approvalChallenge, whyNotAsserted } from '../signatures/passkey.ts';

/** An approval whose signature and log entry were verified. */
export interface LoggedApproval {
  readonly statement: ApprovalStatement;
  readonly signer: Digest;
  readonly logIndex: number;
}

/**
 * The facts that an approval must match. A fact is absent when the fact is unknown, or when an
 * earlier judge found a fault in it.
 */
export interface ApprovalContext {
  readonly root: RootFile;
  readonly policy: Policy;
  readonly identities: Identities;
  readonly version: {
    readonly name: SkillName;
    readonly version: Version;
    readonly bundle: Digest;
  };
  /** Digest of the capabilities in the index line. */
  readonly capabilityDigest?: Digest;
  readonly publish?: { readonly signer: Digest; readonly logIndex: number };
  readonly scan?: { readonly report: Digest; readonly ruleSet: Digest; readonly logIndex: number };
  /**
   * The time, in milliseconds since 1970, at which the approval's draft must not have expired yet.
   */
  readonly at?: number;
}

/** Every reason why an approval does not count; empty when the approval counts. */
export function whyNotCounted(approval: LoggedApproval, context: ApprovalContext): string[] {
  return [...whyNotAbout(approval, context), ...whyNotReviewer(approval, context)];
}

function whyNotAbout({ statement, logIndex }: LoggedApproval, context: ApprovalContext): string[] {
  const { version, scan, policy, at, root } = context;
  const foreign = whyForeignIn(root)({ statement, logIndex });
  const { predicate } = statement;
  const isSameVersion =
    predicate.name === version.name &&
    predicate.version === version.version &&
    predicate.bundle === version.bundle;
  const shown = context.capabilityDigest;
  const faults: readonly (readonly [boolean, string])[] = [
    [isSameVersion, 'it is about another version'],
    [
      shown === undefined || predicate.capabilityDigest === shown,
      'it approves other capabilities than the index shows',
    ],
    [
      scan === undefined || predicate.scanReport === scan.report,
      'it is based on another scan report',
    ],
    [scan === undefined || predicate.ruleSet === scan.ruleSet, 'it is based on another rule set'],
    [scan === undefined || logIndex > scan.logIndex, 'it was given before the scan'],
    [predicate.policy === policyDigest(policy), 'it was given under another policy'],
    [
      at === undefined || at <= Date.parse(predicate.expires),
      `its draft expired at ${predicate.expires}`,
    ],
  ];
  const failed = faults.flatMap(([holds, message]) => (holds ? [] : [message]));
  return [...(foreign === undefined ? [] : [foreign]), ...failed];
}

function whyNotReviewer(
  approval: LoggedApproval,
  { root, identities, version, publish }: ApprovalContext,
): string[] {
  const { signer, logIndex, statement } = approval;
  const { reviewer } = statement.predicate;
  const byKey = 'keyId' in reviewer;
  const member = byKey
    ? identities.memberOf(reviewer.keyId, logIndex)
    : identities.passkeyOf(reviewer.credentialId, logIndex)?.member;
  const acting = { ...reviewer, enrolled: member };
  const own = whyAuthor(identities, { scope: scopeOf(version.name), ...publish }, acting, logIndex);
  return [
    ...(member?.roles.includes('reviewer') ? [] : ['its signer was no reviewer at that log index']),
    ...(member === undefined || member.name === reviewer.member
      ? []
      : [`its signer is ${member.name}`]),
    ...(own === undefined ? [] : [own]),
    ...(byKey
      ? whyNotByKey(approval)
      : whyNotByPasskey(identities, statement, reviewer.credentialId, logIndex)),
    ...(byKey || isInOffice(root, 'registry', signer, logIndex)
      ? []
      : ['it was not logged by the registry']),
  ];
}

function whyNotByKey({ statement, signer }: LoggedApproval): string[] {
  const { reviewer, assertion } = statement.predicate;
  const same = 'keyId' in reviewer && reviewer.keyId === signer && assertion === undefined;
  return same ? [] : ['the key that it names did not sign it'];
}

// The registry's signature on an approval by passkey only places the statement in the log. The
// approval counts by the passkey's own signature.
function whyNotByPasskey(
  identities: Identities,
  statement: ApprovalStatement,
  credentialId: string,
  logIndex: number,
): string[] {
  const { assertion } = statement.predicate;
  if (assertion === undefined) return ['it has no assertion of a passkey'];
  const enrolled = identities.passkeyOf(credentialId, logIndex);
  if (enrolled === undefined) return ['its passkey was not enrolled at that log index'];
  return whyNotAsserted(assertion, approvalChallenge(statement), enrolled.passkey);
}
