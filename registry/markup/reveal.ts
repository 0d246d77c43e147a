/**
 * Shows hidden parts of a text: control characters, invisible and direction-changing characters,
 * words that look like Latin ones. Pure.
 */
import { disguiseOf, lookAlikeScripts } from '../../skills-index/skill/text/mixed-scripts.ts';

export type RevealedPart =
  | { readonly kind: 'text'; readonly text: string }
  /** One invisible character, by its code point: `U+202E`. */
  | { readonly kind: 'invisible'; readonly name: string }
  /**
   * A word with letters of several scripts that look alike, or with all letters of another script
   * than it seems.
   */
  | { readonly kind: 'mixed'; readonly text: string; readonly scripts: string };

// Format characters (direction, zero width, tags, byte order mark), private use, unassigned,
// surrogates, line separators.
const hiddenClasses = '\\p{Cf}\\p{Co}\\p{Cn}\\p{Cs}\\p{Zl}\\p{Zp}';
const hiddenRanges = [
  [0x00, 0x08], // controls but tab and line feed
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xa0, 0xa0], // spaces that look like the ordinary one, or like nothing
  [0x2000, 0x200a],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x2800, 0x2800],
  [0x3000, 0x3000],
  [0x034f, 0x034f], // joiners and fillers
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x3164, 0x3164],
  [0xffa0, 0xffa0],
  [0xfe00, 0xfe0f], // variation selectors, which can carry bytes
  [0xe0100, 0xe01ef],
] as const;
const hiddenRange = hiddenRanges
  .map(([from, to]) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`)
  .join('');
const parts = new RegExp(
  `(?<hidden>[${hiddenClasses}${hiddenRange}])|(?<word>(?:(?![${hiddenRange}])[\\p{L}\\p{N}_])+)`,
  'gu',
);
const plain = /^[\t\n\x20-\x7e]*$/;

/**
 * The text in parts, in order, with nothing lost. An emoji's own variation selector stays in place.
 */
export function revealed(text: string): RevealedPart[] {
  if (plain.test(text)) return text === '' ? [] : [{ kind: 'text', text }];
  const pieces: RevealedPart[] = [];
  let done = 0;
  const put = (at: number, length: number, piece: RevealedPart): void => {
    if (at > done) pieces.push({ kind: 'text', text: text.slice(done, at) });
    pieces.push(piece);
    done = at + length;
  };
  for (const match of text.matchAll(parts)) {
    const { hidden, word } = match.groups ?? {};
    if (hidden !== undefined && !isOrdinary(text, match.index)) {
      put(match.index, hidden.length, { kind: 'invisible', name: codePointName(hidden) });
    }
    const disguise = word === undefined ? undefined : disguiseOf(text, match.index, word);
    if (word !== undefined && disguise !== undefined) {
      const of = lookAlikeScripts(word);
      const scripts =
        disguise === 'some'
          ? `mixes ${of.join(' and ')} letters`
          : `looks Latin, in ${of.join()} letters`;
      put(match.index, word.length, { kind: 'mixed', text: word, scripts });
    }
  }
  if (done < text.length) pieces.push({ kind: 'text', text: text.slice(done) });
  return pieces;
}

/**
 * The same for places without markup, such as titles and labels: `⟨U+202E⟩` instead of the
 * character.
 */
export function revealedText(text: string): string {
  return revealed(text)
    .map((piece) => (piece.kind === 'invisible' ? `⟨${piece.name}⟩` : piece.text))
    .join('');
}

// An emoji's own variation selector, or the carriage return of a Windows line end.
function isOrdinary(text: string, at: number): boolean {
  if (text[at] === '\r') return at + 1 === text.length || text[at + 1] === '\n';
  return (
    text[at] === '\ufe0f' && /\p{Extended_Pictographic}$/u.test(text.slice(Math.max(0, at - 2), at))
  );
}

function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
