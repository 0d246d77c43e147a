/** A value typed at a terminal without echo. */

import { secretInputBytesMax } from '../../runner/secret-sources/secret-store.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext, InStream } from '../command.ts';
import { printLine, type Safe, safe } from './output.ts';

type Terminal = InStream & { setRawMode(raw: boolean): unknown };

/** Whether the stream is a terminal whose echo can be turned off. */
export function isQuietTerminal(stream: InStream): stream is Terminal {
  return stream.isTTY === true && typeof (stream as Partial<Terminal>).setRawMode === 'function';
}

/**
 * Asks on stderr and reads one line without echo.
 * @throws Problem `interrupted` at Ctrl-C or a signal, `secret-refused` when the line is too long
 */
export async function askHidden(
  { stderr, signal }: Pick<CommandContext, 'stderr' | 'signal'>,
  terminal: Terminal,
  question: Safe,
): Promise<string> {
  signal.throwIfAborted();
  // Raw mode turns the echo off, so the keys that end or erase a line are handled here. It starts
  // before the question, because pasted text arrives quickly.
  terminal.setRawMode(true);
  try {
    stderr.write(question.text);
    return await new Promise((resolve, reject) => {
      let typed = '';
      const decoder = new TextDecoder();
      const stop = (): void =>
        reject(new Problem('interrupted', 'Interrupted; nothing was stored'));
      signal.addEventListener('abort', stop, { once: true });
      terminal.on('end', () => resolve(typed));
      terminal.on('data', (chunk: Uint8Array | string) => {
        for (const key of typeof chunk === 'string'
          ? chunk
          : decoder.decode(chunk, { stream: true })) {
          if (key === '\u0003') stop();
          else if (key === '\r' || key === '\n' || key === '\u0004') resolve(typed);
          else if (key === '\u007f' || key === '\b')
            typed = Array.from(typed).slice(0, -1).join('');
          else if (key === '\u0015') typed = '';
          else if (typed.length < secretInputBytesMax) typed += key;
          else
            reject(
              new Problem(
                'secret-refused',
                `The secret is too long: it may have at most ${secretInputBytesMax} bytes`,
              ),
            );
        }
      });
      // A paused stream stays paused for a second question, even with a listener.
      terminal.resume();
    });
  } finally {
    terminal.removeAllListeners('data');
    terminal.setRawMode(false);
    terminal.pause();
    printLine(stderr, safe``);
  }
}
