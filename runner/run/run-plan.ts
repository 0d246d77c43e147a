/**
 * The steps of every run, of a skill or of a session: ask approvers, mount the workspaces, start
 * proxy and sandbox, wait for the sandbox's end, and record the end.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type BreakerWatch, breakerPollMs } from '../../skills-index/run/agents/breaker-watch.ts';
import type { AuditEvent, AuditSubject } from '../../skills-index/run/audit/audit-entry.ts';
import type { HoldSubject } from '../../skills-index/run/holds/hold.ts';
import {
  type RunGate,
  requireStartAllowed,
  type StartArguments,
} from '../../skills-index/run/holds/hold-gate.ts';
import { grantsDigest, type HeldPlan } from '../../skills-index/run/holds/hold-state.ts';
import { canaryFrom, canaryName } from '../../skills-index/run/leaks/canary.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type ActingAgent, actAs } from '../agents/agents.ts';
import { openBreaker } from '../agents/breakers.ts';
import { recordRefusal } from '../audit/record-refusal.ts';
import { startEgress } from '../egress/egress.ts';
import { type LeakDetector, leakDetector } from '../egress/leaks.ts';
import { watchedPlaceholder } from '../egress/placeholder.ts';
import { bindSecrets } from '../egress/secrets.ts';
import { startTimeOf } from '../files/lock.ts';
import { holdDesk, startGate } from '../holds/holds.ts';
import { type BaseFolder, baseFolder } from '../host/base-programs.ts';
import { readAuthorities } from '../host/host-policy.ts';
import type { HandOver } from '../mounts/ended-view.ts';
import { type OpenMounts, openMounts } from '../mounts/mounts.ts';
import type { RunningSandbox, SandboxFolder, SandboxStart } from '../sandbox/sandbox.ts';
import { requireMapped } from '../sandbox/sandbox-user.ts';
import type { PlannedWork } from './planned-work.ts';
import { recordStart } from './record-start.ts';
import { withRunFolder } from './run-folder.ts';
import type { EndReason, RunEnd, RunRequest, RunWorld, Stop } from './run-request.ts';

const childrenMax = 200;

/**
 * Milliseconds between samples of a sandbox’s processes, and how many processes of a run the audit
 * log names.
 */
const childrenMilliseconds = 250;

/**
 * Runs planned work in a sandbox. Returns when the sandbox and the sandbox's files are gone. The
 * audit log has each Problem before `runPlan` throws the Problem.
 * @throws Problem of the plan's first refusal, `budget-used`, `sandbox-missing`, `sandbox-refused`
 * and others
 */
export function runPlan(work: PlannedWork, world: RunWorld): Promise<RunEnd> {
  const subject = { ...work.subject, plan: work.digest };
  return recordRefusal(world.audit, subject, async () => {
    requireStartable(work);
    // Check the agent's budget before asking approvers: nobody should answer for a run that may not
    // start.
    const acting = world.agent === undefined ? undefined : actAs(world.agent, world, work.whyNot);
    try {
      return await guardAndRun(work, world, subject, acting);
    } finally {
      acting?.close();
    }
  });
}

function requireStartable({ hint, plan: { refused, uid }, purpose }: PlannedWork): void {
  const [first] = refused;
  if (first === undefined) {
    requireMapped(uid);
    return;
  }
  throw new Problem(first.code, `Cannot ${purpose}: ${first.message}`, {
    hint: first.hint ?? hint,
    reasons: refused.map((reason) => ({ message: `${reason.code}: ${reason.message}` })),
  });
}

async function guardAndRun(
  work: PlannedWork,
  world: RunWorld,
  subject: AuditSubject,
  acting: ActingAgent | undefined,
): Promise<RunEnd> {
  const { digest, named, plan, programs } = work;
  const write = (event: AuditEvent): void => world.audit.record(subject, event);
  const begun = performance.now();
  const safeguards = await startSafeguards(
    world,
    { ...plan, programs, skill: named },
    {
      run: subject.run,
      agent: plan.agent,
      skill: named.name,
      version: named.version,
      plan: digest,
    },
    write,
    work.words,
  );
  const record = (event: AuditEvent): void => {
    write(event);
    safeguards.breaker.observe(event);
  };
  try {
    // The operator may have revoked the agent while the approver was answering.
    acting?.requireActive();
    const end = await withRunFolder((runFolder) =>
      mountAndStart(work, world, { runFolder, record, acting, safeguards }),
    );
    const milliseconds = Math.round(performance.now() - begun);
    record({ event: 'exit', reason: end.reason, code: end.code, milliseconds });
    return { run: subject.run, ...end, milliseconds };
  } finally {
    safeguards.close();
  }
}

