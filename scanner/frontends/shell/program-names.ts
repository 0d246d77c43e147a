/** Which program a word of a command names. */
import { basename } from 'node:path/posix';
import { own as row } from '../../lookup-tables/api.ts';
import { networkPrograms } from '../../lookup-tables/network-programs.ts';
import { interpreters, utilities, wrappers } from '../../lookup-tables/shell.ts';
import { isBuiltin } from './builtins.ts';
import { globFits } from './glob.ts';
import type { ShellValue } from './value.ts';

/** `$(brew --prefix)/bin/curl` is curl, unless the folder comes from outside. */
export function shownName({ text, decoded, taints }: ShellValue): string {
  const [, name = ''] = nameBehind.exec(text) ?? [];
  const isFetched = decoded || taints.some(({ source }) => source.what === 'network');
  return !isFetched && isKnownProgram(name) ? name : '*';
}

/** The name of a program behind its folder. */
export const nameBehind = /\/([\w.-]+)$/;

/** Whether a table or the shell itself has the program. */
export function isKnownProgram(name: string): boolean {
  const tables = [networkPrograms, interpreters, utilities, wrappers];
  return isBuiltin(name) || tables.some((table) => row<unknown>(table, name) !== undefined);
}

/** The program that a word names, which may be a pattern. */
export function programName(text: string): string {
  const name = basename(text.replace(/\.exe$/i, '')) || text;
  if (!/[?*[]/.test(name) || name.length > 40 || /^\[{1,2}$/.test(name)) return name;
  // `/b?n/c[u]rl`: a pattern that matches a program of interest.
  return (
    [...Object.keys(networkPrograms), ...Object.keys(interpreters)].find((known) =>
      globFits(name, known),
    ) ?? name
  );
}

/** `python3` for `python3.12`. */
export function interpreterName(name: string): string {
  return name.replace(/^(python)3\.\d+$/, '$13').replace(/^(ruby|perl|php|lua)[\d.]+$/, '$1');
}
