/**
 * An agent's identity as a format, `skillgate.agent/1`: what it may start, with how much, how often
 * and until when.
 */
import * as v from 'valibot';
import { type Capabilities, union } from '../../skill/capability.ts';
import { type Digest, isDigest } from '../../skill/digest.ts';
import { parseJson } from '../../skill/json.ts';
import { isNamePart, type SkillName } from '../../skill/name.ts';
import { exactObject, parseShape } from '../../skill/shape.ts';
import { isInRange, type Version } from '../../skill/version.ts';
import { capabilities } from '../../statement/field-shapes.ts';

/** Skills that an agent may start. */
export interface Grant {
  /** `@scope/name`, or `@scope/*` for all of a scope. */
  readonly skill: string;
  /** A semver range. */
  readonly range: string;
  /**
   * What these versions may have besides the agent's ceiling, as a person allowed it for them
   * alone.
   */
  readonly capabilities?: Capabilities;
}

/** What is counted for an identity, over all its runs and sessions of a day (UTC). */
export const budgetKinds = ['requests', 'bytes', 'seconds', 'runs', 'paths'] as const;
export type BudgetKind = (typeof budgetKinds)[number];

/** How much of each a day has; what is absent is not limited. */
export type Budget = Readonly<Partial<Record<BudgetKind, number>>>;

/**
 * The folder in which the agent's own program works: a workspace of host policy, and how it is
 * mounted.
 */
export interface AgentWorkspace {
  /** `reports` for `workspace:reports`. */
  readonly name: string;
  readonly mode: 'ro' | 'rw' | 'cow';
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
  /** ISO 8601, once everything was taken from it; the next grant ends that. */
  readonly revoked?: string;
  readonly grants: readonly Grant[];
  /** No run of this agent gets more than this; empty at first. */
  readonly ceiling: Capabilities;
  /** Values for `env` capabilities of its runs. */
  readonly env: Readonly<Record<string, string>>;
  readonly budget?: Budget;
  readonly workspace?: AgentWorkspace;
  /** A name in host policy's `models`. */
  readonly model?: string;
}

/** As its file holds it: with its private key (PKCS8 PEM). */
export type StoredAgent = Agent & { readonly privateKey: string };

const text = v.string();
const amount = v.pipe(
  v.number(),
  v.safeInteger('is not a whole number'),
  v.minValue(0, 'is less than 0'),
);
const namePart = v.pipe(text, v.check(isNamePart, 'is not a name'));
const storedShape = exactObject({
  schema: v.literal('skillgate.agent/1'),
  name: text,
  keyId: v.custom<Digest>(isDigest),
  publicKey: text,
  privateKey: text,
  created: text,
  expires: v.pipe(text, v.isoTimestamp()),
  revoked: v.exactOptional(text),
  grants: v.array(
    exactObject({ skill: text, range: text, capabilities: v.exactOptional(capabilities) }),
  ),
  ceiling: capabilities,
  env: v.record(text, text),
  budget: v.exactOptional(
    exactObject({
      requests: v.exactOptional(amount),
      bytes: v.exactOptional(amount),
      seconds: v.exactOptional(amount),
      runs: v.exactOptional(amount),
      paths: v.exactOptional(amount),
    }),
  ),
  workspace: v.exactOptional(
    exactObject({ name: namePart, mode: v.picklist(['ro', 'rw', 'cow']) }),
  ),
  model: v.exactOptional(namePart),
});

/** @throws Problem `key-file-invalid` with every reason and its place */
export function parseStoredAgent(bytes: Uint8Array, path: string): StoredAgent {
  return parseShape(storedShape, parseJson(bytes, path), 'key-file-invalid', path);
}

/** Why the identity can do nothing at all; undefined while it can. */
export function whyEnded({ expires, name, revoked }: Agent, now: Date): string | undefined {
  if (revoked !== undefined) return `agent ${name} was revoked on ${revoked}`;
  return now.toISOString() >= expires ? `agent ${name} ended on ${expires}` : undefined;
}

/** Why this agent may not start the version; undefined when a grant names it. */
export function whyNotGranted(
  agent: Agent,
  name: SkillName,
  version: Version,
  now: Date,
): string | undefined {
  const ended = whyEnded(agent, now);
  if (ended !== undefined) return ended;
  const named = agent.grants.filter((grant) => isNamed(grant, name));
  if (named.length === 0) return `agent ${agent.name} has no grant for ${name}`;
  if (named.some((grant) => includes(grant, version))) return undefined;
  return `agent ${agent.name} may start ${name} only in ${named.map((grant) => grant.range).join(' or ')}`;
}

/** No run of this version gets more: the agent's ceiling, and what was granted for it alone. */
export function ceilingFor(
  { ceiling, grants }: Agent,
  name: SkillName,
  version: Version,
): Capabilities {
  return grants
    .filter((grant) => isNamed(grant, name) && includes(grant, version))
    .reduce(
      (sum, grant) => (grant.capabilities === undefined ? sum : union(sum, grant.capabilities)),
      ceiling,
    );
}

function isNamed({ skill }: Grant, name: SkillName): boolean {
  return skill === name || (skill.endsWith('/*') && name.startsWith(skill.slice(0, -1)));
}

function includes({ range }: Grant, version: Version): boolean {
  return isInRange(version, range);
}
