/** The root file: the few keys from which every other trust follows, pinned by fingerprint. */
import { canonicalDigest } from '../skill/canonical-json.ts';
import type { Digest } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';

/** SPKI DER in base64. */
export interface RootKey {
  readonly key: string;
}

export interface RootFile {
  readonly schema: 'skillgate.root/1';
  /** A bare host name, or `localhost`. */
  readonly origin: string;
  /** Ed25519: signs checkpoints. */
  readonly log: RootKey;
  /** P-256: signs status.json. */
  readonly status: RootKey;
  /** P-256: signs verdicts and automatic suspensions. */
  readonly registry: RootKey;
  /** P-256. */
  readonly administrators: readonly { readonly keyId: Digest; readonly key: string }[];
  /** How many administrators together may change a scope's owners. */
  readonly threshold: number;
}

/**
 * Reads a root file strictly.
 * @throws Problem `root-invalid`, `json-invalid`
 */
export function parseRoot(_content: Uint8Array | string): RootFile {
  throw new Problem('internal', 'not written yet');
}

/** What people compare and `--root` names: SHA-256 of the RFC 8785 form. */
export function rootFingerprint(root: RootFile): Digest {
  return canonicalDigest(root);
}
