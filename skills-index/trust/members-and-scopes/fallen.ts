/**
 * Decides whether a statement about a version lost its effect because the key or membership of the
 * statement's signer was ended retroactively. The registry and monitors of the registry's log share
 * this file.
 */
import type { Digest } from '../../skill/digest.ts';
import type { Scope } from '../../skill/name.ts';
import { predicateTypes, type Statement } from '../../statement/attestation.ts';
import { identityId } from '../../statement/identity-id.ts';
import type { Identities } from './identities.ts';

/** The scope and publisher of a version. */
export interface Published {
  readonly scope: Scope;
  /** Id of the identity that published the version. */
  readonly publisher: Digest;
}

/** A statement that the version's verification summary names. */
export interface Input {
  readonly statement: Statement;
  readonly signer: Digest;
  readonly logIndex: number;
}

/**
 * Whether the publisher of a version could publish at a log index, by all statements known today.
 */
export function couldPublish(
  identities: Identities,
  { scope, publisher }: Published,
  logIndex: number,
): boolean {
  return identities
    .publishersOf(scope, logIndex)
    .some((identity) => identityId(identity) === publisher);
}

/** Why a publication, scan or approval no longer counts; undefined for every other statement. */
export function whyFallen(
  identities: Identities,
  published: Published,
  input: Input,
): string | undefined {
  const { statement, signer, logIndex } = input;
  switch (statement.predicateType) {
    case predicateTypes.publish:
      return couldPublish(identities, published, logIndex)
        ? undefined
        : `it was published at log index ${logIndex}, when the key ${signer} no longer counted`;
    case predicateTypes.scan:
      return identities.isMember(signer, 'scanner', logIndex)
        ? undefined
        : `it was scanned at log index ${logIndex}, when the scanner no longer counted`;
    case predicateTypes.approval: {
      const { reviewer } = statement.predicate;
      const member =
        'keyId' in reviewer
          ? identities.memberOf(reviewer.keyId, logIndex)
          : identities.passkeyOf(reviewer.credentialId, logIndex)?.member;
      if (member?.roles.includes('reviewer')) return undefined;
      return `it was approved at log index ${logIndex} by ${reviewer.member}, who no longer counted`;
    }
    default:
      return undefined;
  }
}
