/**
 * The default sandbox: bubblewrap with Skillgate's own seccomp filter, an empty environment,
 * temporary folders of limited size, and no network device to the outside.
 */
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { seccompProgram } from '../../skills-index/run/plan/seccomp.ts';
import { sharingNotes } from '../../skills-index/run/plan/sharing-notes.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { startTimeOf } from '../files/lock.ts';
import { type ControlGroups, makeControlGroups, type RanOut } from '../sandbox/control-groups.ts';
import { unixSocketsNote, whyNoUnixSockets } from '../sandbox/own-sockets.ts';
import { preludeChecks, preludeScript } from '../sandbox/prelude.ts';
import type { RunningSandbox, Sandbox, SandboxStart } from '../sandbox/sandbox.ts';
import { requireNotRoot } from '../sandbox/sandbox-user.ts';
import { goAhead, untilStarted } from '../sandbox/started.ts';
import { skillArguments } from './bubblewrap-arguments.ts';
import { type Forwarder, forwarderLimits, startForwarder } from './forwarder.ts';
import {
  descriptorAt,
  keyLists,
  launch,
  libraries,
  openData,
  reachablePath,
  requireTools,
  tools,
} from './launch.ts';

// One run gets at most half of the processors, so that the runner and other runs can go on.
const cores = Math.max(1, availableParallelism() / 2);

/** Returns the bubblewrap sandbox with the protections that this host can give. */
export function bubblewrap(): Sandbox {
  const groups = makeControlGroups(`skillgate-${randomBytes(6).toString('hex')}`, {
    memoryMiB: 64,
    processes: 1,
    cores,
  });
  groups.finish();
  const gives = [
    'seccomp',
    'no-network',
    'no-user-namespaces',
    'dropped-uid',
    ...[...groups.held].map((controller) => `${controller}-cgroup`),
  ];
  return {
    name: 'bubblewrap',
    gives,
    checks: preludeChecks,
    entersNamespaces: true,
    linksBase: true,
    start,
  };
}

async function start(what: SandboxStart): Promise<RunningSandbox> {
  const { plan, proxyFolder, runFolder } = what;
  requireNotRoot(plan);
  requireTools();
  const forwarder = proxyFolder === undefined ? undefined : await startForwarder(what, proxyFolder);
  const groups = makeControlGroups(runFolder.split('/').at(-1) ?? '', { ...plan.limits, cores });
  const end = (): RanOut => {
    forwarder?.stop();
    return groups.finish();
  };
  const started = randomBytes(16).toString('hex');
  let child: ChildProcess;
  try {
    child = groups.startIn(() => startChild(what, started, forwarder, groups));
  } catch (cause) {
    end();
    throw cause;
  }
  const first = firstProcess(child.stdio.at(descriptorAt.info) as Readable);
  // The outer process of bubblewrap ends an inner process only once that inner process has set its
  // parent-death signal. So kill the first inner process as well.
  const kill = (): void => {
    child.kill('SIGKILL');
    void first
      .then(
        (inner) =>
          inner !== undefined &&
          startTimeOf(inner.pid) === inner.began &&
          process.kill(inner.pid, 'SIGKILL'),
      )
      .catch(() => undefined);
  };
  const closed = new Promise<number | null>(
    (resolve) => void child.on('error', () => undefined).on('close', resolve),
  );
  const ended = closed.then(async (code) => {
    await untilEmpty(await first);
    const { memory, processes } = end();
    return { code, outOfMemory: memory, outOfProcesses: processes };
  });
  try {
    const stderr = await untilStarted(child.stderr as Readable, started);
    const pid = (await first)?.pid;
    join(groups, pid);
    const stdin = child.stdin as Writable;
    const stdout = child.stdout as Readable;
    stdin.on('error', () => undefined).write(goAhead);
    return { pid, stdin, stdout, stderr, ended, kill, notes: notesOf(what, groups) };
  } catch (cause) {
    kill();
    await ended;
    throw cause;
  }
}

