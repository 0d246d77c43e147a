/** The types of the predicates of all statements. */
import type { Capabilities } from '../skill/capability.ts';
import type { Digest } from '../skill/digest.ts';
import type { Manifest } from '../skill/manifest.ts';
import type { Scope, SkillName } from '../skill/name.ts';
import type { Version } from '../skill/version.ts';
import type { Verdict } from './finding.ts';
import type { Coverage } from './scan-report.ts';

/** A P-256 public key: the key's SPKI DER in base64, and `sha256:` with the digest of that DER. */
export interface PublicKey {
  readonly keyId: Digest;
  readonly spki: string;
}

/**
 * A person as an OIDC issuer names the person: the issuer's URL, and the only subject alternative
 * name of the person's certificate. URL and name are compared byte by byte.
 */
export interface PersonIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/**
 * A CI job. At least one of `ref` and `environment` is present. A job must match both when both are
 * present. All members are compared byte by byte.
 */
export interface CiIdentity {
  readonly issuer: string;
  /**
   * The CI provider's number for the repository. A new repository with the same name gets another
   * number.
   */
  readonly repository: string;
  /** The address of the CI job's workflow file, without `@ref` at the address's end. */
  readonly workflow: string;
  /** The git ref from which the CI job runs, for example `refs/heads/main`. */
  readonly ref?: string;
  /**
   * The CI job's deployment environment. The provider may demand a person's approval for an
   * environment.
   */
  readonly environment?: string;
}

export type OidcIdentity = PersonIdentity | CiIdentity;

/** An identity that may own a scope or publish in it. */
export type Identity = PublicKey | OidcIdentity;

/**
 * The predicate of a statement that counts in one registry only. Publications and provenance come
 * from the author and count in every registry.
 */
export interface BoundPredicate {
  /**
   * Fingerprint of the first root file of the registry in which the statement counts. Absent in old
   * statements, which did not name a registry.
   */
  readonly registry?: Digest;
}

export interface PublishPredicate {
  readonly manifest: Manifest;
  /** The program that made the publication, for example `skillgate 0.1.0`. */
  readonly tool: string;
  /** Present when the manifest was inferred from the scan instead of written by the author. */
  readonly inferred?: true;
}

export interface ScanPredicate extends BoundPredicate {
  readonly ruleSet: Digest;
  /** Digest of the canonical scan report. */
  readonly report: Digest;
  readonly verdict: Verdict;
  /** How the scanning process was isolated, for example `child, no network, killed at 30 s`. */
  readonly isolation: string;
  /** The files of the bundle, in the bundle's order. */
  readonly coverage: readonly {
    readonly path: string;
    readonly sha256: Digest;
    readonly disposition: Coverage['files'][number]['disposition'];
  }[];
}

/**
 * Names an observation of a version: a submission that ran in sandboxes with decoys. The log is
 * public, and the facts of a version that nobody approved are not, so only a digest is logged.
 */
export interface ObservedPredicate extends BoundPredicate {
  /** Digest of the observation's own statement (`observation/v1`). */
  readonly observation: Digest;
  readonly verdict: Verdict;
}

/** A WebAuthn assertion, with each member in base64url without padding. */
export interface PasskeyAssertion {
  readonly credentialId: string;
  readonly authenticatorData: string;
  readonly clientDataJSON: string;
  readonly signature: string;
}

export interface ApprovalPredicate extends BoundPredicate {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  /** The approved capabilities, grouped as in skill.json, without `why`. */
  readonly capabilities: Capabilities;
  readonly capabilityDigest: Digest;
  readonly scanReport: Digest;
  readonly ruleSet: Digest;
  readonly policy: Digest;
  /** The name of the member who approves, and the key or passkey that signs the approval. */
  readonly reviewer:
    | { readonly member: string; readonly keyId: Digest }
    | { readonly member: string; readonly credentialId: string };
  readonly reason: string;
  readonly nonce: string;
  /** The time before which the approval's draft must be signed (ISO 8601, UTC). */
  readonly expires: string;
  /**
   * Whether the signer of the approval fetched the bundle and verified the bundle's digests without
   * the desk. Counts only for approvals by a key.
   */
  readonly independent: boolean;
  readonly assertion?: PasskeyAssertion;
}

/**
 * The members of a SLSA verification summary (slsa.dev/verification_summary/v1) that a registry
 * writes.
 */
