/**
 * The capabilities of a skill. Authors declare capabilities, the scanner observes capabilities, and
 * reviewers approve capabilities. The runner enforces capabilities, and the audit log records
 * capabilities. All five use one type and one algebra.
 */

import { coversHost } from '../network/host-name.ts';
import type { Digest } from './digest.ts';
import { type Ecosystem, houseWord } from './ecosystem.ts';
import { coversPath, parseEgressUrl } from './egress-target.ts';
import { canonicalDigest, canonicalJson } from './text/canonical-json.ts';

interface Explained {
  /**
   * The author's reason for the capability. Required in a manifest; absent in observed
   * capabilities.
   */
  readonly why?: string;
}

/** Access to an environment variable; the name `*` stands for all environment variables. */
export interface EnvCapability extends Explained {
  readonly name: string;
}

/** The uses of a secret that name no header, field or place. */
export const unnamedUses = ['address', 'basic', 'bearer', 'path', 'postgres', 'sigv4'] as const;

/**
 * How the proxy adds a secret to a request: `bearer`, `basic`, `header:NAME`, `sigv4`, `hmac:NAME`,
 * `path`, `address`, `query:NAME`, `form:NAME` or `json:POINTER` (RFC 6901). The value of an
 * `address` is an https address, such as a chat’s webhook. With `postgres` the proxy signs in at
 * the database.
 */
export type SecretUse =
  | (typeof unnamedUses)[number]
  | `${'form' | 'header' | 'hmac' | 'json' | 'query'}:${string}`;

/** Whether a secret stands in the path of a request. */
export function standsInPath(as: SecretUse): boolean {
  return as === 'path' || as === 'address';
}

/**
 * A secret that the proxy adds to requests to the named hosts. The sandbox never sees the secret's
 * value.
 */
export interface SecretCapability extends Explained {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly as: SecretUse;
}

/**
 * Requests that may leave the sandbox. `methods` has upper-case names, or `*` where the scanner
 * could not tell the method.
 */
export interface EgressCapability extends Explained {
  readonly url: string;
  readonly methods: readonly string[];
}

export type MountMode = 'ro' | 'rw' | 'cow';

/**
 * A mounted folder. A declared mount has a logical `source` at a `target`. An observed mount has an
 * absolute `path` (`/a/*` for everything below `/a`, `*` for any path).
 */
export interface MountCapability extends Explained {
  readonly source?: string;
  readonly target?: string;
  readonly path?: string;
  readonly mode: MountMode;
  /**
   * Whether the arguments of a command name files in the mounted folder. Such a mount gets the
   * folder in which the command is called when host policy binds no folder to the source.
   */
  readonly files?: 'arguments';
}

/**
 * A program besides the interpreter that a command implies; `*` where the scanner could not tell
 * the program.
 */
export interface ExecCapability extends Explained {
  readonly program: string;
}

/**
 * A package of Python or npm whose code the skill loads. A declared package has the version and the
 * digest that the skill's lock pins, or the version `house` without a digest: the host's own lock
 * decides. An observed package is the name of an import, without a version. Only ceilings and
 * grants write `*`: as a name for every package, as a version for every version of the package.
 */
export interface PackageCapability extends Explained {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly version?: string;
  /** The digest of the package's entry in the lock. */
  readonly digest?: Digest;
}

/** All capabilities of a skill, grouped by kind as in skill.json. */
export interface Capabilities {
  readonly env: readonly EnvCapability[];
  readonly secret: readonly SecretCapability[];
  readonly egress: readonly EgressCapability[];
  readonly mount: readonly MountCapability[];
  readonly exec: readonly ExecCapability[];
  /**
   * Absent when there is no package, so that the digests of skills without packages stay as they
   * were before packages existed.
   */
  readonly package?: readonly PackageCapability[];
}

export type CapabilityKind = keyof Capabilities;

/** One capability of a skill, with the capability's kind. */
export type Capability =
  | ({ readonly kind: 'env' } & EnvCapability)
  | ({ readonly kind: 'secret' } & SecretCapability)
  | ({ readonly kind: 'egress' } & EgressCapability)
  | ({ readonly kind: 'mount' } & MountCapability)
  | ({ readonly kind: 'exec' } & ExecCapability)
  | ({ readonly kind: 'package' } & PackageCapability);

