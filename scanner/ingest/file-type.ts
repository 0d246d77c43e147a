/** The type of a file by its first bytes. */
import { extensionOf } from '../fact/language.ts';
import { type FileType, fileTypes } from '../lookup-tables/file-types.ts';

/**
 * The type of the magic number at a file's beginning; undefined for text and for files without one.
 */
export function typeOf(
  path: string,
  bytes: Uint8Array,
  isPlainText: boolean,
): FileType | undefined {
  const extension = extensionOf(path);
  return fileTypes.find(
    (row) =>
      row.magic.every((magic) => matches(bytes, magic)) &&
      fitsText(row, extension, bytes, isPlainText),
  );
}

/** The inert type of a file name; undefined for names of text, programs and archives. */
export function claimedType(path: string): string | undefined {
  const extension = extensionOf(path);
  return fileTypes.find((row) => row.class === 'inert' && row.extensions.includes(extension))?.type;
}

// Some magic numbers are letters that a text may begin with. Valid UTF-8 counts as text unless the
// name claims the type.
function fitsText(
  row: FileType,
  extension: string,
  bytes: Uint8Array,
  isPlainText: boolean,
): boolean {
  if (row.extensions.includes(extension) && extension !== '') return true;
  return !isPlainText || bytes.subarray(0, 4096).includes(0) || row.class === 'document';
}

function matches(bytes: Uint8Array, { at, hex }: { at: number; hex: string }): boolean {
  if (bytes.byteLength < at + hex.length / 2) return false;
  for (let i = 0; i < hex.length; i += 2) {
    const digits = hex.slice(i, i + 2);
    if (digits !== '??' && bytes[at + i / 2] !== Number.parseInt(digits, 16)) return false;
  }
  return true;
}
