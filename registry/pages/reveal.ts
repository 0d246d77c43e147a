/** Makes visible what hides in text: control, invisible and direction-changing characters, and words that mix look-alike scripts. Pure. */

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  /** One character that cannot be seen, by its code point: `U+202E`. */
  | { readonly kind: 'invisible'; readonly name: string }
  /** A word whose letters come from scripts that look alike. */
  | { readonly kind: 'mixed'; readonly text: string; readonly scripts: string };

// Cf covers bidi, zero-width, tags and the byte order mark; Cc the controls but tab and line feed; then spaces and fillers that
// look like nothing or like an ordinary space; then variation selectors, which can carry hidden bytes; private and unassigned.
const invisible =
  /[\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00a0\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;
const lookAlikes = [
  ['Latin', /\p{Script=Latin}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
] as const;
const parts = new RegExp(`(?<hidden>${invisible.source})|(?<word>[\\p{L}\\p{N}_]+)`, 'gu');
const plain = /^[\t\n\x20-\x7e]*$/;

/** The text in pieces, in order, nothing lost. An emoji's own variation selector stays where it is. */
export function revealed(text: string): Piece[] {
  if (plain.test(text)) return text === '' ? [] : [{ kind: 'text', text }];
  const pieces: Piece[] = [];
  let done = 0;
  const put = (at: number, length: number, piece: Piece): void => {
    if (at > done) pieces.push({ kind: 'text', text: text.slice(done, at) });
    pieces.push(piece);
    done = at + length;
  };
  for (const match of text.matchAll(parts)) {
    const { hidden, word } = match.groups ?? {};
    if (hidden !== undefined && !isEmojiStyle(text, match.index)) {
      put(match.index, hidden.length, { kind: 'invisible', name: codePointName(hidden) });
    }
    const scripts = word === undefined ? [] : scriptsOf(word);
    if (word !== undefined && scripts.length > 1) {
      put(match.index, word.length, { kind: 'mixed', text: word, scripts: `mixes ${scripts.join(' and ')} letters` });
    }
  }
  if (done < text.length) pieces.push({ kind: 'text', text: text.slice(done) });
  return pieces;
}

/** Whether there is anything to reveal. */
export function hidesSomething(text: string): boolean {
  return revealed(text).some((piece) => piece.kind !== 'text');
}

function isEmojiStyle(text: string, at: number): boolean {
  return text[at] === '\ufe0f' && /\p{Extended_Pictographic}$/u.test(text.slice(Math.max(0, at - 2), at));
}

function scriptsOf(word: string): string[] {
  return lookAlikes.filter(([, letters]) => letters.test(word)).map(([name]) => name);
}

function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
