/** Host policy, `host.json`: what the operator of this machine allows, kept where no skill and no agent can write. */
import type { HostName } from '../skills-index/skill/host-name.ts';
import { Problem } from '../skills-index/skill/problem.ts';

/** What host policy may insist on; a host that lacks one refuses to run. */
export const requirements = ['seccomp', 'no-network', 'dropped-uid', 'memory-cgroup'] as const;
export type Requirement = (typeof requirements)[number];

export interface PinnedAddress {
  /** An IP address as the operator wrote it. */
  readonly address: string;
  readonly port: number;
}

export interface HostPolicy {
  /** Name → the one address and port that stand for it on this host. */
  readonly hosts: Readonly<Record<HostName, PinnedAddress>>;
  /** Logical name (`reports` for `workspace:reports`) → absolute folder. */
  readonly workspaces: Readonly<Record<string, string>>;
  /** Values for `env` capabilities; never the runner's own environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly require: readonly Requirement[];
  /** Whether `install --plain` is allowed. */
  readonly plain: boolean;
  /** Further places where status.json may be read. */
  readonly status: readonly string[];
  /** Rules that make an action wait for a person: not in this version, so a run under any is refused. */
  readonly holds: readonly string[];
}

export const emptyHostPolicy: HostPolicy = {
  hosts: {},
  workspaces: {},
  env: {},
  require: [],
  plain: true,
  status: [],
  holds: [],
};

/**
 * Reads host policy; a file that is not there means the empty policy.
 * @throws Problem `host-policy-invalid` when it is malformed, or others may write to it
 */
export function readHostPolicy(path: string): HostPolicy {
  throw new Problem('internal', `not written yet: ${path}`);
}

/** @throws Problem `host-policy-invalid` with the place */
export function parseHostPolicy(bytes: Uint8Array, path = 'host.json'): HostPolicy {
  throw new Problem('internal', `not written yet: ${path} ${bytes.length}`);
}
