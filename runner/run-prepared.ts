/** The steps of a run: check the bytes, open the host, plan; then hold the workspaces, start proxy and sandbox, wait, clean up. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { canonicalDigest } from '../skills-index/skill/canonical-json.ts';
import { type Digest, digestOf } from '../skills-index/skill/digest.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import type { AuditSubject } from './audit.ts';
import { findCommand } from './command.ts';
import { type EgressProxy, startEgress } from './egress.ts';
import type { BoundPlaceholder } from './egress-rules.ts';
import { type OpenedHost, openHost } from './host.ts';
import { argumentBytesMax, argumentsMax, forwarderPort } from './limits.ts';
import { placeholderFor } from './placeholder.ts';
import { type Plan, planRun } from './plan.ts';
import { workspaceOf } from './plan-capabilities.ts';
import type { RunRequest, RunResult } from './run.ts';
import { withRunFolder } from './run-folder.ts';
import type { Sandbox, SandboxStart } from './sandbox.ts';
import { bubblewrap } from './sandboxes/bubblewrap.ts';
import { openSecrets, type SecretValue } from './secrets.ts';
import { watchRun } from './watch.ts';
import { type HeldWorkspace, holdWorkspace } from './workspace.ts';

/** Everything that is known before a start. Whoever has it closes `host`. */
export interface PreparedRun {
  readonly files: SandboxStart['files'];
  readonly host: OpenedHost;
  readonly sandbox: Sandbox;
  readonly secrets: ReadonlyMap<string, SecretValue>;
  readonly plan: Plan;
  readonly digest: Digest;
}

export function prepareRun(request: RunRequest): PreparedRun {
  const { agent, approved, args, hostPolicy, manifest, paths, sandbox = bubblewrap(), skill } = request;
  refuseHugeArguments(args);
  const files = checkFiles(request);
  const command = findCommand(manifest, skill.bundle, skill.contents, request.command);
  const secrets = openSecrets(`${paths.config}/secrets.json`, agent?.name);
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
    secrets: [...secrets.values()].map((one) => one.entry),
    host: host.facts,
    now: request.now(),
  });
  return { files, host, sandbox, secrets, ...planned };
}

// The bytes that are checked here are the bytes that the sandbox gets: nothing is read again.
function checkFiles({ skill: { admitted, bundle, contents } }: RunRequest): SandboxStart['files'] {
  const refused = (what: string): Problem =>
    new Problem('bundle-invalid', `Cannot run ${admitted.name}: ${what} is not the approved one`);
  if (canonicalDigest(bundle) !== admitted.bundle) throw refused('its list of files');
  return bundle.files.map((file) => {
    const bytes = contents.get(file.path);
    if (bytes === undefined || digestOf(bytes) !== file.sha256) throw refused(file.path);
    return { file, bytes };
  });
}

function refuseHugeArguments(args: readonly string[]): void {
  const bytes = args.reduce((sum, one) => sum + Buffer.byteLength(one) + 1, 0);
  if (args.length <= argumentsMax && bytes <= argumentBytesMax && !args.some((one) => one.includes('\0'))) return;
  throw new Problem('usage', `Cannot run: at most ${argumentsMax} arguments, ${argumentBytesMax} bytes, none with NUL`);
}

