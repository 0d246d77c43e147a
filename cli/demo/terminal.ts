/**
 * A person at a terminal, as the demo plays them: a pseudo-terminal of this host, and a line typed
 * at each question.
 */
import type { ChildProcess } from 'node:child_process';

// pty.spawn copies between its own stdin and the terminal; the exit status is the child's.
const onTerminal =
  'import os,pty,sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

/** Program and arguments that start a command at a terminal of its own. */
export function atTerminal(argv: readonly string[]): [program: string, args: string[]] {
  return ['python3', ['-c', onTerminal, ...argv]];
}

/** Types each line when its question is shown. */
export function typeAnswers(
  child: ChildProcess,
  answers: readonly (readonly [asked: string, line: string])[],
): void {
  const left = [...answers];
  let shown = '';
  let seen = 0;
  child.stdout?.on('data', (chunk: Buffer | string) => {
    shown += chunk.toString();
    const [next] = left;
    const at = next === undefined ? -1 : shown.indexOf(next[0], seen);
    if (next === undefined || at === -1) return;
    seen = at + next[0].length;
    left.shift();
    child.stdin?.write(`${next[1]}\n`);
  });
}
