/** Verifies cosignatures of witnesses on a checkpoint (C2SP tlog-cosignature, cosignature/v1). */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { Problem } from '../skill/problem.ts';
import { isEd25519Spki } from '../statement/field-shapes.ts';
import { type NoteSignature, parseNote } from './checkpoint.ts';
import type { Witness, WitnessPolicy } from './witness-policy.ts';

/** A cosignature of a witness counts for at most this many seconds. */
export const cosignatureSecondsMax = 24 * 60 * 60;

/** A witness's clock may be ahead of this host's clock by at most this many seconds. */
export const witnessSkewSeconds = 5 * 60;

/** A valid cosignature by a witness that the witness policy (`witnesses.json`) names. */
interface Cosignature {
  readonly name: string;
  /** The time of the cosignature in seconds since 1970, as the witness says. */
  readonly seconds: number;
}

export interface Witnessed {
  /** Distinct witnesses whose cosignature counts now, with the newest time of each. */
  readonly counted: readonly Cosignature[];
  /** Cosignatures that do not count because their time is too long ago or in the future. */
  readonly old: readonly Cosignature[];
  readonly early: readonly Cosignature[];
  /** The number of witnesses that the policy names. */
  readonly of: number;
  readonly threshold: number;
  /**
   * Whether the cosignatures that count come from at least as many witnesses as the policy demands.
   */
  readonly enough: boolean;
}

const algorithm = 4;
const keyIdBytes = 4;
/** The length of a cosignature's time in bytes: seconds since 1970, big endian. */
export const timeBytes = 8;
const signatureBytes = 64;

/** The key id of a witness: the first four bytes of SHA-256(name ‖ LF ‖ 0x04 ‖ public key). */
export function cosignerKeyId(name: string, spki: Uint8Array): Uint8Array {
  if (!isEd25519Spki(spki))
    throw new Problem('log-invalid', 'The witness key is not an Ed25519 key');
  return createHash('sha256')
    .update(`${name}\n`)
    .update(Uint8Array.of(algorithm))
    .update(spki.subarray(-32))
    .digest()
    .subarray(0, keyIdBytes);
}

/**
 * Every valid cosignature of a witness that the policy names. Every other signature line of the
 * note is skipped.
 * @param log the log's own key; no witness may have the same key, or the log would vouch for itself
 * @throws Problem `log-invalid` when the text is not a note, or the policy names the log's own key
 */
export function verifyCosignatures(
  note: string,
  policy: WitnessPolicy,
  log: { readonly key: Uint8Array },
): Cosignature[] {
  const { body, signatures } = parseNote(note);
  return policy.witnesses.flatMap((witness) => {
    const spki = Buffer.from(witness.key, 'base64');
    if (spki.equals(log.key))
      throw new Problem(
        'log-invalid',
        `The witness "${witness.name}" has the key of the log itself`,
      );
    return signatures.flatMap((line) => verifyLine(body, line, witness, spki) ?? []);
  });
}

/**
 * The witnesses whose cosignatures of the note count at this time.
 * @param now milliseconds since 1970
 * @throws Problem as `verifyCosignatures`
 */
export function countWitnesses(claim: {
  readonly note: string;
  readonly policy: WitnessPolicy;
  readonly log: { readonly key: Uint8Array };
  readonly now: number;
  readonly secondsMax?: number;
}): Witnessed {
  const { policy, secondsMax = cosignatureSecondsMax } = claim;
  const now = claim.now / 1000;
  const newestFirst = verifyCosignatures(claim.note, policy, claim.log).sort(
    (a, b) => b.seconds - a.seconds,
  );
  const inTime = newestFirst.filter(
    (one) => one.seconds <= now + witnessSkewSeconds && one.seconds >= now - secondsMax,
  );
  const counted = onePerName(inTime);
  const rest = newestFirst.filter((one) => !counted.some(({ name }) => name === one.name));
  return {
    counted,
    old: onePerName(rest.filter((one) => one.seconds < now)),
    early: onePerName(rest.filter((one) => one.seconds > now)),
    of: policy.witnesses.length,
    threshold: policy.threshold,
    enough: counted.length >= policy.threshold,
  };
}

function verifyLine(
  body: string,
  { name, keyed }: NoteSignature,
  witness: Witness,
  spki: Uint8Array,
): Cosignature | undefined {
  const isByWitness =
    name === witness.name && keyed.byteLength === keyIdBytes + timeBytes + signatureBytes;
  if (
    !isByWitness ||
    Buffer.compare(keyed.subarray(0, keyIdBytes), cosignerKeyId(name, spki)) !== 0
  )
    return undefined;
  const time = Buffer.from(keyed.subarray(keyIdBytes, keyIdBytes + timeBytes)).readBigUInt64BE();
  if (time > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const seconds = Number(time);
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  const holds = verify(
    null,
    cosignedText(body, seconds),
    key,
    keyed.subarray(keyIdBytes + timeBytes),
  );
  return holds ? { name, seconds } : undefined;
}

/** The text that a witness signs: the time, then the body of the log's checkpoint. */
export function cosignedText(body: string, seconds: number): Uint8Array {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${body}`);
}

// A policy names each witness's key and each witness's name once, so one name is one witness.
function onePerName(newestFirst: readonly Cosignature[]): Cosignature[] {
  return newestFirst.filter(
    (one, at) => newestFirst.findIndex(({ name }) => name === one.name) === at,
  );
}
