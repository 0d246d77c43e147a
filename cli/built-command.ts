/**
 * The programs of commands that people and agents wait for: one file each, made by `npm run build`.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runBuiltFile } from './kept-code.ts';

type Program = typeof import('./command-line.ts');

/** The file of each command; `.ci/bundle.mjs` lists what is in a file. */
const files: Readonly<Record<string, string>> = {
  run: 'agents',
  mcp: 'agents',
  'agent run': 'agents',
  install: 'install',
  update: 'install',
  ci: 'install',
  publish: 'author',
  scan: 'author',
  help: 'help',
  '--help': 'help',
};

// A command that ends early has not called all functions that it usually needs.
const partial: readonly string[] = ['--help', '-h', '--plan', '--dry-run'];

/**
 * Loads the program of a command.
 * @param folder of compiled code. No other user may write to it.
 * @param programs the folder of the built programs
 * @returns undefined for other commands, and in a checkout
 */
export function builtCommand(
  argv: readonly string[],
  folder: string,
  programs = fileURLToPath(new URL('.', import.meta.url)),
): Program | undefined {
  const [first = '', second = ''] = argv;
  const command = first === 'agent' ? `${first} ${second}` : first;
  if (!Object.hasOwn(files, command)) return undefined;
  const file = `${programs}/${files[command]}.cjs`;
  if (!existsSync(file)) return undefined;
  const { exports, wasKept, keep } = runBuiltFile<Program>(file, `${folder}/${first}.code`);
  // A successful command has called all functions that it needs.
  if (!wasKept && !argv.some((word) => partial.includes(word)))
    process.once('exit', (code) => code === 0 && keep());
  return exports;
}
