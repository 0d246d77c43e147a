/**
 * Progress of a long task on stderr: one line that is rewritten at a terminal, and occasional lines
 * elsewhere.
 */
import type { CommandContext } from '../command.ts';
import { printNote, safe, terminalSafe } from './output.ts';

export interface Progress {
  /** Counts one more finished part. */
  step(what: string): void;
  end(): void;
}

/** Number of lines for the whole task, where stderr is no terminal. */
const linesElsewhere = 20;

/** Shortest time between two lines, where stderr is no terminal. */
const lineMilliseconds = 1_000;

export function startProgress(context: CommandContext, total: number, unit: string): Progress {
  const { stderr } = context;
  const atTerminal = stderr.isTTY === true && context.env.TERM !== 'dumb';
  const every = Math.max(1, Math.ceil(total / linesElsewhere));
  let done = 0;
  let last = performance.now();
  return {
    step: (what) => {
      done++;
      const columns = stderr.columns ?? 80;
      const line = `${done}/${total} ${unit}  ${terminalSafe(what)}`;
      if (atTerminal)
        stderr.write(
          `\r\u001b[2K${Array.from(line)
            .slice(0, columns - 1)
            .join('')}`,
        );
      else if (
        (done % every === 0 || done === total) &&
        performance.now() - last >= lineMilliseconds
      ) {
        last = performance.now();
        printNote(context, safe`${done}/${total} ${unit}`);
      }
    },
    end: () => {
      if (atTerminal && done > 0) stderr.write('\r\u001b[2K');
    },
  };
}
