/**
 * Selects the identity statements that an index line must name, so that no reader has to trust the
 * registry about members, scopes and keys.
 */
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Scope } from '../../skills-index/skill/name.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { identityId } from '../../skills-index/statement/identity-id.ts';
import type { FrozenStatement } from '../../skills-index/trust/members-and-scopes/frozen-statement.ts';
import type {
  Identities,
  LoggedStatement,
} from '../../skills-index/trust/members-and-scopes/identities.ts';
import type { IdentityQuestion } from '../../skills-index/trust/members-and-scopes/needed-statements.ts';

/** The identities that a question needs. */
export interface EvidenceWords {
  readonly chain: Identities;
  readonly statements: readonly LoggedStatement[];
  readonly frozen: readonly FrozenStatement[];
}

/** The signers of statements about a version. */
export interface Signers {
  readonly scope: Scope;
  /** Ids of keys, and of the identities that a certificate names. */
  readonly keys: readonly Digest[];
  readonly passkeys: readonly string[];
}

/**
 * Addresses of every statement about these signers, about those who vouched for them, and so on up
 * to the root file. Endings count as much as enrolments. Succeeding keys are followed from an owner
 * outwards only: anybody can state that a stranger's key succeeds their own, and that statement
 * must not enter the stranger's evidence.
 * @param read gives the identities that a question needs
 */
export async function identityEvidence(
  signers: Signers,
  read: (question: IdentityQuestion) => Promise<EvidenceWords>,
): Promise<readonly Digest[]> {
  const scopes = [signers.scope];
  for (let ids: readonly Digest[] = [...new Set(signers.keys)].sort(); ; ) {
    const known = await read({ scopes, ids });
    const { addresses, keys } = selectEvidence(known, signers);
    if (keys.every((key) => ids.includes(key))) return addresses;
    // These statements name further keys. Statements about those keys may be evidence, too.
    ids = [...new Set([...ids, ...keys])].sort();
  }
}

/** The evidence among known statements, and the keys that the evidence concerns. Pure. */
export function selectEvidence(
  { chain, statements, frozen }: EvidenceWords,
  signers: Signers,
): { readonly addresses: readonly Digest[]; readonly keys: readonly Digest[] } {
  // An enrolment counts by the place of the statement that it names, even when that statement no
  // longer counts.
  const followed = new Set(
    statements.map(({ statement }) =>
      statement.predicateType === predicateTypes.member ? statement.predicate.previous : undefined,
    ),
  );
  const ignored = new Set(
    chain.ignored.flatMap(({ digest }) => (followed.has(digest) ? [] : [digest])),
  );
  const keys = new Set(signers.keys);
  const passkeys = new Set(signers.passkeys);
  const taken = new Set<Digest>();
  for (let before = -1; before !== taken.size; ) {
    before = taken.size;
    for (const { statement, signer, digest } of statements) {
      if (ignored.has(digest) || taken.has(digest)) continue;
      const named = concerns(statement, { scope: signers.scope, keys, passkeys });
      if (named === undefined) continue;
      taken.add(digest);
      for (const key of [signer, ...named]) keys.add(key);
    }
  }
  const known: ReadonlySet<string> = new Set([...keys, ...passkeys]);
  // Frozen statements about these signers are included: installers then reject the version as we
  // do.
  const stuck = frozen.filter(
    ({ about }) => about.scope === signers.scope || known.has(about.id ?? ''),
  );
  return { addresses: [...taken, ...stuck.map(({ digest }) => digest)], keys: [...keys] };
}

/**
 * Keys in a statement about one of the signers; undefined when the statement is about none of them.
 */
function concerns(
  statement: LoggedStatement['statement'],
  known: {
    readonly scope: Scope;
    readonly keys: ReadonlySet<Digest>;
    readonly passkeys: ReadonlySet<string>;
  },
): Digest[] | undefined {
  switch (statement.predicateType) {
    case predicateTypes.member: {
      const { key, passkey, identities = [] } = statement.predicate;
      const about =
        (key !== undefined && known.keys.has(key.keyId)) ||
        (passkey !== undefined && known.passkeys.has(passkey.credentialId)) ||
        identities.some((identity) => known.keys.has(identityId(identity)));
      return about ? [] : undefined;
    }
    case predicateTypes.scope:
      if (statement.predicate.scope !== known.scope) return undefined;
      return [...statement.predicate.owners, ...(statement.predicate.publishers ?? [])].map(
        identityId,
      );
    case predicateTypes.key: {
      const { key, replaces } = statement.predicate;
      return known.keys.has(replaces ?? key.keyId) ? [key.keyId] : undefined;
    }
    case predicateTypes.revocation: {
      const { target } = statement.predicate;
      return 'publisher' in target && known.keys.has(target.publisher) ? [] : undefined;
    }
    default:
      return undefined;
  }
}
