/**
 * A session of an agent's own program: an ephemeral sandbox with the system's programs, its workspace, its memory, its model and the way
 * to its skills; gone afterwards, with one audit trail. Its skills run beside it, each in a sandbox of its own.
 */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { actAs } from '../../runner/agents.ts';
import type { Audit } from '../../runner/audit.ts';
import { startEgress } from '../../runner/egress.ts';
import { type HeldMounts, holdMounts } from '../../runner/mounts.ts';
import { recordStart } from '../../runner/record-start.ts';
import { withRunFolder } from '../../runner/run-folder.ts';
import type { EndReason, Stop } from '../../runner/run-request.ts';
import { type Safeguards, startSafeguards } from '../../runner/safeguards.ts';
import type { Sandbox } from '../../runner/sandbox.ts';
import { leakDetector } from '../../runner/secrets/leaks.ts';
import { placeholderFor, watchedPlaceholder } from '../../runner/secrets/placeholder.ts';
import { revealAll, type Secrets } from '../../runner/secrets.ts';
import { watchRun } from '../../runner/watch.ts';
import { type Agent, whyEnded } from '../../skills-index/run/agent.ts';
import type { AuditEvent } from '../../skills-index/run/audit-entry.ts';
import { sessionThresholds } from '../../skills-index/run/breaker.ts';
import { runnerHost } from '../../skills-index/run/bridge.ts';
import { canaryFrom } from '../../skills-index/run/canary.ts';
import type { ChangeSet, LeftBehind } from '../../skills-index/run/changes.ts';
import type { HoldHands } from '../../skills-index/run/hold.ts';
import type { HostPolicy } from '../../skills-index/run/host-policy.ts';
import { type RunTokens, runTokens } from '../../skills-index/run/run-token.ts';
import { type SessionPlan, sessionSkill } from '../../skills-index/run/session-plan.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import type { Startable } from '../start-skill.ts';
import { type BridgeCalls, serveBridge } from './bridge-server.ts';
import { keyVariableOf } from './plan-session.ts';
import { bridgeFiles, keepToken, runFolders } from './session-files.ts';
import { giveMemory, type SessionHost } from './session-host.ts';
import { writeSkillTree } from './skill-tree.ts';

export interface Session {
  /** Of the session; every line of the audit log that belongs to it has it. */
  readonly id: string;
  readonly agent: Agent;
  readonly plan: SessionPlan;
  readonly digest: Digest;
  readonly host: SessionHost;
  readonly secrets: Secrets;
  readonly skills: readonly Startable[];
  readonly calls: BridgeCalls;
  readonly audit: Audit;
  readonly sandbox: Sandbox;
  readonly hostPolicy: HostPolicy;
  /** How people hear of what waits for them. */
  readonly hands: HoldHands;
  /** PEM texts of authorities beside the system's. */
  readonly authorities: readonly string[];
}

export interface SessionEnd {
  readonly reason: EndReason;
  readonly code: number | null;
  /** What of its changes is not taken over, and why. */
  readonly cleaned: readonly LeftBehind[];
  /** What it changed in its memory and workspace, as it waits to be applied. */
  readonly changes?: ChangeSet;
}

type Io = Pick<CommandContext, 'now' | 'paths' | 'signal'> & {
  readonly stdin: AsyncIterable<Uint8Array> | undefined;
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly onStderr: (chunk: Uint8Array) => void;
};

/**
 * Runs the session to its end.
 * @throws Problem of the plan's first refusal, `budget-used`, `sandbox-missing`, `sandbox-refused`; recorded first
 */
export async function runSession(session: Session, io: Io): Promise<SessionEnd> {
  const { agent, audit, digest, id, plan } = session;
  const subject = { run: id, agent: agent.name, session: id, plan: digest };
  let safe: Safeguards | undefined;
  const write = (event: AuditEvent): void => audit.record(subject, event);
  const record = (event: AuditEvent): void => {
    write(event);
    safe?.breaker.observe(event);
  };
  const begun = performance.now();
  const tokens = runTokens(io.now, () => randomBytes(32));
  try {
    refuseWhatThePlanRefuses(plan);
    // Before anybody is asked: what its budget does not allow reaches no person.
    const acting = actAs(agent, io, (one) => whyEnded(one, io.now()));
    try {
      const guards = await guardSession(session, io, write);
      safe = guards;
      acting.look().throwIfAborted();
      const end = await withRunFolder((runFolder) =>
        holdAndStart(session, io, { runFolder, tokens, record, acting, safe: guards }),
      );
      const { code, reason } = end;
      record({ event: 'exit', reason, code, milliseconds: Math.round(performance.now() - begun) });
      return end;
    } finally {
      acting.close();
    }
  } catch (cause) {
    const code = cause instanceof Problem ? cause.code : 'internal';
    record({ event: 'refused', code, why: (cause as Error).message });
    throw cause;
  } finally {
    safe?.close();
    tokens.end();
  }
}

// The rules of host policy that name no skill hold for it, and a breaker of its own counts what it does over all sessions of the agent.
function guardSession(
  { agent, digest: plan, hands, hostPolicy: policy, id: run, plan: planned }: Session,
  { now, paths, signal }: Io,
  write: (event: AuditEvent) => void,
): Promise<Safeguards> {
  const hostPolicy = { ...policy, breakers: sessionThresholds(policy.breakers) };
  const { name: skill, version } = sessionSkill;
  return startSafeguards(
    { hands, hostPolicy, now, paths, signal },
    { ...planned, programs: [], skill: sessionSkill },
    { run, agent: agent.name, skill, version, plan },
    write,
    { command: planned.command[0] ?? '', args: planned.command.slice(1), why: '' },
  );
}

