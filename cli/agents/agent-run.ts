/**
 * `skillgate agent run NAME -- COMMAND`: runs an agent's own program in a temporary sandbox.
 * `--plan` shows the plan and starts nothing.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Audit } from '../../runner/audit/audit.ts';
import { recordRefusal } from '../../runner/audit/record-refusal.ts';
import { backendOf } from '../../runner/backends/backends.ts';
import { tryLock, unlock } from '../../runner/files/lock.ts';
import type { RunWorld } from '../../runner/run/run-request.ts';
import { openSecrets } from '../../runner/secret-sources/secret-store.ts';
import { runSession } from '../../runner/sessions/session.ts';
import { openSessionHost } from '../../runner/sessions/session-host.ts';
import { plannedSkills } from '../../runner/sessions/skill-tree.ts';
import { isDenial } from '../../skills-index/run/egress/denial.ts';
import { meaningOf } from '../../skills-index/run/egress/denial-fixes.ts';
import { planSession } from '../../skills-index/run/plan/plan-session.ts';
import { type SessionPlan, sessionSkill } from '../../skills-index/run/plan/session-plan.ts';
import { printable } from '../../skills-index/skill/text/shown-text.ts';
import { applyOrOffer, waitingCounts } from '../changes/offer.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { handsOfOperator, printUnasked } from '../holds/hands.ts';
import { agentSkills } from '../mcp/agent-skills.ts';
import { sessionCalls } from '../mcp/session-calls.ts';
import { exitOfEnd, printCodes, printFirst } from '../run/end-notes.ts';
import { hostFiles } from '../run/host-files.ts';
import { printRunEnd } from '../run/left-behind.ts';
import { leftOutLine, type PlanLine, printPlanLines, refusedLine, sizesLine } from '../run/run.ts';
import { answer, count, joined, jsonText, printNote, safe, shortText } from '../terminal/output.ts';
import { proxyOpener } from '../upstream-proxy.ts';
import { openTerminal, requireTerminal, terminalName } from './at-terminal.ts';
import { readNamedAgent } from './named-agent.ts';

/** Places of denied requests that the end of a session can name. */
export const deniedPlacesMax = 200;

export async function run(context: CommandContext): Promise<ExitCode> {
  const [name = '', ...command] = context.args;
  const id = randomUUID();
  const ended = new AbortController();
  const world = {
    ...context,
    session: id,
    signal: AbortSignal.any([context.signal, ended.signal]),
  };
  const files = hostFiles(world);
  const agent = withModel(readNamedAgent(files.agents, name), context.options.model);
  const openProxy = proxyOpener(context, files.policy, name);
  const storedSecrets = openSecrets(world, name, { policy: files.policy, openProxy });
  const sandbox = backendOf(files.policy);
  const isStart = context.options.plan !== true;
  const terminal = terminalOf(context, isStart);
  // Only refused starts are recorded: a plan is printed to learn what would be refused.
  const recorded = <Result>(act: () => Promise<Result>): Promise<Result> =>
    isStart ? recordRefusal(files.audit, { run: id, agent: name }, act) : act();
  const question = {
    agent,
    command,
    hostPolicy: files.policy,
    paths: context.paths,
    secrets: storedSecrets,
  };
  const host = await recorded(async () => openSessionHost(question));
  try {
    const skills = await recorded(() => agentSkills(world, name, context.cwd).all());
    const input = {
      agent,
      hostPolicy: files.policy,
      facts: host.facts,
      skills: plannedSkills(skills, name),
      sandbox,
      ...terminal,
    };
    const planned = planSession({ ...input, now: context.now() });
    const { digest, plan } = planned;
    printUnasked(context, files.policy, name);
    if (!isStart) return printPlan(context, planned);
    const log = (line: string): void => printNote(context, safe`mcp: ${line}`);
    const calls = sessionCalls({ world, agent: name, folder: context.cwd, log });
    const taken = { stdout: '', stderr: '' };
    const heard = hearDenials(files.audit);
    const runWorld: Omit<RunWorld, 'onStdout' | 'onStderr'> = {
      agent,
      hostPolicy: files.policy,
      secrets: storedSecrets,
      openProxy,
      paths: context.paths,
      audit: heard.audit,
      hands: handsOfOperator(context, files.policy),
      signal: context.signal,
      now: context.now,
    };
    const {
      changes: waitingChanges,
      cleaned,
      code,
      kept,
      limited,
      reason,
    } = await whileHeld(join(context.paths.data, 'agents', name, 'sessions', id), () =>
      withStreams(context, taken, (streams) =>
        runSession({ id, plan, digest, host, skills, calls, sandbox }, { ...runWorld, ...streams }),
      ),
    );
    const end = { reason, code, cleaned, limited, ...(kept === undefined ? {} : { kept }) };
    printDenials(context, name, heard);
    printRunEnd(context, { ...end, run: id, mounts: plan.mounts });
    const waits = await applyOrOffer(context, { ...files, own: host.own }, waitingChanges);
    if (context.format !== 'text') {
      const waiting = waitingCounts(waits);
      const about = { session: id, agent: name, plan: digest };
      const denials = { denied: heard.denied(), deniedMore: heard.further() };
      printEnding(context, { ...about, ...end, ...denials, waiting, ...taken });
    }
    return exitOfEnd(context, {
      ...end,
      what: 'session',
      run: id,
      subject: { agent: name, skill: sessionSkill.name, version: sessionSkill.version },
    });
  } finally {
    ended.abort();
    host.close();
    // An open pipe must not keep the process running.
    context.stdin.destroy();
  }
}

