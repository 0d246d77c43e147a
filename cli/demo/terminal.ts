/**
 * A person at a terminal, played by the demo: a pseudo-terminal, and a line that is typed at each
 * question.
 */
import type { ChildProcess } from 'node:child_process';

// pty.spawn copies between its own stdin and the terminal. Python exits with the child's status.
const onTerminal =
  'import os,pty,sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

/** Program and arguments that start a command in its own terminal. */
export function atTerminal(argv: readonly string[]): [program: string, args: string[]] {
  return ['python3', ['-c', onTerminal, ...argv]];
}

/** Lines that a person types, each when its question appears. */
export type PromptAnswers = readonly { readonly question: string; readonly line: string }[];

/** Types each line when its question appears. */
export function typeAnswers(child: ChildProcess, answers: PromptAnswers): void {
  const remaining = [...answers];
  let output = '';
  let answeredTo = 0;
  child.stdout?.on('data', (chunk: Buffer | string) => {
    output += chunk.toString();
    const [next] = remaining;
    const at = next === undefined ? -1 : output.indexOf(next.question, answeredTo);
    if (next === undefined || at === -1) return;
    answeredTo = at + next.question.length;
    remaining.shift();
    child.stdin?.write(`${next.line}\n`);
  });
}
