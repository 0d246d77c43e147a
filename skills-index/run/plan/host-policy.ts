/**
 * The format of host policy, `host.json`: the operator's rules for a machine.
 * runner/host/host-policy.ts finds the file and checks who may write to the file.
 */
import * as v from 'valibot';
import { isHostName, isHostPattern } from '../../network/host-name.ts';
import { addressClass } from '../../network/network-address.ts';
import { isNamePart } from '../../skill/name.ts';
import { Problem } from '../../skill/problem.ts';
import { boundedList, exactObject, parseShape } from '../../skill/shape.ts';
import { type ParsedJson, parseJson } from '../../skill/text/json.ts';
import { type AgentPolicy, agentPolicyEntries } from '../agents/agent-policy.ts';
import { type ReportPolicy, reportPolicyEntries } from '../audit/report-policy.ts';
import { type HoldPolicy, holdPolicyEntries } from '../holds/hold-policy.ts';
import { type Backend, backends } from './backend-names.ts';
import { type IndexPolicy, indexPolicyEntries } from './index-policy.ts';
import type { PinnedAddress } from './plan.ts';

/** The most hours for which host policy may accept an expired status file: a long weekend. */
export const statusGraceHoursMax = 96;

/**
 * The highest number of names in `obeyed`. The runner compares each name with each file name that a
 * run creates.
 */
const obeyedNamesMax = 200;

/**
 * The highest number of workspaces in `ownLocks`. Each workspace costs one overlay at every start.
 */
const ownLocksMax = 200;

/**
 * Sandbox features that host policy may demand. A host without a demanded feature refuses to run.
 */
export const requirements = [
  'seccomp',
  'no-network',
  'no-user-namespaces',
  'dropped-uid',
  'memory-cgroup',
  'pids-cgroup',
  'cpu-cgroup',
] as const;
export type SandboxRequirement = (typeof requirements)[number];

/** The proxy through which names that host policy does not pin are reached. */
export interface ProxyRule {
  readonly url: string;
  /** The secret `USER:PASSWORD` for the proxy. */
  readonly secret?: string;
  /** Host names and patterns that are reached directly. */
  readonly except?: readonly string[];
}

export interface HostPolicy extends HoldPolicy, AgentPolicy, IndexPolicy, ReportPolicy {
  /** The path of host.json, for messages that tell an operator to change it. */
  readonly file: string;
  /** Host name → the one address and port that replace DNS for this name on this host. */
  readonly hosts: Readonly<Record<string, PinnedAddress>>;
  /**
   * Hosts, as `name:port`, whose TLS connections the proxy leaves closed. The proxy judges only the
   * host's name.
   */
  readonly tunnels: readonly string[];
  /** PEM files with certificate authorities of this host, in addition to the system's. */
  readonly authorities: readonly string[];
  readonly proxy?: ProxyRule;
  /** Limits on the traffic of a run that are lower than the built-in limits. */
  readonly egress: { readonly requestsPerMinute?: number; readonly sentBytes?: number };
  /**
   * Sizes of temporary space and of changes of each run and session; absent where Skillgate's own
   * sizes hold.
   */
  readonly sizes: {
    readonly temporaryMiB?: number;
    readonly homeMiB?: number;
    readonly changesMiB?: number;
  };
  /** Logical name (`reports` for `workspace:reports`) → absolute path of the folder. */
  readonly workspaces: Readonly<Record<string, string>>;
  /**
   * Workspaces that an `ro` run sees through an overlay, so that the run's file locks and watches
   * are separate from the host's. The run may then see the host's changes late or incompletely.
   */
  readonly ownLocks: readonly string[];
  /**
   * Additional names of files and folders that programs on the host or agents obey. No run may
   * create or change files and folders of these names.
   */
  readonly obeyed: readonly string[];
  /** Values for `env` capabilities. The runner never passes its own environment on. */
  readonly env: Readonly<Record<string, string>>;
  /** The time zone of every run, in place of UTC. */
  readonly timeZone?: string;
  /** The program that makes sandboxes; bubblewrap when host.json names none. */
  readonly backend: Backend;
  readonly require: readonly SandboxRequirement[];
  /** Whether `install --plain` is allowed. */
  readonly plain: boolean;
  /** Additional places from which Skillgate may read status.json. */
  readonly status: readonly string[];
  /**
   * The hours for which an expired status file still counts while the registry is not asked or does
   * not answer. During these hours a revocation stays unseen.
   */
  readonly statusGraceHours: number;
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).format() !== '';
  } catch {
    return false;
  }
}

const checked = (isValid: (text: string) => boolean, message: string) =>
  v.pipe(v.string(), v.check(isValid, message));
