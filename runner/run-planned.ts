/** The steps of a run in order: check the bytes, open the host, plan, hold the workspaces, start the proxy, start the sandbox, wait, clean up. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalDigest } from '../skills-index/skill/canonical-json.ts';
import { digestOf } from '../skills-index/skill/digest.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import type { AuditSubject } from './audit.ts';
import { findCommand } from './command.ts';
import { type EgressProxy, startEgress } from './egress.ts';
import type { BoundPlaceholder } from './egress-rules.ts';
import { type OpenedHost, openHost } from './host.ts';
import { argumentBytesMax, argumentsMax } from './limits.ts';
import { type Lock, waitForLock } from './lock.ts';
import { placeholderFor } from './placeholder.ts';
import { type Plan, planRun } from './plan.ts';
import type { ProtectedPath } from './protected-paths.ts';
import type { RunRequest, RunResult } from './run.ts';
import { makeRunFolder, type RunFolder } from './run-folder.ts';
import type { CheckedSkill, Sandbox } from './sandbox.ts';
import { bare } from './sandboxes/bare.ts';
import { bubblewrap } from './sandboxes/bubblewrap.ts';
import { forwarderPort } from './sandboxes/forwarder.ts';
import { openSecrets, type SecretValue } from './secrets.ts';
import { watchRun } from './watch.ts';
import { cleanWorkspace, removePlaceholders, type Survey, surveyWorkspace } from './workspace.ts';

export interface PreparedRun {
  readonly skill: CheckedSkill;
  readonly host: OpenedHost;
  readonly sandbox: Sandbox;
  readonly secrets: ReadonlyMap<string, SecretValue>;
  readonly planned: ReturnType<typeof planRun>;
}

/** Everything that is known before a start. The caller closes `host`. */
export function prepareRun(request: RunRequest): PreparedRun {
  const { manifest, hostPolicy, paths, agent } = request;
  const skill = checkFiles(request);
  const command = findCommand(manifest, request.skill.bundle, request.skill.contents, request.command);
  const sandbox = request.unsafe === undefined ? (request.sandbox ?? bubblewrap()) : bare();
  const secrets = openSecrets(join(paths.config, 'secrets.json'), agent?.name);
  const host = openHost({
    hostPolicy,
    workspaces: manifest.capabilities.mount.map((one) => (one.source ?? '').replace(/^workspace:/, '')),
    interpreter: command.interpreter,
    programs: manifest.capabilities.exec.map((one) => one.program),
    ownFolders: [paths.config, paths.data, paths.cache],
    gives: sandbox.gives,
  });
  const planned = planRun({
    admitted: request.skill.admitted,
    manifest,
    approved: request.approved,
    command,
    ...(agent === undefined ? {} : { agent }),
    hostPolicy,
    secrets: [...secrets.values()].map((one) => one.entry),
    host: host.facts,
    backend: sandbox.name,
    now: request.now(),
  });
  return { skill, host, sandbox, secrets, planned };
}

// The bytes that are checked here are the bytes that the sandbox gets: nothing is read again.
function checkFiles({ skill }: RunRequest): CheckedSkill {
  const { admitted, bundle, contents } = skill;
  if (canonicalDigest(bundle) !== admitted.bundle) {
    throw new Problem('bundle-invalid', `Cannot run ${admitted.name}: its list of files is not the admitted one`);
  }
  const files = bundle.files.map((file) => {
    const bytes = contents.get(file.path);
    if (bytes === undefined || digestOf(bytes) !== file.sha256) {
      throw new Problem('bundle-invalid', `Cannot run ${admitted.name}: ${file.path} is not the approved file`);
    }
    return { file, bytes };
  });
  return { name: admitted.name, files };
}

