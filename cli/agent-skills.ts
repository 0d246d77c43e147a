/** What an agent may find, open and run: three calls, each admitted anew and each in the audit log. The MCP server is their face. */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readAgent } from '../runner/agents.ts';
import { type RunResult, runSkill } from '../runner/run.ts';
import { bubblewrap } from '../runner/sandboxes/bubblewrap.ts';
import { type Agent, type Grant, whyNotGranted } from '../skills-index/run/agent.ts';
import type { AuditEvent } from '../skills-index/run/audit-entry.ts';
import { capabilityDigest, isEmpty, listCapabilities, minus, printCapability } from '../skills-index/skill/capability.ts';
import { parseSkillName, type SkillName } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { VerifiedStatements } from '../skills-index/trust/verified-statements.ts';
import { type Project, projectAt, type World } from './admission.ts';
import { KeptOutput } from './kept-output.ts';
import { admissionSecondsMax, openBytesMax, searchedSkillsMax } from './limits.ts';
import { type LockedSkill, lockFileName, readLock, writeLock } from './lock.ts';
import { type DescribedSkill, searchSkills } from './skill-search.ts';
import { admitToStart, type HostFiles, hostFiles, runRequest, type Startable } from './start-skill.ts';

export interface SearchHit extends DescribedSkill {
  /** Absent when it cannot be used now. */
  readonly commands: readonly string[];
}

export interface OpenedFile {
  readonly name: SkillName;
  readonly version: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Every path of the skill, so that the next one can be asked for. */
  readonly files: readonly string[];
  readonly commands: readonly string[];
}

export interface SkillCall {
  readonly name: string;
  readonly command?: string | undefined;
  readonly args: readonly string[];
  readonly stdin?: string | undefined;
  readonly why: string;
}

export interface SkillOutput {
  readonly name: SkillName;
  readonly version: string;
  readonly result: RunResult;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** Bytes beyond the limit that were dropped. */
  readonly dropped: number;
}

export interface AgentSkills {
  search(task: string): Promise<SearchHit[]>;
  /** @throws Problem `not-found`, `not-admitted`, `hold-unsupported`, `run-limit` and others */
  open(name: string, path?: string): Promise<OpenedFile>;
  /** @throws Problem of admission, or of the plan's first refusal */
  run(call: SkillCall): Promise<SkillOutput>;
}

/**
 * The skills of one agent identity.
 * @param folder where the project's lock is looked for, upwards
 * @throws Problem `agent-unknown`
 */
export function agentSkills(given: World, agentName: string, folder: string): AgentSkills {
  const world = { ...given, verified: given.verified ?? new VerifiedStatements() };
  const sandbox = bubblewrap();
  const recent: Context['recent'] = new Map();
  // Host policy is read at each call: what the operator changes holds from the next one on.
  const context = (): Context => ({ world, host: { ...hostFiles(world), sandbox }, agentName, folder, recent });
  readAgent(context().host.agents, agentName);
  return {
    search: async (task) => search(context(), task),
    open: async (name, path) => open(context(), name, path ?? 'SKILL.md'),
    run: async (call) => runCall(context(), call),
  };
}

interface Context {
  readonly world: World;
  readonly host: HostFiles;
  readonly agentName: string;
  readonly folder: string;
  /** What was admitted moments ago: reading goes on from it, a run never does. */
  readonly recent: Map<SkillName, { readonly start: Startable; readonly until: number }>;
}

async function search(context: Context, task: string): Promise<SearchHit[]> {
  record(context, undefined, { event: 'call', tool: 'search', why: task });
  const agent = agentOf(context);
  const names = [...(await knownSkills(context, agent)), ...namesIn(task)];
  const found: SearchHit[] = [];
  for (const name of [...new Set(names)].slice(0, searchedSkillsMax)) {
    const start = await startable(context, agent, name, true).catch(refusedOnly);
    if (start !== undefined) found.push(hitOf(start));
  }
  const named = new Set(namesIn(task));
  const hits = new Map(found.map((hit) => [hit.name, hit]));
  const ranked = searchSkills(task, found).flatMap((one) => {
    const hit = hits.get(one.name);
    return hit === undefined ? [] : [{ ...hit, description: one.description }];
  });
  // A skill that was asked for by its full name is found, whatever its description says.
  return [...ranked.filter((hit) => named.has(hit.name)), ...ranked.filter((hit) => !named.has(hit.name))];
}

async function open(context: Context, text: string, path: string): Promise<OpenedFile> {
  const name = parseSkillName(text);
  record(context, name, { event: 'call', tool: 'open', path, why: '' });
  const start = await startable(context, agentOf(context), name, true);
  const bytes = await start.opened.read(path);
  if (bytes.byteLength > openBytesMax)
    throw new Problem('run-limit', `Cannot open ${JSON.stringify(path)}: it has more than ${openBytesMax} bytes`);
  const { version, manifest } = start.admitted;
  const files = start.opened.bundle.files.map((file) => file.path);
  return { name, version, path, bytes, files, commands: Object.keys(manifest.commands) };
}

