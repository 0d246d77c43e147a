/**
 * The `oci` backend: the same bundle for every low-level runtime that reads the OCI runtime
 * specification, runc or gVisor's runsc. As root only. Everything lives in a pid namespace of its
 * own that ends with the runner, so a runtime's own way of staying alive does not matter.
 */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type Forwarder, startForwarder } from '../sandboxes/forwarder.ts';
import { preludeChecks, preludeScript } from '../sandboxes/prelude.ts';
import type { RunningSandbox, Sandbox, SandboxStart } from '../sandboxes/sandbox.ts';
import { goAhead, untilStarted } from '../sandboxes/started.ts';
import { exported } from './exported.ts';
import { makeEmpty, mountBinds } from './mount-binds.ts';
import { launchRuntime, networkPath, type OciRuntime, shellOf } from './oci-launch.ts';
import { makeRoot } from './oci-root.ts';
import { ociSpec } from './oci-spec.ts';

// What one run takes at most, so that the runner and another run go on beside it.
const cores = Math.max(1, availableParallelism() / 2);

const nobody = 65_534;

// In the words of host policy's `require`. In gVisor a skill can make namespaces, which are its own
// kernel's and nothing on the host.
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

/** A backend over one runtime of this host. */
export function ociBackend(runtime: OciRuntime): Sandbox {
  return {
    name: runtime.name,
    gives: gives[runtime.name],
    checks: preludeChecks,
    entersNamespaces: process.getuid?.() === 0,
    start: (start) => startContainer(runtime, start),
  };
}

async function startContainer(runtime: OciRuntime, start: SandboxStart): Promise<RunningSandbox> {
  refuseWhatItCannot(runtime, start);
  sweepGroups();
  const { plan, runFolder } = start;
  const id = runFolder.split('/').at(-1) ?? '';
  const started = randomBytes(16).toString('hex');
  const forwarder =
    start.proxyFolder === undefined ? undefined : await startOwnForwarder(start, start.proxyFolder);
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
    // The first process of a pid namespace is ended by SIGKILL from outside only: by us (then there
    // is no code), or for its memory.
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

function refuseWhatItCannot({ name }: OciRuntime, { plan, proxyFolder }: SandboxStart): void {
  const refuse = (why: string): Problem =>
    new Problem('sandbox-refused', `The backend ${name} ${why}`);
  if (plan.uid === 0) throw new Problem('mount-owner-root', 'A run never takes root’s uid');
  if (process.getuid?.() !== 0) throw refuse('needs a runner that is root');
  // gVisor has a network of its own, which no namespace of the host’s leads into, and files of its
  // own, which cannot be compared.
  if (name === 'runsc' && proxyFolder !== undefined)
    throw refuse('gives no egress; run this skill with bubblewrap or runc');
  if (name === 'runsc' && plan.mounts.length > 0)
    throw refuse('mounts no folder; run this skill with bubblewrap or runc');
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
  const targets = plan.mounts.map((one) => one.target);
  // A container's first process is the command itself: what it is to see is set after the check
  // that nothing of the runner's is there.
  const checks = preludeScript(start, new Set(['memory', 'pids', 'cpu']));
  const prelude = [exported(start.env), checks].join('\n');
  const spec = ociSpec(start, {
    binds: [
      ...makeRoot(bundle, start),
      ...(name === 'runsc' ? [shellBind] : []),
      ...mountBinds(start, makeEmpty(bundle)),
    ],
    architecture: process.arch,
    command: [shellOf[name], '-c', prelude, 'sh', started, runFolder, ...targets, '--', ...command],
    cgroup: `/${id}`,
    // cgroup-v1 where its kernel was told to, cgroup-v2 always.
    countsSwap: ['memory/memory.memsw.limit_in_bytes', 'cgroup.controllers'].some((one) =>
      existsSync(`/sys/fs/cgroup/${one}`),
    ),
    cores,
    hasErrorNumbers: name === 'runc',
    ...(start.proxyFolder === undefined ? {} : { networkNamespace: networkPath(runFolder) }),
  });
  writeFileSync(`${bundle}/config.json`, JSON.stringify(spec), { mode: 0o600 });
}

// Who has the uid that made a user namespace has every capability over the networks that belong to
// it. bubblewrap puts a skill into that namespace, where it has none; a container stays outside, so
// its forwarder, and the socket to the proxy, are somebody else's.
function startOwnForwarder(start: SandboxStart, proxyFolder: string): Promise<Forwarder> {
  const { uid, gid } = start.plan;
  const other = uid === nobody ? nobody - 1 : nobody;
  for (const path of [proxyFolder, `${proxyFolder}/proxy.sock`]) chownSync(path, other, gid);
  return startForwarder({ ...start, plan: { ...start.plan, uid: other } }, proxyFolder);
}

// Nothing of it lives; what is left are its state and its control groups.
function removeContainer({ name, path }: OciRuntime, runFolder: string, id: string): void {
  // gVisor's waits for processes that are gone; its state goes with the run's folder.
  if (name === 'runc')
    spawnSync(path, ['--root', `${runFolder}/state`, 'delete', '--force', id], {
      env: {},
      timeout: 10_000,
    });
  sweepGroups(id);
}

// Groups of this run, and those of runs whose runner was killed: their folder is gone, which the
// runner sees to at each start.
function sweepGroups(ended?: string): void {
  const root = '/sys/fs/cgroup';
  const folders = readdirSync(root, { withFileTypes: true }).filter((one) => one.isDirectory());
  for (const above of [root, ...folders.map(({ name }) => `${root}/${name}`)])
    for (const name of readdirSync(above).filter((one) => /^skillgate-[A-Za-z0-9]{6}$/.test(one)))
      try {
        if (name === ended || !existsSync(`/tmp/${name}`)) rmdirSync(`${above}/${name}`);
      } catch {
        // Another runner was faster, or something in it still ends.
      }
}
