/**
 * The `oci` backend: one bundle for every low-level runtime of the OCI runtime specification, such
 * as runc or gVisor's runsc. It needs root. All processes live in a pid namespace that ends with
 * the runner, so no runtime can keep a container alive.
 */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { Problem } from '../../skills-index/skill/problem.ts';
import { startForwarder } from '../bubblewrap/forwarder.ts';
import { unixSocketsNote, whyNoUnixSockets } from '../sandbox/own-sockets.ts';
import { preludeChecks, preludeScript } from '../sandbox/prelude.ts';
import type { RunningSandbox, Sandbox, SandboxStart } from '../sandbox/sandbox.ts';
import { requireNotRoot } from '../sandbox/sandbox-user.ts';
import { goAhead, untilStarted } from '../sandbox/started.ts';
import { exportLines } from './exported.ts';
import { mountBinds } from './mount-binds.ts';
import { launchRuntime, networkPath, type OciRuntime, shellOf } from './oci-launch.ts';
import { makeRoot } from './oci-root.ts';
import { ociSpec } from './oci-spec.ts';

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