/** Starts, watches and cleans up after; what it throws is recorded by the caller. */
export async function runPlanned(request: RunRequest, subject: AuditSubject): Promise<RunResult> {
  refuseHugeArguments(request.args);
  const prepared = prepareRun(request);
  const { plan, digest } = prepared.planned;
  const planned: AuditSubject = { ...subject, plan: digest };
  const folder = makeRunFolder();
  const locks: Lock[] = [];
  try {
    refuseWhatThePlanRefuses(plan);
    await refuseWhatTheHostCannot(prepared.sandbox);
    const surveys = await holdWorkspaces(request, prepared, locks);
    try {
      return await startAndWait(request, prepared, { subject: planned, folder, surveys });
    } finally {
      for (const lock of locks.reverse()) lock.release();
    }
  } finally {
    prepared.host.close();
    folder.remove();
  }
}

function refuseHugeArguments(args: readonly string[]): void {
  const bytes = args.reduce((sum, one) => sum + Buffer.byteLength(one) + 1, 0);
  if (args.length <= argumentsMax && bytes <= argumentBytesMax && !args.some((one) => one.includes('\0'))) return;
  throw new Problem('usage', `Cannot run: at most ${argumentsMax} arguments, ${argumentBytesMax} bytes, none with NUL`);
}

function refuseWhatThePlanRefuses({ refused, skill }: Plan): void {
  const [first] = refused;
  if (first === undefined) return;
  throw new Problem(first.code, `Cannot run ${skill.name}: ${first.message}`, {
    hint: first.hint,
    reasons: refused.map((one) => ({ message: `${one.code}: ${one.message}` })),
  });
}

async function refuseWhatTheHostCannot(sandbox: Sandbox): Promise<void> {
  const failed = (await sandbox.selfTest()).filter((row) => !row.holds);
  const [first] = failed;
  if (first === undefined) return;
  throw new Problem('sandbox-missing', `The sandbox does not hold on this host: ${first.name}: ${first.detail}`, {
    hint: 'skill doctor shows every row.',
    reasons: failed.map((row) => ({ message: `${row.name}: ${row.detail}` })),
  });
}

// One run at a time writes to a folder: what it changed can then be told, and what it must not leave be taken away.
async function holdWorkspaces(
  request: RunRequest,
  { host, planned, sandbox }: PreparedRun,
  locks: Lock[],
): Promise<Map<string, Survey>> {
  const surveys = new Map<string, Survey>();
  if (sandbox.name === 'bare') return surveys;
  const writable = planned.plan.mounts.filter((one) => one.mode === 'rw').sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const mount of writable) {
    const descriptor = host.folders.get(nameOf(mount.source));
    if (descriptor === undefined) continue;
    const path = join(request.paths.data, 'locks', mount.id.replace(':', '-'));
    const lock = await waitForLock(`${path}.lock`);
    locks.push(lock);
    surveys.set(mount.target, surveyAfterAll(`/proc/self/fd/${descriptor}`, `${path}.left`));
    locks.push({ release: () => rmSync(`${path}.left`, { force: true }) });
  }
  return surveys;
}

// What a runner that was killed could not take away is taken away before the next run looks.
function surveyAfterAll(root: string, left: string): Survey {
  if (existsSync(left)) removePlaceholders(root, JSON.parse(readFileSync(left, 'utf8')) as ProtectedPath[]);
  const survey = surveyWorkspace(root);
  writeFileSync(left, JSON.stringify(survey.protectedPaths), { mode: 0o600 });
  return survey;
}

interface Held {
  readonly subject: AuditSubject;
  readonly folder: RunFolder;
  readonly surveys: ReadonlyMap<string, Survey>;
}

