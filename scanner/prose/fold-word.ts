/** Words of texts in the form of the phrase tables. */

/** A word in the form of the tables: lower case, no accents, one form of apostrophe. */
export function foldWord(word: string): string {
  const lower = word.toLowerCase();
  return /^[\x20-\x7e]*$/.test(lower)
    ? lower
    : lower
        .normalize('NFD')
        .replace(/[\u0300-\u036f]/g, '')
        .replace(/’/g, "'")
        .normalize('NFC');
}

/** The words of a joined one: "l'utilisateur" is two, "don't" is one. */
export function splitElision(word: string): string[] {
  if (!word.includes("'")) return [word];
  const [, article, rest] = /^(qu|[cdjlmnst])'(.+)$/.exec(word) ?? [];
  return article === undefined || rest === undefined ? [word] : [article, rest];
}
