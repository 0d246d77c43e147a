/**
 * Builds and names the signed statements about versions and identities. Each is an in-toto
 * statement with one predicate.
 */
import { type Digest, digestOf, hexOf } from '../skill/digest.ts';
import { purlOf, type SkillName } from '../skill/name.ts';
import { canonicalDigest, canonicalJson } from '../skill/text/canonical-json.ts';
import type { Version } from '../skill/version.ts';
import type {
  AdvicePredicate,
  ApprovalPredicate,
  KeyPredicate,
  MemberPredicate,
  ObservedPredicate,
  ProvenancePredicate,
  PublishPredicate,
  RevocationPredicate,
  RevocationTarget,
  ScanPredicate,
  ScopePredicate,
  VerificationSummary,
} from './predicates.ts';

/**
 * A statement about a version has the bundle and at most this many files as subjects. With more
 * files, the bundle is the only subject.
 */
export const statementSubjectsMax = 500;

export type * from './predicates.ts';
export { memberRoles } from './predicates.ts';

/** The predicate type of each kind of statement. */
export const predicateTypes = {
  publish: 'https://skillgate.dev/attestation/publish/v1',
  scan: 'https://skillgate.dev/attestation/scan/v1',
  approval: 'https://skillgate.dev/attestation/approval/v1',
  summary: 'https://slsa.dev/verification_summary/v1',
  revocation: 'https://skillgate.dev/attestation/revocation/v1',
  advice: 'https://skillgate.dev/attestation/advice/v1',
  member: 'https://skillgate.dev/attestation/member/v1',
  scope: 'https://skillgate.dev/attestation/scope/v1',
  key: 'https://skillgate.dev/attestation/key/v1',
  provenance: 'https://slsa.dev/provenance/v1',
  observed: 'https://skillgate.dev/attestation/observed/v1',
} as const;

export type StatementKind = keyof typeof predicateTypes;
export const statementType = 'https://in-toto.io/Statement/v1';

export interface Subject {
  readonly name: string;
  /** The subject's SHA-256 digest, as 64 hexadecimal digits. */
  readonly digest: { readonly sha256: string };
}

/** The version that a statement describes; `files` are the files of the version's bundle. */
export interface VersionSubject {
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  readonly files: readonly { readonly path: string; readonly sha256: Digest }[];
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
export type VerificationSummaryStatement = StatementOf<'summary', VerificationSummary>;
export type RevocationStatement = StatementOf<'revocation', RevocationPredicate>;
export type AdviceStatement = StatementOf<'advice', AdvicePredicate>;
export type MemberStatement = StatementOf<'member', MemberPredicate>;
export type ScopeStatement = StatementOf<'scope', ScopePredicate>;
type KeyStatement = StatementOf<'key', KeyPredicate>;
export type ProvenanceStatement = StatementOf<'provenance', ProvenancePredicate>;
export type ObservedStatement = StatementOf<'observed', ObservedPredicate>;

type VersionStatement =
  | PublishStatement
  | ScanStatement
  | ApprovalStatement
  | VerificationSummaryStatement
  | ProvenanceStatement
  | ObservedStatement;
export type IdentityStatement = MemberStatement | ScopeStatement | KeyStatement;
export type Statement =
  | VersionStatement
  | RevocationStatement
  | AdviceStatement
  | IdentityStatement;

/**
 * The exact subjects of a statement about a version. The version's bundle is a subject, named by
 * purl. Each file is a subject while there are at most 500 files.
 */
export function versionSubjects({ name, version, bundle, files }: VersionSubject): Subject[] {
  const whole = { name: purlOf(name, version), digest: { sha256: hexOf(bundle) } };
  if (files.length > statementSubjectsMax) return [whole];
  return [
    whole,
    ...files.map((file) => ({ name: file.path, digest: { sha256: hexOf(file.sha256) } })),
  ];
}

export function revocationStatement(predicate: RevocationPredicate): RevocationStatement {
  return {
    _type: statementType,
    subject: subjectsOfTarget(predicate.target),
    predicateType: predicateTypes.revocation,
    predicate,
  };
}

export function adviceStatement(predicate: AdvicePredicate): AdviceStatement {
  return {
    _type: statementType,
    subject: subjectsOfTarget(predicate),
    predicateType: predicateTypes.advice,
    predicate,
  };
}

export function memberStatement(predicate: MemberPredicate): MemberStatement {
  const digest =
    predicate.key?.keyId ?? digestOf(Buffer.from(predicate.passkey?.publicKey ?? '', 'base64url'));
  return {
    _type: statementType,
    subject: [{ name: `member:${predicate.name}`, digest: { sha256: hexOf(digest) } }],
    predicateType: predicateTypes.member,
    predicate,
  };
}

export function scopeStatement(predicate: ScopePredicate): ScopeStatement {
  return {
    _type: statementType,
    subject: [
      {
        name: `scope:@${predicate.scope}`,
        digest: { sha256: hexOf(canonicalDigest(predicate.owners)) },
      },
    ],
    predicateType: predicateTypes.scope,
    predicate,
  };
}

export function keyStatement(predicate: KeyPredicate): KeyStatement {
  return {
    _type: statementType,
    subject: [
      { name: `key:${predicate.key.keyId}`, digest: { sha256: hexOf(predicate.key.keyId) } },
    ],
    predicateType: predicateTypes.key,
    predicate,
  };
}

/** The bytes of a statement that are signed: the statement's RFC 8785 form. */
export function statementBytes(statement: Statement): Uint8Array {
  return Buffer.from(canonicalJson(statement));
}

function subjectsOfTarget(target: RevocationTarget): Subject[] {
  if ('bundle' in target) return [{ name: 'bundle', digest: { sha256: hexOf(target.bundle) } }];
  if ('publisher' in target)
    return [{ name: 'publisher', digest: { sha256: hexOf(target.publisher) } }];
  const purl = purlOf(target.name, target.version);
  return [{ name: purl, digest: { sha256: hexOf(digestOf(purl)) } }];
}
