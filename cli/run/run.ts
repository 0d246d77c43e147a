/**
 * `skillgate run`: admits the version again, plans, and runs it in a sandbox. `--plan` shows the
 * plan and runs nothing.
 */

import { dirname, resolve } from 'node:path';
import * as backends from '../../runner/backends/public.ts';
import * as runs from '../../runner/run/public.ts';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import {
  parseReference,
  type SkillReference,
} from '../../skills-index/skill/authoring/reference.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { isInRange } from '../../skills-index/skill/version.ts';
import { readNamedAgent } from '../agents/named-agent.ts';
import { calledName } from '../called-name.ts';
import { applyOrOffer } from '../changes/offer.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { handsOfOperator } from '../holds/hands.ts';
import type { LockedSkill } from '../install/lock.ts';
import { answer, count, joined, jsonText, printNote, safe } from '../terminal/output.ts';
import { type Project, projectAt } from './admission.ts';
import { bindAgentFolder, bindFolders, withBinders } from './bound-folders.ts';
import { type Overheard, overhear, printLacks, printOverheard } from './end-notes.ts';
import { type HostFiles, hostFiles } from './host-files.ts';
import { printRunEnd } from './left-behind.ts';
import { printPipedInputNote } from './piped-input.ts';
import { printPlan } from './plan-text.ts';
import { exitOf } from './run-end.ts';
import { outputFor, type RunOutput, resultJson } from './run-output.ts';
import { admitToStart, runRequest, type Startable } from './start-skill.ts';
import { runWatched } from './watched-run.ts';
import { lacksOf } from './went-without.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  if (context.options.agent !== undefined && context.options.mount !== undefined)
    throw new Problem('usage', 'Cannot use --mount for an agent: host policy binds its folders', {
      hint: 'skillgate host workspace add NAME DIR',
    });
  const [reference = '', command, ...args] = context.args;
  const files = hostFiles(context);
  const { agent: named, why } = context.options;
  const agent = typeof named === 'string' ? readNamedAgent(files.agents, named) : undefined;
  const wanted = parseReference(reference);
  const project = await projectAt(startOf(context));
  const start = await admitToStart(context, files, {
    ...wanted,
    locked: lockedFor(project, wanted),
    locks: [project.lock],
    registries: project.file.registries,
    agent: agent?.name ?? 'operator',
  });
  for (const line of start.notes) printNote(context, safe`note: ${line}`);
  const { mount } = start.admitted.capabilities;
  const policy =
    agent === undefined
      ? bindFolders(context, files.policy, mount)
      : bindAgentFolder(files.policy, agent, mount);
  const host = { ...files, policy };

  const output = outputFor(context);
  const heard = overhear(host.audit, { onStdout: output.stdout, onStderr: output.stderr });
  const bare = bareBy(context, host, agent !== undefined);
  const request = await runRequest(context, { ...host, audit: heard.audit }, start, {
    command,
    args,
    agent,
    onStdout: heard.onStdout,
    onStderr: heard.onStderr,
    stdin: takesInput(context) ? context.stdin : undefined,
    why: typeof why === 'string' ? why : undefined,
    hands: handsOfOperator(context, host.policy),
    ...(bare === undefined ? {} : { sandbox: bare }),
  });
  if (context.options.plan === true) {
    const planned = await runs.planSkill(request);
    // The digest is of the plan itself, so programs get the plan as it is.
    const told =
      agent === undefined ? withBinders(context, files.policy, planned.plan) : planned.plan;
    return showPlan(context, planned, told);
  }
  return await runNow(context, host, start, request, { output, heard });
}

// Standard input may be the rest of a calling script, as with ssh, so a skill gets it only with
// `--stdin`. A shim in an agent's folder is called like the program that it stands for, and passes
// input.
function takesInput({ env, options }: CommandContext): boolean {
  return options.plan !== true && (options.stdin === true || env.SKILLGATE_SHIM !== undefined);
}

// Printed each time, so that nobody gets used to it.
function bareBy(
  context: CommandContext,
  { policy }: HostFiles,
  isAgent: boolean,
): backends.Sandbox | undefined {
  if (context.options['unsafe-no-sandbox'] !== true) return undefined;
  if (isAgent) throw new Problem('usage', 'An agent never runs a skill without a sandbox');
  if (policy.require.length > 0)
    throw new Problem(
      'sandbox-refused',
      `Host policy requires ${policy.require.join(', ')}, which a run without a sandbox cannot enforce`,
    );
  printNote(
    context,
    safe`WARNING: no sandbox. The skill can do everything on this host that its user can; nothing enforces the plan.`,
  );
  return backends.noSandbox;
}

async function runNow(
  context: CommandContext,
  host: HostFiles,
  start: Startable,
  request: runs.RunRequest,
  { heard, output }: { readonly output: RunOutput; readonly heard: Overheard },
): Promise<ExitCode> {
  try {
    const result = await runWatched(context, host, start, request);
    output.end();
    const { leftOut } = result.plan;
    const { agent, approved } = request;
    const lacks = lacksOf(result, heard, { agent, approved });
    if (leftOut.length > 0) printNote(context, safe`note: ${leftOutText(leftOut.length, request)}`);
    if (context.format !== 'text')
      context.stdout.write(`${jsonText(resultJson(result, output, lacks))}\n`);
    printLacks(context, lacks);
    if (!takesInput(context)) printPipedInputNote(context, 'run');
    printOverheard(context, heard, result);
    printRunEnd(context, { ...result, mounts: result.plan.mounts });
    await applyOrOffer(context, host, result.changes);
    return exitOf(context, result);
  } finally {
    // An open pipe must not keep the process running.
    context.stdin.destroy();
  }
}

// Scripts seldom report a missing capability clearly.
function leftOutText(number: number, { agent, skill, command }: runs.RunRequest): string {
  const as = agent === undefined ? '' : `--agent ${agent.name} `;
  const call = [skill.admitted.name, ...(command === undefined ? [] : [command])].join(' ');
  return `this run went without ${count(number, 'capability', 'capabilities')} of the skill; ${calledName()} run --plan ${as}${call} lists them with the reasons`;
}

/** A shim names its own folder, so that the lock beside it counts wherever the caller is. */
function startOf(context: CommandContext): string {
  const shim = context.env.SKILLGATE_SHIM;
  return shim === undefined || shim === '' ? context.cwd : dirname(resolve(context.cwd, shim));
}

function lockedFor(project: Project, { name, range }: SkillReference): LockedSkill | undefined {
  const locked = project.lock.get(name);
  return locked !== undefined && (range === '*' || isInRange(locked.version, range))
    ? locked
    : undefined;
}

function showPlan(
  context: CommandContext,
  { plan, digest }: { readonly plan: Plan; readonly digest: string },
  told: Plan,
): ExitCode {
  const lines = printPlan(told).trimEnd().split('\n');
  answer(context, { ...plan, digest }, () =>
    joined([...lines.map((line) => safe`${line}`), safe`plan ${digest}`], '\n'),
  );
  return plan.refused.length === 0 ? exitCodes.ok : exitCodes.refused;
}