function notesOf(what: SandboxStart, { held }: ControlGroups): string[] {
  const { base, folders = [], plan, proxyFolder, sources, systemViews } = what;
  const { limits, mounts, programs, uid } = plan;
  const bound = [
    ...libraries.filter(({ link }) => link === undefined),
    ...folders,
    ...(base === undefined ? [] : [base]),
  ].map(({ path }) => path);
  const system = [...bound, ...programs.map(({ path }) => dirname(path))];
  const by = (controller: 'memory' | 'pids' | 'cpu', otherwise: string): string =>
    held.has(controller) ? 'by control group' : otherwise;
  return [
    `uid ${uid}`,
    `memory: ${limits.memoryMiB} MiB ${by('memory', 'for each process only')}`,
    `processes: ${limits.processes} ${by('pids', 'by user')}`,
    held.has('cpu') ? `processors: ${cores} by control group` : 'processors: no limit but time',
    `network: ${proxyFolder === undefined ? 'none' : 'the proxy'}`,
    unixSocketsNote(what),
    ...(proxyFolder !== undefined && held.has('cpu')
      ? [
          `forwarder to the proxy: ${forwarderLimits.cores} processors more, by a control group of its own`,
        ]
      : []),
    ...sharingNotes({ system, mounts, sources, systemViews }),
  ];
}

// The shell in the sandbox waits for a line before the shell becomes the command. So no process of
// the skill ever runs outside the control groups.
function join(groups: ControlGroups, first: number | undefined): void {
  try {
    if (first === undefined) throw new Error('its first process is not known');
    groups.take(first);
  } catch (cause) {
    throw new Problem(
      'sandbox-refused',
      `The sandbox did not start: it cannot join its control groups: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/**
 * Waits until no process of a sandbox lives. The outer process of bubblewrap may end earlier than
 * the sandbox. The kernel ends the first process of the pid namespace last (pid_namespaces(7)), so
 * the runner waits for that process.
 */
async function untilEmpty(
  first: { readonly pid: number; readonly began: string } | undefined,
): Promise<void> {
  while (first !== undefined && first.began !== 'gone' && startTimeOf(first.pid) === first.began)
    await sleep(1);
}

async function firstProcess(
  info: Readable,
): Promise<{ readonly pid: number; readonly began: string } | undefined> {
  const [, pid] = /"child-pid": (\d+)/.exec(await text(info).catch(() => '')) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), began: startTimeOf(Number(pid)) };
}

// `started` is the text that the shell in the sandbox writes to stderr when the sandbox is
// complete.
function startChild(
  what: SandboxStart,
  started: string,
  forwarder: Forwarder | undefined,
  { held }: ControlGroups,
): ChildProcess {
  const { command, namespace, pins, plan, runFolder } = what;
  const { firstData, firstPin, info, network, shell, user } = descriptorAt;
  const targets = plan.mounts.map(({ target }) => target);
  const borrowed = new Map(
    targets.map((target, index) => [firstPin + index, pins.get(target) ?? -1]),
  );
  if (forwarder !== undefined) borrowed.set(user, forwarder.user).set(network, forwarder.network);
  const shellFile = openSync(tools.sh, 'r');
  const data: number[] = [];
  const staged = new Map<string, string>();
  try {
    borrowed.set(shell, shellFile);
    const bubblewrapArguments = skillArguments(what, {
      reach: (name, path) => reachablePath(staged, runFolder, name, path),
      descriptorOf: (bytes) => firstData + data.push(openData(runFolder, bytes)) - 1,
      seccomp: seccompProgram(process.arch, whyNoUnixSockets(what) === undefined),
      libraries,
      keyLists,
      info,
      joinsNetwork: forwarder !== undefined,
    });
    const prelude = preludeScript(what, held);
    const given = data.map((descriptor, index) => [firstData + index, descriptor] as const);
    return launch({
      bubblewrapArguments,
      command: [
        `/proc/self/fd/${shell}`,
        '-c',
        prelude,
        'sh',
        started,
        runFolder,
        ...targets,
        '--',
        ...command,
      ],
      descriptors: new Map<number, number | 'pipe'>([...borrowed, [info, 'pipe'], ...given]),
      uid: plan.uid,
      gid: plan.gid,
      runFolder,
      staged,
      namespace,
      entersNetwork: forwarder !== undefined,
    });
  } finally {
    for (const descriptor of [shellFile, ...data]) closeSync(descriptor);
  }
}
