/** What a script of GNU sed runs: `e` with the rest of its line, and the flag `e` of `s`. */

/** The commands that a script runs; an empty one runs lines of the input. */
export function sedCommands(script: string): readonly string[] {
  const found: string[] = [];
  let at = 0;
  while (at < script.length && found.length < commandsMax) {
    const from = at + matchAt(address, script, at).length;
    const command = script[from];
    if (command === undefined) break;
    const behind = from + 1;
    if (command === 's' || command === 'y') {
      const { replacement, end } = delimited(script, behind);
      const flags = command === 's' ? matchAt(flag, script, end) : '';
      if (flags.includes('e')) found.push(replacement);
      // A file name ends with its line.
      at = end + (flags.includes('w') ? matchAt(line, script, end) : flags).length;
    } else if (command === 'e') {
      // A word that begins with the letter is no command but a file.
      const rest = matchAt(run, script, behind);
      if (rest !== '' || behind === script.length) found.push(rest.replace(/^;/, '').trim());
      at = behind + Math.max(rest.length, 1);
    } else if (toLineEnd.test(command)) at = behind + matchAt(line, script, behind).length;
    else if (labelled.test(command)) at = behind + matchAt(label, script, behind).length;
    else if (single.test(command)) at = behind + matchAt(count, script, behind).length;
    else break;
  }
  return found;
}

// The pattern is sticky, so that a long script is not cut for each command.
function matchAt(pattern: RegExp, script: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(script)?.[0] ?? '';
}

// The lines that a command is for: `1,2`, `/./!`, `$`, `\,x,`, and brackets in front.
const address =
  /(?:[\s;{}!,]|\d{1,6}|\$|\/(?:[^/\\\n]|\\.){0,200}\/[IM]?|\\([^\n\\])(?:(?!\1)[^\n]){0,200}\1[IM]?|[+~]\d{1,6})*/y;
const flag = /\w*/y;
const line = /[^\n]*/y;
const label = /[^;}\n]*/y;
const count = /\s*\d*/y;
const run = /[ \t][^\n]*|[;\n]/y;
const toLineEnd = /[aic#rRwW]/;
const labelled = /[:btT]/;
const single = /[dDgGhHnNpPxlLqQFz=]/;
const commandsMax = 64;
const bracketCharsMax = 400;

// The second part of `s/…/…/`, up to a delimiter that is not escaped and in no `[…]` of the
// pattern.
function delimited(script: string, from: number): { replacement: string; end: number } {
  const delimiter = script[from] ?? '';
  const pattern = partEnd(script, from + 1, delimiter, true);
  const end = partEnd(script, pattern + 1, delimiter, false);
  const replacement = script.slice(pattern + 1, end).replaceAll(`\\${delimiter}`, delimiter);
  return { replacement, end: Math.min(end + 1, script.length) };
}

function partEnd(script: string, from: number, delimiter: string, isPattern: boolean): number {
  for (let at = from; at < script.length; at++) {
    if (script[at] === '\\') at++;
    else if (script[at] === delimiter) return at;
    else if (isPattern && script[at] === '[') {
      const skipped = script[at + 1] === '^' ? 3 : 2;
      const end = script.slice(at + skipped, at + bracketCharsMax).indexOf(']');
      if (end >= 0) at += skipped + end;
    }
  }
  return script.length;
}
