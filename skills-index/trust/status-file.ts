/** `status.json`: what may change about approved versions, signed, good for at most 24 hours. */
import type { Digest } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import type { Envelope, Signer } from '../statement/sign.ts';
import type { RootFile } from './root.ts';

export const statusPayloadType = 'application/vnd.skillgate.status+json';

export interface StatusMark {
  readonly bundle: Digest;
  readonly kind: 'yanked' | 'deprecated' | 'suspended' | 'revoked';
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

export interface Status {
  /** The log's newest signed checkpoint, the whole note. */
  readonly checkpoint: string;
  readonly marks: readonly StatusMark[];
  /** ISO 8601, UTC. */
  readonly issued: string;
  /** ISO 8601, UTC; at most 24 hours after `issued`. */
  readonly expires: string;
}

/** Signs a status; the envelope's JSON is `status.json`. */
export async function signStatus(_status: Status, _signer: Signer): Promise<Envelope> {
  throw new Problem('internal', 'not written yet');
}

/**
 * Reads `status.json`, its signature, its time and its checkpoint.
 * @param now milliseconds since 1970
 * @param graceSeconds how long past `expires` it still counts; 0 by default
 * @throws Problem `signature-invalid`, `status-stale`, `log-invalid`
 */
export function verifyStatus(_bytes: Uint8Array, _root: RootFile, _now: number, _graceSeconds = 0): Status {
  throw new Problem('internal', 'not written yet');
}
