/**
 * The docker backend, through docker's command line. Docker's daemon starts the container, so the
 * container would outlive a killed runner. A small process therefore waits for the end of the
 * runner and removes the container; the next start removes leftover containers.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, fstatSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { Problem } from '../../skills-index/skill/problem.ts';
import { startTimeOf } from '../files/lock.ts';
import { accounts } from '../sandbox/accounts.ts';
import { unixSocketsNote, whyNoUnixSockets } from '../sandbox/own-sockets.ts';
import { preludeChecks, preludeScript } from '../sandbox/prelude.ts';
import type { RunningSandbox, Sandbox, SandboxStart } from '../sandbox/sandbox.ts';
import { requireNotRoot } from '../sandbox/sandbox-user.ts';
import { goAhead, untilStarted } from '../sandbox/started.ts';
import { engineArguments, runnerLabel } from './engine-arguments.ts';
import { engineImage } from './engine-image.ts';
import type { Engine } from './engine-program.ts';
import { exportLines } from './exported.ts';
import { mountBinds } from './mount-binds.ts';
import { makeRoot } from './oci-root.ts';
import { ociSeccomp } from './oci-seccomp.ts';

// Protections, in the words of `require` in host policy.
const gives = [
  'seccomp',
  'no-network',
  'no-user-namespaces',
  'dropped-uid',
  'memory-cgroup',
  'pids-cgroup',
  'cpu-cgroup',
];

const cores = Math.max(1, availableParallelism() / 2);
const shell = '/.prelude/sh';
// Variables that engines set in every environment. The prelude refuses to start when any variable
// is left.
const ownNames = 'HOME HOSTNAME PATH PWD OLDPWD TERM container';
const ownFiles = ['/etc/resolv.conf', '/etc/hostname'];
// Waits until the runner ends, which closes the pipe, then removes the container. It tries several
// times, because a start in progress may create the container a moment later.
const removalScript = `read -r line; for again in 1 2 3 4 5 6; do "$@" >/dev/null 2>&1; sleep 0.3; done`;

const run = promisify(execFile);

/** The backend for one engine of this host. */
export function engineBackend(engine: Engine): Sandbox {
  return {
    name: engine.name,
    gives,
    checks: preludeChecks,
    linksBase: true,
    start: (start) => startContainer(engine, start),
  };
}