interface Surroundings {
  readonly runFolder: string;
  readonly record: (event: AuditEvent) => void;
  readonly acting: ActingAgent | undefined;
  readonly safeguards: Safeguards;
}

type End = Omit<RunEnd, 'run' | 'milliseconds'>;

async function mountAndStart(
  work: PlannedWork,
  world: RunWorld,
  around: Surroundings,
): Promise<End> {
  const filled = await work.fillRunFolder?.(around.runFolder);
  try {
    const { hostPolicy, now, paths } = world;
    const base = work.sandbox.linksBase === true ? baseFolder(work.base, paths) : undefined;
    const mounts = await openMounts({
      plan: { ...work.plan, skill: work.named },
      planDigest: work.digest,
      subject: work.subject,
      now,
      folders: work.descriptors,
      data: paths.data,
      runFolder: around.runFolder,
      overlays: work.sandbox.entersNamespaces === true,
      programs: [...work.programs, ...work.folders, ...(base === undefined ? [] : [base])].map(
        ({ path }) => path,
      ),
      obeyed: hostPolicy.obeyed,
      ownLocks: hostPolicy.ownLocks,
      record: around.record,
      spend: around.acting?.budget.spend,
      openKept: work.openKept,
      makeGit: work.makeGit,
    });
    try {
      return await startAndWait(work, world, {
        ...around,
        base,
        mounts,
        folders: [...work.folders, ...(filled?.folders ?? [])],
      });
    } finally {
      await mounts.finish();
    }
  } finally {
    filled?.close();
  }
}

interface MountedRun extends Surroundings {
  readonly base: BaseFolder | undefined;
  readonly mounts: OpenMounts;
  readonly folders: readonly SandboxFolder[];
}

async function startAndWait(work: PlannedWork, world: RunWorld, around: MountedRun): Promise<End> {
  const { answers, plan, services } = work;
  const { acting, base, folders, mounts, record, runFolder, safeguards } = around;
  const { placeholders, ...values } = await bindSecrets(plan, world.secrets, record);
  const canary = canaryFrom(randomBytes(56));
  const flood = new AbortController();
  const canarySeen = new AbortController();
  const leaks = leakDetector(
    [canary, ...placeholders.map(watchedPlaceholder)],
    (channel, { encoding }) => {
      // Abort the run before recording the canary: recording opens the breaker, and the run would
      // end as `breaker` instead of `canary`.
      canarySeen.abort();
      record({ event: 'canary', channel, encoding });
    },
  );
  const proxyFolder = `${runFolder}/proxy`;
  const proxy = await startEgress({
    folder: proxyFolder,
    rules: { egress: plan.egress, secrets: placeholders, asks: work.asks },
    ...values,
    record,
    onFlood: () => flood.abort(),
    leaks,
    caps: plan.egressLimits,
    authorities: readAuthorities(world.hostPolicy),
    proxy: await world.openProxy?.(),
    spend: acting?.budget.spend,
    gate: safeguards.gate,
    services,
    answers,
  });
  try {
    const sandboxed: SandboxStart = {
      plan: {
        ...plan,
        programs: base === undefined ? [...work.programs, ...work.base] : work.programs,
      },
      base,
      command: work.command,
      files: [...work.files, canary.file, ...proxy.files],
      folders,
      env: {
        ...(work.hasCanaryInEnvironment ? canary.env : undefined),
        ...work.env(placeholders),
        ...proxy.env,
      },
      ...mounts,
      proxyFolder: plan.egress.length === 0 && services === undefined ? undefined : proxyFolder,
      runFolder,
    };
    const running = await safeguards.breaker.started(work.sandbox.start(sandboxed));
    const notes = [...running.notes, ...mounts.notes, ...(work.notes ?? [])];
    await recordStart({ ...running, notes }, { ...work.started, backend: plan.backend }, record);
    sampleChildren(running, record);
    const stops: Stop[] = [
      ...(world.stops ?? []),
      ...(acting?.stops ?? []),
      { signal: flood.signal, reason: 'limit:denials' },
      { signal: canarySeen.signal, reason: 'canary' },
      { signal: safeguards.breaker.opened, reason: 'breaker' },
      { signal: proxy.failed, reason: 'proxy' },
    ];
    if (world.signal !== undefined) stops.push({ signal: world.signal, reason: 'killed' });
    const { onStderr, onStdout, stdin } = world;
    const end = await watchRun(
      running,
      { stdin, onStdout, onStderr, leaks, stops, waited: safeguards.gate.waited },
      plan,
    );
    const { leaked, ...finished } = await mounts.finish(
      end.reason === 'exit' ? leaks : undefined,
      handOverOf(work, sandboxed),
    );
    return {
      ...(leaked ? { reason: 'canary', code: null } : end),
      egress: { ...proxy.counts },
      ...finished,
    };
  } finally {
    await proxy.close();
  }
}

