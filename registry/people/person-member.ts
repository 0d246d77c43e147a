/** The member whom administrators named by an identity at an issuer. */
import type { Digest } from '../../skills-index/skill/digest.ts';
import { identityId } from '../../skills-index/statement/identity-id.ts';
import type { PersonIdentity } from '../../skills-index/statement/predicates.ts';
import type { EnrolledMember, Registry } from '../context.ts';
import { latest, readMembers } from './identities.ts';

/** The member to whom the identity belongs now; undefined when no member statement names it. */
export async function memberOfPerson(
  registry: Registry,
  person: PersonIdentity,
): Promise<EnrolledMember | undefined> {
  const { chain } = await readMembers(registry);
  const id = identityId(person);
  const isNamed = (member: EnrolledMember | undefined): boolean =>
    member?.identities?.some((identity) => identityId(identity) === id) === true;
  // An identity belongs to one member name only, and names of former members stay taken.
  for (const name of chain.namesOf(id)) {
    const found = [
      ...chain.keysOf(name, latest).map((keyId: Digest) => chain.memberOf(keyId, latest)),
      ...chain
        .passkeysOf(name, latest)
        .map(({ credentialId }) => chain.passkeyOf(credentialId, latest)?.member),
    ].find(isNamed);
    if (found !== undefined) return found;
  }
  return undefined;
}
