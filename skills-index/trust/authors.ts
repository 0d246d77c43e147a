/** Finds the authors of a version, so that nobody approves their own work. */
import type { Digest } from '../skill/digest.ts';
import type { Scope } from '../skill/name.ts';
import type { Identity } from '../statement/attestation.ts';
import { identityId, isPerson } from '../statement/identity-id.ts';
import type { Identities, Member } from './identity/identities.ts';

export interface Publication {
  readonly scope: Scope;
  /**
   * The signer of the publication (key id or identity), and the log index of the publish statement.
   * Absent where no publication is known.
   */
  readonly signer?: Digest;
  readonly logIndex?: number;
}

/** A person who acts: named by a key, by the member name in a statement, or both. */
export interface Acting {
  readonly keyId?: Digest;
  readonly member?: string;
}

/**
 * Why a person must not approve a version: they are an author of it, or no signature rules that
 * out. A keyless author could hold any member's key. Only an administrator's statement, which lists
 * the identities of a member, rules that out.
 * @param enrolled the enrolled member; undefined for an administrator of the root file, who is not
 * enrolled
 */
export function whyAuthor(
  identities: Identities,
  publication: Publication,
  { enrolled, ...who }: Acting & { readonly enrolled: Member | undefined },
  at: number,
): string | undefined {
  if (isAuthor(identities, publication, who, at))
    return 'an author cannot approve their own version';
  if (enrolled === undefined || enrolled.identities !== undefined) return undefined;
  if (!standingBehind(identities, publication, at).some(isPerson)) return undefined;
  return `an author is known only by an identity at an issuer, and no administrator listed the identities of ${enrolled.name}`;
}

/**
 * Whether a person is an author of a version at a log index. Authors are the publisher, and
 * everybody who owned the scope or could publish in it, at publication or now. A person is matched
 * by key, by predecessors and successors of that key, by keyless identity and by every member name
 * that any of these ever had. A key without a member statement matches only itself.
 */
export function isAuthor(
  identities: Identities,
  publication: Publication,
  who: Acting,
  at: number,
): boolean {
  const owners = standingBehind(identities, publication, at).map(identityId);
  // Whoever rotated a key remains the same person: under the old key, the new key and every name
  // that either had.
  const ids = identities.lineOf(publication.scope, [...given(publication.signer), ...owners]);
  const keys = given(who.keyId);
  if (keys.some((key) => ids.has(key))) return true;
  const namesOf = (list: Iterable<Digest>): string[] =>
    [...list].flatMap((id) => [...identities.namesOf(id)]);
  const names = new Set(namesOf(ids));
  return [...given(who.member), ...namesOf(keys)].some((name) => names.has(name));
}

function standingBehind(
  identities: Identities,
  { scope, logIndex }: Publication,
  at: number,
): Identity[] {
  const times = [...given(logIndex), at];
  return times.flatMap((when) => [
    ...identities.ownersOf(scope, when),
    ...identities.publishersOf(scope, when),
  ]);
}

function given<Value>(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value];
}