// Git reads each repository of a view in a sandbox of its own, in a run folder of its own: the
// repository's settings are the run's.
function handOverOf({ handOver, sandbox }: PlannedWork, start: SandboxStart): HandOver | undefined {
  if (handOver === undefined) return undefined;
  let sandboxes = 0;
  return (ended) =>
    handOver(ended, async (command) => {
      const runFolder = `${start.runFolder}/${basename(start.runFolder)}-git${sandboxes++}`;
      mkdirSync(runFolder, { mode: 0o711 });
      const env = { PATH: '/usr/bin:/bin', HOME: '/tmp' };
      return await sandbox.start({
        ...start,
        command,
        env,
        files: [],
        proxyFolder: undefined,
        runFolder,
      });
    });
}

// The safeguards of a run: the gate that asks approvers before the start and during the run, and
// the circuit breaker.

interface Safeguards {
  readonly gate: RunGate;
  readonly breaker: BreakerWatch;
  close(): void;
}

/**
 * Asks approvers about everything that needs an approval before the run starts, as the plan says.
 * @throws Problem `breaker-open`, `hold-unsupported`, `hold-denied`, `hold-expired`
 */
async function startSafeguards(
  {
    hands = {},
    hostPolicy: policy,
    now,
    paths,
    signal,
  }: Pick<RunRequest, 'hands' | 'hostPolicy' | 'now' | 'paths' | 'signal'>,
  plan: HeldPlan & Pick<Plan, 'holds' | 'uid'>,
  subject: HoldSubject,
  record: (event: AuditEvent) => void,
  start: StartArguments,
): Promise<Safeguards> {
  const desk = holdDesk(
    `${paths.data}/holds`,
    { policy, record, now, keyFile: `${paths.config}/audit-key.json` },
    plan.uid,
  );
  const breaker = openBreaker(`${paths.data}/breakers`, desk, subject);
  breaker.requireClosed();
  const gate = breaker.through(startGate({ ...desk, subject, grants: grantsDigest(plan), hands }));
  await requireStartAllowed(gate, plan, start, signal);
  // Another run may have opened the circuit breaker while the approver was answering.
  breaker.requireClosed();
  const timer = setInterval(() => breaker.readState(), breakerPollMs).unref();
  const close = (): void => {
    clearInterval(timer);
    breaker.readState();
  };
  return { gate, breaker, close };
}

// Samples the processes of a sandbox a few times a second, and records each process once: its name
// and a digest of its arguments.

/**
 * The names of the sandbox's own processes. Those processes start the skill's command or carry its
 * requests, so the log does not name them.
 */
const own: readonly string[] = ['bwrap', 'socat', 'forwarder'];

/**
 * Records processes until the sandbox has ended. Sampling misses a process that lives shorter than
 * the interval, and a process can give itself any name. So the records of sampled processes
 * inform a person, and no limit depends on these records.
 */
