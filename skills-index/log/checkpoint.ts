/**
 * The log's signed head: a signed note with origin, size and root, Ed25519 (C2SP tlog-checkpoint,
 * signed-note).
 */
import { createHash, verify } from 'node:crypto';
import { Problem } from '../skill/problem.ts';
import { isBase64 } from '../statement/base64.ts';
import { isEd25519Spki } from '../statement/field-shapes.ts';
import { type ParseKey, parseKey } from '../statement/parse-key.ts';
import type { TreeHead } from './merkle-tree.ts';
import { type Note, parseNote, printSignatureLine } from './note.ts';

export interface Checkpoint extends TreeHead {
  /** A bare host name. */
  readonly origin: string;
}

export interface CheckpointSigner {
  /** Ed25519 public key, SPKI DER. */
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

const ed25519SignatureBytes = 64;

/**
 * The full note key id, 32 bytes: SHA-256(origin ‖ LF ‖ 0x01 ‖ public key). Its base64 is
 * `logId.keyId` in bundles.
 */
export function noteKeyId(origin: string, spki: Uint8Array): Uint8Array {
  requireEd25519(spki);
  return createHash('sha256').update(`${origin}\n\u0001`).update(spki.subarray(-32)).digest();
}

/** The signed note. */
export async function signCheckpoint(
  checkpoint: Checkpoint,
  signer: CheckpointSigner,
): Promise<string> {
  const body = checkpointBody(checkpoint);
  const signature = Buffer.from(await signer.sign(Buffer.from(body)));
  const keyed = Buffer.concat([
    noteKeyId(checkpoint.origin, signer.publicKey).subarray(0, 4),
    signature,
  ]);
  return `${body}\n${printSignatureLine({ name: checkpoint.origin, keyed })}`;
}

/**
 * Parses a note's body without verifying signatures. Extension lines are rejected: the log writes
 * none, and cosigners would not see them.
 * @throws Problem `log-invalid`
 */
export function parseCheckpoint(note: string): Checkpoint {
  return split(note).checkpoint;
}

/**
 * Reads a note that carries a valid signature of the log named `origin` with this key (SPKI DER).
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
  // Signatures of other signers (witnesses) are skipped; one of the log itself must be present and
  // valid.
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

/**
 * The note with the log's own signature and no other line.
 * @throws Problem as `verifyCheckpoint`
 */
export function ownNote(
  note: string,
  log: { readonly origin: string; readonly key: Uint8Array },
): string {
  const { body, signatures } = split(note);
  const own = signatures
    .map((line) => `${body}\n${printSignatureLine(line)}`)
    .find((one) => isSignedBy(one, log));
  if (own === undefined)
    throw new Problem('signature-invalid', 'The checkpoint is not signed with the key of its log');
  return own;
}

function isSignedBy(
  note: string,
  log: { readonly origin: string; readonly key: Uint8Array },
): boolean {
  try {
    verifyCheckpoint(note, log);
    return true;
  } catch (cause) {
    if (cause instanceof Problem) return false;
    throw cause;
  }
}

function checkpointBody({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

function split(note: string): { readonly checkpoint: Checkpoint } & Note {
  const { body, signatures } = parseNote(note);
  const [origin = '', size = '', root = '', ...rest] = body.split('\n');
  const checkpoint = { origin, size: Number(size), root: Buffer.from(root, 'base64') };
  const wellFormed =
    origin !== '' &&
    rest.length === 1 &&
    /^(0|[1-9]\d{0,15})$/.test(size) &&
    Number.isSafeInteger(checkpoint.size) &&
    isBase64(root) &&
    checkpoint.root.byteLength === 32;
  if (!wellFormed)
    throw new Problem(
      'log-invalid',
      'Cannot read the checkpoint: it is not a signed note of origin, size and root',
    );
  return { checkpoint, body, signatures };
}

function requireEd25519(spki: Uint8Array): void {
  if (!isEd25519Spki(spki)) throw new Problem('log-invalid', 'The log key is not an Ed25519 key');
}