function printEnding(context: CommandContext, ending: object): void {
  context.stdout.write(`${jsonText({ schema: 'skillgate.session-end/1', ...ending })}\n`);
}

function printPlan(
  context: CommandContext,
  { digest, plan }: ReturnType<typeof planSession>,
): ExitCode {
  const lines = printSessionPlan(plan).trimEnd().split('\n');
  answer(context, { ...plan, digest }, () =>
    joined([...lines.map((line) => safe`${line}`), safe`plan ${digest}`], '\n'),
  );
  return plan.refused.length === 0 ? exitCodes.ok : exitCodes.refused;
}

// While the session runs, the identity cannot be removed.
async function whileHeld<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
  tryLock(path);
  try {
    return await act();
  } finally {
    unlock(path);
  }
}

function withModel<Of extends object>(agent: Of, model: unknown): Of {
  return typeof model === 'string' ? { ...agent, model } : agent;
}

function terminalOf(context: CommandContext, isStart: boolean): { readonly terminal?: string } {
  if (context.options.terminal !== true) return {};
  if (isStart) requireTerminal(context);
  return { terminal: terminalName(context) };
}

type Streams = Pick<RunWorld, 'stdin' | 'onStdout' | 'onStderr' | 'signal'>;

async function withStreams<Result>(
  context: CommandContext,
  taken: { stdout: string; stderr: string },
  act: (streams: Streams) => Promise<Result>,
): Promise<Result> {
  if (context.options.terminal !== true) return act(streamsOf(context, taken));
  const { close, left, ...streams } = openTerminal(context);
  try {
    return await act({ ...streams, signal: AbortSignal.any([context.signal, left]) });
  } finally {
    await close();
  }
}

// A file or pipe gets the bytes unchanged. On a terminal, control characters of the agent's output
// are escaped.
function streamsOf(context: CommandContext, taken: { stdout: string; stderr: string }) {
  const to = (key: 'stdout' | 'stderr') => {
    const decoder = new TextDecoder();
    return (chunk: Uint8Array): void => {
      if (context.format !== 'text') taken[key] += decoder.decode(chunk, { stream: true });
      else if (context[key].isTTY === true)
        context[key].write(printable(decoder.decode(chunk, { stream: true })));
      else context[key].write(chunk);
    };
  };
  const stdin =
    context.stdin.isTTY === true ? undefined : (context.stdin as AsyncIterable<Uint8Array>);
  return { stdin, onStdout: to('stdout'), onStderr: to('stderr') };
}

// The denied requests of a session, said at its end: where the program wanted to send something,
// how often, and why the proxy denied it.