async function startContainer(engine: Engine, start: SandboxStart): Promise<RunningSandbox> {
  requireSupported(engine, start);
  const { plan, runFolder } = start;
  const name = runFolder.split('/').at(-1) ?? '';
  const started = randomBytes(16).toString('hex');
  const call = (...args: readonly string[]) =>
    run(engine.program, [...engine.flags, ...args], { env: {}, cwd: '/' });
  const remove = (): Promise<unknown> => call('rm', '--force', name).catch(() => undefined);
  await sweep(call);
  const image = engineImage(engine, start);
  const remover = spawn(
    '/bin/sh',
    ['-c', removalScript, 'sh', engine.program, ...engine.flags, 'rm', '--force', name],
    {
      env: {},
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  remover.unref();
  let child: ChildProcess;
  try {
    await call(...argumentsOf(start, { name, image, started }));
    child = spawn(engine.program, [...engine.flags, 'start', '--attach', '--interactive', name], {
      env: {},
      cwd: '/',
      stdio: 'pipe',
    });
  } catch (cause) {
    await remove();
    remover.kill('SIGKILL');
    throw new Problem(
      'sandbox-refused',
      `The sandbox did not start: ${engine.name} made no container: ${(cause as Error).message}`,
      { cause },
    );
  }
  const closed = new Promise<number | null>(
    (resolve) => void child.on('error', () => undefined).on('close', resolve),
  );
  const ended = closed.then(async (code) => {
    const inspected = await call('inspect', '--format', '{{.State.OOMKilled}}', name).catch(() => ({
      stdout: '',
    }));
    await remove();
    remover.kill('SIGKILL');
    return { code, outOfMemory: inspected.stdout.trim() === 'true' };
  });
  const kill = (): void => {
    child.kill('SIGKILL');
    remover.stdin?.end();
  };
  const { stdin, stdout } = child;
  try {
    if (stdin === null || stdout === null || child.stderr === null) throw new Error('no streams');
    const stderr = await untilStarted(child.stderr, started);
    await requireJudgedFolders(
      start,
      (await call('inspect', '--format', '{{.State.Pid}}', name)).stdout.trim(),
    );
    stdin.on('error', () => undefined).write(goAhead);
    const notes = [
      `uid ${plan.uid}`,
      `memory: ${plan.limits.memoryMiB} MiB by ${engine.name}`,
      'network: none',
      unixSocketsNote(start),
    ];
    return { stdin, stdout, stderr, ended, kill, notes };
  } catch (cause) {
    kill();
    await ended;
    throw cause;
  }
}

function requireSupported(
  { name }: Engine,
  { folders = [], plan, proxyFolder }: SandboxStart,
): void {
  const refuse = (why: string): Problem =>
    new Problem('sandbox-refused', `Cannot start: the backend ${name} ${why}`);
  requireNotRoot(plan);
  if (process.getuid?.() !== 0) throw refuse('needs a runner that is root');
  if (proxyFolder !== undefined || folders.length > 0)
    throw refuse(
      'gives no egress, shows no packages and runs no session; use the backend bubblewrap',
    );
}

function argumentsOf(
  start: SandboxStart,
  { name, image, started }: Readonly<Record<'name' | 'image' | 'started', string>>,
): string[] {
  const { command, env, files, plan, runFolder } = start;
  const bundle = `${runFolder}/bundle`;
  mkdirSync(`${bundle}/rootfs/skills`, { recursive: true });
  // The container's root is the image, which has the links of base programs only.
  const root = makeRoot(bundle, start, false);
  const seccomp = `${runFolder}/seccomp.json`;
  writeFileSync(
    seccomp,
    JSON.stringify(ociSeccomp(process.arch, whyNoUnixSockets(start) === undefined)),
  );
  const own = (path: string) => ({
    source: `${bundle}/rootfs${path}`,
    target: path,
    writable: false,
  });
  // Engines write these files with the host's DNS settings and name; cover them.
  for (const path of ownFiles) writeFileSync(`${bundle}/rootfs${path}`, '');
  const alone = [...[...files, ...accounts(plan)].map(({ path }) => path), ...ownFiles].filter(
    (path) => !path.startsWith('/skills/'),
  );
  const prelude = [exportLines(env), preludeScript(start, new Set(['memory', 'pids', 'cpu']))].join(
    '\n',
  );
  return engineArguments(start, {
    name,
    image,
    seccomp,
    cores,
    runner: `${process.pid}:${startTimeOf(process.pid)}`,
    binds: [
      ...root,
      own('/skills'),
      ...alone.filter((path) => existsSync(`${bundle}/rootfs${path}`)).map(own),
      { source: '/bin/sh', target: shell, writable: false },
      ...mountBinds(start),
    ],
    command: [
      shell,
      '-c',
      `unset ${ownNames}; exec ${shell} -c "$@"`,
      'sh',
      prelude,
      'sh',
      started,
      runFolder,
      // The container gets no descriptors of the judged folders, so the runner compares the mounts
      // from outside.
      '--',
      ...command,
    ],
  });
}

// Before the command starts, check that each mount is the judged folder.
async function requireJudgedFolders({ pins, plan }: SandboxStart, pid: string): Promise<void> {
  for (const { target } of plan.mounts) {
    const there = statSync(`/proc/${pid}/root${target}`);
    const judged = fstatSync(pins.get(target) ?? -1);
    if (there.dev !== judged.dev || there.ino !== judged.ino)
      throw new Problem(
        'sandbox-refused',
        `The sandbox did not start: ${target} is not the folder that was judged`,
      );
  }
}

// Removes containers whose runner has ended.
async function sweep(
  call: (...args: string[]) => Promise<{ readonly stdout: string }>,
): Promise<void> {
  const format = `{{.ID}} {{.Label "${runnerLabel}"}}`;
  const { stdout } = await call(
    'ps',
    '--all',
    '--filter',
    `label=${runnerLabel}`,
    '--format',
    format,
  );
  for (const line of stdout.split('\n')) {
    const [, id, pid, began] = /^(\w+) (\d+):(\d+)$/.exec(line) ?? [];
    if (id !== undefined && startTimeOf(Number(pid)) !== began)
      await call('rm', '--force', id).catch(() => undefined);
  }
}
