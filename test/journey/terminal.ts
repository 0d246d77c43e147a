/**
 * A command at a real terminal: a pseudo-terminal of this host, with what a person types once they
 * are asked.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { guard } from '../built-program.ts';
import { compiledCode } from '../compiled-code.ts';

const quiet = { PATH: process.env.PATH ?? '', NO_COLOR: '1', ...compiledCode };
// pty.spawn copies between its own stdin and the terminal; the exit status is the child's.
const onTerminal =
  'import os,pty,sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

export interface Typed {
  readonly exit: number | null;
  readonly shown: string;
}

/** `skill ARGV…`; each line is typed when its question is shown. */
export function atTerminal(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  typed: readonly (readonly [asked: string, line: string])[],
): Promise<Typed> {
  return commandAtTerminal([process.execPath, guard, ...argv], env, typed);
}

/** The same for any command, such as a line in a shell. */
export async function commandAtTerminal(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  typed: readonly (readonly [asked: string, line: string])[],
): Promise<Typed> {
  const child = spawn('python3', ['-c', onTerminal, ...command], {
    // A pager waits for a key, and nobody types one.
    env: { ...quiet, TERM: 'xterm', PAGER: 'cat', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const left = [...typed];
  let shown = '';
  let seen = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    const [next] = left;
    const at = next === undefined ? -1 : shown.indexOf(next[0], seen);
    if (next === undefined || at === -1) return;
    seen = at + next[0].length;
    left.shift();
    child.stdin.write(`${next[1]}\n`);
  });
  const [exit] = (await once(child, 'close')) as [number | null];
  return { exit, shown };
}

/** The same where there is no terminal: as an agent's shell starts it. */
export async function withoutTerminal(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Typed> {
  const child = spawn(process.execPath, [guard, ...argv], {
    env: { ...quiet, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let shown = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
    });
  const [exit] = (await once(child, 'close')) as [number | null];
  return { exit, shown };
}
