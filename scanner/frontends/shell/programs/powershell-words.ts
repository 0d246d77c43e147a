/**
 * The words of a command line of PowerShell, as its parameters take them (about_PowerShell_exe,
 * about_Pwsh).
 */
import { joinWith, type ShellValue } from '../value.ts';

/** What a command line of PowerShell runs: a text, or a file with its arguments behind it. */
export interface PowershellWords {
  readonly code?: ShellValue;
  readonly file?: ShellValue;
  readonly rest: readonly ShellValue[];
}

/**
 * Reads the words. What follows `-Command` is the program, to the end of the line; without a
 * parameter, the first word begins the program, or names a script.
 */
export function powershellWords(words: readonly ShellValue[]): PowershellWords {
  for (let at = 0; at < words.length; at++) {
    const text = words[at]?.text ?? '';
    const name = /^[-/\u2013](\w+)$/.exec(text)?.[1]?.toLowerCase();
    if (name === undefined) {
      const rest = words.slice(at + 1);
      return /\.ps1$/i.test(text)
        ? { file: words[at] ?? emptyWord(words), rest }
        : { code: joinWith(words.slice(at), ' '), rest: [] };
    }
    if (isShort('command', name, 1) || isShort('commandwithargs', name, 8) || name === 'cwa')
      return { code: joinWith(words.slice(at + 1), ' '), rest: [] };
    const next = words[at + 1];
    if (isShort('file', name, 1) && next !== undefined)
      return { file: next, rest: words.slice(at + 2) };
    if (valued.some(([whole, least]) => isShort(whole, name, least)) || /^(ep|wd|ex)$/.test(name))
      at++;
  }
  return { rest: [] };
}

function emptyWord(words: readonly ShellValue[]): ShellValue {
  return joinWith(words.slice(0, 0), ' ');
}

// PowerShell takes the beginning of a parameter for the parameter.
function isShort(whole: string, name: string, least: number): boolean {
  return name.length >= least && whole.startsWith(name);
}

/** Parameters whose value follows, and the fewest letters that name them. */
const valued: readonly (readonly [string, number])[] = [
  ['executionpolicy', 2],
  ['windowstyle', 1],
  ['inputformat', 2],
  ['outputformat', 1],
  ['psconsolefile', 1],
  ['version', 1],
  ['configurationname', 6],
  ['configurationfile', 14],
  ['custompipename', 2],
  ['settingsfile', 2],
  ['workingdirectory', 2],
];
