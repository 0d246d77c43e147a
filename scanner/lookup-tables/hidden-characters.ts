/**
 * Characters that readers do not see, or that change the order of the text: rules look for them,
 * and screens spell them out.
 */

/** The use of a hidden character: the more harmful the use, the more certain the finding. */
export type HiddenClass = 'direction' | 'tag' | 'zero-width' | 'filler' | 'selector' | 'control';

interface HiddenRange {
  readonly from: number;
  readonly to: number;
  readonly class: HiddenClass;
  readonly name: string;
}

/**
 * Sources: Unicode 16 (UAX #9 §2, UAX #31 §2.3 default ignorables), CVE-2021-42574 (direction), tag
 * smuggling (E0000 block).
 */
export const hiddenRanges: readonly HiddenRange[] = [
  { from: 0x00, to: 0x08, class: 'control', name: 'control' },
  { from: 0x0b, to: 0x0c, class: 'control', name: 'control' },
  { from: 0x0e, to: 0x1f, class: 'control', name: 'control' },
  { from: 0x7f, to: 0x9f, class: 'control', name: 'control' },
  { from: 0xad, to: 0xad, class: 'zero-width', name: 'soft hyphen' },
  { from: 0x34f, to: 0x34f, class: 'zero-width', name: 'grapheme joiner' },
  { from: 0x61c, to: 0x61c, class: 'direction', name: 'Arabic letter mark' },
  { from: 0x115f, to: 0x1160, class: 'filler', name: 'Hangul filler' },
  { from: 0x17b4, to: 0x17b5, class: 'filler', name: 'Khmer inherent vowel' },
  { from: 0x180b, to: 0x180f, class: 'selector', name: 'Mongolian variation selector' },
  { from: 0x200b, to: 0x200d, class: 'zero-width', name: 'zero-width character' },
  { from: 0x200e, to: 0x200f, class: 'direction', name: 'direction mark' },
  { from: 0x2028, to: 0x2029, class: 'control', name: 'line or paragraph separator' },
  { from: 0x202a, to: 0x202e, class: 'direction', name: 'direction override or embedding' },
  { from: 0x2060, to: 0x2064, class: 'zero-width', name: 'invisible operator' },
  { from: 0x2065, to: 0x2065, class: 'zero-width', name: 'unassigned invisible' },
  { from: 0x2066, to: 0x2069, class: 'direction', name: 'direction isolate' },
  { from: 0x206a, to: 0x206f, class: 'zero-width', name: 'deprecated format character' },
  { from: 0x2800, to: 0x2800, class: 'filler', name: 'Braille blank' },
  { from: 0x3164, to: 0x3164, class: 'filler', name: 'Hangul filler' },
  { from: 0xfe00, to: 0xfe0f, class: 'selector', name: 'variation selector' },
  { from: 0xfeff, to: 0xfeff, class: 'zero-width', name: 'zero-width no-break space' },
  { from: 0xffa0, to: 0xffa0, class: 'filler', name: 'half-width Hangul filler' },
  { from: 0xfff9, to: 0xfffb, class: 'control', name: 'interlinear annotation' },
  { from: 0x1bca0, to: 0x1bca3, class: 'control', name: 'shorthand control' },
  { from: 0x1d173, to: 0x1d17a, class: 'control', name: 'musical control' },
  { from: 0xe0000, to: 0xe007f, class: 'tag', name: 'tag character' },
  { from: 0xe0100, to: 0xe01ef, class: 'selector', name: 'variation selector' },
];

/** Finds each hidden character. */
export const hiddenForm = new RegExp(
  `[${hiddenRanges.map(({ from, to }) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`).join('')}]`,
  'gu',
);

/** The hidden character's row, or undefined for a visible one. Tab, LF and CR count as visible. */
export function hiddenCharacter(codePoint: number): HiddenRange | undefined {
  return hiddenRanges.find(({ from, to }) => codePoint >= from && codePoint <= to);
}

/** `⟨U+202E⟩`: the written form of a character that is invisible or must not reach a terminal. */
export function spellOut(codePoint: number): string {
  return `⟨U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/** A skill's text made safe to show: `showForPaste`, with broken addresses. */
export function showSafely(text: string): string {
  return withBrokenAddresses(showForPaste(text));
}

/** `http[:]//`: no terminal makes it a link. */
export function withBrokenAddresses(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]{0,30}):\/\//gi, '$1[:]//');
}

/**
 * Text that a person copies into a file: hidden characters, controls, private use, unassigned and
 * surrogates are spelled out, and tabs become four spaces. Addresses stay, because a broken address
 * is refused there.
 */
export function showForPaste(text: string): string {
  const shown: string[] = [];
  let before = '';
  for (const character of text) {
    shown.push(showCharacter(character, before));
    before = character;
  }
  return shown.join('');
}

function showCharacter(character: string, before: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  if (codePoint >= 0x20 && codePoint < 0x7f) return character;
  if (character === '\t') return '    ';
  // An emoji's own presentation selector hides nothing: honest prose has it behind every second
  // emoji.
  if (codePoint === 0xfe0f && /\p{Emoji}/u.test(before)) return '';
  const unprintable =
    hiddenCharacter(codePoint) !== undefined || /[\p{C}\p{Zl}\p{Zp}]/u.test(character);
  return unprintable ? spellOut(codePoint) : character;
}
