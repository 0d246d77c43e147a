/**
 * The hash chain of the audit log: each line contains the digest of the line before, and signed
 * checkpoints state how far the log goes.
 */
import { isUtf8 } from 'node:buffer';
import { hash, verify } from 'node:crypto';
import { canonicalJson } from '../../skill/canonical-json.ts';
import { type Digest, digestOf, isDigest } from '../../skill/digest.ts';
import { Problem } from '../../skill/problem.ts';
import {
  type AuditEntry,
  type AuditEvent,
  type AuditSubject,
  parseEntry,
  plainTexts,
} from './audit-entry.ts';
import type { AuditKey, SigningAuditKey } from './audit-key.ts';

/** The longest audit line; this program writes no longer one. */
export const auditLineBytesMax = 16 * 1024;

/** The end of a log: its number of lines and the digest of its last line. */
export interface ChainEnd {
  readonly seq: number;
  readonly digest: Digest;
}

export const chainStart: ChainEnd = { seq: 0, digest: digestOf('') };

/** An event to be written, and the time at which it happened. */
export type Said = readonly [said: AuditSubject & AuditEvent, at: Date];

/**
 * The lines to append at the end of a log, each with its newline, and the new end.
 * @throws Problem `internal` for a line that is too long
 */
export function linesAfter(
  start: ChainEnd,
  said: readonly Said[],
): { readonly text: string; readonly end: ChainEnd } {
  let end = start;
  let text = '';
  for (const [one, at] of said) {
    const next = { seq: end.seq + 1, at: at.toISOString(), prev: end.digest };
    const line = canonicalJson({ ...plainTexts(one), schema: 'skillgate.audit/1', ...next });
    const bytes = Buffer.byteLength(line) + 1;
    if (bytes > auditLineBytesMax)
      throw new Problem('internal', `An audit line has ${bytes} bytes`);
    end = { seq: next.seq, digest: digestOf(line) };
    text += `${line}\n`;
  }
  return { text, end };
}

export interface ChainTail {
  /** The path of the log, for messages. */
  readonly file: string;
  /** Whether the given bytes are the whole log. */
  readonly isWhole: boolean;
  /** Whether a checkpoint for the log is stored. */
  readonly isSigned: boolean;
}

/**
 * Finds the end of a log from its last bytes, which are at least two lines or the whole log. Also
 * finds the incomplete line that a crash left behind the last newline.
 * @throws Problem `audit-broken` when the last whole line is not an audit line, or a signed log is
 * empty
 */
export function chainEndOf(
  tail: Uint8Array,
  { file, isSigned, isWhole }: ChainTail,
): {
  readonly start: ChainEnd;
  readonly torn?: { readonly bytes: Uint8Array; readonly digest: Digest };
} {
  const newline = tail.lastIndexOf(0x0a);
  const line = tail.subarray(tail.lastIndexOf(0x0a, newline - 1) + 1, Math.max(0, newline));
  const entry =
    newline !== -1 && isUtf8(line) ? parseEntry(Buffer.from(line).toString('utf8')) : undefined;
  const isEmpty = newline === -1 && isWhole;
  if (isEmpty && isSigned) throw brokenLog(file, 'it is empty, and was not');
  if (entry === undefined && !isEmpty)
    throw brokenLog(file, 'its last line is not one that was written here');
  const start = entry === undefined ? chainStart : { seq: entry.seq, digest: digestOfLine(line) };
  const bytes = tail.subarray(newline + 1);
  return bytes.length === 0 ? { start } : { start, torn: { bytes, digest: digestOf(bytes) } };
}

/**
 * Whether a log continues from its stored checkpoint; `more` when the given bytes do not reach back
 * that far.
 * @param seq number of the last whole line in the bytes
 * @throws Problem `audit-broken` when signed lines are missing or changed
 */
export function continuesFrom(
  kept: AuditCheckpoint | undefined,
  seq: number,
  tail: Uint8Array,
  { file, isWhole }: Pick<ChainTail, 'file' | 'isWhole'>,
): 'yes' | 'more' {
  if (kept === undefined || kept.size === 0) return 'yes';
  if (kept.size > seq) throw brokenLog(file, `it has ${seq} lines, and ${kept.size} were signed`);
  let end = tail.lastIndexOf(0x0a);
  for (let at = seq; at > kept.size && end > 0; at--) end = tail.lastIndexOf(0x0a, end - 1);
  const begin = end > 0 ? tail.lastIndexOf(0x0a, end - 1) + 1 : 0;
  if (begin === 0 && !isWhole) return 'more';
  if (digestOfLine(tail.subarray(begin, Math.max(0, end))) === kept.head) return 'yes';
  throw brokenLog(file, `line ${kept.size} is not the one that was signed`);
}

function brokenLog(file: string, why: string): Problem {
  const folder = file.slice(0, file.lastIndexOf('/'));
  return new Problem('audit-broken', `Cannot append to ${file}: ${why}`, {
    hint: `Look at it (skillgate log verify), then move all of it away: mv ${folder} ${folder}.broken, and beside it audit-key.json.head of the config folder`,
  });
}

/**
 * The newest signed statement about the end of the log. One copy lies beside the log and one beside
 * the key, so that cutting off the log together with one copy is noticed.
 */
export interface AuditCheckpoint {
  readonly size: number;
  readonly head: Digest;
  readonly keyId: Digest;
  /** ECDSA over P-256 with SHA-256, DER in base64. */
  readonly signature: string;
}

