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
import { resolveVersion, type Version } from '../skills-index/skill/version.ts';
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
export function createAgent(folder: string, wanted: NewAgent): Agent {
  const path = fileOf(folder, wanted.name);
  return withLock(`${path}.lock`, () => {
    if (readStored(folder, wanted.name) !== undefined) throw new Problem('usage', `There is an agent ${wanted.name} already`);
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const agent: Agent = {
      schema: 'skillgate.agent/1',
      name: wanted.name,
      keyId: digestOf(pair.publicKey.export({ type: 'spki', format: 'der' })),
      publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      created: wanted.now.toISOString(),
      expires: new Date(wanted.now.getTime() + (wanted.days ?? agentDaysDefault) * 86_400_000).toISOString(),
      grants: [],
      ceiling: noCapabilities,
      env: wanted.env ?? {},
    };
    store(path, { ...agent, privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() });
    return agent;
  });
}

/** @throws Problem `agent-unknown`, `key-file-invalid` when its file is damaged or others may read it */
export function readAgent(folder: string, name: string): Agent {
  const stored = readStored(folder, name);
  if (stored === undefined) throw new Problem('agent-unknown', `There is no agent ${JSON.stringify(name)} here`);
  return withoutKey(stored);
}

/** All identities, by name. */
export function listAgents(folder: string): Agent[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((file) => file.endsWith('.json') && isNamePart(file.slice(0, -5)));
  return names.sort().map((file) => readAgent(folder, file.slice(0, -5)));
}

/** Adds grants and answers with the identity as it is now. */
export function grantAgent(folder: string, name: string, change: GrantChange): Agent {
  const skills = change.skills ?? [];
  for (const grant of skills) refuseNoGrant(grant);
  return changeAgent(folder, name, (agent) => ({
    ...agent,
    grants: [...agent.grants.filter((old) => !skills.some((grant) => grant.skill === old.skill)), ...skills],
    ceiling: union(agent.ceiling, change.capabilities ?? noCapabilities),
    env: { ...agent.env, ...change.env },
  }));
}

/** Takes grants away (a skill by its name, whatever the range); with `'everything'` the identity stays and can do nothing. */
export function revokeAgent(folder: string, name: string, change: GrantChange | 'everything'): Agent {
  return changeAgent(folder, name, (agent) => {
    if (change === 'everything') return { ...agent, grants: [], ceiling: noCapabilities, env: {} };
    const gone = new Set(Object.keys(change.env ?? {}));
    return {
      ...agent,
      grants: agent.grants.filter((old) => !(change.skills ?? []).some((grant) => grant.skill === old.skill)),
      ceiling: minus(agent.ceiling, change.capabilities ?? noCapabilities),
      env: Object.fromEntries(Object.entries(agent.env).filter(([key]) => !gone.has(key))),
    };
  });
}

/** Whether a grant of this agent names the version, and why not otherwise. */
export function whyNotGranted(agent: Agent, name: SkillName, version: Version, now: Date): string | undefined {
  if (now.toISOString() >= agent.expires) return `agent ${agent.name} ended on ${agent.expires}`;
  const named = agent.grants.filter(
    (grant) => grant.skill === name || (grant.skill.endsWith('/*') && name.startsWith(grant.skill.slice(0, -1))),
  );
  if (named.length === 0) return `agent ${agent.name} has no grant for ${name}`;
  if (named.some((grant) => resolveVersion(grant.range, [version]) === version)) return undefined;
  return `agent ${agent.name} may start ${name} only in ${named.map((grant) => grant.range).join(' or ')}`;
}

interface StoredAgent extends Agent {
  /** PKCS8 PEM; never leaves this file's functions. */
  readonly privateKey: string;
}

function changeAgent(folder: string, name: string, change: (agent: StoredAgent) => StoredAgent): Agent {
  const path = fileOf(folder, name);
  return withLock(`${path}.lock`, () => {
    const stored = readStored(folder, name);
    if (stored === undefined) throw new Problem('agent-unknown', `There is no agent ${JSON.stringify(name)} here`);
    const changed = change(stored);
    store(path, changed);
    return withoutKey(changed);
  });
}

function readStored(folder: string, name: string): StoredAgent | undefined {
  const path = fileOf(folder, name);
  const bytes = readPrivateFile(path, { bytesMax: agentBytesMax, secret: true, code: 'key-file-invalid' });
  if (bytes === undefined) return undefined;
  const checked = v.safeParse(storedSchema, parseJson(bytes, path).value);
  if (checked.success && checked.output.name === name) return checked.output as StoredAgent;
  throw new Problem('key-file-invalid', `Cannot read ${path}: it is not an agent of form skillgate.agent/1`);
}

function store(path: string, agent: StoredAgent): void {
  writePrivateFile(path, `${JSON.stringify(agent, null, 2)}\n`);
}

function withoutKey({ privateKey: _, ...agent }: StoredAgent): Agent {
  return agent;
}

function fileOf(folder: string, name: string): string {
  if (!isNamePart(name)) throw new Problem('usage', `Not an agent’s name: ${JSON.stringify(name)}`);
  return join(folder, `${name}.json`);
}

function refuseNoGrant({ skill, range }: Grant): void {
  parseReference(`${skill.endsWith('/*') ? `${skill.slice(0, -1)}any` : skill}@${range}`);
}

const text = v.string();
const list = <Item extends v.GenericSchema>(item: Item) => v.array(item);
const storedSchema = v.strictObject({
  schema: v.literal('skillgate.agent/1'),
  name: text,
  keyId: v.custom<Digest>(isDigest),
  publicKey: text,
  privateKey: text,
  created: text,
  expires: v.pipe(text, v.isoTimestamp()),
  grants: list(v.strictObject({ skill: text, range: text })),
  ceiling: v.strictObject({
    env: list(v.looseObject({ name: text })),
    secret: list(v.looseObject({ name: text, hosts: list(text), as: text })),
    egress: list(v.looseObject({ url: text, methods: list(text) })),
    mount: list(v.looseObject({ source: text, target: text, mode: v.picklist(['ro', 'rw', 'cow']) })),
    exec: list(v.looseObject({ program: text })),
  }),
  env: v.record(text, text),
});
