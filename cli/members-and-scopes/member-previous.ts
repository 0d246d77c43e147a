/** The previous statement about a member's key or passkey, which a new statement must name. */
import type { MemberPredicate } from '../../skills-index/statement/attestation.ts';
import { lastStatementAnswer } from '../registries/registry-answers.ts';
import { askRegistry, type RegistryWorld } from '../registries/registry-api.ts';

/**
 * The registry supplies this value but cannot misuse it: a statement that names a wrong previous
 * one does not count, and nobody can predict the digest of an unsigned statement.
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
