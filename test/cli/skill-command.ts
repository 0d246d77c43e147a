/** A command line of one user: `SKILLGATE_HOME` and what else the installer's tests vary. */
import { skill as commandLine, type Given } from './command-line.ts';

export interface Said {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

export interface User {
  /** `SKILLGATE_HOME`. */
  readonly home: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly fetch?: typeof fetch;
  readonly now?: () => Date;
  readonly signal?: AbortSignal;
}

export async function skill(user: User, ...argv: readonly string[]): Promise<Said> {
  const given: Given = {
    env: { SKILLGATE_HOME: user.home, NO_COLOR: '1', PATH: process.env.PATH, ...user.env },
    cwd: user.cwd ?? user.home,
    now: user.now ?? (() => new Date('2026-11-20T08:00:00Z')),
    ...(user.stdin === undefined ? {} : { input: user.stdin }),
    ...(user.signal === undefined ? {} : { signal: user.signal }),
    ...(user.fetch === undefined ? {} : { fetch: user.fetch }),
  };
  const { exit, stdout, stderr } = await commandLine(argv, given);
  return { exit, out: stdout, err: stderr };
}
