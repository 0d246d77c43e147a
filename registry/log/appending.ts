/** What requests give to the sequencer of the log, and get back. */
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { Statement } from '../../skills-index/statement/attestation.ts';
import type { Envelope } from '../../skills-index/statement/signature-formats/envelope.ts';
import type { CertificateSigner } from '../people/certificate-signer.ts';
import type { BatchWrite } from '../store/batch.ts';

/** A statement with a verified signature, before it is logged. */
export interface NewStatement {
  readonly statement: Statement;
  readonly envelope: Envelope;
  readonly signer:
    | { readonly keyId: Digest /** SPKI DER. */; readonly spki: Uint8Array }
    | CertificateSigner;
  /** For a new version, made of the log index that the statement gets. */
  readonly versionId?: string | ((logIndex: number) => string);
}

/** What one request appends to the log, and what else it writes in the same batch. */
export interface Appending {
  readonly statements: readonly NewStatement[];
  /** Objects that the rows name: they are put before the rows are written. */
  readonly stored?: Promise<void>;
  /**
   * All other writes, guards first.
   * @param indexes the log index of each statement
   */
  writes(indexes: readonly number[]): readonly BatchWrite[];
}

export interface Appended {
  /** The log index of each statement. */
  readonly indexes: readonly number[];
  /** Absent when the storage failed after the statements were logged: see `finishLogged`. */
  readonly logged?: readonly LoggedAt[] | undefined;
}

/** An append that waits for the next batch. */
export interface WaitingAppend {
  readonly appending: Appending;
  /** Lets this request append for all who wait. */
  lead(): void;
  resolve(appended: Appended): void;
  reject(error: unknown): void;
}

/** Log index and address of a statement in the log. */
export interface LoggedAt {
  readonly logIndex: number;
  readonly digest: Digest;
  readonly predicateType: string;
}
