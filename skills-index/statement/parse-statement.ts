/** Statements read strictly: canonical bytes, known predicate, nothing unknown in it. */
import { Problem } from '../skill/problem.ts';
import type { Statement } from './attestation.ts';

/**
 * Reads a DSSE payload.
 * @throws Problem `statement-invalid`
 */
export function parseStatement(_bytes: Uint8Array): Statement {
  throw new Problem('internal', 'not written yet');
}
