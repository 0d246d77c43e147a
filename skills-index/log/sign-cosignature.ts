/** Signs a cosignature of a witness (C2SP tlog-cosignature, cosignature/v1). */
import { cosignedText, cosignerKeyId, timeBytes } from './cosignature.ts';
import { parseNote, printSignatureLine } from './note.ts';
import type { CheckpointSigner } from './sign-checkpoint.ts';

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
