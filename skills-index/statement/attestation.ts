/** What may be said about a version or about who is who: in-toto statements, one predicate each (contract: signed statements). */

import { canonicalJson } from '../skill/canonical-json.ts';
import type { Capabilities } from '../skill/capability.ts';
import { type Digest, digestOf, hexOf } from '../skill/digest.ts';
import type { Manifest } from '../skill/manifest.ts';
import { purlOf, type Scope, type SkillName } from '../skill/name.ts';
import type { Version } from '../skill/version.ts';
import type { Verdict } from './finding.ts';
import { statementSubjectsMax } from './limits.ts';
import type { Coverage } from './scan-report.ts';

/** Kind of statement → predicate type. */
export const predicateTypes = {
  publish: 'https://skillgate.dev/attestation/publish/v1',
  scan: 'https://skillgate.dev/attestation/scan/v1',
  approval: 'https://skillgate.dev/attestation/approval/v1',
  verdict: 'https://slsa.dev/verification_summary/v1',
  revocation: 'https://skillgate.dev/attestation/revocation/v1',
  member: 'https://skillgate.dev/attestation/member/v1',
  scope: 'https://skillgate.dev/attestation/scope/v1',
  key: 'https://skillgate.dev/attestation/key/v1',
  provenance: 'https://slsa.dev/provenance/v1',
} as const;

export type StatementKind = keyof typeof predicateTypes;
export const statementType = 'https://in-toto.io/Statement/v1';

export interface Subject {
  readonly name: string;
  /** 64 hexadecimal digits. */
  readonly digest: { readonly sha256: string };
}

/** The version a statement is about; `files` are the bundle's. */
export interface VersionSubject {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  readonly files: readonly { readonly path: string; readonly sha256: Digest }[];
}

/** A P-256 public key: SPKI DER in base64, and `sha256:` of that DER. */
export interface PublicKey {
  readonly keyId: Digest;
  readonly spki: string;
}

export interface PublishPredicate {
  readonly manifest: Manifest;
  /** For example `skillgate 0.1.0`. */
  readonly tool: string;
  /** The manifest was inferred from the scan and no author wrote it. */
  readonly inferred?: true;
}

