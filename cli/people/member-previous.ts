/** What a statement on a member's key or passkey names as the one before it. */
import type { MemberPredicate } from '../../skills-index/statement/attestation.ts';
import { lastStatementAnswer } from '../registries/registry-answers.ts';
import { askRegistry, type RegistryWorld } from '../registries/registry-api.ts';

/**
 * The registry's word, which it cannot use: a statement that names a wrong one does not count, and
 * nobody knows the address of a statement that is not signed yet.
 * @param who the key or passkey
 */
export async function previousOf(
  world: RegistryWorld,
  { key, passkey }: Pick<MemberPredicate, 'key' | 'passkey'>,
): Promise<NonNullable<MemberPredicate['previous']>> {
  const id = key?.keyId ?? passkey?.credentialId ?? '';
  const { statement } = await askRegistry(
    world,
    `/api/v1/members/last/${encodeURIComponent(id)}`,
    lastStatementAnswer,
  );
  return statement ?? 'none';
}
