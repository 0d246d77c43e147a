/** The default sandbox: bubblewrap with an own seccomp filter, an empty environment, sized temporary folders and no network of its own. */
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { Problem } from '../../skills-index/skill/problem.ts';
import { descriptorFilesMax, fileBytesMax, openFilesMax } from '../limits.ts';
import type { Plan } from '../plan.ts';
import type { RunningSandbox, Sandbox, SandboxEnd, SandboxStart } from '../sandbox.ts';
import { seccompProgram } from '../seccomp.ts';
import { type SkillLayout, skillArguments } from './bubblewrap-arguments.ts';
import { startForwarder } from './forwarder.ts';
import { descriptorAt, findTools, launch, openData, readLibraries, stageFolder } from './launch.ts';
import { type MemoryGroup, makeMemoryGroup } from './memory-group.ts';
import { runSelfTest } from './self-test.ts';

/** The sandbox of this host. */
export function bubblewrap(): Sandbox {
  let tested: ReturnType<Sandbox['selfTest']> | undefined;
  const sandbox: Sandbox = {
    name: 'bubblewrap',
    gives: ['seccomp', 'no-network', 'dropped-uid', ...(canLimitMemory() ? ['memory-cgroup'] : [])],
    selfTest: () => {
      tested ??= runSelfTest(sandbox);
      return tested;
    },
    start: (start) => startInBubblewrap(start),
  };
  return sandbox;
}

function canLimitMemory(): boolean {
  const group = makeMemoryGroup(`skillgate-probe-${randomBytes(6).toString('hex')}`, 64);
  if ('why' in group) return false;
  group.remove();
  return true;
}

async function startInBubblewrap(start: SandboxStart): Promise<RunningSandbox> {
  const { plan, runFolder } = start;
  if (plan.uid === 0)
    throw new Problem('mount-owner-root', 'A run never takes root’s uid', { hint: 'chown the mounted folder to a user.' });
  const tools = findTools();
  mkdirSync(stageFolder(runFolder), { recursive: true });
  const forwarder =
    start.proxyFolder === undefined
      ? undefined
      : await startForwarder(tools, { proxyFolder: start.proxyFolder, runFolder, uid: plan.uid, gid: plan.gid });
  const group = makeMemoryGroup(runFolder.split('/').at(-1) ?? '', plan.limits.memoryMiB);
  const held = new Descriptors(runFolder);
  try {
    for (const [index, mount] of plan.mounts.entries())
      held.lend(descriptorAt.firstPin + index, start.pins.get(mount.target) ?? -1);
    if (forwarder !== undefined) held.lend(descriptorAt.user, forwarder.user).lend(descriptorAt.network, forwarder.network);
    held.own(descriptorAt.shell, openSync(tools.sh, 'r'));
    const layout = layOut(start, held, forwarder !== undefined);
    const started = randomBytes(16).toString('hex');
    const child = launch(tools, {
      bubblewrapArguments: skillArguments(layout.layout),
      command: [
        `/proc/self/fd/${descriptorAt.shell}`,
        '-c',
        preludeFor(plan, 'why' in group),
        'sh',
        started,
        ...plan.mounts.map((one) => one.target),
        '--',
        ...commandOf(start),
      ],
      uid: plan.uid,
      gid: plan.gid,
      runFolder,
      descriptors: held.numbers,
      entersNetwork: forwarder !== undefined,
      staged: layout.staged,
      group: 'why' in group ? undefined : group.processes,
    });
    const running = await untilStarted(
      child,
      started,
      'why' in group ? undefined : group,
      notesFor(plan, group, forwarder !== undefined),
    );
    void running.ended.then(() => forwarder?.stop());
    return running;
  } catch (cause) {
    forwarder?.stop();
    if (!('why' in group)) group.remove();
    throw cause;
  } finally {
    held.close();
  }
}

/** Descriptors of one start by the number that the started chain finds them at. */
class Descriptors {
  readonly numbers = new Map<number, number>();
  readonly #owned: number[] = [];
  readonly #runFolder: string;
  #next: number = descriptorAt.firstData;

  constructor(runFolder: string) {
    this.#runFolder = runFolder;
  }

  lend(number: number, descriptor: number): this {
    this.numbers.set(number, descriptor);
    return this;
  }

  own(number: number, descriptor: number): void {
    this.numbers.set(number, descriptor);
    this.#owned.push(descriptor);
  }

