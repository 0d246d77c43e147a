/** The default sandbox: bubblewrap with an own seccomp filter, an empty environment, sized temporary folders and no network of its own. */
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../skills-index/skill/problem.ts';
import { startOf } from '../lock.ts';
import type { RunningSandbox, Sandbox, SandboxStart } from '../sandbox.ts';
import { seccompProgram } from '../seccomp.ts';
import { skillArguments } from './bubblewrap-arguments.ts';
import { type Forwarder, startForwarder } from './forwarder.ts';
import { descriptorAt, launch, openData, reach, readLibraries, refuseMissingTools, tools } from './launch.ts';
import { type MemoryGroup, makeMemoryGroup } from './memory-group.ts';
import { preludeChecks, preludeScript } from './prelude.ts';

/** The sandbox of this host. */
export function bubblewrap(): Sandbox {
  const group = makeMemoryGroup(`skillgate-${randomBytes(6).toString('hex')}`, 64);
  group?.finish();
  const gives = ['seccomp', 'no-network', 'dropped-uid', ...(group === undefined ? [] : ['memory-cgroup'])];
  return { name: 'bubblewrap', gives, checks: preludeChecks, start };
}

async function start(what: SandboxStart): Promise<RunningSandbox> {
  const { plan, proxyFolder, runFolder } = what;
  if (plan.uid === 0) throw new Problem('mount-owner-root', 'A run never takes root’s uid');
  refuseMissingTools();
  mkdirSync(`${runFolder}/stage`, { recursive: true });
  const forwarder = proxyFolder === undefined ? undefined : await startForwarder(what, proxyFolder);
  const group = makeMemoryGroup(runFolder.split('/').at(-1) ?? '', plan.limits.memoryMiB);
  const end = (): boolean => {
    forwarder?.stop();
    return group?.finish() ?? false;
  };
  const started = randomBytes(16).toString('hex');
  let child: ChildProcess;
  try {
    child = startChild(what, started, forwarder, group);
  } catch (cause) {
    end();
    throw cause;
  }
  const first = firstProcess(child.stdio.at(descriptorAt.info) as Readable);
  const closed = new Promise<number | null>((resolve) => void child.on('error', () => undefined).on('close', resolve));
  const ended = closed.then(async (code) => {
    await untilEmpty(await first);
    return { code, outOfMemory: end() };
  });
  const memory = group === undefined ? 'by process only' : `${plan.limits.memoryMiB} MiB by control group`;
  const running = {
    stdin: child.stdin as Writable,
    stdout: child.stdout as Readable,
    ended,
    kill: () => void child.kill('SIGKILL'),
    notes: [`uid ${plan.uid}`, `memory: ${memory}`, `network: ${forwarder === undefined ? 'none' : 'the proxy'}`],
  };
  try {
    return { ...running, stderr: await untilStarted(child.stderr as Readable, started) };
  } catch (cause) {
    await ended;
    throw cause;
  }
}

/**
 * Waits until nothing of a sandbox lives. Its outer process may end before, so the pid that it told counts: the first process of
 * the pid namespace, which the kernel ends last (pid_namespaces(7)), after every system call in it.
 */
async function untilEmpty(first: { readonly pid: number; readonly began: string } | undefined): Promise<void> {
  while (first !== undefined && first.began !== 'gone' && startOf(first.pid) === first.began) await sleep(1);
}

async function firstProcess(told: Readable): Promise<{ readonly pid: number; readonly began: string } | undefined> {
  const [, pid] = /"child-pid": (\d+)/.exec(await text(told).catch(() => '')) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), began: startOf(Number(pid)) };
}

// `started` is what the shell in the sandbox writes to stderr when all is in place.
function startChild(
  what: SandboxStart,
  started: string,
  forwarder: Forwarder | undefined,
  group: MemoryGroup | undefined,
): ChildProcess {
  const { command, pins, plan, runFolder } = what;
  const { firstData, firstPin, info, network, shell, user } = descriptorAt;
  const targets = plan.mounts.map((one) => one.target);
  const lent = new Map(targets.map((target, index) => [firstPin + index, pins.get(target) ?? -1]));
  if (forwarder !== undefined) lent.set(user, forwarder.user).set(network, forwarder.network);
  const own: number[] = [];
  const staged = new Map<string, string>();
  try {
    lent.set(shell, own[own.push(openSync(tools.sh, 'r')) - 1] ?? -1);
    const bubblewrapArguments = skillArguments(what, {
      libraries: readLibraries(),
      reach: (name, path) => reach(staged, runFolder, name, path),
      descriptorOf: (bytes) => firstData + own.push(openData(runFolder, bytes)) - 2,
      seccomp: seccompProgram(process.arch, 'skill'),
      info,
      joinsNetwork: forwarder !== undefined,
    });
    const prelude = preludeScript(what, group === undefined ? plan.limits.memoryMiB : undefined);
    const given = own.slice(1).map((descriptor, index) => [firstData + index, descriptor] as const);
    return launch({
      bubblewrapArguments,
      command: [`/proc/self/fd/${shell}`, '-c', prelude, 'sh', started, runFolder, ...targets, '--', ...command],
      descriptors: new Map<number, number | 'pipe'>([...lent, [info, 'pipe'], ...given]),
      ...{ uid: plan.uid, gid: plan.gid, runFolder, staged, entersNetwork: forwarder !== undefined, group: group?.processes },
    });
  } finally {
    for (const descriptor of own) closeSync(descriptor);
  }
}

// All that is written to stderr before the sign that it started is bubblewrap's or the prelude's.
function untilStarted(source: Readable, started: string): Promise<Readable> {
  const stderr = new PassThrough();
  let before = '';
  return new Promise((resolve, reject) => {
    const onEnd = (): void =>
      reject(new Problem('sandbox-refused', `The sandbox did not start: ${before.trim() || 'bubblewrap said nothing'}`));
    const onData = (chunk: Buffer): void => {
      before += chunk.toString('latin1');
      const at = before.indexOf(`${started}\n`);
      if (at < 0) return;
      source.off('data', onData).off('end', onEnd);
      stderr.write(Buffer.from(before.slice(at + started.length + 1), 'latin1'));
      source.pipe(stderr);
      resolve(stderr);
    };
    source.on('data', onData).on('end', onEnd);
  });
}
