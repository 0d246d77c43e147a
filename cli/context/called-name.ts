/**
 * The name under which this program was called, for every line that it prints for somebody to type.
 */
import { basename } from 'node:path';
import * as files from '../../runner/files/public.ts';
import { commandWords } from '../command-words.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the function of `skillgate shell-init` sets: in that shell `skill` is this program, whatever
 * lies on PATH.
 */
export const calledVariable = 'SKILLGATE_CALLED';

/**
 * `skillgate` always works. `skill` is printed only to who called it so, and where `skill` is this
 * program: on Debian it is procps', which sends signals to processes that are named like the words
 * after it.
 * @param script the path under which Node was given the entry
 * @param entry absolute path of `guard.js`
 */
export function calledNameOf(env: Environment, script: string, entry: string): string {
  if (env[calledVariable] === 'skill') return 'skill';
  if (env.npm_lifecycle_event === 'skill' && env.npm_package_name === 'skillgate')
    return 'npm run -s skill --';
  const onPath = basename(script) === 'skill' ? files.programOnPath('skill', env.PATH) : undefined;
  return onPath !== undefined && files.isOurs(onPath, entry) ? 'skill' : 'skillgate';
}

/**
 * The name, read once. Programs that this one starts were not called by that function of the shell,
 * so they do not get its variable.
 */
export function takeCalledName(env: NodeJS.ProcessEnv, script: string, entry: string): string {
  const name = calledNameOf(env, script, entry);
  delete env[calledVariable];
  return name;
}

// One process is called once. Our own texts say `skillgate`, so a text that nobody passes through
// `asCalled` is still a line that works.
let current = 'skillgate';

export function setCalledName(name: string): void {
  current = name;
}

export function calledName(): string {
  return current;
}

/**
 * Text of our own, its commands under the name that was called: `skillgate agent list`. Not for
 * text of others.
 */
export function asCalled(text: string): string {
  return current === 'skillgate' || !text.includes('skillgate ')
    ? text
    : text.replace(commandPattern, `${current} `);
}

const commandPattern = new RegExp(
  String.raw`(?<![\w./@-])skillgate (?=(?:${commandWords.join('|')})\b)`,
  'g',
);
