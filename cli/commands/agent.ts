/** `skill agent …`: identities of agents, what they may start, and what they did. */

import { rm } from 'node:fs/promises';
import { readAgent } from '../../runner/agents.ts';
import type { Agent, Grant } from '../../skills-index/run/agent.ts';
import { listCapabilities, printCapability } from '../../skills-index/skill/capability.ts';
import { parseReference, parseScope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { projectAt } from '../admission.ts';
import { identityLockOf } from '../agent-skills.ts';
import { createAgent, type GrantChange, grantAgent, listAgents, revokeAgent } from '../agent-store.ts';
import { readEntries, verifyAuditFile } from '../audit-file.ts';
import { auditRow, chainText } from '../audit-text.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { readLock, writeLock } from '../lock.ts';
import { answer, joined, note, safe, table } from '../output.ts';
import { admitToStart, agentsFolderOf, auditFileOf, auditKeyFileOf, hostFiles } from '../start-skill.ts';

const agentCommands: Readonly<Record<string, (context: CommandContext) => Promise<ExitCode>>> = {
  'agent create': create,
  'agent list': list,
  'agent grant': grant,
  'agent revoke': revoke,
  'agent log': log,
};

export async function run(context: CommandContext): Promise<ExitCode> {
  const command = agentCommands[context.command];
  if (command === undefined) throw new Problem('usage', `There is no command skill ${context.command}`);
  return await command(context);
}

async function create(context: CommandContext): Promise<ExitCode> {
  const [name = ''] = context.args;
  const days = context.options.days === undefined ? {} : { days: daysOf(context.options.days) };
  return show(context, createAgent(agentsFolderOf(context), { name, now: context.now(), ...days }));
}

async function list(context: CommandContext): Promise<ExitCode> {
  const agents = listAgents(agentsFolderOf(context));
  const rows = agents.map((agent) => [agent.name, `until ${agent.expires.slice(0, 10)}`, grantsOf(agent)]);
  answer(context, { schema: 'skillgate.agents/1', ...{ agents: agents.map(printable) } }, () =>
    rows.length === 0 ? safe`no agent identities: skill agent create NAME` : table(rows),
  );
  return exitCodes.ok;
}

async function grant(context: CommandContext): Promise<ExitCode> {
  const [agent = '', ...named] = context.args;
  const folder = agentsFolderOf(context);
  readAgent(folder, agent);
  const allOf = Array.isArray(context.options['all-of']) ? context.options['all-of'] : [];
  const env = envOf(context);
  if (named.length + allOf.length + Object.keys(env).length === 0)
    throw new Problem('usage', `Cannot grant nothing to ${agent}`, { hint: `skill agent grant ${agent} --all-of @scope/name` });
  const changes: GrantChange[] = [{ env, skills: named.map(startGrantOf) }];
  for (const text of allOf) changes.push(await wholeGrantOf(context, text));
  for (const change of changes) grantAgent(folder, agent, change);
  await unpin(
    context,
    agent,
    changes.flatMap((change) => change.skills ?? []),
  );
  return show(context, readAgent(folder, agent));
}

function startGrantOf(text: string): Grant {
  const scope = /^@([^/]+)\/\*$/.exec(text)?.[1];
  if (scope !== undefined) return { skill: `@${parseScope(scope)}/*`, range: '*' };
  const { name, range } = parseReference(text);
  return { skill: name, range };
}

// The approved capabilities of the version that is admitted now: what a person reads here is what the agent gets.
async function wholeGrantOf(context: CommandContext, text: string): Promise<GrantChange> {
  const { name, range } = parseReference(text);
  const project = await projectAt(context.cwd);
  const { admitted, notes } = await admitToStart(context, hostFiles(context), {
    ...{ name, range, locks: [project.lock], agent: 'operator' },
    registries: project.file.registries,
  });
  for (const line of notes) note(context, safe`note: ${line}`);
  note(context, safe`granting what is approved for ${name}@${admitted.version}`);
  return { skills: [{ skill: name, range }], capabilities: admitted.capabilities };
}

// What the identity once fetched stays pinned; granted anew, it may take the newest version of the range.
async function unpin(context: CommandContext, agent: string, grants: readonly Grant[]): Promise<void> {
  const path = identityLockOf(context, agent);
  const lock = await readLock(path);
  const kept = [...lock].filter(([name]) => !grants.some((one) => one.skill === name));
  if (kept.length < lock.size) await writeLock(path, new Map(kept));
}

async function revoke(context: CommandContext): Promise<ExitCode> {
  const [agent = '', skill] = context.args;
  const change = skill === undefined ? ('everything' as const) : { skills: [{ skill, range: '*' }] };
  const after = revokeAgent(agentsFolderOf(context), agent, change);
  if (skill === undefined) await rm(identityLockOf(context, agent), { force: true });
  return show(context, after);
}

async function log(context: CommandContext): Promise<ExitCode> {
  const [agent = ''] = context.args;
  if (agent !== 'operator') readAgent(agentsFolderOf(context), agent);
  const entries = await readEntries(auditFileOf(context), (entry) => entry.agent === agent);
  const chain = await verifyAuditFile(auditFileOf(context), auditKeyFileOf(context));
  answer(context, { schema: 'skillgate.agent-log/1', ...{ agent, chain, entries } }, () =>
    joined([table(entries.map(auditRow)), chainText(chain)], '\n'),
  );
  if (chain.kind === 'whole') return exitCodes.ok;
  throw new Problem('audit-broken', `Cannot vouch for the audit log: line ${chain.line}: ${chain.why}`);
}

function show(context: CommandContext, agent: Agent): ExitCode {
  const ceiling = listCapabilities(agent.ceiling).map(printCapability);
  answer(context, { schema: 'skillgate.agent/1', ...printable(agent) }, () =>
    joined(
      [
        safe`agent ${agent.name}, key ${agent.keyId}, until ${agent.expires}`,
        safe`  may start: ${grantsOf(agent)}`,
        ...(ceiling.length === 0 ? [safe`  with no capability`] : [safe`  with at most:`]),
        ...ceiling.map((line) => safe`    ${line}`),
        ...Object.entries(agent.env).map(([name, value]) => safe`  env ${name}=${value}`),
      ],
      '\n',
    ),
  );
  return exitCodes.ok;
}

function printable(agent: Agent): Omit<Agent, 'schema'> {
  const { schema: _, ...rest } = agent;
  return rest;
}

function grantsOf(agent: Agent): string {
  return agent.grants.map((one) => `${one.skill}@${one.range}`).join(', ') || 'nothing';
}

function daysOf(text: unknown): number {
  const days = typeof text === 'string' && /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (days < 1) throw new Problem('usage', 'Cannot read --days: it is a number from 1 to 9999');
  return days;
}

function envOf(context: CommandContext): Record<string, string> {
  const given = Array.isArray(context.options.env) ? context.options.env : [];
  return Object.fromEntries(
    given.map((text: string) => {
      const at = text.indexOf('=');
      if (at < 1) throw new Problem('usage', `Cannot read --env ${JSON.stringify(text)}: write NAME=VALUE`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
