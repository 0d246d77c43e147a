/** Finds the authors of a version, so that nobody approves their own work. */
import type { Digest } from '../../skill/digest.ts';
import type { Scope } from '../../skill/name.ts';
import type { Identity } from '../../statement/attestation.ts';
import { identityId, isPerson } from '../../statement/identity-id.ts';
import type { Policy } from '../policy/policy.ts';
import type { Identities, Member } from './identities.ts';

export interface Publication {
  readonly scope: Scope;
  /**
   * The signer of the publication (key id or identity). The signer and the log index of the
   * publication are absent where no publication is known.
   */
  readonly signer?: Digest;
  readonly logIndex?: number;
}

/**
 * A person who acts. The person is named by a key, by the member name in a statement, or by both.
 */
export interface Acting {
  readonly keyId?: Digest;
  readonly member?: string;
}

/**
 * Why a person must not approve a version: the person is an author of the version, or could be a
 * keyless author. A member may be a keyless author unless an administrator's statement lists the
 * member's identities.
 * @param enrolled the enrolled member; undefined for an administrator of the root file
 */
export function whyAuthor(
  identities: Identities,
  publication: Publication,
  { enrolled, ...acting }: Acting & { readonly enrolled: Member | undefined },
  at: number,
): string | undefined {
  if (isAuthor(identities, publication, acting, at))
    return 'an author cannot approve their own version';
  if (enrolled === undefined || enrolled.identities !== undefined) return undefined;
  if (!ownersAndPublishers(identities, publication, at).some(isPerson)) return undefined;
  return `an author is known only by an identity at an issuer, and no administrator listed the identities of ${enrolled.name}`;
}

/** `whyAuthor`, where the policy does not let one person be author and reviewer. */
export function whyNotApprover(
  policy: Pick<Policy, 'alone'>,
  ...question: Parameters<typeof whyAuthor>
): string | undefined {
  return policy.alone === true ? undefined : whyAuthor(...question);
}

/**
 * Whether a person is an author of a version at a log index. Authors are the publisher, and
 * everybody who owned the scope or could publish in the scope, at publication or now. A person is
 * matched by key, by the key's predecessors and successors, by keyless identity, and by every
 * member name that any of these ever had. A key without a member statement matches only itself.
 */
export function isAuthor(
  identities: Identities,
  publication: Publication,
  acting: Acting,
  at: number,
): boolean {
  const owners = ownersAndPublishers(identities, publication, at).map(identityId);
  // A person who rotated a key remains an author under the old key, under the new key and under all
  // names of the person.
  const ids = identities.lineOf(publication.scope, [...given(publication.signer), ...owners]);
  const keys = given(acting.keyId);
  if (keys.some((key) => ids.has(key))) return true;
  const namesOf = (list: Iterable<Digest>): string[] =>
    [...list].flatMap((id) => [...identities.namesOf(id)]);
  const names = new Set(namesOf(ids));
  return [...given(acting.member), ...namesOf(keys)].some((name) => names.has(name));
}

function ownersAndPublishers(
  identities: Identities,
  { scope, logIndex }: Publication,
  at: number,
): Identity[] {
  return [...given(logIndex), at].flatMap((index) => [
    ...identities.ownersOf(scope, index),
    ...identities.publishersOf(scope, index),
  ]);
}

function given<Value>(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value];
}
