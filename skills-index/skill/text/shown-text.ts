/**
 * Makes untrusted text safe to show to an agent or in a terminal: no control, invisible or
 * direction-changing characters.
 */

/** Maximum number of characters of a shown description; longer descriptions are cut. */
export const shownDescriptionCharsMax = 200;

/**
 * A description on one line of at most 200 characters, without invisible or direction-changing
 * characters.
 */
export function cleanDescription(text: string): string {
  const clean = printable(text).replace(/\s+/gu, ' ').trim();
  const chars = [...clean];
  return chars.length <= shownDescriptionCharsMax
    ? clean
    : `${chars.slice(0, shownDescriptionCharsMax - 1).join('')}…`;
}

/**
 * The text without control characters other than line feeds and tabs. Invisible, direction-changing
 * and unassigned characters are removed, too.
 */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\p{Cf}\p{Co}\p{Cn}]|[\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}]/gu, '')
    .replace(/[\p{Zl}\p{Zp}]/gu, '\n');
}
