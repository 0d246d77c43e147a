/** Text as a reader (or a model) takes it in: what hides words from a search is undone. */
import { plainWordsCharsMax } from './limits.ts';
import { confusables } from './models/confusables.ts';
import { hiddenCharacter } from './models/hidden-characters.ts';
import { discussesAttacks, refusesNext } from './models/lures.ts';

/** Text with hidden characters dropped, look-alike letters made Latin, compatibility forms and white space folded. Tag characters are read as the letters they stand for. */
export function plainWords(text: string): string {
  const cut = text.length > plainWordsCharsMax ? text.slice(0, plainWordsCharsMax) : text;
  if (/^[\x20-\x7e]*$/.test(cut)) return cut.replace(/ {2,}/g, ' ');
  let plain = '';
  for (const character of cut.normalize('NFKC')) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (codePoint >= 0xe0020 && codePoint <= 0xe007e) plain += String.fromCharCode(codePoint - 0xe0000);
    else if (codePoint < 0x80 || hiddenCharacter(codePoint) === undefined) plain += confusables.get(character) ?? character;
  }
  return plain.replace(/[’‘]/g, "'").replace(/[“”]/g, '"').replace(/\s+/g, ' ');
}

/**
 * How a text speaks of what was found in it: `refused` right before it, `quoted`, `discussed` somewhere around it, or `meant`.
 */
export function mannerOf(text: string, match: RegExpExecArray): 'refused' | 'quoted' | 'discussed' | 'meant' {
  const [before, behind] = [text.slice(Math.max(0, match.index - 60), match.index), text.slice(match.index + match[0].length)];
  if (refusesNext.test(before)) return 'refused';
  if (/["`«][^"`]{0,38}$/.test(before) && /^[^"`]{0,38}["`»]/.test(behind)) return 'quoted';
  return discussesAttacks.test(text) ? 'discussed' : 'meant';
}
