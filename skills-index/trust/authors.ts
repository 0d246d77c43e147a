/** Who stands behind a version, so that nobody judges their own. */
import type { Digest } from '../skill/digest.ts';
import type { Scope } from '../skill/name.ts';
import type { Identity } from '../statement/attestation.ts';
import { identityId, isPerson } from '../statement/identity-id.ts';
import type { Identities, Member } from './identity/identities.ts';

export interface Publication {
  readonly scope: Scope;
  /**
   * Who signed the publication: key id or identity, and the log index of the publish statement;
   * absent where there is none to go by.
   */
  readonly signer?: Digest;
  readonly logIndex?: number;
}

/** One who acts: by key, by the member's name that a statement gives, or both. */
export interface Acting {
  readonly keyId?: Digest;
  readonly member?: string;
}

/**
 * Why somebody must not judge a version: they are an author of it, or nothing signed rules that
 * out. An author whom an issuer vouches for could hold any member's key; that they do not is the
 * word of the administrator who said which identities that member has, and none.
 * @param enrolled as whom they act; undefined for an administrator of the root file, whom nobody
 * enrols
 */
export function whyAuthor(
  identities: Identities,
  publication: Publication,
  { enrolled, ...who }: Acting & { readonly enrolled: Member | undefined },
  at: number,
): string | undefined {
  if (isAuthor(identities, publication, who, at)) return 'an author never approves their own';
  if (enrolled === undefined || enrolled.identities !== undefined) return undefined;
  if (!standingBehind(identities, publication, at).some(isPerson)) return undefined;
  return `an author is known by an issuer alone, and no administrator has said who ${enrolled.name} is there`;
}

/**
 * Whether somebody is an author of a version at a log index: its publisher or who owns its scope or
 * may publish in it, when it was published or now, by key, by one that followed it there or that it
 * followed, by who they are at an issuer, or by any name that one of these ever had. A key that no
 * member statement names stands for nobody but itself.
 */
export function isAuthor(
  identities: Identities,
  publication: Publication,
  who: Acting,
  at: number,
): boolean {
  const owners = standingBehind(identities, publication, at).map(identityId);
  // Who rotated a key is still who they were: with the old one, with the new one, and by every name
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
