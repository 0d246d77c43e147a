/** The name under which this program was called, for every command that it prints. */
import { basename, dirname } from 'node:path';
import { isOurs, programOnPath } from '../runner/files/path-programs.ts';
import { shellWord } from '../skills-index/skill/text/shell-word.ts';
import { commandWords } from './command-words.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Set by the function of `skillgate shell-init`: in that shell `skill` is this program, whatever is
 * on PATH.
 */
export const calledVariable = 'SKILLGATE_CALLED';

/**
 * `skillgate` always works. `skill` is printed only if the user called it and `skill` is this
 * program. On Debian, `skill` belongs to procps and sends signals to the processes that its
 * arguments name.
 * @param script path of the entry as given to Node
 * @param entry absolute path of `guard.js`
 */
export function calledNameOf(env: Environment, script: string, entry: string): string {
  if (env[calledVariable] === 'skill') return 'skill';
  if (env.npm_lifecycle_event === 'skill' && env.npm_package_name === 'skillgate')
    return npmName(env.INIT_CWD, dirname(dirname(entry)));
  const onPath = basename(script) === 'skill' ? programOnPath('skill', env.PATH) : undefined;
  return onPath !== undefined && isOurs(onPath, entry) ? 'skill' : 'skillgate';
}

// Outside the checkout, npm finds the script only by --prefix.
function npmName(startedIn: string | undefined, checkout: string): string {
  const isInside =
    startedIn === undefined || startedIn === checkout || startedIn.startsWith(`${checkout}/`);
  return isInside ? 'npm run -s skill --' : `npm --prefix ${shellWord(checkout)} run -s skill --`;
}

/**
 * The name, read once. Child processes do not get the variable, because the shell's function did
 * not call them.
 */
export function takeCalledName(env: NodeJS.ProcessEnv, script: string, entry: string): string {
  const name = calledNameOf(env, script, entry);
  delete env[calledVariable];
  return name;
}

// Our texts say `skillgate`, so a text that did not go through `asCalled` still works.
let current = 'skillgate';

export function setCalledName(name: string): void {
  current = name;
}

export function calledName(): string {
  return current;
}

/**
 * Replaces `skillgate` in commands by the called name: `skillgate agent show`. Only for our own
 * texts.
 */
export function asCalled(text: string): string {
  return current === 'skillgate' || !text.includes('skillgate ')
    ? text
    : text.replace(commandPattern, () => `${current} `);
}

const commandPattern = new RegExp(
  String.raw`(?<![\w./@-])skillgate (?=(?:${commandWords.join('|')})\b)`,
  'g',
);
