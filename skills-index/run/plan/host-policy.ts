/**
 * Host policy as a format, `host.json`: what the operator of a machine allows. Where it lies and
 * who may write it: runner/host/host-policy.ts.
 */
import * as v from 'valibot';
import { isHostName } from '../../skill/host-name.ts';
import { type ParsedJson, parseJson } from '../../skill/json.ts';
import { isNamePart } from '../../skill/name.ts';
import { addressClass } from '../../skill/network-address.ts';
import { Problem } from '../../skill/problem.ts';
import { boundedList, exactObject, parseShape } from '../../skill/shape.ts';
import { type AgentPolicy, agentPolicyEntries, emptyAgentPolicy } from '../agents/agent-policy.ts';
import { emptyHoldPolicy, type HoldPolicy, holdPolicyEntries } from '../holds/hold-policy.ts';
import { type Backend, backends } from './backend-names.ts';
import type { PinnedAddress } from './plan.ts';
import { emptyReportPolicy, type ReportPolicy, reportPolicyEntries } from './report-policy.ts';

/** The longest grace that host policy may give an expired status: a long weekend. */
export const statusGraceHoursMax = 96;

/** How many names `obeyed` may have: each is compared with each name that a run makes. */
const obeyedNamesMax = 200;

/** How many workspaces `ownLocks` may name: each costs a start an overlay. */
const ownLocksMax = 200;

/** What host policy may insist on; a host that lacks one refuses to run. */
export const requirements = [
  'seccomp',
  'no-network',
  'no-user-namespaces',
  'dropped-uid',
  'memory-cgroup',
  'pids-cgroup',
  'cpu-cgroup',
] as const;
export type Requirement = (typeof requirements)[number];

export interface HostPolicy extends HoldPolicy, AgentPolicy, ReportPolicy {
  /** Where it lies, or would lie: for those who are told to change it. */
  readonly file: string;
  /** Name → the one address and port that stand for it on this host. */
  readonly hosts: Readonly<Record<string, PinnedAddress>>;
  /** `name:port` whose TLS is not opened: only the name is judged there. */
  readonly tunnels: readonly string[];
  /** PEM files with authorities of this host's own, beside the system's. */
  readonly authorities: readonly string[];
  /** What a run may send, where that is less than ours. */
  readonly egress: { readonly requestsPerMinute?: number; readonly sentBytes?: number };
  /** Logical name (`reports` for `workspace:reports`) → absolute folder. */
  readonly workspaces: Readonly<Record<string, string>>;
  /**
   * Workspaces that an `ro` run sees through an overlay: its locks and watches are its own, and
   * changes by the host may reach it late or torn.
   */
  readonly ownLocks: readonly string[];
  /**
   * Further names of files and folders that hosts or agents obey: no run brings or changes them.
   */
  readonly obeyed: readonly string[];
  /** Values for `env` capabilities; never the runner's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Bubblewrap where the file names none. */
  readonly backend: Backend;
  /**
   * For the backend of that name: a Linux kernel with serial ports and initramfs built in, and
   * whether the processor helps.
   */
  readonly microvm?: { readonly kernel: string; readonly kvm?: boolean };
  readonly require: readonly Requirement[];
  /** Whether `install --plain` is allowed. */
  readonly plain: boolean;
  /** Further places where status.json may be read. */
  readonly status: readonly string[];
  /**
   * How long an expired status still counts while the registry is not asked or does not answer:
   * until then a revocation stays unseen.
   */
  readonly statusGraceHours: number;
}

export const emptyHostPolicy: HostPolicy = {
  file: 'host.json',
  hosts: {},
  tunnels: [],
  authorities: [],
  egress: {},
  workspaces: {},
  ownLocks: [],
  obeyed: [],
  env: {},
  backend: 'bubblewrap',
  require: [],
  plain: true,
  status: [],
  statusGraceHours: 0,
  ...emptyHoldPolicy,
  ...emptyAgentPolicy,
  ...emptyReportPolicy,
};

const checked = (holds: (text: string) => boolean, says: string) =>
  v.pipe(v.string(), v.check(holds, says));
const environmentName = checked(
  (name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name),
  'is not the name of a variable',
);
const amount = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
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
  egress: v.optional(
    exactObject({ requestsPerMinute: v.exactOptional(amount), sentBytes: v.exactOptional(amount) }),
    {},
  ),
  workspaces: v.optional(v.record(checked(isNamePart, 'is not a workspace’s name'), folder), {}),
  ownLocks: v.optional(boundedList(v.string(), ownLocksMax), []),
  obeyed: v.optional(
    v.pipe(
      v.array(
        v.pipe(
          checked(isEntryName, 'is not the name of a file or folder'),
          // Taken as a name, a pattern would protect nothing.
          v.check(
            (name) => !/[*?[]/.test(name),
            'is a pattern: names are compared whole, so write each name',
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
      checked((text) => !text.includes('\0'), 'has a NUL'),
    ),
    {},
  ),
  backend: v.optional(v.picklist(backends), 'bubblewrap'),
  microvm: v.exactOptional(exactObject({ kernel: folder, kvm: v.exactOptional(v.boolean()) })),
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
  ...reportPolicyEntries,
});
// A misspelt name would leave the locks of a folder shared without a word.
const policyShape = v.pipe(
  policyEntries,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { ownLocks, workspaces } = dataset.value;
    const unknown = ownLocks.filter((name) => !Object.hasOwn(workspaces, name));
    if (unknown.length > 0)
      addIssue({ message: `ownLocks names ${unknown.join(', ')}, and "workspaces" does not` });
  }),
);

/** @throws Problem `host-policy-invalid` with every reason and its place */
export function parseHostPolicy(bytes: Uint8Array, path = 'host.json'): HostPolicy {
  return {
    file: path,
    ...parseShape(policyShape, readJson(bytes, path), 'host-policy-invalid', path),
  };
}

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

function isEntryName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);
}

// Nothing in it has to be resolved: no empty part, no dot, no two dots.
function isPlainPath(path: string): boolean {
  const [root, ...parts] = path === '/' ? [''] : path.split('/');
  return path !== '' && root === '' && parts.every((part) => !['', '.', '..'].includes(part));
}
