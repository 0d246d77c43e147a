/**
 * `skillgate run`: admits the version again, plans, and runs it in a sandbox. `--plan` shows the
 * plan and runs nothing.
 */

import { fstatSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { planSkill } from '../../runner/run/run.ts';
import type { RunRequest, RunResult } from '../../runner/run/run-request.ts';
import type { Sandbox } from '../../runner/sandbox/sandbox.ts';
import { withBrokenAddresses } from '../../scanner/lookup-tables/hidden-characters.ts';
import type { LeftOut, Plan, PlannedEgress, Refusal } from '../../skills-index/run/plan/plan.ts';
import {
  parseReference,
  type SkillReference,
} from '../../skills-index/skill/authoring/reference.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { printable } from '../../skills-index/skill/text/shown-text.ts';
import { isInRange } from '../../skills-index/skill/version.ts';
import { readNamedAgent } from '../agents/named-agent.ts';
import { asCalled, calledName } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes, type InStream } from '../command.ts';
import { handsOfOperator } from '../holds/hands.ts';
import type { LockedSkill } from '../install/lock.ts';
import { answer, count, joined, jsonText, printNote, safe } from '../terminal/output.ts';
import { type Project, projectAt } from './admission.ts';
import { bindAgentFolder, bindFolders, withBinders } from './bound-folders.ts';
import { exitOf, type Overheard, overhear, printLacks, printOverheard } from './end-notes.ts';
import { type HostFiles, hostFiles } from './host-files.ts';
import { printRunEnd } from './left-behind.ts';
import { type Lacks, lacksOf } from './missing-capabilities.ts';
import { runWatched } from './revocation-watch.ts';
import { admitToStart, runRequest, type Startable } from './start-skill.ts';

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
  const bare = await bareBy(context, host, agent !== undefined);
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
    const planned = await planSkill(request);
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
async function bareBy(
  context: CommandContext,
  { policy }: HostFiles,
  isAgent: boolean,
): Promise<Sandbox | undefined> {
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
  const { noSandbox } = await import('../../runner/backends/none.ts');
  return noSandbox;
}

async function runNow(
  context: CommandContext,
  host: HostFiles,
  start: Startable,
  request: RunRequest,
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
    if (result.changes !== undefined) {
      const { applyOrOffer } = await import('../changes/offer.ts');
      await applyOrOffer(context, host, result.changes);
    }
    return exitOf(context, result);
  } finally {
    // An open pipe must not keep the process running.
    context.stdin.destroy();
  }
}

