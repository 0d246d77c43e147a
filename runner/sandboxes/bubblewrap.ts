/** The default sandbox: bubblewrap with an own seccomp filter, an empty environment, sized temporary folders and no network of its own. */
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { RunningSandbox, Sandbox, SandboxStart } from '../sandbox.ts';
import { seccompProgram } from '../seccomp.ts';
import { skillArguments } from './bubblewrap-arguments.ts';
import { type Forwarder, startForwarder } from './forwarder.ts';
import { descriptorAt, findTools, launch, openData, readLibraries, stager, type Tools } from './launch.ts';
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
  const { uid, gid } = plan;
  if (uid === 0) throw new Problem('mount-owner-root', 'A run never takes root’s uid');
  const tools = findTools();
  mkdirSync(`${runFolder}/stage`, { recursive: true });
  const forwarder = proxyFolder === undefined ? undefined : await startForwarder(tools, { proxyFolder, runFolder, uid, gid });
  const group = makeMemoryGroup(runFolder.split('/').at(-1) ?? '', plan.limits.memoryMiB);
  const started = randomBytes(16).toString('hex');
  const end = (): boolean => {
    forwarder?.stop();
    return group?.finish() ?? false;
  };
  const child = orElse(end, () => startChild(what, { tools, forwarder, group, started }));
  const ended = new Promise<{ code: number | null; outOfMemory: boolean }>((resolve) => {
    child.on('error', () => undefined).on('close', (code) => resolve({ code, outOfMemory: end() }));
  });
  const memory = group === undefined ? 'by process only' : `${plan.limits.memoryMiB} MiB by control group`;
  return {
    stdin: child.stdin as Writable,
    stdout: child.stdout as Readable,
    stderr: await untilStarted(child.stderr as Readable, started),
    ended,
    kill: () => void child.kill('SIGKILL'),
    notes: [`uid ${uid}`, `memory: ${memory}`, `network: ${forwarder === undefined ? 'none' : 'the proxy'}`],
  };
}

function orElse<Result>(undo: () => unknown, act: () => Result): Result {
  try {
    return act();
  } catch (cause) {
    undo();
    throw cause;
  }
}

interface StartParts {
  readonly tools: Tools;
  readonly forwarder: Forwarder | undefined;
  readonly group: MemoryGroup | undefined;
  /** What the prelude writes to stderr when all is in place. */
  readonly started: string;
}

function startChild(what: SandboxStart, { tools, forwarder, group, started }: StartParts): ChildProcess {
  const { args, pins, plan, runFolder } = what;
  const descriptors = new Map<number, number>(
    plan.mounts.map(({ target }, index) => [descriptorAt.firstPin + index, pins.get(target) ?? -1]),
  );
  if (forwarder !== undefined) descriptors.set(descriptorAt.user, forwarder.user).set(descriptorAt.network, forwarder.network);
  const own = [openSync(tools.sh, 'r')];
  const descriptorOf = (bytes: Uint8Array): number => descriptorAt.shell + own.push(openData(runFolder, bytes)) - 1;
  const { staged, reach } = stager(runFolder);
  const seccomp = seccompProgram(process.arch, 'skill');
  const around = { libraries: readLibraries(), reach, descriptorOf, seccomp, joinsNetwork: forwarder !== undefined };
  const { interpreter, file } = plan.command;
  const command = [`/usr/bin/${interpreter}`, `/skills/${plan.skill.name}/${file}`, ...args];
  const prelude = preludeScript(plan, group === undefined ? plan.limits.memoryMiB : undefined);
  const bubblewrapArguments = skillArguments(what, around);
  for (const [index, descriptor] of own.entries()) descriptors.set(descriptorAt.shell + index, descriptor);
  const child = launch(tools, {
    bubblewrapArguments,
    command: [
      `/proc/self/fd/${descriptorAt.shell}`,
      '-c',
      prelude,
      'sh',
      started,
      runFolder,
      ...plan.mounts.map((one) => one.target),
      '--',
      ...command,
    ],
    entersNetwork: forwarder !== undefined,
    group: group?.processes,
    ...{ uid: plan.uid, gid: plan.gid, runFolder, descriptors, staged },
  });
  for (const descriptor of own) closeSync(descriptor);
  return child;
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
