/** The steps of a run: check the bytes, open the host, plan; then hold the workspaces, start proxy and sandbox, wait, clean up. */

import { randomBytes } from 'node:crypto';
import { type Agent, whyNotGranted } from '../skills-index/run/agent.ts';
import type { AuditEvent, AuditSubject } from '../skills-index/run/audit-entry.ts';
import { canaryFrom } from '../skills-index/run/canary.ts';
import type { Plan } from '../skills-index/run/plan.ts';
import { workspaceOf } from '../skills-index/run/plan-capabilities.ts';
import type { BoundPlaceholder } from '../skills-index/run/secret-use.ts';
import { canonicalDigest } from '../skills-index/skill/canonical-json.ts';
import { type Digest, digestOf } from '../skills-index/skill/digest.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { type Acting, actAs } from './agents.ts';
import { findCommand } from './command.ts';
import { startEgress } from './egress.ts';
import { type OpenedHost, openHost } from './host.ts';
import { readAuthorities } from './host-policy.ts';
import { argumentBytesMax } from './limits.ts';
import { type HeldMounts, holdMounts } from './mounts.ts';
import { planRun } from './plan.ts';
import { recordStart } from './record-start.ts';
import { withRunFolder } from './run-folder.ts';
import type { RunRequest, RunResult, Stop } from './run-request.ts';
import { type Safeguards, startSafeguards } from './safeguards.ts';
import type { Sandbox, SandboxStart } from './sandbox.ts';
import { bubblewrap } from './sandboxes/bubblewrap.ts';
import { leakDetector } from './secrets/leaks.ts';
import { placeholderFor, watchedPlaceholder } from './secrets/placeholder.ts';
import { revealAll } from './secrets.ts';
import { watchRun } from './watch.ts';

/** Everything that is known before a start. Whoever has it closes `host`. */
export interface PreparedRun {
  readonly files: SandboxStart['files'];
  readonly host: OpenedHost;
  readonly sandbox: Sandbox;
  readonly plan: Plan;
  readonly digest: Digest;
}

export function prepareRun(request: RunRequest): PreparedRun {
  const { agent, approved, hostPolicy, manifest, paths, sandbox = bubblewrap(), skill } = request;
  const files = checkFiles(request);
  const command = findCommand(manifest, skill, request.command);
  refuseArguments(request.args);
  const { exec, mount } = manifest.capabilities;
  const host = openHost({
    hostPolicy,
    workspaces: mount.map((one) => workspaceOf(one.source ?? '')),
    programs: [...(command.interpreter === undefined ? [] : [command.interpreter]), ...exec.map((one) => one.program)],
    ownFolders: [paths.config, paths.data, paths.cache],
  });
  const planned = planRun({
    ...{ admitted: skill.admitted, manifest, approved, command, hostPolicy, sandbox },
    ...(agent === undefined ? {} : { agent }),
    secrets: request.secrets?.entries ?? [],
    host: host.facts,
    now: request.now(),
  });
  return { files, host, sandbox, ...planned };
}

// What the kernel would not start a program with (execve(2)).
function refuseArguments(args: readonly string[]): void {
  if (args.some((one) => one.includes('\0'))) throw new Problem('usage', 'An argument holds a NUL');
  const bytes = args.reduce((sum, one) => sum + Buffer.byteLength(one) + 1, 0);
  if (bytes > argumentBytesMax) throw new Problem('usage', `The arguments have ${bytes} bytes; at most ${argumentBytesMax}`);
}

// The bytes that are checked here are the bytes that the sandbox gets: nothing is read again.
function checkFiles({ skill: { admitted, bundle, contents } }: RunRequest): SandboxStart['files'] {
  const refused = (what: string): Problem =>
    new Problem('bundle-invalid', `Cannot run ${admitted.name}: ${what} is not the approved one`);
  if (canonicalDigest(bundle) !== admitted.bundle) throw refused('its list of files');
  return bundle.files.map((file) => {
    const bytes = contents.get(file.path);
    if (bytes === undefined || digestOf(bytes) !== file.sha256) throw refused(file.path);
    return { path: `/skills/${admitted.name}/${file.path}`, mode: file.mode, bytes };
  });
}

