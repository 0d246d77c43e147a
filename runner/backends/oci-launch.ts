/** Starts an OCI runtime on a bundle, so that all of its processes end with the runner. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { SandboxStart } from '../sandbox/sandbox.ts';

export interface OciRuntime {
  readonly name: 'runc' | 'runsc';
  /** Path of its program. */
  readonly path: string;
}

// Descriptors of the judged folders for the prelude, and of the network namespace until it has a
// path.
const firstPin = 3;
const networkAt = 7;
const shellAt = 9;
const shell = '/bin/sh';
/**
 * Where the container's first process finds the shell for the prelude: gVisor cannot start a
 * program from a descriptor.
 */
export const shellOf = { runc: `/proc/self/fd/${shellAt}`, runsc: '/.prelude/sh' } as const;

/** Path of the forwarder's network namespace, inside the private mount namespace of the run. */
export function networkPath(runFolder: string): string {
  return `${runFolder}/network`;
}

// Gives the forwarder's network namespace a path in a new mount namespace. Then starts a pid
// namespace that ends with its first process, which ends with the runner.
const stageScript = `set -eu
if [ "$1" != -- ]; then : > "$1"; /bin/mount --bind "/proc/self/fd/${networkAt}" "$1"; shift; exec ${networkAt}</dev/null; fi
shift
exec /usr/bin/setpriv --pdeathsig KILL -- /usr/bin/unshare --pid --fork --kill-child=KILL --mount-proc -- "$@"`;

/**
 * Starts the runtime.
 * @param network descriptor of the forwarder's network namespace
 */
export function launchRuntime(
  { name, path }: OciRuntime,
  { namespace, pins, plan, runFolder }: SandboxStart,
  id: string,
  network: number | undefined,
): ChildProcess {
  const nothing = openSync('/dev/null', 'r');
  const sh = openSync(shell, 'r');
  const targets = plan.mounts.map((mount) => mount.target);
  const at = Array.from(
    { length: shellAt - firstPin },
    (_, index) => pins.get(targets[index] ?? '') ?? nothing,
  );
  if (network !== undefined) at[networkAt - firstPin] = network;
  const flags = name === 'runsc' ? ['--network=none', '--oci-seccomp'] : [];
  const kept = name === 'runc' ? ['--preserve-fds', String(shellAt - firstPin + 1)] : [];
  const run = [
    path,
    '--root',
    `${runFolder}/state`,
    ...flags,
    'run',
    '--bundle',
    `${runFolder}/bundle`,
    ...kept,
    id,
  ];
  const inside =
    namespace === undefined
      ? []
      : ['/usr/bin/nsenter', `--mount=/proc/${process.pid}/fd/${namespace.mount}`, '--'];
  const own = [
    '/usr/bin/unshare',
    '--mount',
    '--propagation',
    'private',
    '/bin/sh',
    '-c',
    stageScript,
    'sh',
  ];
  const joined = network === undefined ? [] : [networkPath(runFolder)];
  const [program = '', ...args] = [...inside, ...own, ...joined, '--', ...run];
  try {
    return spawn(program, args, { env: {}, cwd: '/', stdio: ['pipe', 'pipe', 'pipe', ...at, sh] });
  } finally {
    closeSync(nothing);
    closeSync(sh);
  }
}
