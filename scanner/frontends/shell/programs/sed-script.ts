/** What a script of GNU sed runs: `e` with the rest of its line, and the flag `e` of `s`. */

/** The commands that a script runs; an empty one runs lines of the input. */
export function sedCommands(script: string): readonly string[] {
  const found: string[] = [];
  let at = 0;
  while (at < script.length && found.length < commandsMax) {
    const from = at + (address.exec(script.slice(at))?.[0].length ?? 0);
    const command = script[from];
    if (command === undefined) break;
    const rest = /^[^\n]*/.exec(script.slice(from + 1))?.[0] ?? '';
    if (command === 's' || command === 'y') {
      const { parts, end } = delimited(script, from + 1);
      const [flags = ''] = command === 's' ? (/^\w*/.exec(script.slice(end)) ?? []) : [];
      if (flags.includes('e')) found.push(parts[1] ?? '');
      // A file name ends with its line.
      const written = /^[^\n]*/.exec(script.slice(end))?.[0].length ?? 0;
      at = end + (flags.includes('w') ? written : flags.length);
    } else if (command === 'e') {
      // A word that begins with the letter is no command but a file.
      if (/^(?:\s|;|$)/.test(rest)) found.push(rest.replace(/^;.*/s, '').trim());
      at = from + 1 + (rest.startsWith(';') ? 0 : rest.length);
    } else if (toLineEnd.test(command)) at = from + 1 + rest.length;
    else if (labelled.test(command)) at = from + 1 + (/^[^;}\n]*/.exec(rest)?.[0].length ?? 0);
    else if (single.test(command)) at = from + 1 + (/^\s*\d*/.exec(rest)?.[0].length ?? 0);
    else break;
  }
  return found;
}

// The lines that a command is for: `1,2`, `/./!`, `$`, `\,x,`, and brackets in front.
const address =
  /^(?:[\s;{}!,]|\d{1,6}|\$|\/(?:[^/\\\n]|\\.){0,200}\/[IM]?|\\([^\n\\])(?:(?!\1)[^\n]){0,200}\1[IM]?|[+~]\d{1,6})*/;
const toLineEnd = /[aic#rRwW]/;
const labelled = /[:btT]/;
const single = /[dDgGhHnNpPxlLqQFz=]/;
const commandsMax = 64;

// The two parts of `s/…/…/`, up to delimiters that are not escaped and in no `[…]` of the pattern.
function delimited(script: string, from: number): { parts: readonly string[]; end: number } {
  const delimiter = script[from] ?? '';
  const pattern = partEnd(script, from + 1, delimiter, true);
  const replacement = partEnd(script, pattern + 1, delimiter, false);
  const parts = [script.slice(from + 1, pattern), script.slice(pattern + 1, replacement)];
  return { parts, end: Math.min(replacement + 1, script.length) };
}

function partEnd(script: string, from: number, delimiter: string, isPattern: boolean): number {
  for (let at = from; at < script.length; at++) {
    if (script[at] === '\\') at++;
    else if (script[at] === delimiter) return at;
    else if (isPattern && script[at] === '[') {
      const end = script.indexOf(']', at + (script[at + 1] === '^' ? 3 : 2));
      if (end > 0) at = end;
    }
  }
  return script.length;
}
