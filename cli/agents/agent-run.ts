/**
 * `skillgate agent run NAME -- COMMAND`: runs an agent's own program in a temporary sandbox.
 * `--plan` shows the plan and starts nothing.
 */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as audit from '../../runner/audit/public.ts';
import * as backends from '../../runner/backends/public.ts';
import * as files from '../../runner/files/public.ts';
import type * as runs from '../../runner/run/public.ts';
import * as secrets from '../../runner/secret-sources/public.ts';
import * as sessions from '../../runner/sessions/public.ts';
import { planSession } from '../../skills-index/run/plan/plan-session.ts';
import { sessionSkill } from '../../skills-index/run/plan/session-plan.ts';
import { printable } from '../../skills-index/skill/text/shown-text.ts';
import { applyOrOffer, waitingCounts } from '../changes/offer.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { handsOfOperator, printUnasked } from '../holds/hands.ts';
import { agentSkills } from '../mcp/agent-skills.ts';
import { sessionCalls } from '../mcp/session-calls.ts';
import { hostFiles } from '../run/host-files.ts';
import { printRunEnd } from '../run/left-behind.ts';
import { exitOfEnd } from '../run/run-end.ts';
import { answer, joined, jsonText, printNote, safe } from '../terminal/output.ts';
import { openTerminal, requireTerminal, terminalName } from './at-terminal.ts';
import { hearDenials, printDenials } from './denied-requests.ts';
import { readNamedAgent } from './named-agent.ts';
import { printSessionPlan } from './session-text.ts';

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
  const storedSecrets = secrets.openSecrets(world, name);
  const sandbox = backends.backendOf(files.policy);
  const isStart = context.options.plan !== true;
  const terminal = terminalOf(context, isStart);
  const subject = { run: id, agent: name };
  // Only refused starts are recorded: a plan is printed to learn what would be refused.
  const recorded = <Result>(act: () => Promise<Result>): Promise<Result> =>
    isStart ? audit.recordRefusal(files.audit, subject, act) : act();
  const question = {
    agent,
    command,
    hostPolicy: files.policy,
    paths: context.paths,
    secrets: storedSecrets,
  };
  const host = await recorded(async () => sessions.openSessionHost(question));
  try {
    const skills = await recorded(() => agentSkills(world, name, context.cwd).all());
    const input = {
      agent,
      hostPolicy: files.policy,
      facts: host.facts,
      skills: sessions.plannedSkills(skills, name),
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
    const runWorld: Omit<runs.RunWorld, 'onStdout' | 'onStderr'> = {
      agent,
      hostPolicy: files.policy,
      secrets: storedSecrets,
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
        sessions.runSession(
          { id, plan, digest, host, skills, calls, sandbox },
          { ...runWorld, ...streams },
        ),
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
  files.tryLock(path);
  try {
    return await act();
  } finally {
    files.unlock(path);
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

type Streams = Pick<runs.RunWorld, 'stdin' | 'onStdout' | 'onStderr' | 'signal'>;

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
