/**
 * Remembers the statements that this process has verified, so that the process verifies each
 * statement once. Only this class adds statements to its memory, and its memory is limited. A
 * result depends on the bundle's bytes, the root file and the Sigstore root, so all three are part
 * of the memory's key.
 */
import { type Digest, digestOf } from '../../skill/digest.ts';
import { canonicalDigest } from '../../skill/text/canonical-json.ts';
import { parseJson } from '../../skill/text/json.ts';
import { rememberingParseKey } from '../../statement/signature-formats/envelope.ts';
import { type RootFile, rootFingerprint } from '../root/root.ts';
import { type VerifiedStatement, verifyStatement } from './verify-statement.ts';

/** Maximum number of public keys that a process keeps parsed. */
export const parsedKeysMax = 1_000;

/** Maximum total size of bundles whose verification a process remembers. */
const verifiedBytesMax = 8 * 1024 * 1024;

interface Kept {
  readonly verified: VerifiedStatement;
  readonly bytes: number;
}

export class VerifiedStatements {
  readonly #bytesMax: number;
  /** The remembered results in the order of their last use, the latest at the end. */
  readonly #kept = new Map<string, Kept>();
  readonly #digests = new WeakMap<object, Digest>();
  readonly #parse = rememberingParseKey(parsedKeysMax);
  #bytes = 0;

  /** @param bytesMax the total size of the remembered bundles, in bytes */
  constructor(bytesMax = verifiedBytesMax) {
    this.#bytesMax = bytesMax;
  }

  /**
   * Verifies a bundle's bytes, or recalls an earlier success. Failures are not remembered.
   * @param sigstore as in `verifyStatement`; neither `sigstore` nor `root` may change afterwards
   * @throws Problem as `verifyStatement`, `json-invalid`
   */
  verify(bytes: Uint8Array, root: RootFile, sigstore: unknown): VerifiedStatement {
    const address = `${digestOf(bytes)} ${this.#digestOf(root, rootFingerprint)} ${this.#digestOfSigstore(sigstore)}`;
    const known = this.#kept.get(address);
    const verified = known?.verified ?? frozen(this.#verify(bytes, root, sigstore));
    this.#keep(address, { verified, bytes: bytes.byteLength });
    return verified;
  }

  #verify(bytes: Uint8Array, root: RootFile, sigstore: unknown): VerifiedStatement {
    return verifyStatement(parseJson(bytes, 'statement').value, {
      root,
      sigstore,
      parse: this.#parse,
    });
  }

  #keep(address: string, one: Kept): void {
    this.#drop(address);
    if (one.bytes > this.#bytesMax) return;
    this.#kept.set(address, one);
    this.#bytes += one.bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#bytesMax) return;
      this.#drop(oldest);
    }
  }

  #drop(address: string): void {
    this.#bytes -= this.#kept.get(address)?.bytes ?? 0;
    this.#kept.delete(address);
  }

  #digestOfSigstore(sigstore: unknown): string {
    if (sigstore === undefined) return 'none';
    return typeof sigstore === 'object' && sigstore !== null
      ? this.#digestOf(sigstore, canonicalDigest)
      : canonicalDigest(sigstore);
  }

  #digestOf<Value extends object>(value: Value, digest: (value: Value) => Digest): Digest {
    const known = this.#digests.get(value) ?? digest(value);
    this.#digests.set(value, known);
    return known;
  }
}

// All callers share the remembered object, so no caller may change the object. Byte arrays cannot
// be frozen.
function frozen<Value>(value: Value): Value {
  if (
    typeof value !== 'object' ||
    value === null ||
    ArrayBuffer.isView(value) ||
    Object.isFrozen(value)
  )
    return value;
  Object.freeze(value);
  for (const member of Object.values(value)) frozen(member);
  return value;
}
