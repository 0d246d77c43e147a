/** Input that was piped into a command which gives its skill none: said, and not read. */
import { fstatSync } from 'node:fs';
import { calledName } from '../called-name.ts';
import type { CommandContext, InStream } from '../command.ts';
import { printNote, safe } from '../terminal/output.ts';

/** @param command such as `try` */
export function printPipedInputNote(context: CommandContext, command: 'run' | 'try'): void {
  if (context.format !== 'text' || !isPiped(context.stdin)) return;
  printNote(
    context,
    safe`note: the skill got no input; to pass the piped input to the skill, add --stdin: ${calledName()} ${command} --stdin …`,
  );
}

// A pipe of a shell, or a file with something in it. Programs that start others often leave a
// socket or an empty device there.
function isPiped(stdin: InStream & { readonly fd?: number }): boolean {
  if (stdin.isTTY === true || stdin.fd === undefined) return false;
  try {
    const stats = fstatSync(stdin.fd);
    return stats.isFIFO() || (stats.isFile() && stats.size > 0);
  } catch {
    return false;
  }
}
