/**
 * Command lines as real processes, each user with a home of their own; whatever was started is
 * ended with the test file.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { program } from '../built-program.ts';
import { compiledCode } from '../compiled-code.ts';

export interface Ended {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Serving {
  readonly base: string;
  readonly process: ChildProcess;
  /** What it has written to stderr so far. */
  err(): string;
  /** SIGTERM, and how it ended. */
  stop(): Promise<Ended>;
}

export interface Stage {
  readonly folder: string;
  /** `skill ARGV…` of a user, whose home is `folder/USER`. */
  skill(user: string, ...argv: string[]): Promise<Ended>;
  /** The same, and its JSON; fails when the exit code is not 0. */
  json<Answer = Record<string, unknown>>(user: string, ...argv: string[]): Promise<Answer>;
  /** `skillgate serve ARGV…`, or `skillgate up …` where that is the first word. */
  serve(user: string, ...argv: string[]): Promise<Serving>;
  write(files: Readonly<Record<string, string>>): void;
  /** Ends what still runs and removes the folder. */
  close(): Promise<void>;
}

/**
 * @param env further variables for every process; may be filled later
 * @param machineOf the words that start a program on a user's machine
 */
export function makeStage(
  env: Record<string, string> = {},
  machineOf: (user: string) => readonly string[] = () => [],
): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-road-'));
  const running = new Set<ChildProcess>();
  const start = (
    user: string,
    argv: readonly string[],
  ): { child: ChildProcess; ended: Promise<Ended>; err: () => string; out: () => string } => {
    const { PATH = '', LANG = 'C.UTF-8' } = process.env;
    const [file = '', ...words] = [...machineOf(user), ...program, ...argv];
    const child = spawn(file, words, {
      cwd: folder,
      env: {
        PATH,
        LANG,
        HOME: folder,
        TMPDIR: tmpdir(),
        SKILLGATE_HOME: join(folder, user),
        ...compiledCode,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (exit) => {
        running.delete(child);
        resolve({ exit, out, err });
      });
    });
    return { child, ended, err: () => err, out: () => out };
  };
  const skill: Stage['skill'] = (user, ...argv) => start(user, argv).ended;
  return {
    folder,
    skill,
    json: async (user, ...argv) => {
      const { exit, out, err } = await skill(user, ...argv, '--format', 'json');
      if (exit !== 0) throw new Error(`skillgate ${argv.join(' ')}: exit ${exit}\n${out}${err}`);
      return JSON.parse(out);
    },
    serve: async (user, ...argv) => {
      const port = argv.includes('--port') ? [] : ['--port', '0'];
      const line = argv[0] === 'up' ? argv : ['serve', ...argv, ...port];
      const { child, ended, err, out } = start(user, [...line, '--format', 'json']);
      while (!out().includes('\n')) {
        const early = await Promise.race([
          ended,
          new Promise<undefined>((resolve) => setTimeout(resolve, 25, undefined)),
        ]);
        if (early !== undefined) throw new Error(`skillgate serve ended: ${early.err}`);
      }
      return {
        base: String(JSON.parse(out().split('\n')[0] ?? '').base),
        process: child,
        err,
        stop: () => {
          child.kill('SIGTERM');
          return ended;
        },
      };
    },
    write: (files) => {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
    },
    close: async () => {
      for (const child of running) child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