export interface VerificationSummary extends BoundPredicate {
  readonly verifier: { readonly id: string };
  /** The time of the verification (ISO 8601, UTC). */
  readonly timeVerified: string;
  /** The purl of the verified version. */
  readonly resourceUri: string;
  readonly policy: { readonly digest: { readonly sha256: string } };
  /**
   * Sorted addresses of the statements behind the summary: publication, scan, approvals and
   * provenance. An address is the SHA-256 of the statement's canonical Sigstore bundle.
   */
  readonly inputAttestations: readonly { readonly digest: { readonly sha256: string } }[];
  readonly verificationResult: 'PASSED' | 'FAILED';
  readonly verifiedLevels: readonly string[];
}

export type RevocationTarget =
  | { readonly bundle: Digest }
  | { readonly name: SkillName; readonly version: Version }
  | { readonly publisher: Digest };

export interface RevocationPredicate extends BoundPredicate {
  readonly kind: 'suspended' | 'lifted' | 'revoked';
  readonly target: RevocationTarget;
  readonly reason: string;
  /**
   * A value that is new for each suspension, lift or revocation. A second suspension is therefore a
   * new statement with a place of its own in the log.
   */
  readonly nonce: string;
}

/** The advice that an author gives about an approved version, and the words that take it back. */
export interface AdvicePredicate extends BoundPredicate {
  readonly name: SkillName;
  readonly version: Version;
  readonly kind: 'yanked' | 'unyanked' | 'deprecated' | 'undeprecated';
  readonly reason: string;
  /** The skill to use instead of a deprecated version. */
  readonly replacement?: SkillName;
  /** A value that is new for each statement, as in a revocation. */
  readonly nonce: string;
}

export const memberRoles = ['reviewer', 'administrator', 'scanner'] as const;
export type MemberRole = (typeof memberRoles)[number];

/** A passkey as enrolled: `credentialId` and `publicKey` (COSE) in base64url without padding. */
export interface EnrolledPasskey {
  readonly credentialId: string;
  readonly publicKey: string;
  readonly rpId: string;
  /** The origin of the pages that may use the passkey, for example `https://skills.example`. */
  readonly origin: string;
}

/**
 * Enrols or ends one key or one passkey of a person or a scanner. Either the field `key` or the
 * field `passkey` is present, never both.
 */
export interface MemberPredicate extends BoundPredicate {
  readonly name: string;
  readonly roles: readonly MemberRole[];
  readonly key?: PublicKey;
  readonly passkey?: EnrolledPasskey;
  /**
   * The identities of an enrolled member at OIDC issuers, as the administrator knows them. An empty
   * list means that the member has none. When the list is absent, the identities are unknown, and
   * the member cannot approve versions of keyless authors.
   */
  readonly identities?: readonly OidcIdentity[];
  readonly state: 'enrolled' | 'ended';
  /**
   * The last log index at which an ended key or passkey still counts. When absent, the log index of
   * the statement with the end is meant.
   */
  readonly validUpTo?: number;
  /**
   * Address of the last statement on this key or passkey; `none` when there is no earlier
   * statement. An enrolment counts only while no newer statement is logged. An end always counts.
   * Absent in statements of older versions of Skillgate.
   */
  readonly previous?: Digest | 'none';
  /**
   * A value that is new for each statement about a member. Statements about scopes and keys need no
   * nonce: a scope statement names `previous`, and a second end of a key changes nothing.
   */
  readonly nonce: string;
}

export interface ScopePredicate extends BoundPredicate {
  readonly scope: Scope;
  /**
   * The identities that may change this scope statement. The owners may also publish, unless
   * `publishers` is present.
   */
  readonly owners: readonly Identity[];
  /**
   * When present, only these identities may publish in the scope. A scope whose publishers are only
   * CI jobs cannot be published from a laptop.
   */
  readonly publishers?: readonly Identity[];
  /**
   * Address of the scope statement that this statement changes; absent in the first claim of a
   * scope.
   */
  readonly previous?: Digest;
}

export interface KeyPredicate extends BoundPredicate {
  readonly key: PublicKey;
  readonly state: 'enrolled' | 'ended';
  /**
   * The earlier key that an enrolled key replaces. The holder of the earlier key signs the
   * statement.
   */
  readonly replaces?: Digest;
  /** The last log index at which statements of an ended key count. */
  readonly validUpTo?: number;
}

/**
 * SLSA provenance is a foreign format. Skillgate stores provenance and passes provenance on, but
 * does not interpret its members.
 */
export type ProvenancePredicate = Readonly<Record<string, unknown>>;
