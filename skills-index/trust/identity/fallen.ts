/**
 * What of a version no longer holds when somebody was ended for a log index before now: one
 * question for the registry and for who replays its log.
 */
import type { Digest } from '../../skill/digest.ts';
import type { Scope } from '../../skill/name.ts';
import { predicateTypes, type Statement } from '../../statement/attestation.ts';
import { identityId } from '../../statement/identity-id.ts';
import type { Identities } from './identities.ts';

/** Whose version it is. */
export interface Published {
  readonly scope: Scope;
  /** Id of the identity that published. */
  readonly publisher: Digest;
}

/** A statement that the verdict on the version names. */
export interface Input {
  readonly statement: Statement;
  readonly signer: Digest;
  readonly logIndex: number;
}

/**
 * Whether the publisher of a version could publish in its scope at a log index, by all that is
 * known now.
 */
export function couldPublish(
  identities: Identities,
  { scope, publisher }: Published,
  logIndex: number,
): boolean {
  return identities.publishersOf(scope, logIndex).some((one) => identityId(one) === publisher);
}

/**
 * Why a publication, scan or approval no longer counts; undefined while it does, and for statements
 * of other kinds.
 */
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
