/** What readers of many rows need to know of a statement when its envelope is in a segment. */
import { type Digest, parseDigest } from '../../../skills-index/skill/digest.ts';
import { predicateTypes } from '../../../skills-index/statement/attestation.ts';
import type { statements } from '../../store/schema.ts';
import { statementOfRow } from '../row-texts.ts';

type FactRow = Pick<
  typeof statements.$inferSelect,
  'logIndex' | 'predicateType' | 'envelope' | 'fact'
>;

/**
 * The report of a scan, or the policy of a verification summary; undefined for other statements.
 * @throws Problem `database-damaged`
 */
export function factIn(row: FactRow): Digest | undefined {
  const { scan, summary } = predicateTypes;
  if (row.fact !== null) return row.fact;
  if (row.predicateType !== scan && row.predicateType !== summary) return undefined;
  const statement = statementOfRow(row);
  if (statement.predicateType === scan) return statement.predicate.report;
  if (statement.predicateType === summary)
    return parseDigest(`sha256:${statement.predicate.policy.digest.sha256}`);
  return undefined;
}
