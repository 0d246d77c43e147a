/**
 * Makes or enters the mount namespace of a run. A script mounts folders in the namespace as root
 * and reports in lines. A runner that is not root makes a user namespace too, in which the runner's
 * user counts as root. The namespaces have no names, so they disappear with the runner.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { text } from 'node:stream/consumers';
import type { ViewNamespace } from '../sandbox/sandbox.ts';

export interface InNamespace<Result> {
  /**
   * A script for `/bin/sh -c`. The script prints `ready` after mounting, then waits for the end of
   * its input.
   */
  readonly script: string;
  readonly args: readonly string[];
  /**
   * Descriptors that the script gets as `firstDescriptor` and up. The descriptors below are the
   * namespaces that the script enters.
   */
  readonly descriptors: readonly number[];
  /** The namespace that the script enters; absent to make a new namespace. */
  readonly into: ViewNamespace | undefined;
  /**
   * Called while the namespace is reachable. `root` is the path of the namespace's root as seen
   * from outside, and `output` is the script's output.
   */
  readonly act: (root: string, output: string) => Result;
}

/** The number of the first descriptor that a script gets. */
export const firstDescriptor = 5;

/** Runs the script in the namespace. Returns the reason as text when the script fails. */
export async function mountInNamespace<Result>({
  script,
  args,
  descriptors,
  into,
  act,
}: InNamespace<Result>): Promise<
  { readonly namespace: ViewNamespace; readonly result: Result } | string
> {
  const isRoot = process.getuid?.() === 0;
  const make = ['/usr/bin/unshare', '--mount', '--propagation', 'private'];
  const enter = ['/usr/bin/nsenter', '--mount=/proc/self/fd/3'];
  const how =
    into === undefined
      ? [...make, ...(isRoot ? [] : ['--user', '--map-root-user'])]
      : [...enter, ...(isRoot ? [] : ['--user=/proc/self/fd/4', '--preserve-credentials'])];
  const [program = '', ...rest] = [...how, '--', '/bin/sh', '-c', script, 'sh', ...args];
  const child = spawn(program, rest, {
    env: {},
    cwd: '/',
    stdio: [
      'pipe',
      'pipe',
      'pipe',
      into?.mount ?? 'ignore',
      into?.user ?? 'ignore',
      ...descriptors,
    ],
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
    return { namespace: into ?? openNamespace(`/proc/${child.pid}/ns`, isRoot), result };
  } finally {
    child.stdin.end();
    await ended;
  }
}

function openNamespace(of: string, isRoot: boolean): ViewNamespace {
  const mount = fs.openSync(`${of}/mnt`, 'r');
  return isRoot ? { mount } : { mount, user: fs.openSync(`${of}/user`, 'r') };
}

export function closeNamespace({ mount, user }: ViewNamespace): void {
  fs.closeSync(mount);
  if (user !== undefined) fs.closeSync(user);
}
