/** Reduces a signed note to the signature of the log that the note is about. */
import { Problem } from '../skill/problem.ts';
import { parseCheckpoint, parseNote, printSignatureLine, verifyCheckpoint } from './checkpoint.ts';

interface LogKey {
  readonly origin: string;
  /** The log's key in SPKI DER. */
  readonly key: Uint8Array;
}

/**
 * The note with the valid signature of the note's log and with no other signature line.
 * @throws Problem as `verifyCheckpoint`
 */
export function ownNote(note: string, log: LogKey): string {
  parseCheckpoint(note);
  const { body, signatures } = parseNote(note);
  const own = signatures
    .map((line) => `${body}\n${printSignatureLine(line)}`)
    .find((one) => isSignedBy(one, log));
  if (own === undefined)
    throw new Problem('signature-invalid', 'The checkpoint is not signed with the key of its log');
  return own;
}

function isSignedBy(note: string, log: LogKey): boolean {
  try {
    verifyCheckpoint(note, log);
    return true;
  } catch (cause) {
    if (cause instanceof Problem) return false;
    throw cause;
  }
}
