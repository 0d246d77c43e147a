/**
 * The skills of an agent: search, open and run. Each call is admitted anew and recorded in the
 * audit log. The MCP server exposes these calls.
 */

import * as changes from '../../runner/changes/public.ts';
import type * as runs from '../../runner/run/public.ts';
import { parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { readNamedAgent } from '../agents/named-agent.ts';
import { openBytesMax, searchedSkillsMax } from '../limits.ts';
import type { AdmissionWorld } from '../run/admission.ts';
import { bindAgentFolder } from '../run/bound-folders.ts';
import { overhear } from '../run/end-notes.ts';
import { hostFiles } from '../run/host-files.ts';
import { runRequest, type Startable } from '../run/start-skill.ts';
import { runWatched } from '../run/watched-run.ts';
import { type Lacks, lacksOf } from '../run/went-without.ts';
import { KeptOutput } from '../terminal/kept-output.ts';
import { type AgentContext, agentOf, knownSkills, recordFor } from './agent-context.ts';
import { type Searched, searchFor } from './agent-search.ts';
import { startable } from './agent-startable.ts';
import { InstallQuestions } from './install-questions.ts';

export interface OpenedFile {
  readonly name: SkillName;
  readonly version: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Every path of the skill, so that the agent can open the next file. */
  readonly files: readonly string[];
  readonly commands: readonly string[];
  /** The skills that the skill requires, with ranges; each is opened and granted on its own. */
  readonly requires?: Readonly<Record<SkillName, string>>;
  /** `yanked` and `deprecated`; the author's text is a note for people. */
  readonly advice?: readonly string[];
}

export interface SkillCall {
  readonly name: string;
  readonly command?: string | undefined;
  readonly args: readonly string[];
  readonly stdin?: string | undefined;
  readonly why: string;
  /** Ends the run: the client left, or cancelled its call. */
  readonly signal?: AbortSignal | undefined;
}

/** A call that passes on its streams at once. */
export interface StreamedCall extends Omit<SkillCall, 'stdin'> {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly onStderr: (chunk: Uint8Array) => void;
}

export interface SkillOutput {
  readonly name: SkillName;
  readonly version: string;
  readonly result: runs.RunResult;
  readonly lacks: Lacks;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** Bytes that were dropped because of the limit. */
  readonly dropped: number;
}

/** How a run ended, and what it went without. */
interface EndedCall {
  readonly result: runs.RunResult;
  readonly lacks: Lacks;
}

export interface AgentSkills {
  /** Also skills that need a person's yes, marked by `needs`, where this host has an approver. */
  search(task: string): Promise<Searched>;
  /** @throws Problem `not-found`, `not-admitted`, `hold-waiting`, `run-limit` and others */
  open(name: string, path?: string): Promise<OpenedFile>;
  /** @throws Problem of admission, or of the plan's first refusal */
  run(call: SkillCall): Promise<SkillOutput>;
  /** @throws Problem as `run` */
  stream(call: StreamedCall): Promise<EndedCall>;
  /**
   * All skills that the identity may start now and that are known by name. Skills that are not
   * admitted are left out; the audit log names them.
   */
  all(): Promise<readonly Startable[]>;
  /**
   * One skill, also when no list names it. No person is asked.
   * @throws Problem as `open`
   */
  find(name: SkillName): Promise<Startable>;
}

/**
 * The skills of one agent identity.
 * @param folder start of the upward search for the project's lock
 * @param questions for a caller whose calls end before a person answers
 * @throws Problem `agent-unknown`
 */
export function agentSkills(
  admissionWorld: AdmissionWorld,
  agentName: string,
  folder: string,
  questions = new InstallQuestions(admissionWorld, agentName),
): AgentSkills {
  const world = {
    ...admissionWorld,
    verified: admissionWorld.verified ?? new VerifiedStatements(),
  };
  const recent: AgentContext['recent'] = new Map();
  // Host policy is read at each call, so that the operator's changes apply to the next call.
  const context = (): AgentContext => ({
    world,
    host: hostFiles(world),
    agentName,
    folder,
    questions,
    recent,
  });
  readNamedAgent(context().host.agents, agentName);
  return {
    search: async (task) => searchFor(context(), task),
    open: async (name, path) => open(context(), name, path ?? 'SKILL.md'),
    run: async (call) => runCall(context(), call),
    stream: async (call) => {
      const { lacks, result } = await streamCall(context(), call);
      return { lacks, result };
    },
    all: async () => all(context()),
    find: async (name) => find(context(), name),
  };
}

async function open(context: AgentContext, text: string, path: string): Promise<OpenedFile> {
  const name = parseSkillName(text);
  recordFor(context, name, { event: 'call', tool: 'open', path, why: '' });
  const start = await startable(context, agentOf(context), name, 'open');
  const bytes = await start.opened.read(path);
  if (bytes.byteLength > openBytesMax)
    throw new Problem(
      'run-limit',
      `Cannot open ${JSON.stringify(path)}: it has more than ${openBytesMax} bytes`,
    );
  const { version, manifest } = start.admitted;
  const files = start.opened.bundle.files.map((file) => file.path);
  const { requires } = manifest;
  const advice = Object.keys(start.advice ?? {});
  return {
    name,
    version,
    path,
    bytes,
    files,
    commands: Object.keys(manifest.commands),
    ...(Object.keys(requires).length === 0 ? {} : { requires }),
    ...(advice.length === 0 ? {} : { advice }),
  };
}

async function runCall(context: AgentContext, call: SkillCall): Promise<SkillOutput> {
  const output = { stdout: new KeptOutput(), stderr: new KeptOutput() };
  const { stdin, ...rest } = call;
  const { lacks, result, start } = await streamCall(context, {
    ...rest,
    ...(stdin === undefined ? {} : { stdin: Buffer.from(stdin) }),
    onStdout: (chunk) => output.stdout.take(chunk),
    onStderr: (chunk) => output.stderr.take(chunk),
  });
  const { stdout, stderr } = output;
  const dropped = stdout.dropped + stderr.dropped;
  const { name, version } = start.admitted;
  const printed = { stdout: stdout.bytes(), stderr: stderr.bytes() };
  return { name, version, result, lacks, ...printed, dropped };
}

async function streamCall(
  given: AgentContext,
  call: Omit<StreamedCall, 'stdin'> & { readonly stdin?: runs.RunRequest['stdin'] },
): Promise<EndedCall & { readonly start: Startable }> {
  const context = endingWith(given, call.signal);
  const name = parseSkillName(call.name);
  const command = call.command === undefined ? {} : { command: call.command };
  recordFor(context, name, { event: 'call', tool: 'run', ...command, why: call.why });
  const agent = agentOf(context);
  const start = await startable(context, agent, name, 'run');
  const { args, onStderr, onStdout, stdin, why } = call;
  // The grant is read again, because a person may just have granted it.
  const granted = agentOf(context);
  const { mount } = start.admitted.capabilities;
  const host = { ...context.host, policy: bindAgentFolder(context.host.policy, granted, mount) };
  const heard = overhear(host.audit, { onStdout, onStderr });
  const hearing = { ...host, audit: heard.audit };
  const request = await runRequest(context.world, hearing, start, {
    command: call.command,
    args,
    agent: granted,
    why,
    stdin,
    onStdout: heard.onStdout,
    onStderr: heard.onStderr,
  });
  const { changes: changeSet, ...result } = await runWatched(context.world, host, start, request);
  const waitingChanges = await changes.applyAllowed(context.world.paths, host, changeSet);
  return {
    start,
    lacks: lacksOf(result, heard, { approved: start.admitted.capabilities, agent: granted }),
    result: { ...result, ...(waitingChanges === undefined ? {} : { changes: waitingChanges }) },
  };
}

function endingWith(context: AgentContext, signal: AbortSignal | undefined): AgentContext {
  if (signal === undefined) return context;
  const { world } = context;
  return { ...context, world: { ...world, signal: AbortSignal.any([world.signal, signal]) } };
}

async function all(context: AgentContext): Promise<Startable[]> {
  const agent = agentOf(context);
  const found: Startable[] = [];
  for (const name of [...new Set(await knownSkills(context, agent))].slice(0, searchedSkillsMax)) {
    const start = await startable(context, agent, name, 'search').catch(refusedOnly);
    if (start !== undefined) found.push(start);
  }
  return found;
}

async function find(context: AgentContext, name: SkillName): Promise<Startable> {
  recordFor(context, name, { event: 'call', tool: 'search', why: '' });
  return startable(context, agentOf(context), name, 'search');
}

// A skill that is not admitted counts as not found; the audit log has the reason. Other errors are
// thrown.
function refusedOnly(problem: unknown): undefined {
  if (problem instanceof Problem) return undefined;
  throw problem;
}