const environmentName = checked(
  (name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name),
  'is not the name of an environment variable',
);
const amount = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
// Temporary space is memory of the host.
const size = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(16, 'is less than 16'),
  v.maxValue(16_384, 'is more than 16384'),
);
const folder = checked(isPlainPath, 'is not an absolute path in plain form');
const pinnedAddress = v.pipe(
  checked(
    (text) => parseAddress(text) !== undefined,
    'is not IP:PORT, such as 127.0.0.1:4010 or [::1]:4010',
  ),
  v.transform((text): PinnedAddress => parseAddress(text) ?? { address: '', port: 0 }),
);
const policyEntries = exactObject({
  $schema: v.optional(v.string()),
  hosts: v.optional(
    v.record(checked(isHostName, 'is not a DNS name in lower case'), pinnedAddress),
    {},
  ),
  tunnels: v.optional(
    v.array(checked(isTunnel, 'is not name:port, such as api.bank.example:443')),
    [],
  ),
  authorities: v.optional(v.array(folder), []),
  proxy: v.exactOptional(
    exactObject({
      url: checked(isProxyUrl, 'is not http(s)://HOST:PORT; a login is a secret'),
      secret: v.exactOptional(environmentName),
      except: v.exactOptional(v.array(checked(isHostPattern, 'is not a host name'))),
    }),
  ),
  egress: v.optional(
    exactObject({ requestsPerMinute: v.exactOptional(amount), sentBytes: v.exactOptional(amount) }),
    {},
  ),
  sizes: v.optional(
    exactObject({
      temporaryMiB: v.exactOptional(size),
      homeMiB: v.exactOptional(size),
      // All changes that wait for one agent and skill have 1 GiB.
      changesMiB: v.exactOptional(v.pipe(size, v.maxValue(1_024, 'is more than 1024'))),
    }),
    {},
  ),
  workspaces: v.optional(
    v.record(checked(isNamePart, 'is not a valid workspace name'), folder),
    {},
  ),
  ownLocks: v.optional(boundedList(v.string(), ownLocksMax), []),
  obeyed: v.optional(
    v.pipe(
      v.array(
        v.pipe(
          checked(isEntryName, 'is not the name of a file or folder'),
          // The runner compares names in `obeyed` whole, so a pattern would protect nothing.
          v.check(
            (name) => !/[*?[]/.test(name),
            'is a pattern, but names are compared whole: write each name',
          ),
        ),
      ),
      v.maxLength(obeyedNamesMax),
    ),
    [],
  ),
  env: v.optional(
    v.record(
      environmentName,
      checked((text) => !text.includes('\0'), 'contains a NUL character'),
    ),
    {},
  ),
  timeZone: v.exactOptional(
    checked(isTimeZone, 'is no time zone of the IANA database, such as "Europe/Berlin"'),
  ),
  backend: v.optional(v.picklist(backends), 'bubblewrap'),
  require: v.optional(v.array(v.picklist(requirements)), []),
  plain: v.optional(v.boolean(), true),
  status: v.optional(v.array(v.string()), []),
  statusGraceHours: v.optional(
    v.pipe(
      v.number(),
      v.minValue(0, 'is less than 0'),
      v.maxValue(statusGraceHoursMax, `is more than ${statusGraceHoursMax}`),
    ),
    0,
  ),
  ...holdPolicyEntries,
  ...agentPolicyEntries,
  ...indexPolicyEntries,
  ...reportPolicyEntries,
});
// A name in `ownLocks` that no workspace has is refused. Otherwise a misspelt name would leave the
// file locks of a workspace shared with the host. A rule about advisories without a folder of
// advisories would look like protection.
const policyShape = v.pipe(
  policyEntries,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { advisories, ownLocks, packages, workspaces } = dataset.value;
    const unknown = ownLocks.filter((name) => !Object.hasOwn(workspaces, name));
    if (unknown.length > 0)
      addIssue({ message: `ownLocks names ${unknown.join(', ')}, and "workspaces" does not` });
    if (packages.vulnerable === 'refuse' && advisories === undefined)
      addIssue({ message: 'packages.vulnerable is "refuse", and "advisories" names no folder' });
  }),
);

/** @throws Problem `host-policy-invalid` with every reason and its place */
export function parseHostPolicy(bytes: Uint8Array, path = 'host.json'): HostPolicy {
  return {
    file: path,
    ...parseShape(policyShape, readJson(bytes, path), 'host-policy-invalid', path),
  };
}

/** The policy of a host without host.json: the default of each member. */
export const emptyHostPolicy = parseHostPolicy(Buffer.from('{}'));

function readJson(bytes: Uint8Array, path: string): ParsedJson {
  try {
    return parseJson(bytes, path);
  } catch (cause) {
    throw new Problem('host-policy-invalid', (cause as Error).message, { cause });
  }
}

function parseAddress(text: string): PinnedAddress | undefined {
  const [, bracketed, bare, port] = /^(?:\[([0-9a-f:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text) ?? [];
  const pinned = { address: bracketed ?? bare ?? '', port: Number(port) };
  return addressClass(pinned.address) !== 'invalid' && pinned.port >= 1 && pinned.port <= 65_535
    ? pinned
    : undefined;
}

function isTunnel(text: string): boolean {
  const [, host = '', port] = /^([^:]+):([1-9]\d{0,4})$/.exec(text) ?? [];
  return isHostName(host) && Number(port) <= 65_535;
}

function isProxyUrl(text: string): boolean {
  return /^https?:\/\/[a-z0-9.:[\]-]+\/?$/.test(text) && URL.canParse(text);
}

function isEntryName(name: string): boolean {
  return /^(?!\.\.?$)[^/\0]+$/.test(name);
}

// A plain path has no empty segment, no `.` and no `..`, so nobody needs to resolve a plain path.
function isPlainPath(path: string): boolean {
  return path === '/' || /^(\/(?!\.\.?(\/|$))[^/]+)+$/.test(path);
}
