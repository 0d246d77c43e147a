/** Agent identities: a non-human identity has its own key, grants, values and end. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Capabilities, minus, noCapabilities, union } from '../skills-index/skill/capability.ts';
import { type Digest, digestOf, isDigest } from '../skills-index/skill/digest.ts';
import { parseJson } from '../skills-index/skill/json.ts';
import { isNamePart, parseReference, type SkillName } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { exactObject, parseShape } from '../skills-index/skill/shape.ts';
import { resolveVersion, type Version } from '../skills-index/skill/version.ts';
import { capabilities } from '../skills-index/statement/field-shapes.ts';
import { agentBytesMax, agentDaysDefault } from './limits.ts';
import { withLock } from './lock.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

/** Skills that an agent may start. */
export interface Grant {
  /** `@scope/name`, or `@scope/*` for all of a scope. */
  readonly skill: string;
  /** A semver range. */
  readonly range: string;
}

export interface Agent {
  readonly schema: 'skillgate.agent/1';
  readonly name: string;
  readonly keyId: Digest;
  /** SPKI PEM. */
  readonly publicKey: string;
  readonly created: string;
  /** ISO 8601; after it nothing starts. */
  readonly expires: string;
  readonly grants: readonly Grant[];
  /** No run of this agent gets more than this; empty at first. */
  readonly ceiling: Capabilities;
  /** Values for `env` capabilities of its runs. */
  readonly env: Readonly<Record<string, string>>;
}

export interface NewAgent {
  readonly name: string;
  readonly now: Date;
  readonly days?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** What is given to an identity, or taken from it. */
export interface GrantChange {
  /** A skill named again replaces its older range. */
  readonly skills?: readonly Grant[];
  readonly capabilities?: Capabilities;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Makes an identity with a P-256 key of its own, in a file (0600) below `folder`.
 * @param folder `$CONFIG/agents`
 * @throws Problem `usage` when the name is no name or taken
 */
export function createAgent(folder: string, { name, now, days = agentDaysDefault, env = {} }: NewAgent): Agent {
  const path = fileOf(folder, name);
  return withLock(`${path}.lock`, () => {
    if (existsSync(path)) throw new Problem('usage', `There is an agent ${name} already`);
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
    });
  });
}

/** @throws Problem `agent-unknown`, `key-file-invalid` when its file is damaged or others may read it */
export function readAgent(folder: string, name: string): Agent {
  return withoutKey(readStored(folder, name));
}

/** All identities, by name. */
export function listAgents(folder: string): Agent[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
  return names.sort().map((file) => readAgent(folder, file.slice(0, -'.json'.length)));
}

/** Adds grants and answers with the identity as it is now. */
export function grantAgent(folder: string, name: string, change: GrantChange): Agent {
  const skills = change.skills ?? [];
  for (const { skill, range } of skills) parseReference(`${skill.replace(/\/\*$/, '/any')}@${range}`);
  return changeAgent(folder, name, (agent) => ({
    ...agent,
    grants: [...without(agent.grants, skills), ...skills],
    ceiling: union(agent.ceiling, change.capabilities ?? noCapabilities),
    env: { ...agent.env, ...change.env },
  }));
}

/** Takes grants away (a skill by its name, whatever the range); with `'everything'` the identity stays and can do nothing. */
export function revokeAgent(folder: string, name: string, change: GrantChange | 'everything'): Agent {
  return changeAgent(folder, name, (agent) => {
    if (change === 'everything') return { ...agent, grants: [], ceiling: noCapabilities, env: {} };
    return {
      ...agent,
      grants: without(agent.grants, change.skills ?? []),
      ceiling: minus(agent.ceiling, change.capabilities ?? noCapabilities),
      env: Object.fromEntries(Object.entries(agent.env).filter(([key]) => !Object.hasOwn(change.env ?? {}, key))),
    };
  });
}

/** Why this agent may not start the version; undefined when a grant names it. */
export function whyNotGranted(agent: Agent, name: SkillName, version: Version, now: Date): string | undefined {
  if (now.toISOString() >= agent.expires) return `agent ${agent.name} ended on ${agent.expires}`;
  const named = agent.grants.filter(
    ({ skill }) => skill === name || (skill.endsWith('/*') && name.startsWith(skill.slice(0, -1))),
  );
  if (named.length === 0) return `agent ${agent.name} has no grant for ${name}`;
  if (named.some((grant) => resolveVersion(grant.range, [version]) === version)) return undefined;
  return `agent ${agent.name} may start ${name} only in ${named.map((grant) => grant.range).join(' or ')}`;
}

/** With its key (PKCS8 PEM), which never leaves the functions below. */
type StoredAgent = Agent & { readonly privateKey: string };

const text = v.string();
const storedShape = exactObject({
  schema: v.literal('skillgate.agent/1'),
  name: text,
  keyId: v.custom<Digest>(isDigest),
  publicKey: text,
  privateKey: text,
  created: text,
  expires: v.pipe(text, v.isoTimestamp()),
  grants: v.array(exactObject({ skill: text, range: text })),
  ceiling: capabilities,
  env: v.record(text, text),
});

function changeAgent(folder: string, name: string, change: (agent: StoredAgent) => StoredAgent): Agent {
  const path = fileOf(folder, name);
  return withLock(`${path}.lock`, () => store(path, change(readStored(folder, name))));
}

function readStored(folder: string, name: string): StoredAgent {
  const path = fileOf(folder, name);
  const bytes = readPrivateFile(path, { bytesMax: agentBytesMax, secret: true, code: 'key-file-invalid' });
  if (bytes === undefined) throw new Problem('agent-unknown', `There is no agent ${JSON.stringify(name)} here`);
  const stored = parseShape(storedShape, parseJson(bytes, path), 'key-file-invalid', path);
  if (stored.name === name) return stored;
  throw new Problem('key-file-invalid', `Cannot use ${path}: it is the file of agent ${stored.name}`);
}

function store(path: string, agent: StoredAgent): Agent {
  writePrivateFile(path, `${JSON.stringify(agent, null, 2)}\n`);
  return withoutKey(agent);
}

function withoutKey({ privateKey: _, ...agent }: StoredAgent): Agent {
  return agent;
}

function without(grants: readonly Grant[], gone: readonly Grant[]): Grant[] {
  return grants.filter((old) => !gone.some((grant) => grant.skill === old.skill));
}

function fileOf(folder: string, name: string): string {
  if (!isNamePart(name)) throw new Problem('usage', `Not an agent’s name: ${JSON.stringify(name)}`);
  return join(folder, `${name}.json`);
}
