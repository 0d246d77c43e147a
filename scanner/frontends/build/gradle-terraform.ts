/**
 * Commands of Gradle and Terraform. No front end reads these languages whole, so the file counts as
 * not analysed besides. Sources: docs.gradle.org "Exec"; developer.hashicorp.com "local-exec
 * Provisioner", "external Data Source".
 */

import { CommandLines, shellWord } from './command-lines.ts';

const commandCharsMax = 2_000;
const gradleStart = /\bcommandLine\s{0,9}[(=]?\s{0,9}(?:listOf\()?\[?(?=["'])/g;
const terraformStart = /\b(?:command|program)\s{0,40}=\s{0,40}/g;

/** The commands of a script of Gradle. */
export function gradleCommands(text: string): CommandLines {
  return commandsBehind(text, gradleStart, (rest) =>
    quotedWords(/^[^\])\n]*/.exec(rest)?.[0] ?? '').join(' '),
  );
}

/** The commands of a file of Terraform. */
export function terraformCommands(text: string): CommandLines {
  return commandsBehind(text, terraformStart, (rest) => {
    if (rest.startsWith('[')) return quotedWords(rest.slice(1).split(']')[0] ?? '').join(' ');
    const mark = /^<<-?(\w{1,40})[^\n]{0,9}\n/.exec(rest);
    if (mark === null) return unquoted(/^"(?:[^"\\]|\\.)*"/.exec(rest)?.[0]) ?? '';
    const body = rest.slice(mark[0].length);
    const end = body.search(new RegExp(`^\\s{0,80}${mark[1]}\\s*$`, 'm'));
    return end < 0 ? body : body.slice(0, end);
  });
}

function commandsBehind(
  text: string,
  start: RegExp,
  command: (rest: string) => string,
): CommandLines {
  const found = new CommandLines();
  for (const match of text.matchAll(start)) {
    if (found.unread !== undefined) break;
    const at = match.index + match[0].length;
    found.add(at, [command(text.slice(at, at + commandCharsMax))]);
  }
  return found;
}

function quotedWords(text: string): string[] {
  return (text.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g) ?? []).map((word) =>
    shellWord(unquoted(word) ?? ''),
  );
}

function unquoted(word: string | undefined): string | undefined {
  return word
    ?.slice(1, -1)
    .replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
}
