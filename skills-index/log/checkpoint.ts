/** The log's signed head: a C2SP signed note with origin, size and root, Ed25519. */
import { Problem } from '../skill/problem.ts';
import type { TreeHead } from './merkle-tree.ts';

export interface Checkpoint extends TreeHead {
  /** A bare host name. */
  readonly origin: string;
}

export interface CheckpointSigner {
  /** Ed25519 public key, SPKI DER. */
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** The full note key id, 32 bytes: SHA-256(origin ‖ LF ‖ 0x01 ‖ public key). Its base64 is `logId.keyId` in bundles. */
export function noteKeyId(_origin: string, _spki: Uint8Array): Uint8Array {
  throw new Problem('internal', 'not written yet');
}

/** The signed note. */
export async function signCheckpoint(_checkpoint: Checkpoint, _signer: CheckpointSigner): Promise<string> {
  throw new Problem('internal', 'not written yet');
}

/**
 * Reads a note's body; no signature is checked.
 * @throws Problem `log-invalid`
 */
export function parseCheckpoint(_note: string): Checkpoint {
  throw new Problem('internal', 'not written yet');
}

/**
 * Reads a note that carries a valid signature of the log named `origin` with this key (SPKI DER).
 * @throws Problem `log-invalid`, `signature-invalid`
 */
export function verifyCheckpoint(_note: string, _log: { readonly origin: string; readonly key: Uint8Array }): Checkpoint {
  throw new Problem('internal', 'not written yet');
}
