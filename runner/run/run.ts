/** One run of a skill, from an admitted version to its recorded end. */
import { randomUUID } from 'node:crypto';
import { whyNotGranted } from '../../skills-index/run/agents/agent.ts';
import type { AuditSubject } from '../../skills-index/run/audit/audit-entry.ts';
import { type BoundPlaceholder, givenFor } from '../../skills-index/run/egress/secret-use.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import { workspaceOf } from '../../skills-index/run/plan/plan-capabilities.ts';
import type { HostFacts } from '../../skills-index/run/plan/plan-input.ts';
import { planRun } from '../../skills-index/run/plan/plan-skill.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { ecosystems, houseWord } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import { recordRefusal } from '../audit/record-refusal.ts';
import { bubblewrap } from '../bubblewrap/bubblewrap.ts';
import { findBase } from '../host/base-programs.ts';
import { findProgram, type OpenedHost, openHost } from '../host/host.ts';
import { packageEnvironment, packagesNotes } from '../packages/package-environment.ts';
import { findSet } from '../packages/stored-set.ts';
import type { Sandbox, SandboxFile } from '../sandbox/sandbox.ts';
import { findCommand, moduleStart } from './command.ts';
import type { PlannedWork } from './planned-work.ts';
import { runPlan } from './run-plan.ts';
import type { RunRequest, RunResult } from './run-request.ts';

const argumentBytesMax = 96 * 1024;

/** Plans a run of a skill without starting the run. */
export async function planSkill(
  request: RunRequest,
): Promise<{ readonly plan: Plan; readonly digest: Digest }> {
  const { host, plan, digest } = prepareRun(request);
  host.close();
  return { plan, digest };
}

/**
 * Runs a command of an admitted skill in a sandbox. Returns when the sandbox and the sandbox's
 * files are gone. The audit log has each Problem before `runSkill` throws the Problem.
 * @throws Problem with the code of the plan's first refusal, `bundle-invalid`, `sandbox-missing`,
 * `sandbox-refused`
 */
export async function runSkill(request: RunRequest): Promise<RunResult> {
  const { name: skill, version, bundle } = request.skill.admitted;
  const subject: AuditSubject = {
    run: randomUUID(),
    agent: request.agent?.name ?? 'operator',
    skill,
    version,
    bundle,
  };
  const prepared = await recordRefusal(request.audit, subject, async () => prepareRun(request));
  try {
    const end = await runPlan(workOf(request, prepared, subject), request);
    return { ...end, plan: prepared.plan, planDigest: prepared.digest };
  } finally {
    prepared.host.close();
  }
}

function workOf(
  { args, now, why = '' }: RunRequest,
  prepared: PreparedRun,
  subject: AuditSubject,
): PlannedWork {
  const { digest, files, host, plan, sandbox } = prepared;
  const { base, command, programs, skill } = plan;
  const isBase = (program: string): boolean => base.some((one) => one.program === program);
  return {
    plan,
    digest,
    sandbox,
    named: skill,
    subject,
    command: [`/usr/bin/${command.interpreter}`, ...startOf(plan), ...args],
    words: { command: command.name, args, why },
    started: { command: command.name, why },
    files: command.scratch === true ? [...files, ...copiesOf(files, skill.name)] : files,
    programs: programs.filter(({ program }) => !isBase(program)),
    base,
    folders: plan.packages.map(({ path, target }) => ({ path, target, isPlain: true })),
    notes: plan.packages.flatMap(packagesNotes),
    env: (placeholders) => environmentOf(plan, placeholders),
    hasCanaryInEnvironment: true,
    descriptors: host.folders,
    whyNot: (agent) => whyNotGranted(agent, skill.name, skill.version, now()),
    purpose: `run ${skill.name}`,
  };
}

function startOf({ command: { file, interpreter, module, scratch }, skill }: Plan) {
  const path = `${scratch === true ? scratchFolder : `/skills/${skill.name}`}/${file}`;
  if (module !== undefined) return moduleStart(module, path);
  // Without these options PowerShell reads profiles, and asks a person who is not there.
  return interpreter === 'pwsh' ? ['-NoProfile', '-NonInteractive', '-File', path] : [path];
}

// The sandbox puts these files into its temporary file system, so the run may change them, and they
// end with the sandbox. The files below /skills stay as they were approved.
function copiesOf(files: readonly SandboxFile[], skill: string): SandboxFile[] {
  const own = `/skills/${skill}`;
  return files.map((file) => ({ ...file, path: scratchFolder + file.path.slice(own.length) }));
}

