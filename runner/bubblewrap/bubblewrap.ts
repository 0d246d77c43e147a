/**
 * The default sandbox: bubblewrap with Skillgate's own seccomp filter, an empty environment,
 * temporary folders of limited size, and no network device to the outside.
 */
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type TcpDestination,
  tcpDestinations,
} from '../../skills-index/run/egress/proxy-environment.ts';
import { seccompProgram } from '../../skills-index/run/plan/seccomp.ts';
import { sharingNotes } from '../../skills-index/run/plan/sharing-notes.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { startTimeOf } from '../files/lock.ts';
import { give } from '../files/owned-folder.ts';
import { type ControlGroups, makeControlGroups, type RanOut } from '../sandbox/control-groups.ts';
import { preludeChecks, preludeScript } from '../sandbox/prelude.ts';
import type { RunningSandbox, Sandbox, SandboxStart } from '../sandbox/sandbox.ts';
import { requireMapped, requireNotRoot } from '../sandbox/sandbox-user.ts';
import {
  goAhead,
  notStarted,
  startSecondsMax,
  unixSocketsNote,
  untilStarted,
  whyNoUnixSockets,
} from '../sandbox/started.ts';
import { forwarderArguments, skillArguments } from './bubblewrap-arguments.ts';
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

export const egressConnectionsMax = 64;

/** Port on which the forwarder listens inside the sandbox. */
export const forwarderPort = 3_128;

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

// Carries connections from a skill's sandbox to the egress proxy. The forwarder is socat in a
// sandbox of its own. socat listens on 127.0.0.1:3128 of a network namespace that the skill's
// sandbox then joins. So the skill gets no socket of the proxy and no socat, and socat needs no
// interpreter.

interface Forwarder {
  /** Open descriptors of the forwarder's namespaces; `stop` closes the descriptors. */
  readonly user: number;
  readonly network: number;
  stop(): void;
}

/**
 * The user and group of the forwarders of a runner that is root. As the run's user, other processes
 * of that user could reach the proxy's socket and enter the forwarder's network, and with it use
 * the secrets of the run. Nobody else has this number: systemd leaves it unused (“Users, Groups,
 * UIDs and GIDs on systemd Systems”), and images of containers take 65532 and 65534.
 */
const forwarderId = 65_520;

/**
 * Starts the forwarder and waits until the forwarder listens.
 * @throws Problem `sandbox-refused` when the forwarder does not listen in time
 */
export async function startForwarder(
  { namespace, plan, runFolder }: SandboxStart,
  proxyFolder: string,
): Promise<Forwarder> {
  const { gid, uid } = process.getuid?.() === 0 ? { uid: forwarderId, gid: forwarderId } : plan;
  requireMapped(uid);
  for (const path of [`${proxyFolder}/proxy.sock`, proxyFolder]) give(path, { uid, gid });
  const seccomp = seccompProgram(process.arch, true);
  const filterAt = descriptorAt.firstData;
  const infoAt = descriptorAt.info;
  const staged = new Map<string, string>();
  const socket = reachablePath(staged, runFolder, 'proxy', proxyFolder);
  const groups = makeControlGroups(forwarderGroupOf(runFolder), {
    ...forwarderLimits,
    processes: (egressConnectionsMax + 2) * (1 + tcpDestinations(plan.egress).length),
  });
  const children: ChildProcess[] = [];
  let errors = Promise.resolve('');
  const end = (): void => {
    for (const child of children) child.kill('SIGKILL');
    groups.finish();
  };
  /** Starts one socat, in the network of an earlier one where there is one. */
  const listen = async (
    { address, port }: Pick<TcpDestination, 'address' | 'port'>,
    to: string,
    joined: readonly (readonly [number, number])[] = [],
  ): Promise<number> => {
    const joinsNetwork = joined.length > 0;
    const filter = openData(runFolder, seccomp);
    const from = `TCP4-LISTEN:${port},bind=${address},fork,max-children=${egressConnectionsMax},backlog=${egressConnectionsMax}`;
    const around = { info: infoAt, joinsNetwork, seccomp: filterAt };
    let child: ChildProcess;
    try {
      child = groups.startIn(() =>
        launch({
          bubblewrapArguments: forwarderArguments({ uid, gid }, libraries, socket, around),
          command: [tools.socat, from, to],
          descriptors: new Map<number, number | 'pipe'>([
            ...joined,
            [filterAt, filter],
            [infoAt, 'pipe'],
          ]),
          uid,
          gid,
          runFolder,
          staged,
          // The sandbox enters the forwarder's user namespace from the views' user namespace, so
          // the views' namespace must be the parent.
          namespace: namespace?.user === undefined ? undefined : namespace,
          entersNetwork: joinsNetwork,
        }),
      );
    } finally {
      closeSync(filter);
    }
    children.push(child);
    errors = text(child.stderr as Readable);
    const { 'child-pid': pid } = JSON.parse(await text(child.stdio.at(infoAt) as Readable)) as {
      'child-pid': number;
    };
    // Move socat into the control groups before socat listens. Then socat's process for each
    // connection belongs to the groups too.
    groups.take(pid);
    await untilListening(child, pid, { address, port });
    return pid;
  };
  try {
    const own = '127.0.0.1';
    const pid = await listen(
      { address: own, port: forwarderPort },
      'UNIX-CONNECT:/proxy/proxy.sock',
    );
    const user = openSync(`/proc/${pid}/ns/user`, 'r');
    const network = openSync(`/proc/${pid}/ns/net`, 'r');
    const stop = (): void => {
      end();
      closeSync(user);
      closeSync(network);
    };
    // Programs connect to these hosts as if there were no proxy: socat asks it for them.
    for (const one of tcpDestinations(plan.egress))
      await listen(one, `PROXY:${own}:${one.host}:${one.port},proxyport=${forwarderPort}`, [
        [descriptorAt.user, user],
        [descriptorAt.network, network],
      ]);
    return { user, network, stop };
  } catch (cause) {
    end();
    const why = (await errors).trim() || (cause as Error).message;
    throw notStarted(`The forwarder to the egress proxy did not start: ${why}`, cause);
  }
}

/**
 * Limits of the forwarder, in control groups of its own, beside one process for each connection of
 * each socat. The skill's limits do not count the forwarder's use.
 */
const forwarderLimits = { memoryMiB: 128, cores: 0.5 };

/** Returns the name of the forwarder's control groups, which lie beside the run's groups. */
export function forwarderGroupOf(runFolder: string): string {
  return `${runFolder.split('/').at(-1) ?? ''}-forwarder`;
}

// A listening socket has a line in /proc/net/tcp (proc(5)): address and port in hexadecimal, no
// peer, state 0A.
async function untilListening(
  child: ChildProcess,
  pid: number,
  { address, port }: Pick<TcpDestination, 'address' | 'port'>,
): Promise<void> {
  const bytes = address.split('.').map(Number).reverse();
  const listening = `${Buffer.from(bytes).toString('hex').toUpperCase()}:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A`;
  for (
    const until = performance.now() + startSecondsMax * 1000;
    performance.now() < until;
    await sleep(1)
  ) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error('socat ended at once');
    if (readFileSync(`/proc/${pid}/net/tcp`, 'latin1').includes(listening)) return;
  }
  throw new Error(`socat did not listen within ${startSecondsMax} s`);
}
