/**
 * A stranger’s text as an agent or a terminal may get it: nothing in it acts, hides or turns the
 * direction of what follows.
 */

/** Longer descriptions are cut. */
export const shownDescriptionCharsMax = 200;

/**
 * A description as an agent may see it: one line, at most 200 characters, nothing that is invisible
 * or turns the direction of text.
 */
export function cleanDescription(text: string): string {
  const clean = printable(text).replace(/\s+/gu, ' ').trim();
  const chars = [...clean];
  return chars.length <= shownDescriptionCharsMax
    ? clean
    : `${chars.slice(0, shownDescriptionCharsMax - 1).join('')}…`;
}

/**
 * Text without controls (line feed and tab stay), invisible and direction-changing characters, and
 * what Unicode has not assigned.
 */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\p{Cf}\p{Co}\p{Cn}]|[\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}]/gu, '')
    .replace(/[\p{Zl}\p{Zp}]/gu, '\n');
}
