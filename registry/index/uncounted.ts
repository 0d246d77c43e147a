/**
 * Why installers reject a version that is approved here: the key or the policy of its verification
 * summary had ended before the summary.
 */
import { hexOf } from '../../skills-index/skill/digest.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { policiesAt } from '../../skills-index/trust/policy/judging-policies.ts';
import { policyDigest } from '../../skills-index/trust/policy/policy.ts';
import { isInOffice } from '../../skills-index/trust/root/root-office.ts';
import type { Registry } from '../context.ts';
import { statementIn, statementsOf } from '../versions/manifests.ts';
import type { VersionRow } from '../versions/versions.ts';

/**
 * The reason for the author; undefined for a version that is not approved, or whose verification
 * summary counts. The line of a version is written once, so no new summary can replace this one.
 */
export async function whyUncounted(
  registry: Registry,
  { id, status }: VersionRow,
): Promise<string | undefined> {
  if (status !== 'approved') return undefined;
  const [row] = (await statementsOf(registry, id, predicateTypes.summary)).slice(-1);
  const statement = row === undefined ? undefined : statementIn(row);
  if (row === undefined || statement?.predicateType !== predicateTypes.summary) return undefined;
  if (!isInOffice(registry.root, 'registry', row.signer, row.logIndex))
    return `its verification summary, at log index ${row.logIndex}, was signed with a key of the registry that was retired before this log index`;
  const { approving } = policiesAt(registry.policy, row.logIndex);
  if (statement.predicate.policy.digest.sha256 !== hexOf(policyDigest(approving)))
    return `its verification summary, at log index ${row.logIndex}, was made under a policy that was not in force at this log index`;
  return undefined;
}