// Scripts seldom report a missing capability clearly.
function leftOutText(number: number, { agent, skill, command }: RunRequest): string {
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

// What a run prints, on its way to a terminal, a file or JSON.

interface RunOutput {
  readonly stdout: (chunk: Uint8Array) => void;
  readonly stderr: (chunk: Uint8Array) => void;
  readonly end: () => void;
  /** With `--format json`: what came. */
  readonly taken: { stdout: string; stderr: string };
}

// Bytes pass as they are into a file or a pipe; a terminal gets no escape sequences of a stranger,
// and JSON gets nothing beside it.
export function outputFor(context: CommandContext): RunOutput {
  const taken = { stdout: '', stderr: '' };
  const ends: (() => void)[] = [];
  const channel = (key: 'stdout' | 'stderr'): ((chunk: Uint8Array) => void) => {
    const stream = context[key];
    if (context.format === 'text' && stream.isTTY !== true)
      return (chunk) => void stream.write(chunk);
    const decoder = new TextDecoder();
    const put = (text: string): void => {
      if (context.format === 'text') stream.write(printable(text));
      else taken[key] += text;
    };
    ends.push(() => put(decoder.decode()));
    return (chunk) => put(decoder.decode(chunk, { stream: true }));
  };
  return {
    stdout: channel('stdout'),
    stderr: channel('stderr'),
    end: () => ends.forEach((end) => void end()),
    taken,
  };
}

/** The end of a run for programs, `skillgate.run/1`. */
export function resultJson(
  {
    run,
    reason,
    code,
    plan,
    planDigest,
    milliseconds,
    egress,
    cleaned,
    changes,
    limited,
  }: RunResult,
  { taken }: RunOutput,
  lacks: Partial<Lacks> = {},
): object {
  const { skill, agent, command } = plan;
  return {
    schema: 'skillgate.run/1',
    run,
    skill,
    agent,
    command: command.name,
    plan: planDigest,
    reason,
    code,
    milliseconds,
    egress,
    cleaned,
    limited,
    changes,
    ...lacks,
    ...taken,
  };
}

// Input that was piped into a command which gives its skill none: said, and not read.

/** @param command such as `try` */
export function printPipedInputNote(context: CommandContext, command: 'run' | 'try'): void {
  if (context.format !== 'text' || !isPiped(context.stdin)) return;
  printNote(
    context,
    safe`note: the skill got no input; to pass the piped input to the skill, add --stdin: ${calledName()} ${command} --stdin …`,
  );
}

// A pipe of a shell, or a file with something in it. Programs that start others often leave a
// socket or an empty device there.
function isPiped(stdin: InStream & { readonly fd?: number }): boolean {
  if (stdin.isTTY === true || stdin.fd === undefined) return false;
  try {
    const stats = fstatSync(stdin.fd);
    return stats.isFIFO() || (stats.isFile() && stats.size > 0);
  } catch {
    return false;
  }
}

// A plan in lines for people.

/** A line of a plan: what, why, and text to type or to copy. */
export type PlanLine = readonly [what: string, why: string | undefined, hint?: string | undefined];

/**
 * What it gives, leaves out and refuses, each line with its reason; addresses broken. The caller
 * escapes what comes from a skill.
 */
export function printPlan({ limits, ...plan }: Plan): string {
  const sections: readonly (readonly [string, readonly PlanLine[]])[] = [
    ['mounts', plan.mounts.map((one) => [`${one.mode} ${one.target} <- ${one.path}`, one.reason])],
    ['egress', plan.egress.map((one) => [egressText(one), one.reason])],
    [
      'secrets',
      plan.secrets.map((one) => [
        `${one.name} as ${one.as} to ${[...(one.methods ?? []), one.hosts.join(', ')].join(' ')}`,
        one.reason,
      ]),
    ],
    ['env', plan.env.map((one) => [`${one.name}=${JSON.stringify(one.value)}`, one.reason])],
    [
      'programs',
      [...plan.programs.map((one): PlanLine => [one.program, one.reason]), ...baseLine(plan)],
    ],
    ['packages', plan.packages.map(packagesLine)],
    [
      'waits for a person',
      plan.holds.map((one) => [`${one.rule}, for ${one.seconds} s`, one.reason]),
    ],
    ['left out', plan.leftOut.map(leftOutLine)],
    ['refused', plan.refused.map(refusedLine)],
  ];
  return printPlanLines(
    [
      `${plan.skill.name}@${plan.skill.version} ${plan.command.name} (${startText(plan.command)})`,
      `as ${plan.agent}, uid ${plan.uid}, in ${plan.backend}, working in ${plan.workingDirectory}`,
      `at most ${limits.seconds} s, ${limits.memoryMiB} MiB, ${limits.outputBytes} bytes of output`,
      sizesLine(limits),
      ...(plan.egress.length === 0
        ? []
        : [
            `at most ${plan.egressLimits.requestsPerMinute} requests in a minute, ${plan.egressLimits.sentBytes} bytes that leave`,
          ]),
    ],
    sections,
  );
}

/** How much a run may write: temporary space is memory, and changes are limited in each folder. */
export function sizesLine({ changesMiB, homeMiB, temporaryMiB }: Plan['limits']): string {
  return `temporary space: ${temporaryMiB} MiB in /tmp, ${homeMiB} MiB in HOME; changes: ${changesMiB} MiB in each folder`;
}

function startText({ file, interpreter, module, scratch }: Plan['command']): string {
  const start =
    module === undefined
      ? `${interpreter} ${file}`
      : `${interpreter} -m ${module}, from the skill's folder`;
  return scratch === true ? `${start}; a copy that ends with the run` : start;
}

// One line for all base programs: a hundred lines would hide what this run asked for.
function baseLine({ base }: Pick<Plan, 'base'>): PlanLine[] {
  const reason =
    'every sandbox has them: coreutils, find, grep, sed, awk, tar, gzip, diff and others';
  return base.length === 0 ? [] : [[`${base.length} base programs of the system`, reason]];
}

// A lock may have hundreds of packages. `--format json` has them all, with their digests.
function packagesLine({ ecosystem, packages, reason }: Plan['packages'][number]): PlanLine {
  const names = packages.map((one) => one.split(' ').slice(0, 2).join(' '));
  const more = names.length - shownPackagesMax;
  const shown = names.slice(0, shownPackagesMax).join(', ');
  return [`${ecosystem}: ${shown}${more > 0 ? ` and ${more} more` : ''}`, reason];
}

const shownPackagesMax = 20;

/** Addresses are broken except in a hint, which a person copies. */
export function printPlanLines(
  head: readonly string[],
  sections: readonly (readonly [string, readonly PlanLine[]])[],
): string {
  const lines = sections.flatMap(([title, rows]) =>
    rows.length === 0
      ? []
      : [
          title,
          ...rows.flatMap(([what, why, hint]) => [
            withBrokenAddresses(`  ${what}`),
            ...(why === undefined ? [] : [withBrokenAddresses(`      ${why}`)]),
            ...(hint === undefined ? [] : [`      ${hint}`]),
          ]),
        ],
  );
  return [...head.map(withBrokenAddresses), ...lines].join('\n');
}

export function leftOutLine({ what, reason, hint }: LeftOut): PlanLine {
  return [what, reason, hint];
}

export function refusedLine({ code, hint, message }: Refusal): PlanLine {
  return [`${code}: ${message}`, undefined, asCalled(hint ?? `skillgate explain ${code}`)];
}

function egressText({ host, methods, mode, path, port, scheme }: PlannedEgress): string {
  return mode === 'tunnel'
    ? `TUNNEL ${scheme}://${host}:${port}`
    : `${methods.join(',')} ${scheme}://${host}:${port}${path}`;
}
