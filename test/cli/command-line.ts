/** Runs a command line in this process, with streams that are read back. */
import { PassThrough, Readable } from 'node:stream';
import { type CommandWorld, runCommandLine } from '../../cli/command-line.ts';

export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Given = Partial<Omit<CommandWorld, 'argv' | 'stdout' | 'stderr'>> & {
  readonly input?: string;
  readonly terminal?: boolean;
};

/** A registry that nobody started. */
export const noRegistry: typeof fetch = async () => {
  throw new TypeError('fetch failed');
};

/** `skillgate ARGV…`; without `fetch` there is no network. */
export async function skill(argv: readonly string[], given: Given = {}): Promise<Ran> {
  const stdout = Object.assign(new PassThrough(), { isTTY: given.terminal === true, columns: 80 });
  const stderr = Object.assign(new PassThrough(), { isTTY: given.terminal === true, columns: 80 });
  const read = [textOf(stdout), textOf(stderr)] as const;
  const exit = await runCommandLine({
    argv,
    called: given.called ?? 'skillgate',
    env: given.env ?? {},
    cwd: given.cwd ?? '/nowhere',
    stdin:
      given.stdin ??
      Object.assign(Readable.from(given.input === undefined ? [] : [given.input]), {
        isTTY: given.terminal === true,
      }),
    stdout,
    stderr,
    fetch: given.fetch ?? noRegistry,
    ...(given.send && { send: given.send }),
    now: given.now ?? (() => new Date('2026-11-20T12:00:00Z')),
    signal: given.signal ?? new AbortController().signal,
  });
  stdout.end();
  stderr.end();
  return { exit, stdout: await read[0], stderr: await read[1] };
}

async function textOf(stream: PassThrough): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