interface DeniedPlace {
  readonly host: string;
  readonly port: number;
  readonly why: string;
  readonly requests: number;
}

export interface HeardDenials {
  /** Records like the given log. */
  readonly audit: Audit;
  /** Denied requests by host, port and reason; the most frequent first. */
  denied(): readonly DeniedPlace[];
  /** How many requests went to further places. */
  further(): number;
}

/** What is kept does not grow with the number of requests. */
export function hearDenials(log: Audit): HeardDenials {
  const places = new Map<string, DeniedPlace>();
  let further = 0;
  const hear: Audit['record'] = (subject, event) => {
    if (event.event === 'egress' && event.decision === 'denied') {
      const { host, port, why } = event;
      const key = JSON.stringify([host, port, why]);
      const requests = (places.get(key)?.requests ?? 0) + 1;
      if (places.has(key) || places.size < deniedPlacesMax)
        places.set(key, { host, port, why, requests });
      else further++;
    }
    log.record(subject, event);
  };
  return {
    audit: { ...log, record: hear },
    denied: () => [...places.values()].sort((a, b) => b.requests - a.requests),
    further: () => further,
  };
}

/** For people: a line for each place, the command that lists all, and what to type for more. */
export function printDenials(
  context: CommandContext,
  agent: string,
  { denied, further }: HeardDenials,
): void {
  if (context.format !== 'text') return;
  const places = denied();
  if (places.length === 0) return;
  const all = `skillgate agent log ${agent}`;
  printFirst(
    context,
    places.map(({ host, port, requests, why }) => {
      const place = host === '' ? 'a place that cannot be read' : shortText(`${host}:${port}`);
      return [safe`note: denied: ${count(requests, 'request')} to ${place}: ${meaningOf(why)}`];
    }),
    all,
  );
  if (further() > 0)
    printNote(context, safe`note: ${count(further(), 'more denied request')}: ${all}`);
  printCodes(
    context,
    [...new Set(places.map(({ why }) => why))].filter((why) => isDenial(why)),
  );
}

// The plan of a session as text.

/**
 * Lists granted, left-out and refused access, each with its reason. The caller escapes text from
 * skills.
 */
export function printSessionPlan({ limits, ...plan }: SessionPlan): string {
  const sections: readonly (readonly [string, readonly PlanLine[]])[] = [
    [
      'mounts',
      plan.mounts.map((mount) => [`${mount.mode} ${mount.target} <- ${mount.path}`, mount.reason]),
    ],
    [
      'read-only',
      plan.folders.map((folder) => [
        `${folder.target}${folder.path === folder.target ? '' : ` <- ${folder.path}`}`,
        folder.reason,
      ]),
    ],
    [
      'egress',
      plan.egress.map((target) => [
        `${target.methods.join(',')} ${target.scheme}://${target.host}:${target.port}${target.path}`,
        target.reason,
      ]),
    ],
    [
      'secrets',
      plan.secrets.map((secret) => [
        `${secret.name} as ${secret.as} to ${(secret.places ?? secret.hosts).join(', ')}`,
        secret.reason,
      ]),
    ],
    [
      'env',
      plan.env.map((variable) => [
        `${variable.name}=${JSON.stringify(variable.value)}`,
        variable.reason,
      ]),
    ],
    ['skills', plan.skills.map((skill) => [`${skill.name}@${skill.version}`, skill.reason])],
    [
      'waits for a person',
      plan.holds.map((hold) => [`${hold.rule}, ${hold.seconds} s`, hold.reason]),
    ],
    ['left out', plan.leftOut.map(leftOutLine)],
    ['refused', plan.refused.map(refusedLine)],
  ];
  return printPlanLines(
    [
      `${plan.command.join(' ')}`,
      `as agent ${plan.agent}, uid ${plan.uid}, in ${plan.backend}, working in ${plan.workingDirectory}${plan.terminal === undefined ? '' : ', at a terminal of its own'}`,
      `at most ${limits.seconds} s, ${limits.memoryMiB} MiB, ${limits.outputBytes} bytes of output`,
      sizesLine(limits),
    ],
    sections,
  );
}
