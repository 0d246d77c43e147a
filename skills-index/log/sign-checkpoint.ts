/** Signs the head of a log as a note (C2SP tlog-checkpoint, signed-note). */
import { type Checkpoint, noteKeyId, printCheckpoint } from './checkpoint.ts';
import { printSignatureLine } from './note.ts';

export interface CheckpointSigner {
  /** The log's Ed25519 public key in SPKI DER. */
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** Signs a head of the log, and returns the signed note. */
export async function signCheckpoint(
  checkpoint: Checkpoint,
  signer: CheckpointSigner,
): Promise<string> {
  const { origin } = checkpoint;
  const body = printCheckpoint(checkpoint);
  const signature = Buffer.from(await signer.sign(Buffer.from(body)));
  const keyed = Buffer.concat([noteKeyId(origin, signer.publicKey).subarray(0, 4), signature]);
  return `${body}\n${printSignatureLine({ name: origin, keyed })}`;
}