const scratchFolder = '/tmp/skill';

// Returns the command's whole environment. The command inherits no variable of the runner, because
// such a variable could hold a credential.
function environmentOf(
  plan: Plan,
  placeholders: readonly BoundPlaceholder[],
): Record<string, string> {
  return {
    PATH: '/usr/bin',
    HOME: '/home/skill',
    USER: 'skill',
    LOGNAME: 'skill',
    SHELL: '/bin/sh',
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    PYTHONDONTWRITEBYTECODE: '1',
    ...packageEnvironment(plan),
    ...Object.fromEntries(plan.env.map((variable) => [variable.name, variable.value])),
    ...Object.fromEntries(placeholders.map((secret) => [secret.name, givenFor(secret)])),
  };
}

// Prepares a skill's run: verifies the bytes of the skill's files, opens the host's folders, and
// makes the plan.

/** A run that is ready to start. The caller closes the opened folders in `host`. */
interface PreparedRun {
  readonly files: readonly SandboxFile[];
  readonly host: OpenedHost;
  readonly sandbox: Sandbox;
  readonly plan: Plan;
  readonly digest: Digest;
}

function prepareRun(request: RunRequest): PreparedRun {
  const { agent, approved, hostPolicy, manifest, paths, sandbox = bubblewrap(), skill } = request;
  const files = requireApprovedFiles(request);
  const command = findCommand(manifest, skill, request.command);
  requireValidArguments(request.args);
  const { exec, mount } = manifest.capabilities;
  const host = openHost({
    hostPolicy,
    workspaces: mount.map((need) => workspaceOf(need.source ?? '')),
    programs: [
      ...(command.interpreter === undefined ? [] : [command.interpreter]),
      ...exec.map((need) => need.program),
    ],
    ownFolders: [paths.config, paths.data, paths.cache],
  });
  const planned = planRun({
    admitted: skill.admitted,
    manifest,
    approved,
    command,
    hostPolicy,
    sandbox,
    ...(agent === undefined ? {} : { agent }),
    secrets: request.secrets?.entries ?? [],
    host: { ...host.facts, base: findBase(), packages: findSets(request) },
    now: request.now(),
  });
  return { files, host, sandbox, ...planned };
}

// A set is verified here, at each start: the sandbox shows the files themselves.
function findSets({ house = {}, manifest, paths }: RunRequest): NonNullable<HostFacts['packages']> {
  const { package: packages = [] } = manifest.capabilities;
  const used = ecosystems.filter((one) => packages.some((each) => each.ecosystem === one));
  return Object.fromEntries(
    used.map((ecosystem) => {
      const declared = packages.filter((one) => one.ecosystem === ecosystem);
      const isLeft = declared.some(({ version }) => version === houseWord);
      const given = isLeft ? (house[ecosystem] ?? []) : declared;
      const fact = findSet(paths.data, ecosystem, given, findProgram('python3'));
      return [ecosystem, { ...fact, given }];
    }),
  );
}

// The kernel refuses long arguments and arguments with a NUL byte (execve(2)). The runner rejects
// such arguments before anything starts.
function requireValidArguments(args: readonly string[]): void {
  if (args.some((argument) => argument.includes('\0')))
    throw new Problem('usage', 'Cannot start: an argument contains a NUL byte');
  const bytes = args.reduce((sum, argument) => sum + Buffer.byteLength(argument) + 1, 0);
  if (bytes > argumentBytesMax)
    throw new Problem(
      'usage',
      `Cannot start: the arguments have ${bytes} bytes; at most ${argumentBytesMax} are allowed`,
    );
}

// Returns the verified bytes themselves. A sandbox that read the files again could get bytes that
// changed after the verification.
function requireApprovedFiles({
  skill: { admitted, bundle, contents },
}: RunRequest): readonly SandboxFile[] {
  const refused = (what: string): Problem =>
    new Problem(
      'bundle-invalid',
      `Cannot run ${admitted.name}: ${what} differs from what was approved; install the skill again`,
    );
  if (canonicalDigest(bundle) !== admitted.bundle) throw refused('its list of files');
  return bundle.files.map((file) => {
    const bytes = contents.get(file.path);
    if (bytes === undefined || digestOf(bytes) !== file.sha256) throw refused(file.path);
    return { path: `/skills/${admitted.name}/${file.path}`, mode: file.mode, bytes };
  });
}
