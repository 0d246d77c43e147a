/**
 * The docker backend, through docker's command line. Docker's daemon starts the container, so the
 * container would outlive a killed runner. A small process therefore waits for the end of the
 * runner and removes the container; the next start removes leftover containers.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, fstatSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { sharedMemoryMiBMax } from '../bubblewrap/bubblewrap-arguments.ts';
import { startTimeOf } from '../files/lock.ts';
import { accounts } from '../sandbox/accounts.ts';
import { fileBytesMax, openFilesMax, preludeChecks, preludeScript } from '../sandbox/prelude.ts';
import type { RunningSandbox, Sandbox, SandboxStart } from '../sandbox/sandbox.ts';
import { requireNotRoot } from '../sandbox/sandbox-user.ts';
import { goAhead, unixSocketsNote, untilStarted, whyNoUnixSockets } from '../sandbox/started.ts';
import { makeRoot, type OciBind } from './oci-root.ts';
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

/** The program of a container engine, and how to call it. */
interface Engine {
  readonly name: 'docker';
  /**
   * The program, and the flags before each command: they name the socket, which is never taken from
   * the environment.
   */
  readonly program: string;
  readonly flags: readonly string[];
}

// The image of an engine's containers: empty folders, links to libraries and links to base
// programs. Skillgate imports the image once and pulls nothing.

/**
 * Returns the name of the image, which contains a digest of its content.
 * @throws Problem `sandbox-refused`
 */
function engineImage(
  { flags, name, program }: Engine,
  { base, runFolder }: Pick<SandboxStart, 'base' | 'runFolder'>,
): string {
  const bundle = `${runFolder}/image`;
  mkdirSync(`${bundle}/rootfs`, { recursive: true });
  const plan = { programs: [], mounts: [], workingDirectory: '/', uid: 1, gid: 1 };
  const sizes = { temporaryMiB: 1, homeMiB: 1, changesMiB: 1 };
  const limits = { seconds: 1, memoryMiB: 1, outputBytes: 1, processes: 1, ...sizes };
  makeRoot(bundle, { plan: { ...plan, limits }, files: [], base });
  const settings = [
    '--sort=name',
    '--mtime=@0',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--exclude=./etc',
  ];
  const packed = spawnSync('/bin/tar', ['-C', `${bundle}/rootfs`, ...settings, '-cf', '-', '.'], {
    env: {},
  });
  const tag = `skillgate-root:${hexOf(digestOf(packed.stdout)).slice(0, 16)}`;
  const call = (args: readonly string[], input?: Buffer) =>
    spawnSync(program, [...flags, ...args], {
      env: {},
      cwd: '/',
      encoding: 'utf8',
      ...(input === undefined ? {} : { input }),
    });
  if (call(['image', 'inspect', tag]).status === 0) return tag;
  const imported = call(['import', '-', tag], packed.stdout);
  if (imported.status !== 0)
    throw new Problem(
      'sandbox-refused',
      `The sandbox did not start: ${name} did not import its image: ${imported.stderr.trim()}`,
    );
  return tag;
}

/**
 * Prints a command's environment as `export` lines of a shell script, for a sandbox whose first
 * process becomes the command.
 */
export function exportLines(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`)
    .join('\n');
}

// Turns a start into arguments of docker. Pure.

interface EngineSurroundings {
  /** Name of the container, and the runner that its label names. */
  readonly name: string;
  readonly runner: string;
  readonly image: string;
  readonly binds: readonly OciBind[];
  /** Path of the seccomp profile. */
  readonly seccomp: string;
  readonly cores: number;
  readonly command: readonly string[];
}

/** Label by which containers of a killed runner are found. */
const runnerLabel = 'skillgate.runner';

/**
 * Arguments of `create`: no network, no capabilities, no new privileges, no logs, a read-only root,
 * and no pulled image.
 * @throws Error when a path contains a comma or a quote, which `--mount` would parse
 */
export function engineArguments(
  { plan }: Pick<SandboxStart, 'plan'>,
  around: EngineSurroundings,
): string[] {
  const { limits, uid, gid } = plan;
  const memory = String(limits.memoryMiB * 1024 * 1024);
  const temporary = (path: string, mebibytes: number, mode: string): string[] => [
    '--tmpfs',
    `${path}:rw,exec,nosuid,nodev,size=${mebibytes * 1024 * 1024},nr_inodes=65536,uid=${uid},gid=${gid},mode=${mode}`,
  ];
  return [
    'create',
    '--interactive',
    '--name',
    around.name,
    '--label',
    `${runnerLabel}=${around.runner}`,
    '--network',
    'none',
    '--ipc',
    'private',
    '--hostname',
    'skill',
    '--user',
    `${uid}:${gid}`,
    '--read-only',
    '--cap-drop',
    'ALL',
    '--security-opt',
    'no-new-privileges',
    '--security-opt',
    `seccomp=${around.seccomp}`,
    '--pull',
    'never',
    '--log-driver',
    'none',
    '--restart',
    'no',
    '--memory',
    memory,
    '--memory-swap',
    memory,
    '--pids-limit',
    String(limits.processes),
    '--cpus',
    String(around.cores),
    '--oom-score-adj',
    '500',
    '--shm-size',
    `${sharedMemoryMiBMax}m`,
    '--ulimit',
    'core=0',
    '--ulimit',
    `nofile=${openFilesMax}`,
    '--ulimit',
    `fsize=${fileBytesMax}`,
    // Container engines loosen these two settings inside a container.
    '--sysctl',
    'net.ipv4.ip_unprivileged_port_start=1024',
    '--sysctl',
    'net.ipv4.ping_group_range=1 0',
    '--tmpfs',
    '/sys:ro,nosuid,nodev,noexec,size=65536,mode=555',
    ...temporary('/tmp', plan.limits.temporaryMiB, '1777'),
    ...temporary('/home/skill', plan.limits.homeMiB, '0700'),
    ...around.binds.flatMap((bind) => ['--mount', mountOf(bind)]),
    '--workdir',
    plan.workingDirectory,
    around.image,
    ...around.command,
  ];
}

function mountOf({ source, target, writable }: OciBind): string {
  if (/[,"\n]/.test(source + target))
    throw new Error(
      `docker cannot mount ${JSON.stringify(source)}: the path has a comma or a quote`,
    );
  return `type=bind,source=${source},target=${target},bind-propagation=private${writable ? '' : ',readonly'}`;
}

// Turns the mounts of a plan into binds.

/**
 * Returns binds by path. The prelude in the sandbox then checks that each mount is the judged
 * folder.
 */
export function mountBinds({ plan, sources }: Pick<SandboxStart, 'plan' | 'sources'>): OciBind[] {
  const binds = plan.mounts.map(({ target, mode, path }) => ({
    source: sources?.get(target) ?? path,
    target,
    writable: mode !== 'ro',
  }));
  const inner = [...(sources ?? [])].filter(([at]) => binds.every(({ target }) => target !== at));
  return [...binds, ...inner.map(([target, source]) => ({ source, target, writable: true }))];
}
