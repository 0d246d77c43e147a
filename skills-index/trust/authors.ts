/** Who stands behind a version, so that nobody judges their own. */
import type { Digest } from '../skill/digest.ts';
import type { Scope } from '../skill/name.ts';
import { identityId } from '../statement/identity-id.ts';
import type { Identities } from './identity.ts';

export interface Publication {
  readonly scope: Scope;
  /** Who signed the publication: key id or identity, and the log index of the publish statement; absent where there is none to go by. */
  readonly signer?: Digest;
  readonly logIndex?: number;
}

/** One who acts: by key, by the member's name that a statement gives, or both. */
export interface Acting {
  readonly keyId?: Digest;
  readonly member?: string;
}

/**
 * Whether somebody is an author of a version at a log index: its publisher or who owns its scope or may publish in it, when it was
 * published or now, by key or by any name that such a key ever had. A key that no member statement names stands for nobody but itself,
 * and so does somebody whom an issuer vouches for: which member that is, nothing signed says.
 */
export function isAuthor(identities: Identities, { scope, signer, logIndex }: Publication, who: Acting, at: number): boolean {
  const times = [...(logIndex === undefined ? [] : [logIndex]), at];
  const owners = times.flatMap((when) => [...identities.ownersOf(scope, when), ...identities.publishersOf(scope, when)]);
  const keys = new Set([...(signer === undefined ? [] : [signer]), ...owners.map(identityId)]);
  if (who.keyId !== undefined && keys.has(who.keyId)) return true;
  const names = new Set([...keys].flatMap((key) => [...identities.namesOf(key)]));
  const own = [
    ...(who.member === undefined ? [] : [who.member]),
    ...(who.keyId === undefined ? [] : identities.namesOf(who.keyId)),
  ];
  return own.some((name) => names.has(name));
}