export interface ScanPredicate {
  readonly ruleSet: Digest;
  /** Digest of the canonical scan report. */
  readonly report: Digest;
  readonly verdict: Verdict;
  /** What held the scanning process, for example `child, no network, killed at 30 s`. */
  readonly isolation: string;
  /** The bundle's file list, in its order. */
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

export interface ApprovalPredicate {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  /** Grouped as in skill.json, without `why`. */
  readonly capabilities: Capabilities;
  readonly capabilityDigest: Digest;
  readonly scanReport: Digest;
  readonly ruleSet: Digest;
  readonly policy: Digest;
  /** The member's name, and the key or the passkey that signs. */
  readonly reviewer:
    | { readonly member: string; readonly keyId: Digest }
    | { readonly member: string; readonly credentialId: string };
  readonly reason: string;
  readonly nonce: string;
  /** ISO 8601, UTC: until when the draft may be signed. */
  readonly expires: string;
  /** The signer fetched the bundle and checked its digests without the desk. Counts for keys only. */
  readonly independent: boolean;
  readonly assertion?: PasskeyAssertion;
}

/** SLSA verification summary (slsa.dev/verification_summary/v1), the parts we write. */
export interface VerdictPredicate {
  readonly verifier: { readonly id: string };
  /** ISO 8601, UTC. */
  readonly timeVerified: string;
  /** The version's purl. */
  readonly resourceUri: string;
  readonly policy: { readonly digest: { readonly sha256: string } };
  /** Addresses (SHA-256 of the canonical Sigstore bundle) of publish, scan, approvals and provenance, sorted. */
  readonly inputAttestations: readonly { readonly digest: { readonly sha256: string } }[];
  readonly verificationResult: 'PASSED' | 'FAILED';
  readonly verifiedLevels: readonly string[];
}

export type RevocationTarget =
  | { readonly bundle: Digest }
  | { readonly name: SkillName; readonly version: Version }
  | { readonly publisher: Digest };

export interface RevocationPredicate {
  readonly kind: 'suspended' | 'lifted' | 'revoked';
  readonly target: RevocationTarget;
  readonly reason: string;
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

/** One key or one passkey of a person or a scanner. Exactly one of `key` and `passkey` is there. */
export interface MemberPredicate {
  readonly name: string;
  readonly roles: readonly MemberRole[];
  readonly key?: PublicKey;
  readonly passkey?: EnrolledPasskey;
  readonly state: 'enrolled' | 'ended';
  /** With `ended`: the last log index at which it still counts; without it, the index of this statement. */
  readonly validUpTo?: number;
}

export interface ScopePredicate {
  readonly scope: Scope;
  readonly owners: readonly PublicKey[];
  /** Address of the scope statement that this one changes; absent in a first claim. */
  readonly previous?: Digest;
}

export interface KeyPredicate {
  readonly key: PublicKey;
  readonly state: 'enrolled' | 'ended';
  /** With `enrolled`: the key that this one follows, whose holder signs. */
  readonly replaces?: Digest;
  /** With `ended`: the last log index at which its statements count. */
  readonly validUpTo?: number;
}

interface StatementOf<Kind extends StatementKind, Predicate> {
  readonly _type: typeof statementType;
  readonly subject: readonly Subject[];
  readonly predicateType: (typeof predicateTypes)[Kind];
  readonly predicate: Predicate;
}

export type PublishStatement = StatementOf<'publish', PublishPredicate>;
export type ScanStatement = StatementOf<'scan', ScanPredicate>;
export type ApprovalStatement = StatementOf<'approval', ApprovalPredicate>;
export type VerdictStatement = StatementOf<'verdict', VerdictPredicate>;
export type RevocationStatement = StatementOf<'revocation', RevocationPredicate>;
export type MemberStatement = StatementOf<'member', MemberPredicate>;
export type ScopeStatement = StatementOf<'scope', ScopePredicate>;
export type KeyStatement = StatementOf<'key', KeyPredicate>;
/** SLSA provenance is somebody else's format: the predicate is carried, not read. */
export type ProvenanceStatement = StatementOf<'provenance', Readonly<Record<string, unknown>>>;

export type VersionStatement = PublishStatement | ScanStatement | ApprovalStatement | VerdictStatement | ProvenanceStatement;
export type IdentityStatement = MemberStatement | ScopeStatement | KeyStatement;
export type Statement = VersionStatement | RevocationStatement | IdentityStatement;

/** The exact subjects of every statement about a version: its bundle, named by purl, and each file when there are at most 500. */
export function versionSubjects({ name, version, bundle, files }: VersionSubject): Subject[] {
  const whole = { name: purlOf(name, version), digest: { sha256: hexOf(bundle) } };
  if (files.length > statementSubjectsMax) return [whole];
  return [whole, ...files.map((file) => ({ name: file.path, digest: { sha256: hexOf(file.sha256) } }))];
}

export function publishStatement(about: VersionSubject, predicate: PublishPredicate): PublishStatement {
  return { _type: statementType, subject: versionSubjects(about), predicateType: predicateTypes.publish, predicate };
}

export function scanStatement(about: VersionSubject, predicate: ScanPredicate): ScanStatement {
  return { _type: statementType, subject: versionSubjects(about), predicateType: predicateTypes.scan, predicate };
}

export function approvalStatement(about: VersionSubject, predicate: ApprovalPredicate): ApprovalStatement {
  return { _type: statementType, subject: versionSubjects(about), predicateType: predicateTypes.approval, predicate };
}

export function verdictStatement(about: VersionSubject, predicate: VerdictPredicate): VerdictStatement {
  return { _type: statementType, subject: versionSubjects(about), predicateType: predicateTypes.verdict, predicate };
}

export function provenanceStatement(about: VersionSubject, predicate: ProvenanceStatement['predicate']): ProvenanceStatement {
  return { _type: statementType, subject: versionSubjects(about), predicateType: predicateTypes.provenance, predicate };
}

export function revocationStatement(predicate: RevocationPredicate): RevocationStatement {
  return {
    _type: statementType,
    subject: subjectsOfTarget(predicate.target),
    predicateType: predicateTypes.revocation,
    predicate,
  };
}

export function memberStatement(predicate: MemberPredicate): MemberStatement {
  const digest = predicate.key?.keyId ?? digestOf(Buffer.from(predicate.passkey?.publicKey ?? '', 'base64url'));
  const subject = [{ name: `member:${predicate.name}`, digest: { sha256: hexOf(digest) } }];
  return { _type: statementType, subject, predicateType: predicateTypes.member, predicate };
}

export function scopeStatement(predicate: ScopePredicate): ScopeStatement {
  const digest = digestOf(canonicalJson(predicate.owners));
  const subject = [{ name: `scope:@${predicate.scope}`, digest: { sha256: hexOf(digest) } }];
  return { _type: statementType, subject, predicateType: predicateTypes.scope, predicate };
}

export function keyStatement(predicate: KeyPredicate): KeyStatement {
  const subject = [{ name: `key:${predicate.key.keyId}`, digest: { sha256: hexOf(predicate.key.keyId) } }];
  return { _type: statementType, subject, predicateType: predicateTypes.key, predicate };
}

/** The bytes that are signed: the statement's RFC 8785 form. */
export function statementBytes(statement: Statement): Uint8Array {
  return Buffer.from(canonicalJson(statement));
}

function subjectsOfTarget(target: RevocationTarget): Subject[] {
  if ('bundle' in target) return [{ name: 'bundle', digest: { sha256: hexOf(target.bundle) } }];
  if ('publisher' in target) return [{ name: 'publisher', digest: { sha256: hexOf(target.publisher) } }];
  const purl = purlOf(target.name, target.version);
  return [{ name: purl, digest: { sha256: hexOf(digestOf(purl)) } }];
}
