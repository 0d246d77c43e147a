/** Reads an identity statement of the log, also a statement that can no longer be verified. */
import * as v from 'valibot';
import { Problem } from '../../skill/problem.ts';
import { parseShape, unplaced } from '../../skill/shape.ts';
import { parseJson } from '../../skill/text/json.ts';
import { type Shape, scope } from '../../statement/field-shapes.ts';
import { parseSigstoreBundle } from '../../statement/signature-formats/sigstore-bundle.ts';
import type { RootFile } from '../root/root.ts';
import type { VerifiedStatements } from '../signatures/verified-statements.ts';
import { type VerifiedStatement, verifyStatement } from '../signatures/verify-statement.ts';
import type { FrozenStatement, FrozenSubject } from './ends.ts';

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

// Reads the subject of an identity statement that cannot be verified.

const text = v.string();
const subjects: Shape<FrozenSubject> = v.union([
  v.object({ scope }),
  v.pipe(
    v.object({ key: v.object({ keyId: text }) }),
    v.transform(({ key }) => ({ id: key.keyId })),
  ),
  v.pipe(
    v.object({ passkey: v.object({ credentialId: text }) }),
    v.transform(({ passkey }) => ({ id: passkey.credentialId })),
  ),
  v.pipe(
    v.object({ target: v.object({ publisher: text }) }),
    v.transform(({ target }) => ({ id: target.publisher })),
  ),
  // A statement about one version concerns no identity.
  v.pipe(
    v.object({ target: v.looseObject({}) }),
    v.transform(() => ({})),
  ),
]);
const payloadShape: Shape<{ readonly predicate: FrozenSubject }> = v.object({
  predicate: subjects,
});

/**
 * Reads only the subject of the statement, because any other part of the payload may be the part
 * that cannot be read.
 * @throws Problem `statement-invalid`, `json-invalid`; the statement may then concern any identity
 */
export function parseFrozenSubject(payload: Uint8Array): FrozenSubject {
  const { value } = parseJson(payload, 'a statement');
  return parseShape(
    payloadShape,
    unplaced(value, 'statement'),
    'statement-invalid',
    'the subject of the statement',
  ).predicate;
}
