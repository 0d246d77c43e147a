/** Verifies a whole audit log, line by line. A run only appends to the log. */
import { isUtf8 } from 'node:buffer';
import { verify } from 'node:crypto';
import type { Digest } from '../../skill/digest.ts';
import {
  type AuditCheckpoint,
  type AuditKey,
  type ChainEnd,
  chainStart,
  checkpointText,
  digestOfLine,
} from './audit-chain.ts';
import { type AuditEntry, parseEntry } from './audit-entry.ts';

export type AuditVerdict =
  | {
      readonly kind: 'whole';
      readonly lines: number /** Lines that a checkpoint covers. */;
      readonly signed: number;
    }
  /** The number of the first broken line; the log's first line is line 1. */
  | { readonly kind: 'broken'; readonly line: number; readonly why: string };

export interface ChainWitnesses {
  /**
   * The host's audit key; absent where this host never signed. Without the key no checkpoint
   * counts.
   */
  readonly key?: AuditKey | undefined;
  /**
   * The newest stored checkpoint of the log, from the file beside the log or from the file beside
   * the key.
   */
  readonly kept?: AuditCheckpoint | undefined;
  /** The end of the lines before the first given line; absent where the given lines are the log. */
  readonly from?: ChainEnd | undefined;
}

/** Verifies a log of any length: the caller passes in each line, then asks for the verdict. */
export class ChainCheck {
  readonly #witnesses: ChainWitnesses;
  #end: ChainEnd;
  #signed = 0;
  #broken: AuditVerdict | undefined;
  /**
   * A line whose digest the next line does not contain. The line after the next line decides which
   * of the two lines was altered.
   */
  #doubted: ChainEnd | undefined;

  constructor(witnesses: ChainWitnesses) {
    this.#witnesses = witnesses;
    this.#end = witnesses.from ?? chainStart;
    const { kept } = witnesses;
    if (kept !== undefined && !this.#isSigned(kept))
      this.#break(kept.size, 'this host’s key did not sign the stored checkpoint');
  }

  /**
   * @returns whether the caller continues with the next line; nothing can be verified behind the
   * first broken line
   */
  take(line: Uint8Array): boolean {
    if (this.#broken !== undefined) return false;
    const entry = isUtf8(line)
      ? parseEntry(Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8'))
      : undefined;
    const { seq } = this.#end;
    if (this.#doubted !== undefined)
      this.#break(
        entry?.prev === this.#end.digest ? seq - 1 : seq,
        'the line was changed after it was written',
      );
    else if (entry === undefined)
      this.#break(seq + 1, 'it is not a complete line of form skillgate.audit/1 in canonical form');
    else if (entry.seq !== seq + 1) this.#break(seq + 1, whyOutOfOrder(seq + 1, entry.seq));
    else this.#follow(entry, digestOfLine(line));
    return this.#broken === undefined;
  }

  /**
   * Passes over a line of which only the digest is known. The next line and the checkpoints name
   * the digest, and nothing shows that the line itself follows the line before.
   */
  skip(digest: Digest): void {
    if (this.#doubted !== undefined)
      this.#break(this.#end.seq, 'the line was changed after it was written');
    if (this.#broken === undefined) this.#advance({ seq: this.#end.seq + 1, digest });
  }

  verdict(): AuditVerdict {
    const { seq } = this.#end;
    const { key, kept } = this.#witnesses;
    if (this.#doubted !== undefined)
      this.#break(seq - 1, `line ${seq} does not follow this line: one of the two was changed`);
    if (kept !== undefined && seq < kept.size)
      this.#break(
        seq + 1,
        `lines ${seq + 1} to ${kept.size} are missing: ${kept.size} lines were signed`,
      );
    if (key !== undefined && kept === undefined)
      this.#break(seq + 1, 'the stored checkpoint is missing, so lines may be missing as well');
    return this.#broken ?? { kind: 'whole', lines: seq, signed: this.#signed };
  }

  #follow(entry: AuditEntry, digest: Digest): void {
    if (entry.prev !== this.#end.digest) {
      if (entry.seq === 1) this.#break(1, 'the line cannot begin a log');
      this.#doubted = this.#end;
    } else if (entry.event === 'checkpoint') {
      if (entry.size !== this.#end.seq || entry.head !== this.#end.digest || !this.#isSigned(entry))
        this.#break(
          entry.seq,
          'the line is a checkpoint that this host’s key did not sign for this log',
        );
      this.#signed = entry.size;
    }
    this.#advance({ seq: entry.seq, digest });
  }

  #advance(end: ChainEnd): void {
    const { kept } = this.#witnesses;
    this.#end = end;
    if (kept?.size !== end.seq || this.#doubted !== undefined) return;
    if (kept.head === end.digest) this.#signed = Math.max(this.#signed, kept.size);
    else this.#break(end.seq, 'the line differs from the line that the checkpoint signed');
  }

  #isSigned({ head, keyId, signature, size }: AuditCheckpoint): boolean {
    const { key } = this.#witnesses;
    if (key?.keyId !== keyId) return false;
    return verify(
      'sha256',
      checkpointText(size, head),
      key.publicKey,
      Buffer.from(signature, 'base64'),
    );
  }

  #break(line: number, why: string): void {
    this.#broken ??= { kind: 'broken', line, why };
  }
}

function whyOutOfOrder(expected: number, found: number): string {
  if (found < expected) return `the line has the number ${found}: a line was inserted or moved`;
  return found === expected + 1
    ? `line ${expected} before this line is missing`
    : `lines ${expected} to ${found - 1} before this line are missing`;
}
