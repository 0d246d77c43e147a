/** Agent identities: a non-human identity has its own key, grants, values and end. How they are made and changed: cli/agent-store.ts. */
import * as v from 'valibot';
import type { Capabilities } from '../skills-index/skill/capability.ts';
import { type Digest, isDigest } from '../skills-index/skill/digest.ts';
import { parseJson } from '../skills-index/skill/json.ts';
import { isNamePart, type SkillName } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { exactObject, parseShape } from '../skills-index/skill/shape.ts';
import { resolveVersion, type Version } from '../skills-index/skill/version.ts';
import { capabilities } from '../skills-index/statement/field-shapes.ts';
import { agentBytesMax } from './limits.ts';
import { readPrivateFile } from './private-file.ts';

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

/** As its file holds it: with its private key (PKCS8 PEM). */
export type StoredAgent = Agent & { readonly privateKey: string };

/**
 * Reads an identity without its private key.
 * @param folder `$CONFIG/agents`
 * @throws Problem `agent-unknown`, `key-file-invalid` when its file is damaged or others may read it
 */
export function readAgent(folder: string, name: string): Agent {
  const { privateKey: _, ...agent } = readStoredAgent(folder, name);
  return agent;
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

/** @throws Problem as `readAgent` */
export function readStoredAgent(folder: string, name: string): StoredAgent {
  const path = agentFile(folder, name);
  const bytes = readPrivateFile(path, { bytesMax: agentBytesMax, secret: true, code: 'key-file-invalid' });
  if (bytes === undefined) throw new Problem('agent-unknown', `There is no agent ${JSON.stringify(name)} here`);
  const stored = parseShape(storedShape, parseJson(bytes, path), 'key-file-invalid', path);
  if (stored.name === name) return stored;
  throw new Problem('key-file-invalid', `Cannot use ${path}: it is the file of agent ${stored.name}`);
}

/** @throws Problem `usage` for what is no agent's name */
export function agentFile(folder: string, name: string): string {
  if (!isNamePart(name)) throw new Problem('usage', `Not an agent’s name: ${JSON.stringify(name)}`);
  return `${folder}/${name}.json`;
}