async function startAndWait(request: RunRequest, prepared: PreparedRun, held: Held): Promise<RunResult> {
  const { plan, digest } = prepared.planned;
  const { audit } = request;
  const placeholders = plan.secrets.map(
    ({ name, hosts, as }): BoundPlaceholder => ({ name, hosts, as, placeholder: placeholderFor(randomBytes(16)) }),
  );
  const proxyFolder = join(held.folder.path, 'proxy');
  const proxy =
    plan.egress.length === 0 || request.unsafe !== undefined
      ? undefined
      : await startProxy(request, prepared, held, placeholders, proxyFolder);
  const begun = performance.now();
  try {
    const running = await prepared.sandbox.start({
      plan,
      skill: prepared.skill,
      args: request.args,
      env: request.unsafe?.env ?? environmentOf(plan, placeholders),
      pins: new Map(plan.mounts.map((mount) => [mount.target, prepared.host.folders.get(nameOf(mount.source)) ?? -1])),
      protectedPaths: new Map([...held.surveys].map(([target, survey]) => [target, survey.protectedPaths])),
      ...(proxy === undefined ? {} : { proxyFolder }),
      runFolder: held.folder.path,
    });
    audit.record(held.subject, {
      event: 'start',
      command: plan.command.name,
      why: request.why ?? '',
      backend: plan.backend,
      notes: running.notes,
    });
    const end = await watchRun(running, request, plan);
    const milliseconds = Math.round(performance.now() - begun);
    audit.record(held.subject, { event: 'exit', reason: end.reason, code: end.code, milliseconds });
    return {
      run: held.subject.run,
      ...end,
      plan,
      planDigest: digest,
      milliseconds,
      egress: countsOf(proxy),
      ...cleanUp(request, prepared, held),
    };
  } catch (cause) {
    cleanUp(request, prepared, held);
    throw cause;
  } finally {
    await proxy?.close();
  }
}

function startProxy(
  request: RunRequest,
  prepared: PreparedRun,
  held: Held,
  secrets: readonly BoundPlaceholder[],
  folder: string,
): Promise<EgressProxy> {
  mkdirSync(folder, { mode: 0o755 });
  return startEgress({
    socketPath: join(folder, 'proxy.sock'),
    rules: { egress: prepared.planned.plan.egress, secrets },
    reveal: (name) => prepared.secrets.get(name)?.reveal() ?? '',
    record: (event) => void request.audit.record(held.subject, event),
  });
}

/** What the command sees, whole: nothing of the runner's own environment. */
function environmentOf(plan: Plan, placeholders: readonly BoundPlaceholder[]): Record<string, string> {
  const proxy = `http://127.0.0.1:${forwarderPort}`;
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];
  return {
    PATH: '/usr/bin',
    HOME: '/home/skill',
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    PYTHONDONTWRITEBYTECODE: '1',
    ...(plan.egress.length === 0 ? {} : { ...Object.fromEntries(names.map((name) => [name, proxy])), NODE_USE_ENV_PROXY: '1' }),
    ...Object.fromEntries(plan.env.map((one) => [one.name, one.value])),
    ...Object.fromEntries(placeholders.map((one) => [one.name, one.placeholder])),
  };
}

function cleanUp(
  { audit }: RunRequest,
  { host, planned }: PreparedRun,
  { subject, surveys }: Held,
): Pick<RunResult, 'cleaned' | 'files'> {
  const changes = planned.plan.mounts.flatMap((mount) => {
    const survey = surveys.get(mount.target);
    const descriptor = host.folders.get(nameOf(mount.source));
    if (survey === undefined || descriptor === undefined) return [];
    const found = cleanWorkspace(`/proc/self/fd/${descriptor}`, survey);
    return [{ ...found, cleaned: found.cleaned.map(({ path, why }) => ({ path: `${mount.target}/${path}`, why })) }];
  });
  const cleaned = changes.flatMap((one) => one.cleaned);
  for (const { path, why } of cleaned) audit.record(subject, { event: 'cleanup', path, why });
  const sum = (key: 'created' | 'changed' | 'removed'): number => changes.reduce((total, one) => total + one[key], 0);
  return { cleaned, files: { created: sum('created'), changed: sum('changed'), removed: sum('removed') } };
}

function countsOf(proxy: EgressProxy | undefined): { allowed: number; denied: number } {
  return { allowed: proxy?.counts.allowed ?? 0, denied: proxy?.counts.denied ?? 0 };
}

function nameOf(source: string): string {
  return source.replace(/^workspace:/, '');
}
