/** Words whose letters come from scripts that look alike: a Cyrillic `а` in `pаypal` passes for the Latin one. Pure. */

const lookAlikes = [
  ['Latin', /\p{Script=Latin}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
] as const;
const wordForm = /[\p{L}\p{M}\p{N}_]+/gu;

/** Of those scripts, the ones that letters of the text belong to. */
export function lookAlikeScripts(text: string): string[] {
  return lookAlikes.filter(([, letters]) => letters.test(text)).map(([name]) => name);
}

/**
 * The text with the letters replaced that do not belong to the first script of their word: Latin where it has a Latin letter.
 * @param spell writes such a letter so that nobody takes it for another one
 */
export function spellMixedWords(text: string, spell: (codePoint: number) => string): string {
  return text.replace(wordForm, (word) => {
    const [first, second] = lookAlikes.filter(([, letters]) => letters.test(word));
    if (first === undefined || second === undefined) return word;
    const isForeign = (letter: string): boolean => !first[1].test(letter) && lookAlikeScripts(letter).length > 0;
    return Array.from(word, (letter) => (isForeign(letter) ? spell(letter.codePointAt(0) ?? 0) : letter)).join('');
  });
}
