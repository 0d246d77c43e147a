/** What readers of many rows need to know of a statement when its envelope is in a segment. */
import * as v from 'valibot';
import { type Digest, digestOf } from '../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import {
  type ApprovalPredicate,
  type ApprovalStatement,
  predicateTypes,
} from '../../../skills-index/statement/attestation.ts';
import type { statements } from '../../store/schema.ts';
import { damagedStatement, statementOfRow } from '../row-texts.ts';

/**
 * Types of statements whose rows lose their envelopes: those of each version. All others stay
 * whole. The names of statements about people, keys, scopes and stops are made from their rows. The
 * trigger `log_segments_move` has the same list.
 */
export const leanTypes: readonly string[] = [
  predicateTypes.publish,
  predicateTypes.provenance,
  predicateTypes.scan,
  predicateTypes.approval,
  predicateTypes.summary,
];

type FactRow = Pick<
  typeof statements.$inferSelect,
  'logIndex' | 'predicateType' | 'envelope' | 'fact'
>;

/**
 * The report of a scan, the policy of a verification summary, or the canonical JSON of an
 * `ApprovalFact`. Undefined for other statements.
 * @throws Problem `database-damaged`
 */
export function factIn(row: FactRow): string | undefined {
  const { scan, summary, approval } = predicateTypes;
  if (row.fact !== null) return row.fact;
  if (![scan, summary, approval].some((type) => type === row.predicateType)) return undefined;
  const statement = statementOfRow(row);
  switch (statement.predicateType) {
    case scan:
      return statement.predicate.report;
    case summary:
      return `sha256:${statement.predicate.policy.digest.sha256}`;
    case approval:
      return canonicalJson(factOfApproval(statement));
    default:
      return undefined;
  }
}

const approvalFact = v.object({
  /** See `basisOf`. */
  basis: v.string(),
  /** Milliseconds since 1970. */
  expires: v.number(),
  /** Name of the member. */
  reviewer: v.string(),
  /** Absent when a key approved: the signer of the row. */
  credentialId: v.optional(v.string()),
});

/** What an approval rests on, and who gave it. */
export type ApprovalFact = v.InferOutput<typeof approvalFact>;

/** The fact of an approval. @throws Problem `database-damaged` */
export function approvalFactIn(row: FactRow): ApprovalFact {
  const fact = factIn(row);
  try {
    return v.parse(approvalFact, JSON.parse(fact ?? ''));
  } catch (cause) {
    throw damagedStatement(row.logIndex, cause);
  }
}

/** A digest of the report, rule set and policy of an approval: each of them may change later. */
export function basisOf({
  scanReport,
  ruleSet,
  policy,
}: Pick<ApprovalPredicate, 'scanReport' | 'ruleSet' | 'policy'>): Digest {
  return digestOf(canonicalJson([scanReport, ruleSet, policy]));
}

function factOfApproval({ predicate }: ApprovalStatement): ApprovalFact {
  const { reviewer } = predicate;
  return {
    basis: basisOf(predicate),
    expires: Date.parse(predicate.expires),
    reviewer: reviewer.member,
    ...('credentialId' in reviewer ? { credentialId: reviewer.credentialId } : {}),
  };
}
