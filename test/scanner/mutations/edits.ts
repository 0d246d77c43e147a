/** Replacements in a text, by offset. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Applies edits that do not overlap; of two that do, the first one wins. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((a, b) => a.start - b.start || b.end - a.end);
  let result = '';
  let at = 0;
  for (const edit of sorted) {
    if (edit.start < at) continue;
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/**
 * The middle of a text, where it can be cut: not behind a backslash, nor between the halves of a
 * pair.
 */
export function cutOf(inner: string): number | undefined {
  for (let at = Math.floor(inner.length / 2); at > 0; at--) {
    const isPair = /[\ud800-\udbff]$/.test(inner.slice(0, at));
    // An escape may be four characters long and more: none may begin shortly before.
    if (!isPair && !/\\.{0,9}$/.test(inner.slice(0, at))) return at;
  }
  return undefined;
}