/** Signs the end of a log. */
export function checkpointOf(
  { digest: head, seq: size }: ChainEnd,
  key: SigningAuditKey,
): AuditCheckpoint {
  return {
    size,
    head,
    keyId: key.keyId,
    signature: key.sign(checkpointText(size, head)).toString('base64'),
  };
}

/** The bytes that a checkpoint signs. */
function checkpointText(size: number, head: Digest): Buffer {
  return Buffer.from(`skillgate.audit-checkpoint/1\n${size}\n${head}\n`);
}

/** @returns undefined when the text is not a checkpoint */
export function parseAuditCheckpoint(text: string): AuditCheckpoint | undefined {
  try {
    const value = JSON.parse(text) as Partial<AuditCheckpoint>;
    const { size, head, keyId, signature } = value;
    if (
      !Number.isSafeInteger(size) ||
      !isDigest(head) ||
      !isDigest(keyId) ||
      typeof signature !== 'string'
    )
      return undefined;
    return { size: size ?? 0, head, keyId, signature };
  } catch {
    return undefined;
  }
}

/** The newest of several checkpoints; among equal sizes the last in the list. */
export function furthestOf(
  kept: readonly (AuditCheckpoint | undefined)[],
): AuditCheckpoint | undefined {
  return kept.reduce(
    (one, other) => ((other?.size ?? 0) >= (one?.size ?? 0) ? (other ?? one) : one),
    undefined,
  );
}

export type AuditVerdict =
  | {
      readonly kind: 'whole';
      readonly lines: number /** Lines that a checkpoint covers. */;
      readonly signed: number;
    }
  /** `line` counts from 1. */
  | { readonly kind: 'broken'; readonly line: number; readonly why: string };

export interface ChainWitnesses {
  /** The host's audit key. Absent where this host never signed; no checkpoint counts then. */
  readonly key?: AuditKey | undefined;
  /** The newest stored checkpoint, from beside the log or from beside the key. */
  readonly kept?: AuditCheckpoint | undefined;
}

/** Verifies a log of any length: pass in each line, then ask for the verdict. */
export class ChainCheck {
  readonly #witnesses: ChainWitnesses;
  #end = chainStart;
  #signed = 0;
  #broken: AuditVerdict | undefined;
  /**
   * A line whose digest the next line does not contain. The line after that decides which of the
   * two was altered.
   */
  #doubted: ChainEnd | undefined;

  constructor(witnesses: ChainWitnesses) {
    this.#witnesses = witnesses;
    const { kept } = witnesses;
    if (kept !== undefined && !this.#isSigned(kept))
      this.#break(kept.size, 'the checkpoint that is kept of it is not signed by this host’s key');
  }

  /** @returns whether to continue; nothing can be verified behind the first break */
  take(line: Uint8Array): boolean {
    if (this.#broken !== undefined) return false;
    const entry = isUtf8(line)
      ? parseEntry(Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8'))
      : undefined;
    const { seq } = this.#end;
    if (this.#doubted !== undefined)
      this.#break(entry?.prev === this.#end.digest ? seq - 1 : seq, 'it is not as it was written');
    else if (entry === undefined)
      this.#break(seq + 1, 'it is not a whole line of form skillgate.audit/1 in canonical form');
    else if (entry.seq !== seq + 1) this.#break(seq + 1, whyOutOfOrder(seq + 1, entry.seq));
    else this.#follow(entry, digestOfLine(line));
    return this.#broken === undefined;
  }

  verdict(): AuditVerdict {
    const { seq } = this.#end;
    const { key, kept } = this.#witnesses;
    if (this.#doubted !== undefined)
      this.#break(
        seq - 1,
        `it is not the line that line ${seq} follows: one of the two is not as it was written`,
      );
    if (kept !== undefined && seq < kept.size)
      this.#break(
        seq + 1,
        `lines ${seq + 1} to ${kept.size} were cut off: they were there when ${kept.size} lines were signed`,
      );
    if (key !== undefined && kept === undefined)
      this.#break(
        seq + 1,
        'the checkpoint that was kept beside the log is gone, so lines may be too',
      );
    return this.#broken ?? { kind: 'whole', lines: seq, signed: this.#signed };
  }

  #follow(entry: AuditEntry, digest: Digest): void {
    const { kept } = this.#witnesses;
    if (entry.prev !== this.#end.digest) {
      if (entry.seq === 1) this.#break(1, 'it does not begin a log');
      this.#doubted = this.#end;
    } else if (entry.event === 'checkpoint') {
      if (entry.size !== this.#end.seq || entry.head !== this.#end.digest || !this.#isSigned(entry))
        this.#break(entry.seq, 'it is a checkpoint that this host’s key did not sign for this log');
      this.#signed = entry.size;
    }
    this.#end = { seq: entry.seq, digest };
    if (kept?.size !== entry.seq || this.#doubted !== undefined) return;
    if (kept.head === digest) this.#signed = Math.max(this.#signed, kept.size);
    else this.#break(entry.seq, 'it is not the line that was signed in this place');
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
  if (found < expected)
    return `it says that it is line ${found}: it, or line ${found}, was put there or moved`;
  return found === expected + 1
    ? `line ${expected} was taken out before it`
    : `lines ${expected} to ${found - 1} were taken out before it`;
}

function digestOfLine(line: Uint8Array): Digest {
  return `sha256:${hash('sha256', line, 'hex')}` as Digest;
}
