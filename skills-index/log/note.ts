/** Signed notes (C2SP signed-note): a text, an empty line, and one line for each signature. */
import { Problem } from '../skill/problem.ts';
import { isBase64 } from '../statement/base64.ts';
import { noteBytesMax, noteSignaturesMax } from './limits.ts';

export interface Note {
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
