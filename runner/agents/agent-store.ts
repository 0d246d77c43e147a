/**
 * Creates, grants, revokes and lists agent identities for the operator. runner/agents/agents.ts
 * reads the same files for runs.
 */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import type {
  Agent,
  AgentEgress,
  AgentWorkspace,
  Budget,
  Grant,
  StoredAgent,
} from '../../skills-index/run/agents/agent.ts';
import { parseReference } from '../../skills-index/skill/authoring/reference.ts';
import {
  type Capabilities,
  isEmpty,
  listCapabilities,
  minus,
  noCapabilities,
  printCapability,
  union,
} from '../../skills-index/skill/capability.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { withLock } from '../files/lock.ts';
import { writePrivateFile } from '../files/private-file.ts';
import { agentFile, isAgentName, readAgent, readStoredAgent } from './agents.ts';

/** Days until an agent identity expires, when the operator names no other number. */
const agentDaysDefault = 90;

interface NewAgent
  extends Pick<
    GrantChange,
    'env' | 'budget' | 'workspace' | 'model' | 'egress' | 'indexes' | 'git'
  > {
  readonly name: string;
  readonly now: Date;
  readonly days?: number;
}

/** A change that grants something to an identity. */
export interface GrantChange {
  /** New grants for skills. A grant for a skill replaces the older grant for the same skill. */
  readonly skills?: readonly Grant[];
  readonly capabilities?: Capabilities;
  readonly env?: Readonly<Record<string, string>>;
  readonly budget?: Budget;
  readonly workspace?: AgentWorkspace;
  readonly model?: string;
  /** New egress of sessions. An entry for a url replaces the older entry for the same url. */
  readonly egress?: readonly AgentEgress[];
  /** New indexes, besides those that the identity has. */
  readonly indexes?: readonly Ecosystem[];
  readonly git?: NonNullable<Agent['git']>;
  /** Reactivates a revoked identity. The value is the time of revocation that the operator saw. */
  readonly reinstate?: string | undefined;
}

/**
 * Creates an agent identity in a file (0600) below `folder`. The identity has a P-256 key of its
 * own and no rights.
 * @param folder `$CONFIG/agents`
 * @throws Problem `usage` when the name is invalid or taken
 */
export function createAgent(
  folder: string,
  { name, now, days = agentDaysDefault, ...more }: NewAgent,
): Agent {
  const path = agentFile(folder, name);
  const { budget, egress = [], env = {}, git, indexes = [], model, workspace } = more;
  if (workspace !== undefined) requireOwnWorkspace(folder, name, workspace.name);
  return withLock(`${path}.lock`, () => {
    if (existsSync(path))
      throw new Problem('usage', `Cannot create agent ${name}: the agent exists already`);
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return store(path, {
      schema: 'skillgate.agent/1',
      name,
      keyId: digestOf(publicKey.export({ type: 'spki', format: 'der' })),
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      created: now.toISOString(),
      expires: new Date(now.getTime() + days * 86_400_000).toISOString(),
      grants: [],
      ceiling: noCapabilities,
      env,
      ...(budget === undefined ? {} : { budget }),
      ...(workspace === undefined ? {} : { workspace }),
      ...(model === undefined ? {} : { model }),
      ...(git === undefined ? {} : { git }),
      ...egressOf(egress),
      ...(indexes.length === 0 ? {} : { indexes }),
    });
  });
}

/** The agent identities in a folder. */
interface AgentList {
  readonly agents: readonly Agent[];
  /** Identities whose file is damaged. A damaged identity cannot start anything. */
  readonly damaged: readonly DamagedAgent[];
  /** File names that are no identity's file name, such as names of backup copies. */
  readonly others: readonly string[];
}

export interface DamagedAgent {
  readonly name: string;
  readonly problem: Problem;
}

/** Lists all identities, by name. A damaged file does not hide the other identities. */
export function listAgents(folder: string): AgentList {
  const files = existsSync(folder)
    ? readdirSync(folder).filter((file) => file.endsWith('.json'))
    : [];
  const agents: Agent[] = [];
  const damaged: DamagedAgent[] = [];
  const others: string[] = [];
  for (const file of files.sort()) {
    const name = file.slice(0, -'.json'.length);
    const read = isAgentName(name) ? readListed(folder, name) : undefined;
    if (read === undefined) others.push(`${folder}/${file}`);
    else if ('problem' in read) damaged.push(read);
    else agents.push(read);
  }
  return { agents, damaged, others };
}

/** Whether `readAgent` failed because the identity's file exists and is damaged. */
export function isDamaged(cause: unknown): cause is Problem {
  return (
    cause instanceof Problem && (cause.code === 'key-file-invalid' || cause.code === 'json-invalid')
  );
}

