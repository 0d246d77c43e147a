/**
 * The format of an agent's identity, `skillgate.agent/1`: which skills the agent may start, with
 * which capabilities, how often and until when.
 */
import * as v from 'valibot';
import { type Capabilities, union } from '../../skill/capability.ts';
import { type Digest, isDigest } from '../../skill/digest.ts';
import { type Ecosystem, ecosystems } from '../../skill/ecosystem.ts';
import { isNamePart, type SkillName } from '../../skill/name.ts';
import { exactObject, parseShape } from '../../skill/shape.ts';
import { parseJson } from '../../skill/text/json.ts';
import { isInRange, type Version } from '../../skill/version.ts';
import { capabilities } from '../../statement/field-shapes.ts';

/** A permission to start skills. */
export interface Grant {
  /** `@scope/name`, or `@scope/*` for every skill of a scope. */
  readonly skill: string;
  /** The allowed versions, as a semver range. */
  readonly range: string;
  /**
   * Capabilities that a person allowed for the versions of this grant only, in addition to the
   * agent's ceiling.
   */
  readonly capabilities?: Capabilities;
}

/**
 * The quantities that are counted for an identity, over all its runs and sessions of one day (UTC).
 */
export const budgetKinds = ['requests', 'bytes', 'seconds', 'runs', 'paths'] as const;
export type BudgetKind = (typeof budgetKinds)[number];

/** The amount of each quantity that a day allows. A quantity without an amount is unlimited. */
export type Budget = Readonly<Partial<Record<BudgetKind, number>>>;

/**
 * The folder in which the agent's own program works, as the name of a workspace of host policy and
 * a mount mode.
 */
export interface AgentWorkspace {
  /** The workspace's name: `reports` for `workspace:reports`. */
  readonly name: string;
  readonly mode: 'ro' | 'rw' | 'cow';
}

/** Requests that the agent's own program may send in a session, as skill.json writes them. */
export interface AgentEgress {
  readonly url: string;
  readonly methods: readonly string[];
  /** Whether each of these requests waits for a person. */
  readonly hold?: boolean;
  /** The secret that git sends to the url's host as a credential. */
  readonly secret?: string;
}

export interface Agent {
  readonly schema: 'skillgate.agent/1';
  readonly name: string;
  readonly keyId: Digest;
  /** The identity's public key, as SPKI PEM. */
  readonly publicKey: string;
  readonly created: string;
  /** The time at which the identity expires, in ISO 8601. An expired identity starts nothing. */
  readonly expires: string;
  /** The time of the identity's revocation, in ISO 8601. The next grant removes this member. */
  readonly revoked?: string;
  readonly grants: readonly Grant[];
  /** The most capabilities that any run of this agent may get; empty for a new identity. */
  readonly ceiling: Capabilities;
  /** Values for `env` capabilities of this agent's runs. */
  readonly env: Readonly<Record<string, string>>;
  readonly budget?: Budget;
  readonly workspace?: AgentWorkspace;
  /** A name in `models` of host policy. */
  readonly model?: string;
  readonly egress?: readonly AgentEgress[];
  /** The ecosystems whose index of host policy the agent's own program may fetch from. */
  readonly indexes?: readonly Ecosystem[];
  /** The author of the commits of the agent's own program. */
  readonly git?: { readonly name: string; readonly email: string };
}

/** An agent identity as its file stores the identity: with the private key (PKCS8 PEM). */
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
  egress: v.exactOptional(
    v.array(
      exactObject({
        url: text,
        methods: v.array(text),
        hold: v.exactOptional(v.boolean()),
        secret: v.exactOptional(text),
      }),
    ),
  ),
  indexes: v.exactOptional(v.array(v.picklist(ecosystems))),
  git: v.exactOptional(exactObject({ name: text, email: text })),
});

/** @throws Problem `key-file-invalid` with every reason and the reason's place in the file */
export function parseStoredAgent(bytes: Uint8Array, path: string): StoredAgent {
  return parseShape(storedShape, parseJson(bytes, path), 'key-file-invalid', path);
}

/** Returns why the identity may do nothing at all; undefined while the identity is valid. */
export function whyEnded({ expires, name, revoked }: Agent, now: Date): string | undefined {
  if (revoked !== undefined) return `agent ${name} was revoked on ${revoked}`;
  return now.toISOString() >= expires ? `agent ${name} ended on ${expires}` : undefined;
}

/** Returns the line with which an operator grants something to this agent. */
export function grantLine({ name, revoked }: Agent, what: string): string {
  return `skillgate agent grant ${name} ${what}${revoked === undefined ? '' : ' --reinstate'}`;
}

/** Returns why this agent may not start the version; undefined when a grant allows the version. */
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

/**
 * Returns the most capabilities that a run of this version may get: the agent's ceiling, and the
 * capabilities granted for this version only.
 */
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
