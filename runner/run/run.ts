/** One run of a skill, from an admitted version to its recorded end. */

import { randomUUID } from 'node:crypto';
import { whyNotGranted } from '../../skills-index/run/agents/agent.ts';
import type { AuditSubject } from '../../skills-index/run/audit/audit-entry.ts';
import type { BoundPlaceholder } from '../../skills-index/run/egress/secret-use.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { recordRefusal } from '../audit/record-refusal.ts';
import { packageEnvironment, packagesNotes } from '../packages/package-environment.ts';
import type { SandboxFile } from '../sandbox/sandbox.ts';
import { moduleStart } from './module-start.ts';
import type { PlannedWork } from './planned-work.ts';
import { type PreparedRun, prepareRun } from './prepare-run.ts';
import { runPlan } from './run-plan.ts';
import type { RunRequest, RunResult } from './run-request.ts';

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
    ...Object.fromEntries(placeholders.map((secret) => [secret.name, secret.placeholder])),
  };
}