export const capabilityKinds = [
  'env',
  'secret',
  'egress',
  'mount',
  'exec',
  'package',
] as const satisfies readonly CapabilityKind[];

export const noCapabilities: Capabilities = {
  env: [],
  secret: [],
  egress: [],
  mount: [],
  exec: [],
};

/** The grouped capabilities as one list, in the order of `capabilityKinds`. */
export function listCapabilities(grouped: Capabilities): Capability[] {
  return [
    ...grouped.env.map((one) => ({ kind: 'env', ...one }) as const),
    ...grouped.secret.map((one) => ({ kind: 'secret', ...one }) as const),
    ...grouped.egress.map((one) => ({ kind: 'egress', ...one }) as const),
    ...grouped.mount.map((one) => ({ kind: 'mount', ...one }) as const),
    ...grouped.exec.map((one) => ({ kind: 'exec', ...one }) as const),
    ...(grouped.package ?? []).map((one) => ({ kind: 'package', ...one }) as const),
  ];
}

/**
 * Groups a list of capabilities by kind, in a stable order. Of capabilities that differ only in
 * `why`, the first is kept.
 */
export function groupCapabilities(list: readonly Capability[]): Capabilities {
  const kept = new Map<string, Capability>();
  for (const one of list.map(withSortedLists)) {
    const key = canonicalJson({ ...one, why: undefined });
    if (!kept.has(key)) kept.set(key, one);
  }
  const sorted = [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  const packages = sorted.flatMap((one) => (one.kind === 'package' ? [withoutKind(one)] : []));
  return {
    env: sorted.flatMap((one) => (one.kind === 'env' ? [withoutKind(one)] : [])),
    secret: sorted.flatMap((one) => (one.kind === 'secret' ? [withoutKind(one)] : [])),
    egress: sorted.flatMap((one) => (one.kind === 'egress' ? [withoutKind(one)] : [])),
    mount: sorted.flatMap((one) => (one.kind === 'mount' ? [withoutKind(one)] : [])),
    exec: sorted.flatMap((one) => (one.kind === 'exec' ? [withoutKind(one)] : [])),
    ...(packages.length === 0 ? {} : { package: packages }),
  };
}

/**
 * Whether the capability `wide` alone allows everything that the capability `narrow` allows. A
 * secret N covers the environment variable N. A mount covers the paths below the mount's target.
 */
export function covers(wide: Capability, narrow: Capability): boolean {
  switch (narrow.kind) {
    case 'env':
      return (
        (wide.kind === 'env' || wide.kind === 'secret') &&
        (wide.name === narrow.name || wide.name === '*')
      );
    case 'secret':
      return (
        wide.kind === 'secret' &&
        wide.name === narrow.name &&
        wide.as === narrow.as &&
        narrow.hosts.every((host) => wide.hosts.includes(host))
      );
    case 'egress':
      return wide.kind === 'egress' && coversEgress(wide, narrow);
    case 'mount':
      return wide.kind === 'mount' && coversMount(wide, narrow);
    case 'exec':
      return wide.kind === 'exec' && (wide.program === narrow.program || wide.program === '*');
    case 'package':
      return wide.kind === 'package' && coversPackage(wide, narrow);
  }
}

/** The capabilities in `taken` that no single capability of `given` covers. */
export function minus(taken: Capabilities, given: Capabilities): Capabilities {
  const wide = listCapabilities(given);
  return groupCapabilities(
    listCapabilities(taken).filter((one) => !wide.some((candidate) => covers(candidate, one))),
  );
}

/** The capabilities of both groups, each capability once. */
export function union(a: Capabilities, b: Capabilities): Capabilities {
  return groupCapabilities([...listCapabilities(a), ...listCapabilities(b)]);
}

/** Whether the groups contain no capability. */
export function isEmpty(grouped: Capabilities): boolean {
  return listCapabilities(grouped).length === 0;
}

/** Prints a capability on one line, such as `egress GET https://api.crm.example/v2/*`. */
export function printCapability(one: Capability): string {
  switch (one.kind) {
    case 'env':
      return `env ${one.name}`;
    case 'secret':
      return `secret ${one.name} as ${one.as} to ${one.hosts.join(', ')}`;
    case 'egress':
      return `egress ${one.methods.join(',')} ${one.url}`;
    case 'mount':
      return `mount ${one.mode} ${printMount(one)}`;
    case 'exec':
      return `exec ${one.program}`;
    case 'package':
      return `package ${printPackage(one)}`;
  }
}

// Ten digits tell two locks apart for a person. Every comparison uses the whole digest.
function printPackage({ ecosystem, name, version, digest }: PackageCapability): string {
  if (version === houseWord) return `${ecosystem} ${name}, version chosen by the host`;
  const pinned = version === undefined ? name : `${name}@${version}`;
  return `${ecosystem} ${pinned}${digest === undefined ? '' : ` ${digest.slice(0, 'sha256:'.length + 10)}`}`;
}

// Every member of a mount is printed. A mount with both a source and a path, which every parser
// rejects, must not hide the source or the path.
function printMount({ source, target, path, files }: MountCapability): string {
  const named = source === undefined && target === undefined ? [] : [`${source} at ${target}`];
  const printed = [...named, ...(path === undefined ? [] : [path])].join(', path ');
  return files === undefined ? printed : `${printed} for files named by arguments`;
}

/**
 * The capabilities without the author's reasons, sorted, each capability once. Approvals, index
 * lines and locks contain capabilities in this form.
 */
export function withoutWhy(grouped: Capabilities): Capabilities {
  return groupCapabilities(listCapabilities(grouped).map(({ why: _, ...one }) => one));
}

/**
 * SHA-256 of the capabilities' RFC 8785 form without `why`. A lock and an approval pin this digest.
 */
export function capabilityDigest(grouped: Capabilities): Digest {
  return canonicalDigest(withoutWhy(grouped));
}

function coversEgress(wide: EgressCapability, narrow: EgressCapability): boolean {
  const a = parseEgressUrl(wide.url);
  const b = parseEgressUrl(narrow.url);
  return (
    a.scheme === b.scheme &&
    coversHost(a.host, b.host) &&
    (a.port === 0 || a.port === b.port) &&
    coversPath(a.path, b.path) &&
    narrow.methods.every((method) => wide.methods.includes('*') || wide.methods.includes(method))
  );
}

/**
 * The modes of a mount in the order of what each mode allows: reading, writing to a copy, writing
 * to the folder.
 */
const modeReach = { ro: 0, cow: 1, rw: 2 } as const;

function coversMount(wide: MountCapability, narrow: MountCapability): boolean {
  // A mount with a source is compared by its source, whatever other members the mount has.
  if (narrow.path === undefined || narrow.source !== undefined || narrow.target !== undefined) {
    const sameFolder =
      wide.source === narrow.source &&
      wide.target === narrow.target &&
      wide.path === narrow.path &&
      (narrow.files === undefined || narrow.files === wide.files);
    return (
      sameFolder && narrow.source !== undefined && modeReach[wide.mode] >= modeReach[narrow.mode]
    );
  }
  // An observed write needs a mount that accepts writes. Whether the write lasts depends on the
  // mount's mode.
  if (wide.mode === 'ro' && narrow.mode !== 'ro') return false;
  if (wide.path === '*') return true;
  // A path with `..` may lie outside the mounted folder.
  if (narrow.path.split('/').includes('..')) return false;
  if (wide.path !== undefined) return coversPath(wide.path, narrow.path);
  // A path that is only known at run time can reach nothing but mounted folders.
  return (
    narrow.path === '*' || narrow.path === wide.target || narrow.path.startsWith(`${wide.target}/`)
  );
}

// A locked package covers the import of its name. An import covers no locked package. A pinned
// version and `house` cover neither each other: one is the author's choice, one the operator's.
function coversPackage(wide: PackageCapability, narrow: PackageCapability): boolean {
  if (wide.ecosystem !== narrow.ecosystem) return false;
  if (wide.name !== narrow.name && wide.name !== '*') return false;
  if (wide.version === '*' || narrow.version === undefined) return true;
  return wide.version === narrow.version && wide.digest === narrow.digest;
}

// The order of a capability's hosts and methods has no meaning, so the order must not change a
// digest.
function withSortedLists(one: Capability): Capability {
  if (one.kind === 'secret') return { ...one, hosts: [...new Set(one.hosts)].sort() };
  if (one.kind === 'egress') return { ...one, methods: [...new Set(one.methods)].sort() };
  return one;
}

function withoutKind<One extends Capability>({ kind: _, ...rest }: One): Omit<One, 'kind'> {
  return rest;
}
