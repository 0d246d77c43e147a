/**
 * Finds the sandbox backends of this host by their names in host policy: Skillgate's own sandbox,
 * and adapters for other runtimes.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import * as v from 'valibot';
import type { Backend } from '../../skills-index/run/plan/backend-names.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { bubblewrap, startForwarder } from '../bubblewrap/bubblewrap.ts';
import { preludeChecks, preludeScript } from '../sandbox/prelude.ts';
import type { RunningSandbox, Sandbox, SandboxStart } from '../sandbox/sandbox.ts';
import { requireNotRoot } from '../sandbox/sandbox-user.ts';
import { goAhead, unixSocketsNote, untilStarted, whyNoUnixSockets } from '../sandbox/started.ts';
import { engineBackend, exportLines, mountBinds } from './engine.ts';
import { makeRoot, ociSpec } from './oci-root.ts';

// Starts an OCI runtime on a bundle, so that all of its processes end with the runner.

interface OciRuntime {
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
const shellOf = { runc: `/proc/self/fd/${shellAt}`, runsc: '/.prelude/sh' } as const;

/** Path of the forwarder's network namespace, inside the private mount namespace of the run. */
function networkPath(runFolder: string): string {
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
function launchRuntime(
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

// The `oci` backend: one bundle for every low-level runtime of the OCI runtime specification, such
// as runc or gVisor's runsc. It needs root. All processes live in a pid namespace that ends with
// the runner, so no runtime can keep a container alive.

// One run gets at most half of the processors, so that the runner and other runs can go on.
const cores = Math.max(1, availableParallelism() / 2);

// Protections, in the words of `require` in host policy. In gVisor a skill can create user
// namespaces, but only in gVisor's own kernel, not on the host.
const gives: Readonly<Record<OciRuntime['name'], readonly string[]>> = {
  runc: [
    'seccomp',
    'no-network',
    'no-user-namespaces',
    'dropped-uid',
    'memory-cgroup',
    'pids-cgroup',
    'cpu-cgroup',
  ],
  runsc: ['seccomp', 'no-network', 'dropped-uid', 'memory-cgroup'],
};

/** The backend for one runtime of this host. */
export function ociBackend(runtime: OciRuntime): Sandbox {
  return {
    name: runtime.name,
    gives: gives[runtime.name],
    checks: preludeChecks,
    entersNamespaces: process.getuid?.() === 0,
    linksBase: true,
    start: (start) => startContainer(runtime, start),
  };
}

async function startContainer(runtime: OciRuntime, start: SandboxStart): Promise<RunningSandbox> {
  requireSupported(runtime, start);
  sweepGroups();
  const { plan, runFolder } = start;
  const id = runFolder.split('/').at(-1) ?? '';
  const started = randomBytes(16).toString('hex');
  const forwarder =
    start.proxyFolder === undefined ? undefined : await startForwarder(start, start.proxyFolder);
  let child: ChildProcess;
  try {
    writeBundle(runtime.name, start, id, started);
    child = launchRuntime(runtime, start, id, forwarder?.network);
  } catch (cause) {
    forwarder?.stop();
    throw cause;
  }
  const closed = new Promise<number | null>(
    (resolve) => void child.on('error', () => undefined).on('close', resolve),
  );
  const ended = closed.then((code) => {
    forwarder?.stop();
    removeContainer(runtime, runFolder, id);
    // Only a process outside can kill the first process of a pid namespace with SIGKILL: the runner
    // (then there is no exit code), or the kernel for lack of memory.
    return { code, outOfMemory: code === 128 + 9 };
  });
  const kill = (): void => void child.kill('SIGKILL');
  try {
    const stderr = await untilStarted(child.stderr as Readable, started);
    child.stdin?.on('error', () => undefined).write(goAhead);
    const notes = [
      `uid ${plan.uid}`,
      `memory: ${plan.limits.memoryMiB} MiB by control group`,
      `processes: ${plan.limits.processes} by control group`,
      `processors: ${cores} by control group`,
      `network: ${forwarder === undefined ? 'none' : 'the proxy'}`,
      unixSocketsNote(start),
    ];
    return {
      stdin: child.stdin as Writable,
      stdout: child.stdout as Readable,
      stderr,
      ended,
      kill,
      notes,
    };
  } catch (cause) {
    kill();
    await ended;
    throw cause;
  }
}

const shellBind = { source: '/bin/sh', target: shellOf.runsc, writable: false };

function requireSupported({ name }: OciRuntime, { plan, proxyFolder }: SandboxStart): void {
  const refuse = (why: string): Problem =>
    new Problem('sandbox-refused', `Cannot start: the backend ${name} ${why}`);
  requireNotRoot(plan);
  if (process.getuid?.() !== 0) throw refuse('needs a runner that is root');
  // gVisor has its own network, which cannot join a namespace of the host, and its own files, which
  // cannot be compared with the judged folders.
  if (name === 'runsc' && proxyFolder !== undefined)
    throw refuse('gives no egress; use bubblewrap or runc');
  if (name === 'runsc' && plan.mounts.length > 0)
    throw refuse('mounts no folder; use bubblewrap or runc');
}

function writeBundle(
  name: OciRuntime['name'],
  start: SandboxStart,
  id: string,
  started: string,
): void {
  const { command, plan, runFolder } = start;
  const bundle = `${runFolder}/bundle`;
  for (const folder of [`${bundle}/rootfs`, `${runFolder}/state`])
    mkdirSync(folder, { recursive: true });
  const targets = plan.mounts.map((mount) => mount.target);
  // The container's first process is the command itself. Set its environment only after the check
  // that no variable of the runner is there.
  const checks = preludeScript(start, new Set(['memory', 'pids', 'cpu']));
  const prelude = [exportLines(start.env), checks].join('\n');
  const spec = ociSpec(start, {
    binds: [
      ...makeRoot(bundle, start),
      ...(name === 'runsc' ? [shellBind] : []),
      ...mountBinds(start),
    ],
    architecture: process.arch,
    command: [shellOf[name], '-c', prelude, 'sh', started, runFolder, ...targets, '--', ...command],
    cgroup: `/${id}`,
    // cgroup-v1 counts swap when the kernel is configured for it; cgroup-v2 always does.
    countsSwap: ['memory/memory.memsw.limit_in_bytes', 'cgroup.controllers'].some((file) =>
      existsSync(`/sys/fs/cgroup/${file}`),
    ),
    cores,
    hasErrorNumbers: name === 'runc',
    opensUnix: whyNoUnixSockets(start) === undefined,
    ...(start.proxyFolder === undefined ? {} : { networkNamespace: networkPath(runFolder) }),
  });
  writeFileSync(`${bundle}/config.json`, JSON.stringify(spec), { mode: 0o600 });
}

// The container has ended; remove its state and its control groups.
function removeContainer({ name, path }: OciRuntime, runFolder: string, id: string): void {
  // `runsc delete` would wait for processes that have ended; its state goes with the run folder.
  if (name === 'runc')
    spawnSync(path, ['--root', `${runFolder}/state`, 'delete', '--force', id], {
      env: {},
      timeout: 10_000,
    });
  sweepGroups(id);
}

// Removes control groups of this run and of runs whose folder is gone. Each start deletes the
// folders of killed runners.
function sweepGroups(ended?: string): void {
  const root = '/sys/fs/cgroup';
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const above of [root, ...folders.map(({ name }) => `${root}/${name}`)])
    for (const name of readdirSync(above).filter((entry) =>
      /^skillgate-[A-Za-z0-9]{6}$/.test(entry),
    ))
      try {
        if (name === ended || !existsSync(`/tmp/${name}`)) rmdirSync(`${above}/${name}`);
      } catch {
        // Another runner removed the group, or a process in it is still ending.
      }
}

// Reads from `info --format json` whether a container engine can run a skill safely.

const dockerInfo = v.object({
  OSType: v.optional(v.string(), ''),
  MemoryLimit: v.optional(v.boolean(), false),
  PidsLimit: v.optional(v.boolean(), false),
  SecurityOptions: v.optional(v.nullable(v.array(v.string())), []),
});

/** Why docker cannot run skills, from its output; undefined when it can. */
export function whyNotDocker(printed: string): string | undefined {
  const info = v.safeParse(v.pipe(v.string(), v.parseJson(), dockerInfo), printed);
  if (!info.success) return 'its daemon does not answer';
  const { MemoryLimit, OSType, PidsLimit } = info.output;
  const options = (info.output.SecurityOptions ?? []).map((option) => option.split(',')[0]);
  if (OSType !== 'linux') return 'its containers are not Linux containers';
  if (!options.includes('name=seccomp')) return 'it filters no system calls';
  if (options.includes('name=rootless') || options.includes('name=userns'))
    return 'it maps users of containers to other users of this host';
  return MemoryLimit && PidsLimit ? undefined : 'it cannot limit memory and processes';
}

/** A backend on this host: its sandbox, or the reason why it cannot start. */
export type FoundBackend =
  | { readonly name: Backend; readonly sandbox: Sandbox }
  | {
      readonly name: Backend;
      readonly why: string;
      /** The line that installs or starts it. */
      readonly type?: string;
      /** What works on this system, and where skills run; not on Linux. */
      readonly elsewhere?: string;
    };

/** `npm run fix` writes the names for host policy from these rows. */
export const backendMakers: Readonly<Record<Backend, () => FoundBackend>> = {
  bubblewrap: findBubblewrap,
  runc: () => findRuntime('runc', 'apt-get install runc'),
  runsc: () =>
    findRuntime(
      'runsc',
      'CGO_ENABLED=0 GOBIN=/usr/local/bin go install gvisor.dev/gvisor/runsc@v0.0.0-20260905035102-160fafc42237',
    ),
  docker: findDocker,
};

/** Finds every backend, usable or not. Starts none. */
export function findBackends(): readonly FoundBackend[] {
  return Object.values(backendMakers).map((make) => forPlatform(make()));
}

/** Finds one backend. */
export function findBackend(name: Backend): FoundBackend {
  return forPlatform(backendMakers[name]());
}

// The lines to type install programs of Linux.
function forPlatform(found: FoundBackend): FoundBackend {
  return process.platform === 'linux' || 'sandbox' in found
    ? found
    : { name: found.name, why: found.why, elsewhere };
}

/**
 * The backend that host policy names.
 * @throws Problem `sandbox-missing` when this host lacks it; Skillgate never substitutes another
 * backend
 */
export function backendOf({ backend: name }: Pick<HostPolicy, 'backend'>): Sandbox {
  // A start does not look for the program bwrap: the start itself fails without it.
  const found =
    name === 'bubblewrap' && process.platform === 'linux'
      ? { name, sandbox: bubblewrap() }
      : findBackend(name);
  if ('sandbox' in found) return found.sandbox;
  const hint = found.elsewhere ?? found.type;
  throw new Problem(
    'sandbox-missing',
    `Cannot start the backend ${name}, which host policy names: ${found.why}`,
    hint === undefined ? {} : { hint },
  );
}

const elsewhere =
  'scan, manifest, publish, review, verify and install work on this system. To run skills and agents, use a Linux host: on Windows in WSL 2 (wsl --install), on macOS in a virtual machine';

function findBubblewrap(): FoundBackend {
  const name = 'bubblewrap';
  if (process.platform !== 'linux') return { name, why: 'it needs Linux' };
  if (!existsSync('/usr/bin/bwrap'))
    return { name, why: 'this host has no bwrap', type: 'apt-get install bubblewrap socat' };
  return { name, sandbox: bubblewrap() };
}

function findRuntime(name: 'runc' | 'runsc', type: string): FoundBackend {
  const path = programOf(name);
  if (path === undefined) return { name, why: `this host has no ${name}`, type };
  if (process.getuid?.() !== 0) return { name, why: 'it needs a runner that is root' };
  return { name, sandbox: ociBackend({ name, path }) };
}

function findDocker(): FoundBackend {
  const name = 'docker';
  const program = programOf(name);
  const socket = '/var/run/docker.sock';
  if (program === undefined)
    return { name, why: 'this host has no docker', type: 'apt-get install docker.io' };
  if (!existsSync(socket))
    return { name, why: 'its daemon is not running', type: 'systemctl start docker' };
  if (process.getuid?.() !== 0) return { name, why: 'it needs a runner that is root' };
  const flags = ['--host', `unix://${socket}`];
  const options = { env: {}, cwd: '/', encoding: 'utf8', timeout: 10_000 } as const;
  const why = whyNotDocker(
    spawnSync(program, [...flags, 'info', '--format', '{{json .}}'], options).stdout ?? '',
  );
  return why === undefined
    ? { name, sandbox: engineBackend({ name, program, flags }) }
    : { name, why };
}

// Search only the system's own folders; PATH is ignored.
function programOf(name: string): string | undefined {
  return ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin']
    .map((folder) => `${folder}/${name}`)
    .find(existsSync);
}
