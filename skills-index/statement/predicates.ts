/** The types of the predicates of all statements. */
import type { Capabilities } from '../skill/capability.ts';
import type { Digest } from '../skill/digest.ts';
import type { Manifest } from '../skill/manifest.ts';
import type { Scope, SkillName } from '../skill/name.ts';
import type { Version } from '../skill/version.ts';
import type { Verdict } from './finding.ts';
import type { Coverage } from './scan-report.ts';

/** A P-256 public key: SPKI DER in base64, and `sha256:` of that DER. */
export interface PublicKey {
  readonly keyId: Digest;
  readonly spki: string;
}

/**
 * A person as an OIDC issuer names them: the issuer's URL, and the only subject alternative name of
 * the certificate. Both are compared byte by byte.
 */
export interface PersonIdentity {
  readonly issuer: string;
  readonly subject: string;
}

/**
 * A CI job. At least one of `ref` and `environment` is present, and a job must match each one that
 * is. All members are compared byte by byte.
 */
export interface CiIdentity {
  readonly issuer: string;
  /**
   * The provider's number for the repository. A new repository of the same name gets another
   * number.
   */
  readonly repository: string;
  /** Address of the workflow file, without its `@ref`. */
  readonly workflow: string;
  /** For example `refs/heads/main`. */
  readonly ref?: string;
  /** The deployment environment; the provider may demand a person's approval for it. */
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
   * Fingerprint of the registry's first root file. Absent in old statements, which did not name
   * their registry.
   */
  readonly registry?: Digest;
}

export interface PublishPredicate {
  readonly manifest: Manifest;
  /** For example `skillgate 0.1.0`. */
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

/** A WebAuthn assertion, base64url without padding. */
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
  /** Grouped as in skill.json, without `why`. */
  readonly capabilities: Capabilities;
  readonly capabilityDigest: Digest;
  readonly scanReport: Digest;
  readonly ruleSet: Digest;
  readonly policy: Digest;
  /** The member's name, and the key or passkey that signs the approval. */
  readonly reviewer:
    | { readonly member: string; readonly keyId: Digest }
    | { readonly member: string; readonly credentialId: string };
  readonly reason: string;
  readonly nonce: string;
  /** ISO 8601, UTC. The draft must be signed before this time. */
  readonly expires: string;
  /**
   * Whether the signer fetched the bundle and verified its digests without the desk. Counts for
   * keys only.
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
  /** ISO 8601, UTC. */
  readonly timeVerified: string;
  /** The version's purl. */
  readonly resourceUri: string;
  readonly policy: { readonly digest: { readonly sha256: string } };
  /**
   * Addresses (SHA-256 of the canonical Sigstore bundle) of publish, scan, approvals and
   * provenance, sorted.
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
   * New for each act, so that a second suspension is a new statement with its own place in the log.
   */
  readonly nonce: string;
}

export const memberRoles = ['reviewer', 'administrator', 'scanner'] as const;
export type MemberRole = (typeof memberRoles)[number];

/** A passkey as enrolled: `credentialId` and `publicKey` (COSE) base64url without padding. */
export interface EnrolledPasskey {
  readonly credentialId: string;
  readonly publicKey: string;
  readonly rpId: string;
  /** For example `https://skills.example`. */
  readonly origin: string;
}

/** A key or passkey of a person or a scanner. Exactly one of `key` and `passkey` is present. */
export interface MemberPredicate extends BoundPredicate {
  readonly name: string;
  readonly roles: readonly MemberRole[];
  readonly key?: PublicKey;
  readonly passkey?: EnrolledPasskey;
  /**
   * With `enrolled`: the member's identities at issuers, as the administrator knows them; an empty
   * list means none. When absent, the identities are unknown, and the member cannot approve
   * versions of keyless authors.
   */
  readonly identities?: readonly OidcIdentity[];
  readonly state: 'enrolled' | 'ended';
  /**
   * With `ended`: the last log index at which the key or passkey still counts; when absent, the
   * index of this statement.
   */
  readonly validUpTo?: number;
  /**
   * Address of the last statement on this key or passkey; `none` when there is none. An enrolment
   * counts only while no newer statement is logged. An end always counts. Absent in statements of
   * older versions.
   */
  readonly previous?: Digest | 'none';
  /**
   * New for each statement. Scopes and keys need no nonce: a scope statement names `previous`, and
   * a second end of a key changes nothing.
   */
  readonly nonce: string;
}

export interface ScopePredicate extends BoundPredicate {
  readonly scope: Scope;
  /**
   * The identities that may change this statement. They may also publish, unless `publishers` is
   * present.
   */
  readonly owners: readonly Identity[];
  /**
   * When present, only these identities may publish. A scope that lists only CI jobs here cannot be
   * published from a laptop.
   */
  readonly publishers?: readonly Identity[];
  /** Address of the scope statement that this one changes; absent in a first claim. */
  readonly previous?: Digest;
}

export interface KeyPredicate extends BoundPredicate {
  readonly key: PublicKey;
  readonly state: 'enrolled' | 'ended';
  /** With `enrolled`: the earlier key that this key replaces; its holder signs the statement. */
  readonly replaces?: Digest;
  /** With `ended`: the last log index at which its statements count. */
  readonly validUpTo?: number;
}

/** SLSA provenance is a foreign format: it is stored and passed on, but not interpreted. */
export type ProvenancePredicate = Readonly<Record<string, unknown>>;