function readListed(folder: string, name: string): Agent | DamagedAgent {
  try {
    return readAgent(folder, name);
  } catch (cause) {
    if (!isDamaged(cause)) throw cause;
    const hint = `Restore the file from a copy, or delete the identity: skillgate agent remove ${name}`;
    return { name, problem: new Problem(cause.code, cause.message, { cause, hint }) };
  }
}

/**
 * Adds grants to an identity and returns the changed identity.
 * @throws Problem `usage` for a workspace that another agent works in; `plan-refused` when the
 * identity is revoked
 */
export function grantAgent(folder: string, name: string, change: GrantChange): Agent {
  const { budget, git, model, skills = [], workspace } = change;
  for (const { skill, range } of skills)
    parseReference(`${skill.replace(/\/\*$/, '/any')}@${range}`);
  if (workspace !== undefined) requireOwnWorkspace(folder, name, workspace.name);
  return changeAgent(folder, name, ({ revoked, ...agent }) => {
    if (revoked !== undefined && change.reinstate !== revoked)
      throw new Problem(
        'plan-refused',
        `Cannot grant anything to agent ${name}: the agent was revoked on ${revoked}`,
        {
          hint: `skillgate agent grant ${name} --reinstate, or skillgate agent remove ${name}`,
        },
      );
    return {
      ...agent,
      grants: [...without(agent.grants, skills), ...skills],
      ceiling: union(agent.ceiling, change.capabilities ?? noCapabilities),
      env: { ...agent.env, ...change.env },
      ...(budget === undefined ? {} : { budget: { ...agent.budget, ...budget } }),
      ...(workspace === undefined ? {} : { workspace }),
      ...(model === undefined ? {} : { model }),
      ...(git === undefined ? {} : { git }),
      ...egressOf([...withoutUrls(agent, change.egress), ...(change.egress ?? [])]),
      ...(change.indexes === undefined
        ? {}
        : { indexes: [...new Set([...(agent.indexes ?? []), ...change.indexes])].sort() }),
    };
  });
}

function withoutUrls(
  { egress = [] }: Agent,
  removed: readonly Pick<AgentEgress, 'url'>[] = [],
): readonly AgentEgress[] {
  return egress.filter(({ url }) => !removed.some((one) => one.url === url));
}

function egressOf(egress: readonly AgentEgress[]): Pick<Agent, 'egress'> {
  return egress.length === 0 ? {} : { egress };
}

// Two agents in one folder could pass each other instructions through its files.
function requireOwnWorkspace(folder: string, name: string, workspace: string): void {
  const { agents, damaged } = listAgents(folder);
  // The workspace of a damaged identity is unknown, and the operator may restore the identity's
  // file later.
  const unread = damaged.find((agent) => agent.name !== name);
  if (unread !== undefined)
    throw new Problem(
      unread.problem.code,
      `Cannot find out whether agent ${unread.name} uses workspace ${workspace}: ${unread.problem.message}`,
      {
        hint: unread.problem.hint ?? '',
      },
    );
  const other = agents.find((agent) => agent.name !== name && agent.workspace?.name === workspace);
  if (other === undefined) return;
  throw new Problem(
    'usage',
    `Cannot give workspace ${workspace} to agent ${name}: agent ${other.name} uses it, and two agents must not share a folder`,
    {
      hint: 'skillgate host workspace add NAME DIR',
    },
  );
}

/** A change that revokes something from an identity. */
interface Revocation extends Pick<GrantChange, 'skills' | 'capabilities' | 'env'> {
  readonly model?: boolean;
  readonly workspace?: boolean;
  /** The urls of egress entries. */
  readonly egress?: readonly string[];
  readonly indexes?: readonly Ecosystem[];
}

/**
 * Revokes grants (a skill by its name, whatever the range). With `'everything'` the identity stays
 * but may do nothing, and its running sandboxes are ended.
 * @throws Problem `usage` for a skill, a model or a workspace that the identity does not have
 */
export function revokeAgent(
  folder: string,
  name: string,
  change: Revocation | 'everything',
  now: Date,
): Agent {
  return changeAgent(folder, name, (agent) => {
    const { egress: _, model, workspace, ...others } = agent;
    if (change === 'everything') {
      const nothing = { grants: [], ceiling: noCapabilities, env: {} };
      return { ...agent, ...nothing, egress: [], indexes: [], revoked: now.toISOString() };
    }
    requireGiven(agent, change);
    return {
      ...others,
      ...(model === undefined || change.model === true ? {} : { model }),
      ...(workspace === undefined || change.workspace === true ? {} : { workspace }),
      ...egressOf(
        withoutUrls(
          agent,
          change.egress?.map((url) => ({ url })),
        ),
      ),
      ...(agent.indexes === undefined
        ? {}
        : { indexes: agent.indexes.filter((one) => change.indexes?.includes(one) !== true) }),
      grants: without(agent.grants, change.skills ?? []),
      ceiling: minus(agent.ceiling, change.capabilities ?? noCapabilities),
      env: Object.fromEntries(
        Object.entries(agent.env).filter(([key]) => !Object.hasOwn(change.env ?? {}, key)),
      ),
    };
  });
}