  data(bytes: Uint8Array): number {
    const number = this.#next++;
    this.own(number, openData(this.#runFolder, bytes));
    return number;
  }

  close(): void {
    for (const descriptor of this.#owned.splice(0)) closeSync(descriptor);
  }
}

interface LaidOut {
  readonly layout: SkillLayout;
  readonly staged: readonly { readonly name: string; readonly path: string }[];
}

function layOut(start: SandboxStart, held: Descriptors, joinsNetwork: boolean): LaidOut {
  const { plan, runFolder, skill } = start;
  // Only what may lie where the run's uid cannot go; system programs can be reached by anybody.
  const movable = [
    ...plan.mounts.map((mount, index) => ({ name: `mount${index}`, path: mount.path })),
    ...plan.programs.filter((one) => one.program === 'node').map((one) => ({ name: 'node', path: one.path })),
    ...(skill.files.length > descriptorFilesMax ? [{ name: 'skill', path: copyFiles(start) }] : []),
  ];
  const root = process.getuid?.() === 0;
  const reach = (name: string, path: string): string => (root ? `${stageFolder(runFolder)}/${name}` : path);
  const placeholders = plan.mounts.flatMap((mount) =>
    (start.protectedPaths.get(mount.target) ?? []).filter((one) => one.kind === 'file'),
  );
  const text = (content: string): number => held.data(Buffer.from(content));
  const layout: SkillLayout = {
    plan,
    libraries: readLibraries(),
    programs: Object.fromEntries(
      plan.programs.map((one) => [one.program, one.program === 'node' ? reach('node', one.path) : one.path]),
    ),
    sources: Object.fromEntries(plan.mounts.map((mount, index) => [mount.target, reach(`mount${index}`, mount.path)])),
    protectedPaths: Object.fromEntries(start.protectedPaths),
    skillFolder: `/skills/${skill.name}`,
    files:
      skill.files.length > descriptorFilesMax
        ? { copy: reach('skill', join(runFolder, 'skill')) }
        : skill.files.map(({ file, bytes }) => ({ path: file.path, mode: file.mode, descriptor: held.data(bytes) })),
    made: [
      { path: '/etc/passwd', descriptor: text(`skill:x:${plan.uid}:${plan.gid}::/home/skill:/bin/false\n`) },
      { path: '/etc/group', descriptor: text(`skill:x:${plan.gid}:\n`) },
      { path: '/etc/hosts', descriptor: text('127.0.0.1 localhost\n') },
    ],
    empty: placeholders.map(() => text('')),
    seccomp: held.data(seccompProgram(process.arch, 'skill')),
    env: start.env,
    joinsNetwork,
  };
  return { layout, staged: root ? movable : [] };
}

function copyFiles({ runFolder, skill }: SandboxStart): string {
  const folder = join(runFolder, 'skill');
  for (const { file, bytes } of skill.files) {
    const path = join(folder, file.path);
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    writeFileSync(path, bytes, { flag: 'wx' });
    chmodSync(path, file.mode === '755' ? 0o755 : 0o644);
  }
  return folder;
}

function commandOf({ plan, args, skill }: SandboxStart): string[] {
  return [`/usr/bin/${plan.command.interpreter}`, `/skills/${skill.name}/${plan.command.file}`, ...args];
}

/**
 * What the shell does in the sandbox before it becomes the command: check that each mount is the folder that was opened
 * and judged, set limits that count from here, close what it was handed, say that it started.
 */
function preludeFor(plan: Plan, withoutGroup: boolean): string {
  const dataKiB = (plan.limits.memoryMiB + (plan.command.interpreter === 'node' ? 640 : 0)) * 1024;
  return [
    'started=$1; shift; n=3',
    'while [ "$1" != -- ]; do [ "$1" -ef /proc/self/fd/$n ] || { echo "$1 is not the folder that was judged" >&2; exit 125; }; n=$((n+1)); shift; done',
    'shift',
    `ulimit -c 0 && ulimit -n ${openFilesMax} && ulimit -f ${fileBytesMax / 512} && ulimit -t ${plan.limits.seconds * 2} || exit 125`,
    `ulimit -u ${plan.limits.processes} 2>/dev/null || ulimit -p ${plan.limits.processes} || exit 125`,
    // Without a control group each process has this limit for itself; V8 reserves 640 MiB before it begins.
    ...(withoutGroup ? [`ulimit -d ${dataKiB} || exit 125`] : []),
    'echo "$started" >&2; unset started n',
    'exec 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&-',
    'exec "$@"',
  ].join('\n');
}

function notesFor(plan: Plan, group: MemoryGroup | { readonly why: string }, forwarder: boolean): string[] {
  return [
    `uid ${plan.uid}`,
    'why' in group
      ? `memory: by process only (no control group: ${group.why})`
      : `memory: control group, ${plan.limits.memoryMiB} MiB`,
    forwarder ? 'network: loopback with the proxy behind it' : 'network: none',
  ];
}

// All that is written to stderr before the sign that it started is bubblewrap's.
async function untilStarted(
  child: ChildProcess,
  started: string,
  group: MemoryGroup | undefined,
  notes: readonly string[],
): Promise<RunningSandbox> {
  const stderr = new PassThrough();
  const ended = new Promise<SandboxEnd>((resolve) => {
    child.on('error', () => resolve({ code: null, signal: null, outOfMemory: false }));
    child.on('close', (code, signal) => {
      const outOfMemory = group?.ranOut() ?? false;
      group?.remove();
      resolve({ code, signal, outOfMemory });
    });
  });
  const source = child.stderr as Readable;
  let before = '';
  await new Promise<void>((resolve, reject) => {
    const refuse = (): void =>
      reject(
        new Problem('sandbox-refused', `The sandbox did not start: ${before.trim() || 'bubblewrap said nothing'}`, {
          hint: 'skill doctor shows what this host can enforce.',
        }),
      );
    const onData = (chunk: Buffer): void => {
      before += chunk.toString('latin1');
      const at = before.indexOf(`${started}\n`);
      if (at < 0) return;
      source.off('data', onData).off('end', refuse);
      stderr.write(Buffer.from(before.slice(at + started.length + 1), 'latin1'));
      source.pipe(stderr);
      resolve();
    };
    source.on('data', onData).on('end', refuse);
    child.on('error', refuse);
  });
  return {
    stdin: child.stdin as Writable,
    stdout: child.stdout as Readable,
    stderr,
    ended,
    kill: () => void child.kill('SIGKILL'),
    notes,
  };
}