function refuseWhatThePlanRefuses({ agent, refused }: SessionPlan): void {
  const [first] = refused;
  if (first === undefined) return;
  throw new Problem(first.code, `Cannot start a session of agent ${agent}: ${first.message}`, {
    hint: first.hint ?? `skillgate agent run --plan ${agent} -- COMMAND`,
    reasons: refused.map((one) => ({ message: `${one.code}: ${one.message}` })),
  });
}

interface Surroundings {
  readonly runFolder: string;
  readonly tokens: RunTokens;
  readonly record: (event: AuditEvent) => void;
  readonly acting: ReturnType<typeof actAs>;
  readonly safe: Safeguards;
}

async function holdAndStart(session: Session, io: Io, around: Surroundings): Promise<SessionEnd> {
  const { digest, host, id, plan, sandbox, skills } = session;
  const { record, runFolder } = around;
  const memory = plan.mounts.find((one) => one.source === 'memory');
  if (memory !== undefined) giveMemory(memory.path, plan.uid, plan.gid);
  await writeSkillTree(`${runFolder}/skills`, skills);
  const stopRenewing = keepToken(`${runFolder}/token`, around.tokens, plan);
  const mounts = await holdMounts({
    plan: { mounts: plan.mounts, agent: plan.agent, skill: sessionSkill },
    ...{ planDigest: digest, subject: { run: id, agent: plan.agent }, now: io.now, folders: host.folders, data: io.paths.data },
    ...{ runFolder, overlays: sandbox.entersNamespaces === true, programs: plan.folders.map(({ path }) => path) },
    ...{ obeyed: session.hostPolicy.obeyed, ownLocks: session.hostPolicy.ownLocks, record, spend: around.acting.purse.spend },
  });
  try {
    return await startAndWait(session, io, { ...around, mounts });
  } finally {
    stopRenewing();
    await mounts.finish();
  }
}

async function startAndWait(
  session: Session,
  io: Io,
  around: Surroundings & { readonly mounts: HeldMounts },
): Promise<SessionEnd> {
  const { authorities, calls, plan, sandbox, secrets } = session;
  const { acting, mounts, record, runFolder, safe, tokens } = around;
  const values = await revealAll(plan.secrets, secrets);
  const placeholders = plan.secrets.map((one) => ({ ...one, placeholder: placeholderFor(randomBytes(16)) }));
  const canary = canaryFrom(randomBytes(56));
  const [flood, sung] = [new AbortController(), new AbortController()];
  const leaks = leakDetector([canary, ...placeholders.map(watchedPlaceholder)], (channel, { encoding }) => {
    // First the end, so that it has this name: what is recorded opens the breaker.
    sung.abort();
    record({ event: 'canary', channel, encoding });
  });
  const serve = (stream: Duplex): void => serveBridge(stream, tokens, calls);
  const proxy = await startEgress({
    folder: `${runFolder}/proxy`,
    rules: { egress: plan.egress, secrets: placeholders },
    reveal: (name) => values.get(name) ?? '',
    ...{ record, owner: plan, onFlood: () => flood.abort(), leaks, caps: plan.egressLimits, authorities },
    spend: acting.purse.spend,
    gate: safe.gate,
    services: new Map([[`${runnerHost}:80`, serve]]),
  });
  try {
    const keys = placeholders.map((one) => [keyVariableOf(one), one.placeholder] as const);
    const starting = sandbox.start({
      plan: { ...plan, programs: [] },
      command: plan.command,
      // Not in its environment, which agents' programs send to their models as a matter of course.
      files: [canary.file, ...proxy.files, ...bridgeFiles()],
      folders: [...plan.folders, ...runFolders(runFolder)],
      env: { ...Object.fromEntries(plan.env.map((one) => [one.name, one.value])), ...proxy.env, ...Object.fromEntries(keys) },
      ...mounts,
      proxyFolder: `${runFolder}/proxy`,
      runFolder,
    });
    const running = await safe.breaker.started(starting);
    await recordStart(running, { command: plan.command.join(' '), why: 'session', backend: plan.backend }, record);
    const stops: Stop[] = [
      ...acting.stops,
      { signal: flood.signal, reason: 'limit:denials' },
      { signal: sung.signal, reason: 'canary' },
      { signal: safe.breaker.opened, reason: 'breaker' },
      { signal: proxy.failed, reason: 'proxy' },
      { signal: io.signal, reason: 'killed' },
    ];
    const { stdin, onStdout, onStderr } = io;
    const end = await watchRun(
      running,
      { ...(stdin === undefined ? {} : { stdin }), onStdout, onStderr, leaks, stops, waited: safe.gate.waited },
      plan,
    );
    const { leaked, ...finished } = await mounts.finish(end.reason === 'exit' ? leaks : undefined);
    if (leaked) return { reason: 'canary', code: null, cleaned: [] };
    return { reason: end.reason, code: end.code, ...finished };
  } finally {
    await proxy.close();
  }
}