// Revoking a right that was never granted is an error. The operator mistyped a name, or believes
// that the agent lost a right that the agent still has.
function requireGiven(agent: StoredAgent, change: Revocation): void {
  const missing = change.skills?.find(
    ({ skill }) => !agent.grants.some((grant) => grant.skill === skill),
  );
  for (const part of ['model', 'workspace'] as const)
    if (change[part] === true && agent[part] === undefined)
      throw new Problem(
        'usage',
        `Cannot revoke the ${part} of agent ${agent.name}: the agent has none`,
      );
  const { capabilities } = change;
  if (capabilities !== undefined) requireGone(agent, capabilities);
  const index = change.indexes?.find((one) => agent.indexes?.includes(one) !== true);
  if (index !== undefined)
    throw new Problem(
      'usage',
      `Cannot revoke index ${index} from agent ${agent.name}: the agent has no such index`,
      { hint: `The agent has: ${(agent.indexes ?? []).join(', ') || 'none'}.` },
    );
  const unknown = change.egress?.find(
    (url) => agent.egress?.some((one) => one.url === url) !== true,
  );
  if (unknown !== undefined)
    throw new Problem(
      'usage',
      `Cannot revoke egress ${unknown} from agent ${agent.name}: the agent has no such egress`,
      {
        hint: `The agent has: ${(agent.egress ?? []).map(({ url }) => url).join(', ') || 'none'}.`,
      },
    );
  if (missing === undefined) return;
  const wider = widerGrant(agent, missing.skill);
  const has = agent.grants.map(({ range, skill }) => `${skill}@${range}`).join(', ');
  const why =
    wider === undefined
      ? 'the agent has no grant for this skill'
      : `the wider grant ${wider.skill} would still cover the skill`;
  throw new Problem('usage', `Cannot revoke ${missing.skill} from agent ${agent.name}: ${why}`, {
    hint:
      wider === undefined
        ? `The agent may start: ${has || 'nothing'}.`
        : `skillgate agent revoke ${agent.name} ${wider.skill}`,
  });
}

// A ceiling that still covers a revoked capability would allow it without a word.
function requireGone({ ceiling, name }: StoredAgent, revoked: Capabilities): void {
  const rest = minus(ceiling, revoked);
  const hint = `skillgate agent show ${name}`;
  const what = `Cannot revoke these capabilities from agent ${name}`;
  const reasons = listCapabilities(minus(revoked, minus(revoked, rest))).map((one) => ({
    message: `a wider capability of the agent covers ${printCapability(one)}: revoke the wider one`,
  }));
  if (reasons.length > 0)
    throw new Problem('usage', `${what}: its runs would still have some`, { reasons, hint });
  if (isEmpty(minus(ceiling, rest)))
    throw new Problem('usage', `${what}: its runs may have none of them`, { hint });
}

/** Returns the grant of a whole scope that covers a skill; undefined without such a grant. */
export function widerGrant({ grants }: Pick<Agent, 'grants'>, skill: string): Grant | undefined {
  return grants.find(
    (grant) =>
      grant.skill !== skill &&
      grant.skill.endsWith('/*') &&
      skill.startsWith(grant.skill.slice(0, -1)),
  );
}

function changeAgent(
  folder: string,
  name: string,
  change: (agent: StoredAgent) => StoredAgent,
): Agent {
  const path = agentFile(folder, name);
  return withLock(`${path}.lock`, () => store(path, change(readStoredAgent(folder, name))));
}

function store(path: string, stored: StoredAgent): Agent {
  writePrivateFile(path, `${JSON.stringify(stored, null, 2)}\n`);
  const { privateKey: _, ...agent } = stored;
  return agent;
}

function without(grants: readonly Grant[], removed: readonly Grant[]): Grant[] {
  return grants.filter(({ skill }) => !removed.some((grant) => grant.skill === skill));
}

/** Returns the path of the file that counts the used part of an identity's budget. */
export function budgetFileOf({ data }: { readonly data: string }, agent: string): string {
  return `${data}/agents/${agent}/budget.json`;
}

/**
 * Returns the folder that an agent keeps from session to session. No other agent sees this folder.
 */
export function memoryFolderOf({ data }: { readonly data: string }, agent: string): string {
  return `${data}/agents/${agent}/memory`;
}
