/**
 * Finds words that look Latin but are not. Such a word has one letter of another script, such as
 * `pаypal` with a Cyrillic `а`, or has all letters of another script, such as `аррӏе`. Pure.
 */

const lookAlikes = [
  ['Latin', /\p{Script=Latin}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
] as const;
const wordForm = /[\p{L}\p{M}\p{N}_]+/gu;

/**
 * Letters that look Latin (Unicode UTS #39) but that the scanner does not replace, because
 * replacing them would change words of prose.
 */
const furtherLookAlikes = new Set('гкьСВНГКЬոսօհցզյքԱԼՕՍᎠᎡᎢᎥᎩᎪᎫᎬᎳᎵᎷᎻᏀᏂᏃᏎᏏᏒᏔᏙᏚᏞᏟᏢᏦᏧᏴ');

/** Letters of common modern alphabets. Few languages use other letters, such as `ӏ` and `ѕ`. */
const common = /^[\p{N}\p{M}_а-яёА-ЯЁіїєґІЇЄҐα-ωΑ-Ωά-ώΆ-Ώա-ֆԱ-Ֆ]+$/u;

/**
 * Matches a unit or a quantity: the word's Greek letter has no Latin look-alike, or the rest of the
 * word is a unit.
 */
const quantity = /^[A-Za-z\d]{0,2}[ΔΩθλπφ][A-Za-z]{0,2}$|^μ(?:[smglLAVWFHNJMCT]|Hz|Pa|Sv|mol)$/u;

/** The look-alike scripts to which letters of the text belong. */
export function lookAlikeScripts(text: string): string[] {
  return lookAlikes.filter(([, letters]) => letters.test(text)).map(([name]) => name);
}

/**
 * Whether some or all letters of a word imitate Latin letters; undefined when the word does not
 * look Latin. `at` is the word's position in the text.
 */
export function disguiseOf(text: string, at: number, word: string): 'some' | 'all' | undefined {
  const [script, second] = lookAlikes.filter(([, letters]) => letters.test(word));
  if (script === undefined) return undefined;
  if (second !== undefined) return quantity.test(word) ? undefined : 'some';
  return looksLatin(word) && !isProse(text, at, word, script[1]) ? 'all' : undefined;
}

/**
 * Spells out the letters of a text that disguise words. In a word of several scripts, all letters
 * outside the word's first script are replaced. The first script is Latin when the word has a Latin
 * letter. In a word that looks Latin but has no Latin letter, all letters are replaced.
 * @param spell writes a replaced letter so that nobody takes it for another letter
 */
export function spellMixedWords(text: string, spell: (codePoint: number) => string): string {
  return text.replace(wordForm, (word, at: number) => {
    const disguise = disguiseOf(text, at, word);
    if (disguise === undefined) return word;
    const [first = ''] = lookAlikeScripts(word);
    const isForeign = (letter: string): boolean =>
      isLetter(letter) && (disguise === 'all' || isOfOther(letter, first));
    return Array.from(word, (letter) =>
      isForeign(letter) ? spell(letter.codePointAt(0) ?? 0) : letter,
    ).join('');
  });
}

function isOfOther(letter: string, script: string): boolean {
  const [own] = lookAlikeScripts(letter);
  return own !== undefined && own !== script;
}

function isLetter(sign: string): boolean {
  return /\p{L}/u.test(sign);
}

// A word of a single letter is a unit, a variable or a short word, not a name.
function looksLatin(word: string): boolean {
  const letters = [...word].filter(isLetter);
  return (
    letters.length > 1 &&
    letters.every((letter) => confusables.has(letter) || furtherLookAlikes.has(letter))
  );
}

/**
 * Whether a word that could be Latin stands in a line of the word's own language: another word of
 * the line has letters that no Latin word has. Words in an address, a path or a name with signs are
 * no prose.
 */
function isProse(text: string, at: number, word: string, script: RegExp): boolean {
  const end = at + word.length;
  if (
    !common.test(word) ||
    /[./@:\\~+=-]/.test(text.charAt(at - 1)) ||
    /^(?:[/@:\\~+=-]|\.\S)/.test(text.slice(end, end + 2))
  )
    return false;
  const [before = ''] = /[^\n]*$/.exec(text.slice(Math.max(0, at - lineCharsMax), at)) ?? [];
  const [behind = ''] = /^[^\n]*/.exec(text.slice(end, end + lineCharsMax)) ?? [];
  const others = `${before} ${behind}`.match(wordForm) ?? [];
  return others.some((other) => script.test(other) && isOwnWord(other));
}

function isOwnWord(word: string): boolean {
  return (
    lookAlikeScripts(word).length === 1 &&
    !looksLatin(word) &&
    [...word].filter(isLetter).length > 1
  );
}

/** The distance, in characters, within which neighbouring words are considered. */
const lineCharsMax = 200;

/**
 * Letters of other scripts that look like Latin letters (Unicode UTS #39, only the rows that matter
 * for English and for code).
 */
const pairs =
  'аa еe оo рp сc хx уy іi јj ѕs һh ԁd ԛq ԝw ɡg ӏl ѵv АA ВB ЕE КK МM НH ОO РP СC ТT ХX ІI ЅS ЈJ ՏS οo αa εe ιi κk νv ρp τt υu χx ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ѡw ꞵb ƅb ɩi ӀI';

export const confusables: ReadonlyMap<string, string> = new Map(
  pairs.split(' ').map((pair) => [pair.slice(0, -1), pair.slice(-1)]),
);
