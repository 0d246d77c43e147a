/** Lines and columns as offsets in characters and bytes, for formats that want both. */
import { textOf } from './code-frame.ts';

export interface TextPlace {
  /** From 0, in UTF-16 code units of the decoded text. */
  readonly chars: number;
  /** From 0, in the file's bytes; undefined where its charset was not certain. */
  readonly bytes: number | undefined;
}

export interface PlacesInText {
  readonly text: string;
  /** Both from 1. What lies behind the end of a line or of the text is its end. */
  at(line: number, column: number): TextPlace;
}

/** Places of one file; undefined for what is no text. Line starts are computed once. */
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

// How many bytes text takes in this file, and how many its byte order mark. A file that is not
// valid UTF-8 has no certain answer.
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
