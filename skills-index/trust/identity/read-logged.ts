/**
 * Reads a statement about who is who that is known to be in the log, whether it can be verified or
 * not.
 */
import { parseJson } from '../../skill/json.ts';
import { Problem } from '../../skill/problem.ts';
import { parseSigstoreBundle } from '../../statement/sigstore-bundle.ts';
import type { RootFile } from '../root.ts';
import type { VerifiedStatements } from '../verified-statements.ts';
import { type VerifiedStatement, verifyStatement } from '../verify-statement.ts';
import { type FrozenStatement, parseFrozenSubject } from './frozen-statement.ts';

/** By what it is verified; `verified` remembers what this process verified before. */
export interface ReadingTrust {
  readonly root: RootFile;
  readonly sigstore?: unknown;
  readonly verified?: VerifiedStatements;
}

/**
 * A statement that cannot be verified must not stop everything, and must not be passed over either:
 * its payload tells what it is about, and that is frozen. What cannot even be read says nothing
 * about whom it concerns, so there nothing goes on.
 * @throws Problem `statement-invalid`, `json-invalid`
 */
export function readLogged(
  bytes: Uint8Array,
  at: Pick<FrozenStatement, 'logIndex' | 'digest'>,
  { root, sigstore, verified }: ReadingTrust,
): VerifiedStatement | FrozenStatement {
  const { value } = parseJson(bytes, 'a statement');
  try {
    return verified?.verify(bytes, root, sigstore) ?? verifyStatement(value, { root, sigstore });
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    const about = parseFrozenSubject(
      Buffer.from(parseSigstoreBundle(value).dsseEnvelope.payload, 'base64'),
    );
    return {
      ...at,
      about,
      why: `the statement at log index ${at.logIndex} cannot be verified: ${cause.message}`,
    };
  }
}
