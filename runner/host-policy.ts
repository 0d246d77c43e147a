/** Host policy, `host.json`: what the operator of this machine allows, kept where no skill and no agent can write. */
import { isIP } from 'node:net';
import { isAbsolute, normalize } from 'node:path';
import * as v from 'valibot';
import { isHostName } from '../skills-index/skill/host-name.ts';
import { type ParsedJson, parseJson } from '../skills-index/skill/json.ts';
import { isNamePart } from '../skills-index/skill/name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { policyBytesMax } from './limits.ts';
import { readPrivateFile } from './private-file.ts';

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
  readonly hosts: Readonly<Record<string, PinnedAddress>>;
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
  const bytes = readPrivateFile(path, { bytesMax: policyBytesMax, secret: false, code: 'host-policy-invalid' });
  return bytes === undefined ? emptyHostPolicy : parseHostPolicy(bytes, path);
}

const environmentName = v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable has letters, digits and _'));
const environmentValue = v.pipe(
  v.string(),
  v.check((text) => !text.includes('\0'), 'a value has no NUL'),
);
const logicalName = v.pipe(v.string(), v.check(isNamePart, 'a workspace has lower-case letters, digits and single hyphens'));
const folder = v.pipe(
  v.string(),
  v.check(
    (path) => isAbsolute(path) && normalize(path) === path && !/[\0\n]/.test(path),
    'a workspace is an absolute folder, without . or ..',
  ),
);
const pinnedAddress = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): PinnedAddress => {
    const [, bracketed, bare, port] = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(dataset.value) ?? [];
    const address = bracketed ?? bare ?? '';
    if (isIP(address) !== 0 && Number(port) >= 1 && Number(port) <= 65_535) return { address, port: Number(port) };
    addIssue({ message: 'an address is IP:PORT, for example 127.0.0.1:4010 or [::1]:4010' });
    return NEVER;
  }),
);
const policySchema = v.strictObject({
  $schema: v.optional(v.string()),
  hosts: v.optional(
    v.record(v.pipe(v.string(), v.check(isHostName, 'a host is a lower-case DNS name with a dot')), pinnedAddress),
    {},
  ),
  workspaces: v.optional(v.record(logicalName, folder), {}),
  env: v.optional(v.record(environmentName, environmentValue), {}),
  require: v.optional(v.array(v.picklist(requirements)), []),
  plain: v.optional(v.boolean(), true),
  status: v.optional(v.array(v.string()), []),
  holds: v.optional(v.array(v.string()), []),
});

/** @throws Problem `host-policy-invalid` with the place */
export function parseHostPolicy(bytes: Uint8Array, path = 'host.json'): HostPolicy {
  const parsed = readJson(bytes, path);
  const checked = v.safeParse(policySchema, parsed.value);
  if (checked.success) return checked.output;
  const reasons = checked.issues.map((issue) => {
    const keys = (issue.path ?? []).map((step) => step.key as string | number);
    const place = parsed.placeOf(keys);
    return {
      message: `${place.path}:${place.line}:${place.column}: ${keys.join('.') || 'host policy'}: ${issue.message}`,
      place,
    };
  });
  throw new Problem('host-policy-invalid', `Cannot read host policy: ${reasons[0]?.message}`, { reasons });
}

function readJson(bytes: Uint8Array, path: string): ParsedJson {
  try {
    return parseJson(bytes, path);
  } catch (cause) {
    throw new Problem('host-policy-invalid', `Cannot read host policy: ${(cause as Error).message}`, { cause });
  }
}
