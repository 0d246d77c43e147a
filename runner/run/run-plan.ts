/**
 * The steps of every run, of a skill or of a session: ask approvers, mount the workspaces, start
 * proxy and sandbox, wait for the sandbox's end, and record the end.
 */

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import type { AuditEvent, AuditSubject } from '../../skills-index/run/audit/audit-entry.ts';
import { canaryFrom } from '../../skills-index/run/leaks/canary.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type ActingAgent, actAs } from '../agents/agents.ts';
import { recordRefusal } from '../audit/record-refusal.ts';
import { startEgress } from '../egress/egress.ts';
import { leakDetector } from '../egress/leaks.ts';
import { placeholderFor, watchedPlaceholder } from '../egress/placeholder.ts';
import { revealAll } from '../egress/secrets.ts';
import { type BaseFolder, baseFolder } from '../host/base-programs.ts';
import { readAuthorities } from '../host/host-policy.ts';
import type { HandOver } from '../mounts/ended-view.ts';
import { type OpenMounts, openMounts } from '../mounts/mounts.ts';
import type { SandboxFolder, SandboxStart } from '../sandbox/sandbox.ts';
import { requireMapped } from '../sandbox/sandbox-user.ts';
import { sampleChildren } from './children.ts';
import type { PlannedWork } from './planned-work.ts';
import { recordStart } from './record-start.ts';
import { withRunFolder } from './run-folder.ts';
import type { RunEnd, RunWorld, Stop } from './run-request.ts';
import { type Safeguards, startSafeguards } from './safeguards.ts';
import { watchRun } from './watch.ts';

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
  const values = await revealAll(plan.secrets, world.secrets);
  const placeholders = plan.secrets.map((secret) => ({
    ...secret,
    placeholder: placeholderFor(randomBytes(16)),
  }));
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
    rules: { egress: plan.egress, secrets: placeholders },
    reveal: (name) => values.get(name) ?? '',
    record,
    onFlood: () => flood.abort(),
    leaks,
    caps: plan.egressLimits,
    authorities: readAuthorities(world.hostPolicy),
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

// Git reads a view's repositories in a sandbox of its own, in a run folder of its own: the
// repository's settings are the run's.
function handOverOf({ handOver, sandbox }: PlannedWork, start: SandboxStart): HandOver | undefined {
  if (handOver === undefined) return undefined;
  const runFolder = `${start.runFolder}/${basename(start.runFolder)}-git`;
  return (ended) =>
    handOver(ended, async (command) => {
      mkdirSync(runFolder, { recursive: true, mode: 0o711 });
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
