/** A program that turns one text into another. */
export interface Filter {
  /** Whether its input was hidden: base64, hex, rot13, reversed. */
  readonly decodes: boolean;
  /** Its output is the same whatever goes in. */
  readonly ignoresInput?: true;
  /** Steps for a text, when they are more than reading it. */
  readonly cost?: (text: string) => number;
  /** The output, as text or as bytes that are no text; undefined when it cannot be computed. */
  readonly apply: (text: string, bytes: Uint8Array | undefined) => string | Uint8Array | undefined;
}
