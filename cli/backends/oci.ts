/**
 * The `oci` backend: the same bundle for every low-level runtime that reads the OCI runtime specification, runc or gVisor's runsc.
 * As root only. Everything lives in a pid namespace of its own that ends with the runner, so a runtime's own way of staying alive does not matter.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { RunningSandbox, Sandbox, SandboxStart } from '../../runner/sandbox.ts';
import { preludeChecks, preludeScript } from '../../runner/sandboxes/prelude.ts';
import { goAhead, untilStarted } from '../../runner/sandboxes/started.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { makeRoot } from './oci-root.ts';
import { ociSpec } from './oci-spec.ts';

export interface OciRuntime {
  readonly name: 'runc' | 'runsc';
  /** Where its program is. */
  readonly path: string;
}

// In the words of host policy's `require`. gVisor's system calls end in its own kernel, and as it is started here it keeps no control groups.
const gives: Readonly<Record<OciRuntime['name'], readonly string[]>> = {
  runc: ['seccomp', 'no-network', 'no-user-namespaces', 'dropped-uid', 'memory-cgroup', 'pids-cgroup'],
  runsc: ['seccomp', 'no-network', 'dropped-uid'],
};

// Where the prelude finds the folders that were judged, and the shell that runs it.
const [firstPin, shellAt] = [3, 9];
const shell = '/bin/sh';

// In a mount namespace of its own: each folder that was opened gets a path that nothing on the host can redirect; then a pid namespace
// that dies with its first process, which dies with the runner.
const stageScript = `set -eu
stage=$1; shift
/bin/mount -t tmpfs -o mode=0755,size=64k stage "$stage"
while [ "$1" != -- ]; do
  /bin/mkdir "$stage/$1"; /bin/mount --bind "/proc/self/fd/$2" "$stage/$1"; shift 2
done
shift
exec /usr/bin/setpriv --pdeathsig KILL -- /usr/bin/unshare --pid --fork --kill-child=KILL --mount-proc -- "$@"`;

/** A backend over one runtime of this host. */
export function ociBackend(runtime: OciRuntime): Sandbox {
  return {
    name: runtime.name,
    gives: gives[runtime.name],
    checks: preludeChecks,
    start: (start) => startContainer(runtime, start),
  };
}

async function startContainer(runtime: OciRuntime, start: SandboxStart): Promise<RunningSandbox> {
  refuseWhatItCannot(runtime, start);
  const { plan, runFolder } = start;
  const id = runFolder.split('/').at(-1) ?? '';
  const started = randomBytes(16).toString('hex');
  writeBundle(start, id, started);
  const child = spawnRuntime(runtime, start, id);
  const closed = new Promise<number | null>((resolve) => void child.on('error', () => undefined).on('close', resolve));
  const ended = closed.then((code) => {
    removeContainer(runtime, runFolder, id);
    // The first process of a pid namespace is ended by SIGKILL from outside only: by us (then there is no code), or for its memory.
    return { code, outOfMemory: code === 128 + 9 };
  });
  const kill = (): void => void child.kill('SIGKILL');
  try {
    const stderr = await untilStarted(child.stderr as Readable, started);
    child.stdin?.on('error', () => undefined).write(goAhead);
    const notes = [`uid ${plan.uid}`, `memory: ${plan.limits.memoryMiB} MiB by control group`, 'network: none'];
    return { stdin: child.stdin as Writable, stdout: child.stdout as Readable, stderr, ended, kill, notes };
  } catch (cause) {
    kill();
    await ended;
    throw cause;
  }
}

function refuseWhatItCannot({ name }: OciRuntime, { folders, plan, proxyFolder, protectedPaths }: SandboxStart): void {
  const refuse = (why: string): Problem => new Problem('sandbox-refused', `The backend ${name} ${why}`);
  if (plan.uid === 0) throw new Problem('mount-owner-root', 'A run never takes root’s uid');
  if (process.getuid?.() !== 0) throw refuse('needs a runner that is root');
  if (proxyFolder !== undefined) throw refuse('gives no egress; run this skill with bubblewrap');
  if (folders !== undefined) throw refuse('cannot hold an agent');
  if ([...protectedPaths.values()].some((paths) => paths.length > 0)) throw refuse('cannot hold paths of a writable mount shut');
}

function writeBundle(start: SandboxStart, id: string, started: string): void {
  const { command, plan, runFolder } = start;
  const bundle = `${runFolder}/bundle`;
  for (const folder of [`${runFolder}/stage`, `${bundle}/rootfs`, `${runFolder}/state`]) mkdirSync(folder, { recursive: true });
  const folders = plan.mounts.map(({ target, mode }, index) => ({
    ...{ source: `${runFolder}/stage/mount${index}`, target, writable: mode !== 'ro' },
  }));
  const targets = plan.mounts.map((one) => one.target);
  // A container's first process is the command itself: what it is to see is set after the check that nothing of the runner's is there.
  const checks = preludeScript(start, new Set(['memory', 'pids', 'cpu']));
  const prelude = [exported(start.env), checks].join('\n');
  const spec = ociSpec(start, {
    binds: [...makeRoot(`${bundle}/rootfs`, start), ...folders],
    architecture: process.arch,
    command: [`/proc/self/fd/${shellAt}`, '-c', prelude, 'sh', started, runFolder, ...targets, '--', ...command],
    cgroup: `/${id}`,
  });
  writeFileSync(`${bundle}/config.json`, JSON.stringify(spec), { mode: 0o600 });
}

function spawnRuntime({ name, path }: OciRuntime, { pins, plan, runFolder }: SandboxStart, id: string): ChildProcess {
  const nothing = openSync('/dev/null', 'r');
  const sh = openSync(shell, 'r');
  const targets = plan.mounts.map((one) => one.target);
  const at = Array.from({ length: shellAt - firstPin }, (_, index) => pins.get(targets[index] ?? '') ?? nothing);
  const stages = targets.flatMap((_, index) => [`mount${index}`, String(firstPin + index)]);
  const flags = name === 'runsc' ? ['--network=none', '--ignore-cgroups'] : [];
  const run = [path, '--root', `${runFolder}/state`, ...flags, 'run', '--bundle', `${runFolder}/bundle`];
  const kept = name === 'runc' ? ['--preserve-fds', String(shellAt - firstPin + 1)] : ['--pass-fd', `${shellAt}:${shellAt}`];
  const own = ['--mount', '--propagation', 'private', '/bin/sh', '-c', stageScript, 'sh', `${runFolder}/stage`];
  try {
    return spawn('/usr/bin/unshare', [...own, ...stages, '--', ...run, ...kept, id], {
      ...{ env: {}, cwd: '/', stdio: ['pipe', 'pipe', 'pipe', ...at, sh] },
    });
  } finally {
    closeSync(nothing);
    closeSync(sh);
  }
}

function exported(env: SandboxStart['env']): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`)
    .join('\n');
}

// Nothing of it lives; what is left are its state and its control groups.
function removeContainer({ path }: OciRuntime, runFolder: string, id: string): void {
  spawnSync(path, ['--root', `${runFolder}/state`, 'delete', '--force', id], { env: {}, timeout: 10_000 });
}
