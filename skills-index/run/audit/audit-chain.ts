/**
 * The hash chain of the audit log: each line contains the digest of the line before, and signed
 * checkpoints state how far the log goes.
 */

import { isUtf8 } from 'node:buffer';
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import * as v from 'valibot';
import { type Digest, digestOf, isDigest } from '../../skill/digest.ts';
import { Problem } from '../../skill/problem.ts';
import { exactObject, parseShape } from '../../skill/shape.ts';
import { canonicalJson } from '../../skill/text/canonical-json.ts';
import { parseJson } from '../../skill/text/json.ts';
import { type AuditEvent, type AuditSubject, parseEntry, plainTexts } from './audit-entry.ts';

/** The length of the longest audit line that Skillgate writes. */
export const auditLineBytesMax = 16 * 1024;

/** The end of an audit log: the log's number of lines and the digest of its last line. */
export interface ChainEnd {
  readonly seq: number;
  readonly digest: Digest;
}

export const chainStart: ChainEnd = { seq: 0, digest: digestOf('') };

/** An event that the log records, and the time at which the event happened. */
export type DatedEvent = readonly [event: AuditSubject & AuditEvent, at: Date];

/**
 * Returns the lines to append at the end of a log, each with its newline, and the log's new end.
 * @throws Problem `internal` for a line that is too long
 */
export function linesAfter(
  start: ChainEnd,
  events: readonly DatedEvent[],
): { readonly text: string; readonly end: ChainEnd } {
  let end = start;
  let text = '';
  for (const [event, at] of events) {
    const next = { seq: end.seq + 1, at: at.toISOString(), prev: end.digest };
    const line = canonicalJson({ ...plainTexts(event), schema: 'skillgate.audit/1', ...next });
    const bytes = Buffer.byteLength(line) + 1;
    if (bytes > auditLineBytesMax)
      throw new Problem('internal', `An audit line has ${bytes} bytes`);
    end = { seq: next.seq, digest: digestOf(line) };
    text += `${line}\n`;
  }
  return { text, end };
}

interface ChainTail {
  /** The path of the log, for messages. */
  readonly file: string;
  /** Whether the given bytes are the whole log. */
  readonly isWhole: boolean;
  /** Whether this host stores a checkpoint for the log. */
  readonly isSigned: boolean;
}

/**
 * Finds the end of a log from the log's last bytes, which are at least two lines or the whole log.
 * Also finds the incomplete line that a crash left behind the last newline.
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
  if (isEmpty && isSigned)
    throw brokenLog(file, 'the log is empty, although lines of it were signed');
  if (entry === undefined && !isEmpty)
    throw brokenLog(file, 'its last line is not a valid audit line');
  const start = entry === undefined ? chainStart : { seq: entry.seq, digest: digestOfLine(line) };
  const bytes = tail.subarray(newline + 1);
  return bytes.length === 0 ? { start } : { start, torn: { bytes, digest: digestOf(bytes) } };
}

/**
 * Whether a log continues from its stored checkpoint; `more` when the given bytes do not reach back
 * to the checkpoint.
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
  if (kept.size > seq)
    throw brokenLog(file, `the log has ${seq} lines, but ${kept.size} lines were signed`);
  let end = tail.lastIndexOf(0x0a);
  for (let at = seq; at > kept.size && end > 0; at--) end = tail.lastIndexOf(0x0a, end - 1);
  const begin = end > 0 ? tail.lastIndexOf(0x0a, end - 1) + 1 : 0;
  if (begin === 0 && !isWhole) return 'more';
  if (digestOfLine(tail.subarray(begin, Math.max(0, end))) === kept.head) return 'yes';
  throw brokenLog(file, `line ${kept.size} differs from the line that was signed`);
}

function brokenLog(file: string, why: string): Problem {
  const folder = file.slice(0, file.lastIndexOf('/'));
  return new Problem('audit-broken', `Cannot append to ${file}: ${why}`, {
    hint: `Run skillgate log --verify. Then move the log away (mv ${folder} ${folder}.broken), and also move audit-key.json.head of the config folder away`,
  });
}

/**
 * The newest signed statement about the end of the log. A first copy lies beside the log and a
 * second copy beside the key. So nobody can cut off the log together with one copy unnoticed.
 */
export interface AuditCheckpoint {
  readonly size: number;
  readonly head: Digest;
  readonly keyId: Digest;
  /** The signature over `checkpointText`: ECDSA over P-256 with SHA-256, DER in base64. */
  readonly signature: string;
}

/** Signs the end of an audit log. */
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

/** Returns the bytes that the signature of a checkpoint covers. */
export function checkpointText(size: number, head: Digest): Buffer {
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

/**
 * Returns the newest of several checkpoints; among checkpoints of equal size, the last in the list.
 */
export function furthestOf(
  kept: readonly (AuditCheckpoint | undefined)[],
): AuditCheckpoint | undefined {
  return kept.reduce(
    (one, other) => ((other?.size ?? 0) >= (one?.size ?? 0) ? (other ?? one) : one),
    undefined,
  );
}

export function digestOfLine(line: Uint8Array): Digest {
  return `sha256:${hash('sha256', line, 'hex')}` as Digest;
}

// The format of `audit-key.json`: the key with which a host signs the end of its audit log and its
// incident reports.

export interface AuditKey {
  /** The SHA-256 digest of the public key in SPKI DER. */
  readonly keyId: Digest;
  /** The public key, as SPKI PEM. */
  readonly publicKey: string;
}

export interface SigningAuditKey extends AuditKey {
  /** Signs bytes with ECDSA over P-256 and SHA-256. The signature is in DER. */
  readonly sign: (bytes: Uint8Array) => Buffer;
}

const shape = exactObject({
  schema: v.literal('skillgate.audit-key/1'),
  keyId: v.custom<Digest>(isDigest),
  publicKey: v.string(),
  privateKey: v.string(),
});

/** @throws Problem `key-file-invalid` when the bytes are not an audit key */
export function parseAuditKey(bytes: Uint8Array, path: string): SigningAuditKey {
  const { keyId, publicKey, privateKey } = parseShape(
    shape,
    parseJson(bytes, path),
    'key-file-invalid',
    path,
  );
  return {
    keyId,
    publicKey,
    sign: (signed) => sign('sha256', signed, createPrivateKey(privateKey)),
  };
}

/** Returns a new private key in the format of `audit-key.json`. */
export function printAuditKey(key: KeyObject): string {
  const publicKey = createPublicKey(key.export({ type: 'pkcs8', format: 'pem' }))
    .export({ type: 'spki', format: 'pem' })
    .toString();
  const keyId = digestOf(createPublicKey(publicKey).export({ type: 'spki', format: 'der' }));
  const privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return `${JSON.stringify({ schema: 'skillgate.audit-key/1', keyId, publicKey, privateKey })}\n`;
}
