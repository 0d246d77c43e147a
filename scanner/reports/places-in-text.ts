/** Converts lines and columns to offsets in characters and bytes, for formats that need both. */
import { textOf } from './code-frame.ts';

export interface TextPlace {
  /** From 0, in UTF-16 code units of the decoded text. */
  readonly chars: number;
  /** From 0, in the file's bytes; undefined when the charset was uncertain. */
  readonly bytes: number | undefined;
}

export interface PlacesInText {
  readonly text: string;
  /** Both from 1. A place behind the end of a line or of the text becomes that end. */
  at(line: number, column: number): TextPlace;
}

/** Places of one file; undefined for a file that is no text. Line starts are computed once. */
export function placesIn(file: Uint8Array): PlacesInText | undefined {
  const text = textOf(file);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  const widthOf = byteWidth(file);
  const starts: TextPlace[] = [];
  let chars = 0;
  let bytes: number | undefined = widthOf?.mark;
  for (const line of lines) {
    starts.push({ chars, bytes });
    chars += line.length + 1;
    bytes =
      bytes === undefined || widthOf === undefined
        ? undefined
        : bytes + widthOf.of(line) + widthOf.of('\n');
  }
  return {
    text,
    at(line, column) {
      const index = Math.min(Math.max(line, 1), lines.length) - 1;
      const start = starts[index] ?? { chars: 0, bytes: undefined };
      const before = (lines[index] ?? '').slice(0, column - 1);
      return {
        chars: start.chars + before.length,
        bytes:
          start.bytes === undefined || widthOf === undefined
            ? undefined
            : start.bytes + widthOf.of(before),
      };
    },
  };
}

// The number of bytes of a text in this file, and of its byte order mark. Uncertain for a file that
// is not valid UTF-8.
function byteWidth(
  file: Uint8Array,
): { readonly mark: number; of(text: string): number } | undefined {
  const [first, second, third] = file;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return { mark: 2, of: (text) => text.length * 2 };
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    return undefined;
  }
  const mark = first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
  return { mark, of: (text) => Buffer.byteLength(text) };
}
