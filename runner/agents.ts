/** Agent identities: a non-human identity has its own key, grants, values and end. */
import type { Capabilities } from '../skills-index/skill/capability.ts';
import type { Digest } from '../skills-index/skill/digest.ts';
import { Problem } from '../skills-index/skill/problem.ts';

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

/**
 * Makes an identity with a P-256 key of its own, in a file (0600) below `folder`.
 * @param folder `$CONFIG/agents`
 * @throws Problem `usage` when the name is no name or taken
 */
export function createAgent(folder: string, wanted: NewAgent): Agent {
  throw new Problem('internal', `not written yet: ${folder} ${wanted.name}`);
}

/** @throws Problem `agent-unknown`, `host-policy-invalid` when its file is damaged or others may read it */
export function readAgent(folder: string, name: string): Agent {
  throw new Problem('internal', `not written yet: ${folder} ${name}`);
}

/** All identities, by name. */
export function listAgents(folder: string): Agent[] {
  throw new Problem('internal', `not written yet: ${folder}`);
}

/** What is given to an identity, or taken from it. */
export interface GrantChange {
  /** A skill named again replaces its older range. */
  readonly skills?: readonly Grant[];
  readonly capabilities?: Capabilities;
  readonly env?: Readonly<Record<string, string>>;
}

/** Adds grants and answers with the identity as it is now. */
export function grantAgent(folder: string, name: string, change: GrantChange): Agent {
  throw new Problem('internal', `not written yet: ${folder} ${name} ${change.env}`);
}

/** Takes grants away (a skill by its name, whatever the range); with `'everything'` the identity stays and can do nothing. */
export function revokeAgent(folder: string, name: string, change: GrantChange | 'everything'): Agent {
  throw new Problem('internal', `not written yet: ${folder} ${name} ${change}`);
}
