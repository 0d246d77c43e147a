/**
 * Why installers reject a version that is approved here: the key or the policy of its verification
 * summary had ended before the summary.
 */
import { and, eq } from 'drizzle-orm';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { policiesAt } from '../../skills-index/trust/policy/judging-policies.ts';
import { policyDigest } from '../../skills-index/trust/policy/policy.ts';
import { heldRole } from '../../skills-index/trust/root/root-role.ts';
import type { Registry } from '../context.ts';
import { factIn } from '../log/segments/statement-fact.ts';
import { isAmong } from '../store/batch.ts';
import { statements } from '../store/schema.ts';
import type { StatementRow } from '../versions/manifests.ts';
import type { VersionRow } from '../versions/versions.ts';

/**
 * The reason for the author; undefined for a version that is not approved, or whose verification
 * summary counts. The line of a version is written once, so no new summary can replace this one.
 */
export async function whyUncounted(
  registry: Registry,
  version: VersionRow,
): Promise<string | undefined> {
  return (await whyAllUncounted(registry, [version])).get(version.id);
}

/** The same for many versions, by id. */
export async function whyAllUncounted(
  registry: Registry,
  rows: readonly Pick<VersionRow, 'id' | 'status'>[],
): Promise<ReadonlyMap<string, string>> {
  const approved = rows.filter(({ status }) => status === 'approved').map(({ id }) => id);
  if (approved.length === 0) return new Map();
  const { envelope, fact, logIndex, predicateType, signer, versionId } = statements;
  const summaries = await registry.db.read
    .select({ envelope, fact, logIndex, predicateType, signer, versionId })
    .from(statements)
    .where(and(isAmong(versionId, approved), eq(predicateType, predicateTypes.summary)));
  // The newest summary of each version counts.
  const newest = new Map(
    summaries.sort((a, b) => a.logIndex - b.logIndex).map((row) => [row.versionId ?? '', row]),
  );
  const whys = new Map<string, string>();
  for (const [id, row] of newest) {
    const why = whySummaryUncounted(registry, row);
    if (why !== undefined) whys.set(id, why);
  }
  return whys;
}

function whySummaryUncounted(
  registry: Registry,
  row: Pick<StatementRow, 'envelope' | 'fact' | 'logIndex' | 'predicateType' | 'signer'>,
): string | undefined {
  if (!heldRole(registry.root, 'registry', row.signer, row.logIndex))
    return `its verification summary, at log index ${row.logIndex}, was signed with a key of the registry that was retired before this log index`;
  const { approving } = policiesAt(registry.policy, row.logIndex);
  if (factIn(row) !== policyDigest(approving))
    return `its verification summary, at log index ${row.logIndex}, was made under a policy that was not in force at this log index`;
  return undefined;
}
