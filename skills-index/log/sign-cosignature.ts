/** Signs a cosignature of a witness (C2SP tlog-cosignature, cosignature/v1). */

import {
  type Checkpoint,
  noteKeyId,
  parseNote,
  printCheckpoint,
  printSignatureLine,
} from './checkpoint.ts';
import { cosignedText, cosignerKeyId, timeBytes } from './cosignature.ts';

/**
 * The signature line that a witness adds to a note.
 * @param seconds time of the cosignature, in seconds since 1970
 */
export async function signCosignature(
  note: string,
  witness: { readonly name: string; readonly seconds: number; readonly key: CheckpointSigner },
): Promise<string> {
  const { name, seconds, key } = witness;
  const time = Buffer.alloc(timeBytes);
  time.writeBigUInt64BE(BigInt(seconds));
  const signature = await key.sign(cosignedText(parseNote(note).body, seconds));
  return printSignatureLine({
    name,
    keyed: Buffer.concat([cosignerKeyId(name, key.publicKey), time, signature]),
  });
}

// Signs the head of a log as a note (C2SP tlog-checkpoint, signed-note).

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
