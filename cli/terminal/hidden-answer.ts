/** A value typed at a terminal that shows none of it. */

import * as secrets from '../../runner/secret-sources/public.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext, InStream } from '../command.ts';
import { printLine, type Safe, safe } from './output.ts';

type Terminal = InStream & { setRawMode(raw: boolean): unknown };

/** Whether it is a terminal that can be told to show nothing. */
export function isQuietTerminal(stream: InStream): stream is Terminal {
  return stream.isTTY === true && typeof (stream as Partial<Terminal>).setRawMode === 'function';
}

/**
 * Asks on stderr and reads one line, of which nothing is shown.
 * @throws Problem `interrupted` at Ctrl-C or a signal, `secret-refused` when it has no end
 */
export async function askHidden(
  { stderr, signal }: Pick<CommandContext, 'stderr' | 'signal'>,
  terminal: Terminal,
  question: Safe,
): Promise<string> {
  signal.throwIfAborted();
  // Raw, so that the terminal shows nothing: what it does with these keys is done here. Before the
  // question: who pastes is quick.
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
          else if (typed.length < secrets.secretInputBytesMax) typed += key;
          else
            reject(
              new Problem(
                'secret-refused',
                `The secret is too long: it may have at most ${secrets.secretInputBytesMax} bytes`,
              ),
            );
        }
      });
      // A second question in the same process: a stream that was paused stays so, listener or not.
      terminal.resume();
    });
  } finally {
    terminal.removeAllListeners('data');
    terminal.setRawMode(false);
    terminal.pause();
    printLine(stderr, safe``);
  }
}
