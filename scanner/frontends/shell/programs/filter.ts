/** A program that turns one text into another. */
export interface Filter {
  /** Whether what goes in was hidden: base64, hex, rot13, reversed. */
  readonly decodes: boolean;
  /** Its output is the same whatever goes in. */
  readonly ignoresInput?: true;
  /** Steps that it takes for a text, where that is more than reading it. */
  readonly cost?: (text: string) => number;
  /** The output, as text or as bytes that are none; undefined where it cannot be computed. */
  readonly apply: (text: string, bytes: Uint8Array | undefined) => string | Uint8Array | undefined;
}
