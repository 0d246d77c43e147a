/** Verifies a Sigstore bundle: signature, place in the log, and what @sigstore/verify leaves to its caller. */
import type { Digest } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import type { Statement, Subject, VersionSubject } from '../statement/attestation.ts';
import type { LoggedStatement } from './identity.ts';
import type { RootFile } from './root.ts';

export interface VerifiedStatement extends LoggedStatement {
  /** SHA-256 of the signed payload. */
  readonly payloadDigest: Digest;
  /** Size and root of the checkpoint in the bundle. */
  readonly checkpoint: { readonly size: number; readonly root: Uint8Array };
}

export interface VerifyOptions {
  readonly root: RootFile;
  /**
   * SPKI DER of a key by its id. Left out, the key is the one in the log entry: its id is its own digest, so the signer is
   * proven either way, and whether the signer may say this is for the caller to judge.
   */
  readonly keys?: (keyId: Digest) => Uint8Array | undefined;
}

/**
 * Verifies one bundle's JSON.
 * @throws Problem `statement-invalid`, `signature-invalid`, `key-unknown`, `log-invalid`
 */
export function verifyStatement(_bundleJson: unknown, _options: VerifyOptions): VerifiedStatement {
  throw new Problem('internal', 'not written yet');
}

/**
 * Demands that a statement is about exactly this version: same subjects, none missing, none more.
 * @throws Problem `subject-mismatch`
 */
export function requireSubjects(_statement: Statement, _about: VersionSubject | readonly Subject[]): void {
  throw new Problem('internal', 'not written yet');
}
