/** `skillgate agent …`: identities of agents, their grants and their log. */

import { existsSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import {
  budgetFileOf,
  createAgent,
  type DamagedAgent,
  type GrantChange,
  grantAgent,
  listAgents,
  memoryFolderOf,
  revokeAgent,
  widerGrant,
} from '../../runner/agents/agent-store.ts';
import { agentFile } from '../../runner/agents/agents.ts';
import { readUsed } from '../../runner/agents/budget.ts';
import { readEntries, verifyAuditFile } from '../../runner/audit/audit-file.ts';
import { holdFiles } from '../../runner/holds/holds.ts';
import type {
  Agent,
  AgentEgress,
  Budget,
  BudgetKind,
  Grant,
} from '../../skills-index/run/agents/agent.ts';
import { onDay, type Used } from '../../skills-index/run/agents/budget.ts';
import { auditRow } from '../../skills-index/run/audit/audit-row.ts';
import { parseReference } from '../../skills-index/skill/authoring/reference.ts';
import { isEmpty, listCapabilities, printCapability } from '../../skills-index/skill/capability.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { chainText } from '../audit-log/log.ts';
import {
  type CommandContext,
  type CommandTable,
  type ExitCode,
  exitCodes,
  listOf,
  runnerOf,
} from '../command.ts';
import { holdsFolderOf } from '../holds/answer.ts';
import { changeLock } from '../install/lock.ts';
import { identityLockOf } from '../mcp/agent-startable.ts';
import { projectAt } from '../run/admission.ts';
import { printFirst } from '../run/end-notes.ts';
import { agentsFolderOf, auditFileOf, auditKeyFileOf, hostFiles } from '../run/host-files.ts';
import { admitToStart } from '../run/start-skill.ts';
import { confirm } from '../terminal/ask.ts';
import { answer, joined, printNote, type Safe, safe, table } from '../terminal/output.ts';
import {
  ceilingIn,
  changeOf,
  daysOf,
  indexesOf,
  requireOnHost,
  startGrantOf,
} from './agent-options.ts';
import { removeAgent, requireNoLeftover } from './agent-remove.ts';
import { readNamedAgent } from './named-agent.ts';

// An agent's identity as text and as JSON, never with its private key.

function agentText(agent: Agent, context: Pick<CommandContext, 'now' | 'paths'>): Safe {
  const ceiling = listCapabilities(agent.ceiling).map(printCapability);
  const { budget, git, model, workspace } = agent;
  return joined(
    [
      safe`agent ${agent.name}, key ${agent.keyId}, ${lastsText(agent)}`,
      safe`  may start: ${grantsText(agent)}`,
      ...(ceiling.length === 0 ? [safe`  with no capability`] : [safe`  with at most:`]),
      ...ceiling.map((line) => safe`    ${line}`),
      ...agent.grants.flatMap(ownText),
      ...Object.entries(agent.env).map(([name, value]) => safe`  env ${name}=${value}`),
      ...(budget === undefined
        ? []
        : [safe`  budget of a day (UTC), used: ${usedText(agent, context)}`]),
      ...(workspace === undefined
        ? []
        : [safe`  works in workspace ${workspace.name}, ${workspace.mode}`]),
      ...(model === undefined ? [] : [safe`  model ${model}`]),
      ...(agent.egress ?? []).map(egressText),
      ...(agent.indexes ?? []).map((one) => safe`  may fetch ${one} packages`),
      ...(git === undefined ? [] : [safe`  commits as ${git.name} <${git.email}>`]),
    ],
    '\n',
  );
}

function egressText({ hold, methods, secret, url }: AgentEgress): Safe {
  const credential = secret === undefined ? '' : `, with secret ${secret} for git`;
  const waits = hold === true ? ', each request waits for a person' : '';
  const may = methods.includes('*') ? 'open connections' : `send ${methods.join(', ')}`;
  return safe`  its own program may ${may} to ${url}${credential}${waits}`;
}

function agentCells(agent: Agent, context: Pick<CommandContext, 'now' | 'paths'>): string[] {
  return [
    agent.name,
    lastsText(agent),
    grantsText(agent),
    agent.budget === undefined ? '' : usedText(agent, context),
  ];
}

function damagedCells({ name }: DamagedAgent): string[] {
  return [name, 'damaged', 'nothing', ''];
}

function agentJson(agent: Agent): Omit<Agent, 'schema'> {
  const { schema: _, ...rest } = agent;
  return rest;
}

function lastsText({ expires, revoked }: Agent): string {
  return revoked === undefined
    ? `until ${expires.slice(0, 10)}`
    : `revoked ${revoked.slice(0, 10)}`;
}

function usedText(
  { budget = {}, name }: Agent,
  { now, paths }: Pick<CommandContext, 'now' | 'paths'>,
): string {
  return printBudget(budget, onDay(readUsed(budgetFileOf(paths, name)), now())).join(', ');
}

function grantsText(agent: Agent): string {
  return agent.grants.map((grant) => `${grant.skill}@${grant.range}`).join(', ') || 'nothing';
}

// Capabilities that a person allowed for some versions only.
function ownText({ capabilities, range, skill }: Grant): Safe[] {
  if (capabilities === undefined) return [];
  const lines = listCapabilities(capabilities).map(
    (capability) => safe`    ${printCapability(capability)}`,
  );
  return [safe`  and, for ${skill}@${range} only:`, ...lines];
}

/** The used and allowed amounts, in words. */
function printBudget(budget: Budget, { used }: Used): string[] {
  return Object.entries(budget).map(
    ([kind, most]) => `${used[kind as BudgetKind]} of ${most} ${kind}`,
  );
}

const agentCommands: CommandTable = {
  'agent create': create,
  'agent show': async (context) => {
    const [name] = context.args;
    return name === undefined
      ? list(context)
      : show(context, readNamedAgent(agentsFolderOf(context), name));
  },
  'agent grant': grant,
  'agent revoke': revoke,
  'agent remove': (context) =>
    removeAgent(context, (name) => forgetHolds(context, name, undefined)),
  'agent log': log,
};

export const run = runnerOf(agentCommands);

async function create(context: CommandContext): Promise<ExitCode> {
  const [name = ''] = context.args;
  const days = context.options.days === undefined ? {} : { days: daysOf(context.options.days) };
  const change = changeOf(context);
  requireOnHost(context, change);
  if (!existsSync(agentFile(agentsFolderOf(context), name))) requireNoLeftover(context.paths, name);
  const agent = createAgent(agentsFolderOf(context), {
    name,
    now: context.now(),
    ...days,
    ...change,
  });
  mkdirSync(memoryFolderOf(context.paths, name), { recursive: true, mode: 0o700 });
  return show(context, agent);
}

async function list(context: CommandContext): Promise<ExitCode> {
  const folder = agentsFolderOf(context);
  const { agents: listed, damaged, others } = listAgents(folder);
  const rows = [...listed.map((agent) => agentCells(agent, context)), ...damaged.map(damagedCells)];
  const damagedJson = damaged.map(({ name, problem }) => ({ name, why: problem.message }));
  const notes = [
    ...damaged.map(({ problem }) => [
      safe`note: ${problem.message}`,
      safe`  ${problem.hint ?? ''}`,
    ]),
    ...others.map((path) => [
      safe`note: skipped the file ${path}: its name is not the name of an agent`,
    ]),
  ];
  printFirst(context, notes, folder);
  answer(
    context,
    { schema: 'skillgate.agents/1', agents: listed.map(agentJson), damaged: damagedJson, others },
    () =>
      rows.length === 0
        ? safe`This host has no agent identities. Create one: skillgate agent create NAME`
        : table(rows),
  );
  return exitCodes.ok;
}

async function grant(context: CommandContext): Promise<ExitCode> {
  const [agent = '', ...named] = context.args;
  const folder = agentsFolderOf(context);
  readNamedAgent(folder, agent);
  const allOf = listOf(context.options['all-of']);
  const change = changeOf(context);
  requireOnHost(context, change);
  if (named.length + Object.keys(context.options).length === 0)
    throw new Problem('usage', `Cannot grant to agent ${agent}: no grant is named`, {
      hint: `skillgate agent grant ${agent} --all-of @scope/name`,
    });
  const changes: GrantChange[] = [
    { ...change, skills: [...(change.skills ?? []), ...named.map(startGrantOf)] },
  ];
  for (const text of allOf) changes.push(await wholeGrantOf(context, text));
  const before = readNamedAgent(folder, agent);
  await askToReinstate(context, before);
  // A concurrent revocation wins.
  for (const change of changes) grantAgent(folder, agent, { ...change, reinstate: before.revoked });
  await unpin(
    context,
    agent,
    changes.flatMap((change) => change.skills ?? []),
  );
  return show(context, readNamedAgent(folder, agent));
}

// The identity was revoked. A grant must not restore it silently.
async function askToReinstate(context: CommandContext, { name, revoked }: Agent): Promise<void> {
  if (revoked === undefined || context.options.reinstate === true) return;
  const question = safe`Agent ${name} was revoked on ${revoked}. This grant makes it active again, with the agent’s old key, memory and workspace.`;
  await confirm(
    context,
    question,
    name,
    `add --reinstate to make the revoked agent ${name} active again, or skillgate agent remove ${name}`,
  );
}

// The approved capabilities of the admitted version. The agent gets exactly the list that the
// person reads here.
async function wholeGrantOf(context: CommandContext, text: string): Promise<GrantChange> {
  const reference = parseReference(text);
  const { name, range } = reference;
  const project = await projectAt(context.cwd);
  const { admitted, notes } = await admitToStart(context, hostFiles(context), {
    name,
    range,
    locks: [project.lock],
    agent: 'operator',
    registries: project.file.registries,
  });
  for (const line of notes) printNote(context, safe`note: ${line}`);
  printNote(
    context,
    safe`granting the capabilities that are approved for ${name}@${admitted.version}`,
  );
  return { skills: [{ skill: name, range }], capabilities: admitted.capabilities };
}

// Fetched versions stay pinned. After a new grant, the newest version of the range may be fetched.
async function unpin(
  context: CommandContext,
  agent: string,
  grants: readonly Grant[],
): Promise<void> {
  const isGranted = (name: string): boolean => grants.some((grant) => grant.skill === name);
  await changeLock(identityLockOf(context, agent), (lock) => {
    const unaffected = [...lock].filter(([name]) => !isGranted(name));
    return unaffected.length < lock.size ? new Map(unaffected) : lock;
  });
}

async function revoke(context: CommandContext): Promise<ExitCode> {
  const [agent = '', named] = context.args;
  const skill =
    named === undefined
      ? undefined
      : grantedSkillOf(readNamedAgent(agentsFolderOf(context), agent), named);
  const { ceiling, model, workspace } = context.options;
  const egress = listOf(context.options.egress);
  const indexes = indexesOf(context.options.index);
  const isPart =
    model === true ||
    workspace === true ||
    ceiling !== undefined ||
    egress.length + indexes.length > 0;
  const isAll = skill === undefined && !isPart;
  const parts = {
    egress,
    indexes,
    model: model === true,
    workspace: workspace === true,
    ...ceilingIn(context),
  };
  const change = isAll
    ? ('everything' as const)
    : { ...parts, skills: skill === undefined ? [] : [{ skill, range: '*' }] };
  const after = revokeAgent(agentsFolderOf(context), agent, change, context.now());
  if (isAll) await rm(identityLockOf(context, agent), { force: true });
  if (isAll || skill !== undefined) forgetHolds(context, agent, skill);
  const wider = skill === undefined ? undefined : widerGrant(after, skill);
  if (wider !== undefined)
    printNote(
      context,
      safe`note: agent ${agent} may still start ${skill ?? ''}: its grant ${wider.skill}@${wider.range} covers this skill`,
    );
  if (skill !== undefined && ceiling === undefined && !isEmpty(after.ceiling))
    printNote(
      context,
      safe`note: the capabilities that all runs of agent ${agent} may have at most stay as they were; to remove some: skillgate agent revoke ${agent} --ceiling FILE`,
    );
  return show(context, after);
}

// Grants are listed with their range, and revoked by the listed text.
function grantedSkillOf({ grants, name }: Agent, text: string): string {
  const [, skill = text, range] = /^(.[^@]*)@(.+)$/s.exec(text) ?? [];
  const grant = grants.find((one) => one.skill === skill);
  if (range === undefined || grant === undefined || grant.range === range) return skill;
  throw new Problem(
    'usage',
    `Cannot revoke ${text} from agent ${name}: the agent’s grant for this skill is ${skill}@${grant.range}`,
    {
      hint: `skillgate agent revoke ${name} ${skill}`,
    },
  );
}

// Temporary allowances end with the grant, so that a later grant starts anew. Breakers stay.
function forgetHolds(context: CommandContext, agent: string, skill: string | undefined): void {
  const files = holdFiles(holdsFolderOf(context));
  const [scope = '', name] = (skill ?? '').split('/');
  const isOf = (other: string): boolean =>
    skill === undefined || other === skill || (name === '*' && other.startsWith(`${scope}/`));
  for (const hold of files.kept()) if (hold.agent === agent && isOf(hold.skill)) files.forget(hold);
}

async function log(context: CommandContext): Promise<ExitCode> {
  const [agent = ''] = context.args;
  if (agent !== 'operator') readNamedAgent(agentsFolderOf(context), agent);
  const entries = await readEntries(auditFileOf(context), (entry) => entry.agent === agent);
  const chain = await verifyAuditFile(auditFileOf(context), auditKeyFileOf(context));
  answer(context, { schema: 'skillgate.agent-log/1', agent, chain, entries }, () =>
    joined([table(entries.map(auditRow)), chainText(chain)], '\n'),
  );
  if (chain.kind === 'whole') return exitCodes.ok;
  throw new Problem(
    'audit-broken',
    `The audit log is not intact: line ${chain.line}: ${chain.why}`,
  );
}

function show(context: CommandContext, agent: Agent): ExitCode {
  answer(context, { schema: 'skillgate.agent/1', ...agentJson(agent) }, () =>
    agentText(agent, context),
  );
  return exitCodes.ok;
}