/** Starts, watches and cleans up after; what it throws is recorded by the caller. */
export async function runPrepared(request: RunRequest, prepared: PreparedRun, caller: AuditSubject): Promise<RunResult> {
  const { digest, host, plan } = prepared;
  const subject = { ...caller, plan: digest };
  const held = new Map<string, HeldWorkspace>();
  try {
    refuseWhatThePlanRefuses(plan);
    for (const mount of plan.mounts.filter((one) => one.mode === 'rw').sort((a, b) => (a.id < b.id ? -1 : 1))) {
      const lock = `${request.paths.data}/locks/${mount.id.replace(':', '-')}`;
      held.set(mount.target, await holdWorkspace(`/proc/self/fd/${host.folders.get(workspaceOf(mount.source))}`, lock));
    }
    const begun = performance.now();
    const end = await withRunFolder((runFolder) => startAndWait(request, prepared, { subject, held, runFolder }));
    const milliseconds = Math.round(performance.now() - begun);
    request.audit.record(subject, { event: 'exit', reason: end.reason, code: end.code, milliseconds });
    return { run: subject.run, ...end, plan, planDigest: digest, milliseconds, ...finish(request, subject, held) };
  } finally {
    // Nothing is held any more unless something was thrown.
    finish(request, subject, held);
    host.close();
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

function finish(
  { audit }: RunRequest,
  subject: AuditSubject,
  held: Map<string, HeldWorkspace>,
): Pick<RunResult, 'cleaned' | 'files'> {
  const result = { cleaned: [] as { path: string; why: string }[], files: { created: 0, changed: 0, removed: 0 } };
  for (const [target, workspace] of held) {
    held.delete(target);
    const { cleaned, created, changed, removed } = workspace.finish();
    result.files = {
      created: result.files.created + created,
      changed: result.files.changed + changed,
      removed: result.files.removed + removed,
    };
    for (const { path, why } of cleaned) result.cleaned.push({ path: `${target}/${path}`, why });
  }
  for (const one of result.cleaned) audit.record(subject, { event: 'cleanup', ...one });
  return result;
}

interface Held {
  readonly subject: AuditSubject;
  readonly held: ReadonlyMap<string, HeldWorkspace>;
  readonly runFolder: string;
}

async function startAndWait(
  request: RunRequest,
  prepared: PreparedRun,
  at: Held,
): Promise<Pick<RunResult, 'reason' | 'code' | 'egress'>> {
  const { files, host, plan, sandbox } = prepared;
  const placeholders = plan.secrets.map(({ name, hosts, as }) => ({
    name,
    hosts,
    as,
    placeholder: placeholderFor(randomBytes(16)),
  }));
  const proxyFolder = `${at.runFolder}/proxy`;
  const proxy = plan.egress.length === 0 ? undefined : await startProxy(request, prepared, at, placeholders, proxyFolder);
  try {
    const running = await sandbox.start({
      ...{ plan, files, args: request.args, env: environmentOf(plan, placeholders), runFolder: at.runFolder },
      pins: new Map(plan.mounts.map(({ source, target }) => [target, host.folders.get(workspaceOf(source)) ?? -1])),
      protectedPaths: new Map([...at.held].map(([target, { protectedPaths }]) => [target, protectedPaths])),
      ...(proxy === undefined ? {} : { proxyFolder }),
    });
    const { backend, command } = plan;
    request.audit.record(at.subject, {
      event: 'start',
      command: command.name,
      why: request.why ?? '',
      backend,
      notes: running.notes,
    });
    const end = await watchRun(running, request, plan);
    return { ...end, egress: { allowed: proxy?.counts.allowed ?? 0, denied: proxy?.counts.denied ?? 0 } };
  } finally {
    await proxy?.close();
  }
}

function startProxy(
  { audit }: RunRequest,
  { plan, secrets }: PreparedRun,
  { subject }: Held,
  placeholders: readonly BoundPlaceholder[],
  folder: string,
): Promise<EgressProxy> {
  mkdirSync(folder, { mode: 0o755 });
  return startEgress({
    socketPath: `${folder}/proxy.sock`,
    rules: { egress: plan.egress, secrets: placeholders },
    reveal: (name) => secrets.get(name)?.reveal() ?? '',
    record: (event) => void audit.record(subject, event),
  });
}

// What the command sees, whole: nothing of the runner's own environment.
function environmentOf(plan: Plan, placeholders: readonly BoundPlaceholder[]): Record<string, string> {
  const proxy = `http://127.0.0.1:${forwarderPort}`;
  const proxies = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, http_proxy: proxy, https_proxy: proxy, NODE_USE_ENV_PROXY: '1' };
  return {
    ...{ PATH: '/usr/bin', HOME: '/home/skill', TMPDIR: '/tmp', LANG: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1' },
    ...(plan.egress.length === 0 ? {} : proxies),
    ...Object.fromEntries(plan.env.map((one) => [one.name, one.value])),
    ...Object.fromEntries(placeholders.map((one) => [one.name, one.placeholder])),
  };
}
