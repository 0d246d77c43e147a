/**
 * Makes or enters the mount namespace of a run. A script mounts folders in the namespace as root
 * and reports in lines. The namespace has no name, so the namespace disappears with the runner.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { text } from 'node:stream/consumers';

export interface InNamespace<Result> {
  /**
   * A script for `/bin/sh -c`. The script prints `ready` after mounting, then waits for the end of
   * its input.
   */
  readonly script: string;
  readonly args: readonly string[];
  /**
   * Descriptors that the script gets as 4 and up. Descriptor 3 is the namespace that the script
   * enters.
   */
  readonly descriptors: readonly number[];
  /** Descriptor of the namespace that the script enters; absent to make a new namespace. */
  readonly into: number | undefined;
  /**
   * Called while the namespace is reachable. `root` is the path of the namespace's root as seen
   * from outside, and `output` is the script's output.
   */
  readonly act: (root: string, output: string) => Result;
}

/** Runs the script in the namespace. Returns the reason as text when the script fails. */
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
  const errors = text(child.stderr).catch(() => '');
  let output = '';
  const ready = new Promise<boolean>((resolve) =>
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('latin1');
      if (/^ready$/m.test(output)) resolve(true);
    }),
  );
  try {
    if ((await Promise.race([ready, ended])) !== true)
      return (await errors).trim() || 'no overlay can be mounted';
    const result = act(`/proc/${child.pid}/root`, output);
    return { namespace: into ?? fs.openSync(`/proc/${child.pid}/ns/mnt`, 'r'), result };
  } finally {
    child.stdin.end();
    await ended;
  }
}
