/**
 * Connects a session with the person's terminal: keys and sizes go in as frames, and filtered text
 * comes out. The terminal is as before when the session ends, also after a crash.
 */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { isQuietTerminal } from '../terminal/hidden-answer.ts';
import { ScreenFilter } from '../terminal/screen-filter.ts';

/** Milliseconds that a terminal has, at a session's end, to answer what the session asked it. */
const terminalDrainMillis = 300;

interface AtTerminal {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly onStderr: (chunk: Uint8Array) => void;
  /** Aborts when the person typed Ctrl-] three times. */
  readonly left: AbortSignal;
  close(): Promise<void>;
}

/** The name of the person's terminal for programs inside, such as `xterm-256color`. */
export function terminalName({ env }: Pick<CommandContext, 'env'>): string {
  const name = env.TERM ?? '';
  return /^[A-Za-z0-9][A-Za-z0-9._+-]{0,40}$/.test(name) && name !== 'dumb' ? name : 'xterm';
}

/** @throws Problem `usage` without a terminal */
export function requireTerminal({ format, stdin, stdout }: CommandContext): void {
  if (format === 'text' && stdout.isTTY === true && isQuietTerminal(stdin)) return;
  throw new Problem('usage', 'Cannot use -t: input and output are no terminal', {
    hint: 'leave out -t, or type the command at a terminal',
  });
}

/** Takes the terminal over. The caller closes it. */
export function openTerminal(context: CommandContext): AtTerminal {
  const { stdin, stdout } = context;
  requireTerminal(context);
  if (!isQuietTerminal(stdin)) throw new Problem('usage', 'Cannot use -t: there is no terminal');
  const frames = new Frames();
  const left = new AbortController();
  const decoder = new TextDecoder();
  const filter = new ScreenFilter();
  const sendSize = (): void => frames.push('w', sizeOf(stdout));
  let leaving = 0;
  const onKeys = (chunk: Uint8Array | string): void => {
    const bytes = Buffer.from(chunk);
    for (const byte of bytes) {
      leaving = byte === leaveKey ? leaving + 1 : 0;
      if (leaving === leaveKeys) left.abort();
    }
    frames.push('d', bytes);
  };
  // A process that ends at once, as after a second signal, leaves no raw terminal behind.
  const restore = (): void => {
    stdin.setRawMode(false);
    stdout.write(filter.reset());
  };
  process.once('exit', restore);
  sendSize();
  stdin.setRawMode(true);
  stdin.on('data', onKeys).resume();
  stdout.on('resize', sendSize);
  const show = (chunk: Uint8Array): void => {
    stdout.write(filter.push(decoder.decode(chunk, { stream: true })));
  };
  const close = async (): Promise<void> => {
    stdout.off('resize', sendSize);
    stdin.off('data', onKeys);
    frames.end();
    stdout.write(filter.reset());
    await drain(context);
    process.off('exit', restore);
    stdin.setRawMode(false);
    stdin.pause();
  };
  return { stdin: frames, onStdout: show, onStderr: show, left: left.signal, close };
}

/** Ctrl-], as telnet has it. */
const leaveKey = 0x1d;
const leaveKeys = 3;

// The terminal answers questions in their order. So when the answer to a last question has come,
// no earlier answer can arrive later and be typed into the person's shell.
async function drain({ stdin, stdout }: CommandContext): Promise<void> {
  let seen = '';
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stdin.off('data', look);
      resolve();
    };
    const look = (chunk: Uint8Array | string): void => {
      seen = `${seen}${Buffer.from(chunk).toString('latin1')}`.slice(-16);
      if (seen.includes('\x1b[0n')) done();
    };
    const timer = setTimeout(done, terminalDrainMillis);
    stdin.on('data', look).resume();
    stdout.write('\x1b[5n');
  });
}

// A terminal that does not know its size says 0.
function sizeOf(stdout: CommandContext['stdout']): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16BE(clamp(stdout.rows || 24), 0);
  size.writeUInt16BE(clamp(stdout.columns || 80), 2);
  return size;
}

function clamp(count: number): number {
  return Math.min(Math.max(Math.trunc(count), 1), 1_000);
}

/** Frames for the program in the sandbox that has the terminal. */
class Frames implements AsyncIterable<Uint8Array> {
  readonly #waiting: Uint8Array[] = [];
  #ended = false;
  #wake = (): void => undefined;

  push(kind: 'd' | 'w', body: Buffer): void {
    const head = Buffer.alloc(5, kind);
    head.writeUInt32BE(body.length, 1);
    this.#waiting.push(Buffer.concat([head, body]));
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    while (true) {
      const next = this.#waiting.shift();
      if (next !== undefined) yield next;
      else if (this.#ended) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
