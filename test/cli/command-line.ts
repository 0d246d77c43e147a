/** Runs a command line in the test's process: given files, input and network, it gives exit code and output. */
import { Readable, Writable } from 'node:stream';
import { runCommandLine } from '../../cli/main.ts';

export interface Said {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

export interface CommandLineWorld {
  /** `SKILLGATE_HOME`. */
  readonly home: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly fetch?: typeof fetch;
  readonly now?: () => Date;
}

export async function skill(world: CommandLineWorld, ...argv: readonly string[]): Promise<Said> {
  const said = { out: '', err: '' };
  const sink = (key: 'out' | 'err') =>
    new Writable({
      write(chunk, _, done) {
        said[key] += String(chunk);
        done();
      },
    });
  const noNetwork: typeof fetch = async () => {
    throw new TypeError('there is no network in this test');
  };
  const exit = await runCommandLine({
    argv,
    env: { SKILLGATE_HOME: world.home, NO_COLOR: '1', PATH: process.env.PATH, ...world.env },
    cwd: world.cwd ?? world.home,
    stdin: Readable.from(world.stdin === undefined ? [] : [Buffer.from(world.stdin)]),
    stdout: sink('out'),
    stderr: sink('err'),
    fetch: world.fetch ?? noNetwork,
    now: world.now ?? (() => new Date('2026-11-20T08:00:00Z')),
    signal: new AbortController().signal,
  });
  return { exit, ...said };
}
