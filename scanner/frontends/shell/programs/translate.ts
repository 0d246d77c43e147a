/** `tr` (POSIX): characters for others, deleted, or only some kept. */

/** What tr makes of a text; undefined for sets it cannot be computed for. */
export function translate(text: string, words: readonly string[]): string | undefined {
  const options = words.filter((word) => /^-[a-zA-Z]+$/.test(word)).join('');
  const [from, to] = words.filter((word) => !/^-[a-zA-Z]+$/.test(word)).map(setOf);
  if (from === undefined) return undefined;
  const complements = /[cC]/.test(options);
  const isIn = (character: string): boolean => from.includes(character) !== complements;
  if (options.includes('d')) return [...text].filter((character) => !isIn(character)).join('');
  const last = to?.at(-1);
  if (to === undefined || last === undefined)
    return options.includes('s') ? squeezed(text, isIn) : undefined;
  const made = [...text].map((character) => {
    if (!isIn(character)) return character;
    return complements ? last : (to[from.indexOf(character)] ?? last);
  });
  return made.join('');
}

function squeezed(text: string, isIn: (character: string) => boolean): string {
  return [...text]
    .filter((character, at, all) => at === 0 || character !== all[at - 1] || !isIn(character))
    .join('');
}

// Ranges, classes, escapes.
function setOf(written: string): string[] | undefined {
  const set = written
    .replace(/\[:(\w{5,6}):\]/g, (_, name: string) => classes[name] ?? '')
    .replace(/\\([nrt\\]|[0-7]{1,3})/g, (_, code: string) =>
      code === 'n'
        ? '\n'
        : code === 'r'
          ? '\r'
          : code === 't'
            ? '\t'
            : code === '\\'
              ? '\\'
              : String.fromCharCode(Number.parseInt(code, 8) & 255),
    );
  if (/\[[.=]/.test(set) || set === '') return undefined;
  const found: string[] = [];
  const characters = [...set];
  for (let at = 0; at < characters.length; at++) {
    const [first = '', dash, end] = characters.slice(at, at + 3);
    if (dash !== '-' || end === undefined || end.charCodeAt(0) < first.charCodeAt(0))
      found.push(first);
    else {
      for (
        let code = first.charCodeAt(0);
        code <= Math.min(end.charCodeAt(0), first.charCodeAt(0) + 255);
        code++
      )
        found.push(String.fromCharCode(code));
      at += 2;
    }
  }
  return found;
}

const classes: Readonly<Record<string, string>> = {
  upper: 'A-Z',
  lower: 'a-z',
  digit: '0-9',
  alpha: 'A-Za-z',
  alnum: 'A-Za-z0-9',
  space: ' \t\n\r',
  blank: ' \t',
  punct: '!-/:-@[-`{-~',
};
