/** Reads an identity statement of the log, also a statement that can no longer be verified. */

import { Problem } from '../../skill/problem.ts';
import { parseJson } from '../../skill/text/json.ts';
import { parseSigstoreBundle } from '../../statement/signature-formats/sigstore-bundle.ts';
import type { RootFile } from '../root/root.ts';
import type { VerifiedStatements } from '../signatures/verified-statements.ts';
import { type VerifiedStatement, verifyStatement } from '../signatures/verify-statement.ts';
import type { FrozenStatement } from './frozen-statement.ts';
import { parseFrozenSubject } from './frozen-subject.ts';

/**
 * The trusted files that a statement is verified with, and the statements that this process
 * verified before.
 */
export interface ReadingTrust {
  readonly root: RootFile;
  readonly sigstore?: unknown;
  readonly verified?: VerifiedStatements;
}

/**
 * Verifies a statement, or freezes the subject that the statement's payload names. Ignoring a
 * statement that cannot be verified could restore a revoked right. A payload that cannot be read is
 * an error, because the statement may concern any identity.
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
