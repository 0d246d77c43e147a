/**
 * How far something long has come: one line that is rewritten at a terminal, a line now and then
 * elsewhere. Never on stdout.
 */
import type { CommandContext } from '../command.ts';
import { printNote, safe, terminalSafe } from './output.ts';

export interface Progress {
  /** One more is done. */
  step(what: string): void;
  end(): void;
}

/** Elsewhere than at a terminal a line comes after each of so many parts of the whole. */
const linesElsewhere = 20;

export function startProgress(context: CommandContext, total: number, unit: string): Progress {
  const { stderr } = context;
  const atTerminal = stderr.isTTY === true && context.env.TERM !== 'dumb';
  const every = Math.max(1, Math.ceil(total / linesElsewhere));
  let done = 0;
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
      else if (done % every === 0 || done === total)
        printNote(context, safe`${done}/${total} ${unit}`);
    },
    end: () => {
      if (atTerminal && done > 0) stderr.write('\r\u001b[2K');
    },
  };
}