function sampleChildren(
  { ended, pid }: Pick<RunningSandbox, 'pid' | 'ended'>,
  record: (event: AuditEvent) => void,
): void {
  if (pid === undefined) return;
  const recorded = new Set<string>();
  const sample = (): void => {
    for (const child of processesBelow(pid)) {
      const name = readProc(child, 'comm').trimEnd();
      const line = readProc(child, 'cmdline');
      const id = `${child} ${startTimeOf(child)} ${name} ${line}`;
      if (line === '' || own.includes(name) || recorded.has(id) || recorded.size >= childrenMax)
        continue;
      recorded.add(id);
      record({ event: 'child', name, arguments: digestOf(line), sampled: true });
    }
  };
  const timer = setInterval(() => {
    try {
      sample();
    } catch {
      // The audit log cannot be written, so sampling stops. The next event that must be recorded
      // ends the run.
      clearInterval(timer);
    }
  }, childrenMilliseconds);
  timer.unref();
  void ended.catch(() => undefined).then(() => clearInterval(timer));
}

// Lists a process and its descendants by their pids on this host (proc(5),
// /proc/pid/task/tid/children).
function processesBelow(pid: number): number[] {
  const all = [pid];
  for (let at = 0; at < all.length && all.length < childrenMax; at++) {
    const parent = all[at] ?? pid;
    all.push(...readProc(parent, `task/${parent}/children`).split(' ').filter(Boolean).map(Number));
  }
  return all;
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

// Watches a started sandbox: passes input and output, holds the limits on output and time, and
// returns why the sandbox ended.

interface WatchSettings extends Pick<RunRequest, 'onStderr' | 'onStdout' | 'stdin'> {
  readonly stops: readonly Stop[];
  /** Searches the output for the canary. A found canary must abort one of `stops`. */
  readonly leaks: LeakDetector;
  /**
   * Returns the milliseconds that the run waited for approvers. The run's time limit does not count
   * these milliseconds.
   */
  readonly waited: () => number;
}

/** Waits for the end of a sandbox. When `watchRun` returns, no process of the sandbox lives. */
async function watchRun(
  running: RunningSandbox,
  { leaks, onStderr, onStdout, stdin, stops, waited }: WatchSettings,
  { limits }: Pick<Plan, 'limits'>,
): Promise<{ readonly reason: EndReason; readonly code: number | null }> {
  let stopped: EndReason | undefined;
  const stop = (reason: EndReason): void => {
    stopped ??= reason;
    running.kill();
  };
  const begun = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const waitOrStop = (): void => {
    const left = limits.seconds * 1000 + waited() - (performance.now() - begun);
    if (left < 1) stop('limit:seconds');
    else timer = setTimeout(waitOrStop, left);
  };
  waitOrStop();
  const listening = new AbortController();
  for (const { signal, reason } of stops) {
    signal.addEventListener('abort', () => stop(reason), { signal: listening.signal });
    if (signal.aborted) stop(reason);
  }
  let left = limits.outputBytes;
  const pass = (channel: string, to: (chunk: Uint8Array) => void) => (chunk: Buffer) => {
    // A command may print a placeholder, since a placeholder is worthless outside the proxy. So
    // only the canary stops output.
    if (leaks.push(channel, chunk)?.name === canaryName) return;
    if (left > 0) to(chunk.subarray(0, left));
    left -= chunk.length;
    if (left < 0) stop('limit:output');
  };
  running.stdout.on('data', pass('stdout', onStdout));
  running.stderr.on('data', pass('stderr', onStderr));
  // A command may exit without reading all of its input.
  void pipeline(stdin instanceof Uint8Array ? [stdin] : (stdin ?? []), running.stdin).catch(
    () => undefined,
  );
  const end = await running.ended;
  clearTimeout(timer);
  listening.abort();
  if (stopped !== undefined) return { reason: stopped, code: null };
  if (end.outOfMemory) return { reason: 'limit:memory', code: null };
  if (end.outOfProcesses === true && end.code !== 0)
    return { reason: 'limit:processes', code: null };
  // A shell reports a signal as 128 plus the signal's number. 152 is SIGXCPU (24): the command used
  // up its processor seconds.
  if (end.code === 152) return { reason: 'limit:seconds', code: null };
  return end.code === null ? { reason: 'killed', code: null } : { reason: 'exit', code: end.code };
}
