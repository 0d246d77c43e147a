/** An agent's identity as text and as JSON, never with its private key. */

import * as agents from '../../runner/agents/public.ts';
import type {
  Agent,
  AgentEgress,
  Budget,
  BudgetKind,
  Grant,
} from '../../skills-index/run/agents/agent.ts';
import { onDay, type Used } from '../../skills-index/run/agents/budget.ts';
import { listCapabilities, printCapability } from '../../skills-index/skill/capability.ts';
import type { CommandContext } from '../command.ts';
import { joined, type Safe, safe } from '../terminal/output.ts';

export function agentText(agent: Agent, context: Pick<CommandContext, 'now' | 'paths'>): Safe {
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
  return safe`  its own program may send ${methods.join(', ')} to ${url}${credential}${waits}`;
}

export function agentCells(agent: Agent, context: Pick<CommandContext, 'now' | 'paths'>): string[] {
  return [
    agent.name,
    lastsText(agent),
    grantsText(agent),
    agent.budget === undefined ? '' : usedText(agent, context),
  ];
}

export function damagedCells({ name }: agents.DamagedAgent): string[] {
  return [name, 'damaged', 'nothing', ''];
}

export function agentJson(agent: Agent): Omit<Agent, 'schema'> {
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
  return printBudget(budget, onDay(agents.readUsed(agents.budgetFileOf(paths, name)), now())).join(
    ', ',
  );
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