/** Starts, watches and cleans up after; what it throws is recorded by the caller. */
export async function runPrepared(request: RunRequest, prepared: PreparedRun, caller: AuditSubject): Promise<RunResult> {
  const { digest, host, plan } = prepared;
  let safe: Safeguards | undefined;
  const write = (event: AuditEvent): void => void request.audit.record({ ...caller, plan: digest }, event);
  const record = (event: AuditEvent): void => {
    write(event);
    safe?.breaker.observe(event);
  };
  const begun = performance.now();
  let acting: Acting | undefined;
  try {
    refuseWhatThePlanRefuses(plan);
    const { name: skill, version } = plan.skill;
    const { agent, args, now, why = '' } = request;
    const may = (one: Agent): string | undefined => whyNotGranted(one, skill, version, now());
    // Before anybody is asked: what its budget does not allow reaches no person.
    acting = agent === undefined ? undefined : actAs(agent, request, may);
    const guards = await startSafeguards(
      request,
      plan,
      { run: caller.run, agent: plan.agent, skill, version, plan: digest },
      write,
      { command: plan.command.name, args, why },
    );
    safe = guards;
    // A person takes a while, in which it may have been revoked.
    acting?.look().throwIfAborted();
    const end = await withRunFolder(async (runFolder) => {
      const overlays = prepared.sandbox.entersNamespaces === true;
      const programs = plan.programs.map(({ path }) => path);
      const on = { plan, planDigest: digest, subject: caller, now, folders: host.folders, programs, data: request.paths.data };
      const { obeyed, ownLocks } = request.hostPolicy;
      const mounts = await holdMounts({ ...on, runFolder, overlays, obeyed, ownLocks, record, spend: acting?.purse.spend });
      try {
        return await startAndWait(request, prepared, { record, mounts, runFolder, acting, safe: guards });
      } finally {
        await mounts.finish();
      }
    });
    const milliseconds = Math.round(performance.now() - begun);
    record({ event: 'exit', reason: end.reason, code: end.code, milliseconds });
    return { run: caller.run, ...end, plan, planDigest: digest, milliseconds };
  } finally {
    host.close();
    acting?.close();
    safe?.close();
  }
}

function refuseWhatThePlanRefuses({ refused, skill }: Plan): void {
  const [first] = refused;
  if (first === undefined) return;
  throw new Problem(first.code, `Cannot run ${skill.name}: ${first.message}`, {
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    reasons: refused.map((one) => ({ message: `${one.code}: ${one.message}` })),
  });
}

interface Surroundings {
  readonly record: (event: AuditEvent) => void;
  readonly mounts: HeldMounts;
  readonly runFolder: string;
  readonly acting: Acting | undefined;
  readonly safe: Safeguards;
}

type End = Pick<RunResult, 'reason' | 'code' | 'egress' | 'cleaned' | 'changes'>;

async function startAndWait(
  request: RunRequest,
  prepared: PreparedRun,
  { record, mounts, runFolder, acting, safe }: Surroundings,
): Promise<End> {
  const { files, plan, sandbox } = prepared;
  const values = await revealAll(plan.secrets, request.secrets);
  const placeholders = plan.secrets.map((one) => ({ ...one, placeholder: placeholderFor(randomBytes(16)) }));
  const canary = canaryFrom(randomBytes(56));
  const [flood, sung] = [new AbortController(), new AbortController()];
  const leaks = leakDetector([canary, ...placeholders.map(watchedPlaceholder)], (channel, { encoding }) => {
    // First the end, so that it has this name: what is recorded opens the breaker.
    sung.abort();
    record({ event: 'canary', channel, encoding });
  });
  const proxy = await startEgress({
    folder: `${runFolder}/proxy`,
    rules: { egress: plan.egress, secrets: placeholders },
    reveal: (name) => values.get(name) ?? '',
    record,
    owner: plan,
    onFlood: () => flood.abort(),
    leaks,
    caps: plan.egressLimits,
    authorities: readAuthorities(request.hostPolicy),
    ...(acting === undefined ? {} : { spend: acting.purse.spend }),
    gate: safe.gate,
  });
  try {
    const starting = sandbox.start({
      ...{ plan, command: commandOf(plan, request.args), runFolder },
      files: [...files, canary.file, ...proxy.files],
      env: { ...canary.env, ...environmentOf(plan, placeholders), ...proxy.env },
      ...mounts,
      ...(plan.egress.length === 0 ? {} : { proxyFolder: `${runFolder}/proxy` }),
    });
    const running = await safe.breaker.started(starting);
    await recordStart(running, { command: plan.command.name, why: request.why ?? '', backend: plan.backend }, record);
    request.onStart?.(running, record);
    const stops: Stop[] = [...(request.stops ?? []), ...(acting?.stops ?? []), { signal: flood.signal, reason: 'limit:denials' }];
    stops.push({ signal: sung.signal, reason: 'canary' }, { signal: safe.breaker.opened, reason: 'breaker' });
    stops.push({ signal: proxy.failed, reason: 'proxy' });
    if (request.signal !== undefined) stops.push({ signal: request.signal, reason: 'killed' });
    const end = await watchRun(running, { ...request, leaks, stops, waited: safe.gate.waited }, plan);
    const { leaked, ...finished } = await mounts.finish(end.reason === 'exit' ? leaks : undefined);
    return { ...(leaked ? { reason: 'canary', code: null } : end), egress: { ...proxy.counts }, ...finished };
  } finally {
    await proxy.close();
  }
}

function commandOf({ command, skill }: Plan, args: readonly string[]): string[] {
  return [`/usr/bin/${command.interpreter}`, `/skills/${skill.name}/${command.file}`, ...args];
}

// What the command sees, whole: nothing of the runner's own environment.
function environmentOf(plan: Plan, placeholders: readonly BoundPlaceholder[]): Record<string, string> {
  return {
    ...{ PATH: '/usr/bin', HOME: '/home/skill', TMPDIR: '/tmp', LANG: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1' },
    ...Object.fromEntries(plan.env.map((one) => [one.name, one.value])),
    ...Object.fromEntries(placeholders.map((one) => [one.name, one.placeholder])),
  };
}
