/** Reads and verifies the signed head of a log, Ed25519 (C2SP tlog-checkpoint, signed-note). */
import { createHash, verify } from 'node:crypto';
import { Problem } from '../skill/problem.ts';
import { isBase64, isEd25519Spki } from '../statement/field-shapes.ts';
import { type ParseKey, parseKey } from '../statement/signature-formats/envelope.ts';
import { type Hash, isHash, type TreeHead } from './merkle-tree.ts';

export const noteBytesMax = 64 * 1024;

const noteSignaturesMax = 100;

export interface Checkpoint extends TreeHead {
  /** The log's name, which is a bare host name. */
  readonly origin: string;
  /** Root of the log's map of names; absent in the heads of a log without a map. */
  readonly map?: Hash;
}

const ed25519SignatureBytes = 64;
const mapLinePrefix = 'map ';

/** The text of a head that the log signs; each line ends with a line feed. */
export function printCheckpoint({ origin, size, root, map }: Checkpoint): string {
  const base64 = (hash: Hash) => Buffer.from(hash).toString('base64');
  const extension = map === undefined ? '' : `${mapLinePrefix}${base64(map)}\n`;
  return `${origin}\n${size}\n${base64(root)}\n${extension}`;
}

/**
 * The full key id of a note's signer, 32 bytes: SHA-256(origin ‖ LF ‖ 0x01 ‖ public key). Sigstore
 * bundles name this key id in base64 as `logId.keyId`.
 */
export function noteKeyId(origin: string, spki: Uint8Array): Uint8Array {
  requireEd25519(spki);
  return createHash('sha256').update(`${origin}\n\u0001`).update(spki.subarray(-32)).digest();
}

/**
 * Parses a note's body and verifies no signature. Of extension lines, only the root of the map is
 * accepted: the log writes no other line, and nobody would check it.
 * @throws Problem `log-invalid`
 */
export function parseCheckpoint(note: string): Checkpoint {
  return split(note).checkpoint;
}

/**
 * Reads a note that carries a valid signature of the log named `origin` by this key (SPKI DER).
 * @throws Problem `log-invalid`, `signature-invalid`
 */
export function verifyCheckpoint(
  note: string,
  log: { readonly origin: string; readonly key: Uint8Array },
  parse: ParseKey = parseKey,
): Checkpoint {
  const { checkpoint, body, signatures } = split(note);
  if (checkpoint.origin !== log.origin) {
    throw new Problem(
      'log-invalid',
      `The checkpoint is of the log "${checkpoint.origin}", not "${log.origin}"`,
    );
  }
  const hint = noteKeyId(log.origin, log.key).subarray(0, 4);
  const key = parse(log.key);
  // Skips the signatures of witnesses, and keeps the log's own signatures.
  const own = signatures.filter(
    (line) => line.name === log.origin && Buffer.compare(line.keyed.subarray(0, 4), hint) === 0,
  );
  const holds = own.some(
    ({ keyed }) =>
      keyed.byteLength === 4 + ed25519SignatureBytes &&
      verify(null, Buffer.from(body), key, keyed.subarray(4)),
  );
  if (!holds)
    throw new Problem(
      'signature-invalid',
      'The checkpoint is not signed with the log key of the root file',
    );
  return checkpoint;
}

function split(note: string): { readonly checkpoint: Checkpoint } & Note {
  const { body, signatures } = parseNote(note);
  const [origin = '', size = '', root = '', ...rest] = body.split('\n').slice(0, -1);
  const map = rest.length === 1 ? mapIn(rest[0]) : undefined;
  const checkpoint = {
    origin,
    size: Number(size),
    root: Buffer.from(root, 'base64'),
    ...(map === undefined ? {} : { map }),
  };
  const wellFormed =
    origin !== '' &&
    (rest.length === 0 || map !== undefined) &&
    /^(0|[1-9]\d{0,15})$/.test(size) &&
    Number.isSafeInteger(checkpoint.size) &&
    isBase64(root) &&
    isHash(checkpoint.root);
  if (!wellFormed)
    throw new Problem(
      'log-invalid',
      'Cannot read the checkpoint: it is not a signed note of origin, size and root',
    );
  return { checkpoint, body, signatures };
}

function mapIn(line = ''): Hash | undefined {
  const text = line.startsWith(mapLinePrefix) ? line.slice(mapLinePrefix.length) : '';
  const map = Buffer.from(text, 'base64');
  return isBase64(text) && isHash(map) ? map : undefined;
}

function requireEd25519(spki: Uint8Array): void {
  if (!isEd25519Spki(spki)) throw new Problem('log-invalid', 'The log key is not an Ed25519 key');
}

// Signed notes (C2SP signed-note): a text, an empty line, and one line for each signature.

interface Note {
  /** The signed text of the note, with the text's last line feed. */
  readonly body: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** Four bytes that name the signer's key, then the signature. */
  readonly keyed: Uint8Array;
}

/**
 * The pattern of a signer's name: the name is not empty, and has no white space and no plus sign.
 */
export const noteName = /^[^\s+]+$/u;

/**
 * Splits a note into text and signatures; verifies no signature.
 * @throws Problem `log-invalid`
 */
export function parseNote(note: string): Note {
  const at = note.lastIndexOf('\n\n');
  const lines = note.slice(at + 2).split('\n');
  const signatures = lines.slice(0, -1).map(parseSignatureLine);
  const wellFormed =
    note.length <= noteBytesMax &&
    at > 0 &&
    lines.at(-1) === '' &&
    signatures.length > 0 &&
    signatures.length <= noteSignaturesMax;
  if (!wellFormed || signatures.includes(undefined)) {
    throw new Problem(
      'log-invalid',
      'Cannot read the checkpoint: it is not a signed note of origin, size and root',
    );
  }
  return { body: note.slice(0, at + 1), signatures: signatures.flatMap((one) => one ?? []) };
}

/** Prints a signature line of a note, with the line feed. */
export function printSignatureLine({ name, keyed }: NoteSignature): string {
  return `\u2014 ${name} ${Buffer.from(keyed).toString('base64')}\n`;
}

/** Parses a signature line of a note without the line feed; undefined for any other text. */
export function parseSignatureLine(line: string): NoteSignature | undefined {
  const [, name, text = ''] = /^\u2014 ([^\s+]+) (\S+)$/u.exec(line) ?? [];
  const keyed = Buffer.from(text, 'base64');
  // A signature line has four bytes of key id, and at least one byte of signature.
  return name === undefined || !isBase64(text) || keyed.byteLength < 5
    ? undefined
    : { name, keyed };
}
