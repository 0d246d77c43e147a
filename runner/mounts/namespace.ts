/**
 * A mount namespace of a run, which has no name and goes with the runner: a script mounts there as
 * root, and answers with lines.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { text } from 'node:stream/consumers';

export interface InNamespace<Result> {
  /**
   * For `/bin/sh -c`; it prints `ready` when its mounts are there, then waits for the end of its
   * input.
   */
  readonly script: string;
  readonly args: readonly string[];
  /** Descriptors that the script has as 4 and up; 3 is the namespace that it was started in. */
  readonly descriptors: readonly number[];
  /** Descriptor of the namespace to enter; absent for a new one. */
  readonly into: number | undefined;
  /**
   * While the namespace can be reached: where its files are found from outside, and what the script
   * printed.
   */
  readonly act: (root: string, said: string) => Result;
}

/** Answers with why not where it cannot be. */
export async function mountInNamespace<Result>({
  script,
  args,
  descriptors,
  into,
  act,
}: InNamespace<Result>): Promise<{ readonly namespace: number; readonly result: Result } | string> {
  const enter =
    into === undefined
      ? ['/usr/bin/unshare', '--mount', '--propagation', 'private']
      : ['/usr/bin/nsenter', '--mount=/proc/self/fd/3'];
  const [program = '', ...rest] = [...enter, '--', '/bin/sh', '-c', script, 'sh', ...args];
  const child = spawn(program, rest, {
    env: {},
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe', into ?? 'ignore', ...descriptors],
  }) as ChildProcessWithoutNullStreams;
  const ended = new Promise<void>(
    (resolve) => void child.on('error', () => resolve()).on('close', () => resolve()),
  );
  const complaint = text(child.stderr).catch(() => '');
  let said = '';
  const ready = new Promise<boolean>((resolve) =>
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
      if (/^ready$/m.test(said)) resolve(true);
    }),
  );
  try {
    if ((await Promise.race([ready, ended])) !== true)
      return (await complaint).trim() || 'no overlay can be mounted';
    const result = act(`/proc/${child.pid}/root`, said);
    return { namespace: into ?? fs.openSync(`/proc/${child.pid}/ns/mnt`, 'r'), result };
  } finally {
    child.stdin.end();
    await ended;
  }
}
