/**
 * Makes the statements about a version. Each statement names the bundle and the bundle's files as
 * subjects.
 */

import {
  type ApprovalStatement,
  type ProvenanceStatement,
  type PublishStatement,
  predicateTypes,
  type ScanStatement,
  statementType,
  type VerificationSummaryStatement,
  type VersionSubject,
  versionSubjects,
} from './attestation.ts';
import type {
  ApprovalPredicate,
  ProvenancePredicate,
  PublishPredicate,
  ScanPredicate,
  VerificationSummary,
} from './predicates.ts';

export function publishStatement(
  about: VersionSubject,
  predicate: PublishPredicate,
): PublishStatement {
  return { ...headOf(about), predicateType: predicateTypes.publish, predicate };
}

export function scanStatement(about: VersionSubject, predicate: ScanPredicate): ScanStatement {
  return { ...headOf(about), predicateType: predicateTypes.scan, predicate };
}

export function approvalStatement(
  about: VersionSubject,
  predicate: ApprovalPredicate,
): ApprovalStatement {
  return { ...headOf(about), predicateType: predicateTypes.approval, predicate };
}

export function verificationSummaryStatement(
  about: VersionSubject,
  predicate: VerificationSummary,
): VerificationSummaryStatement {
  return { ...headOf(about), predicateType: predicateTypes.summary, predicate };
}

export function provenanceStatement(
  about: VersionSubject,
  predicate: ProvenancePredicate,
): ProvenanceStatement {
  return { ...headOf(about), predicateType: predicateTypes.provenance, predicate };
}

function headOf(about: VersionSubject) {
  return { _type: statementType, subject: versionSubjects(about) } as const;
}