async function runCall(context: Context, call: SkillCall): Promise<SkillOutput> {
  const name = parseSkillName(call.name);
  const command = call.command === undefined ? {} : { command: call.command };
  record(context, name, { event: 'call', tool: 'run', ...command, why: call.why });
  const agent = agentOf(context);
  const start = await startable(context, agent, name, false);
  const kept = { stdout: new KeptOutput(), stderr: new KeptOutput() };
  const request = await runRequest(context.world, context.host, start, {
    ...{ command: call.command, args: call.args, agent, why: call.why },
    stdin: call.stdin === undefined ? undefined : Buffer.from(call.stdin),
    onStdout: (chunk) => kept.stdout.take(chunk),
    onStderr: (chunk) => kept.stderr.take(chunk),
  });
  const result = await runSkill(request);
  const { stdout, stderr } = kept;
  const dropped = stdout.dropped + stderr.dropped;
  return { name, version: start.admitted.version, result, stdout: stdout.bytes(), stderr: stderr.bytes(), dropped };
}

/** The skill as this agent may have it now: pinned by a lock, or admitted by the standing grant and then pinned. */
async function startable(context: Context, agent: Agent, name: SkillName, mayBeRecent: boolean): Promise<Startable> {
  const now = context.world.now().getTime();
  const before = context.recent.get(name);
  const grant = grantFor(agent, name);
  if (grant === undefined) throw holdFor(context, name, `agent ${agent.name} has no grant for ${name}`);
  if (mayBeRecent && before !== undefined && before.until > now) return before.start;

  const project = await projectAt(context.folder);
  const own = await readLock(ownLockOf(context));
  const locked = own.get(name) ?? project.lock.get(name);
  const why = locked === undefined ? undefined : whyNotGranted(agent, name, locked.version, context.world.now());
  if (why !== undefined) throw holdFor(context, name, why);
  const start = await admitToStart(context.world, context.host, {
    ...{ name, range: grant.range, locked, locks: [own, project.lock], agent: agent.name },
    registries: project.file.registries,
  });
  if (locked === undefined) {
    const beyond = minus(start.admitted.capabilities, agent.ceiling);
    if (!isEmpty(beyond)) {
      const what = listCapabilities(beyond).map(printCapability).join('; ');
      throw holdFor(context, name, `its capabilities are not inside the standing grant of agent ${agent.name}: ${what}`);
    }
    await writeLock(ownLockOf(context), new Map([...own, [name, lockedBy(start)] as const]));
  }
  context.recent.set(name, { start, until: now + admissionSecondsMax * 1_000 });
  return start;
}

function holdFor(context: Context, name: SkillName, why: string): Problem {
  const problem = new Problem('hold-unsupported', `Cannot use ${name}: ${why}`, {
    hint: `an operator can allow it: skill agent grant ${context.agentName} --all-of ${name}`,
  });
  record(context, name, { event: 'refused', code: problem.code, why });
  return problem;
}

async function knownSkills(context: Context, agent: Agent): Promise<SkillName[]> {
  const project: Project = await projectAt(context.folder);
  const granted = agent.grants.filter((one) => !one.skill.endsWith('/*')).map((one) => parseSkillName(one.skill));
  const locked = [...(await readLock(ownLockOf(context))).keys(), ...project.lock.keys()];
  return [...locked.filter((name) => grantFor(agent, name) !== undefined), ...granted];
}

function grantFor(agent: Agent, name: SkillName): Grant | undefined {
  const whole = `${name.slice(0, name.indexOf('/'))}/*`;
  return agent.grants.find((one) => one.skill === name) ?? agent.grants.find((one) => one.skill === whole);
}

function namesIn(task: string): SkillName[] {
  const found = task.match(/@[a-z0-9-]+\/[a-z0-9-]+/g) ?? [];
  return found.flatMap((text) => {
    try {
      return [parseSkillName(text)];
    } catch {
      return [];
    }
  });
}

// A skill that is not admitted is not found; why, is in the audit log. What is no refusal goes on.
function refusedOnly(problem: unknown): undefined {
  if (problem instanceof Problem) return undefined;
  throw problem;
}

function hitOf({ admitted }: Startable): SearchHit {
  const { name, version, description, manifest } = admitted;
  return { name, version, description, commands: Object.keys(manifest.commands) };
}

function lockedBy({ admitted, registry }: Startable): LockedSkill {
  const { version, bundle, publisher, scopeClaim, logIndex } = admitted;
  return { registry, version, bundle, publisher, scopeClaim, capabilities: capabilityDigest(admitted.capabilities), logIndex };
}

/** Read at each call: an identity that was revoked or has ended can do nothing more. */
function agentOf({ host, agentName, world }: Context): Agent {
  const agent = readAgent(host.agents, agentName);
  if (Date.parse(agent.expires) > world.now().getTime()) return agent;
  throw new Problem('plan-refused', `Cannot act for agent ${agentName}: the identity ended at ${agent.expires}`);
}

function record({ host, agentName }: Context, skill: SkillName | undefined, event: AuditEvent): void {
  host.audit.record({ run: randomUUID(), agent: agentName, ...(skill === undefined ? {} : { skill }) }, event);
}

/** The lock of an identity: what it fetched by its standing grant. `skill agent grant` drops a line of it, so that a newer version may come. */
export function identityLockOf({ paths }: Pick<World, 'paths'>, agent: string): string {
  return join(paths.data, 'agents', agent, lockFileName);
}

function ownLockOf({ world, agentName }: Context): string {
  return identityLockOf(world, agentName);
}
