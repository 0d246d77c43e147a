/** What a skill will not be able to do in the sandbox, in plain words. */
import {
  type Capabilities,
  type Capability,
  type CapabilityKind,
  capabilityKinds,
  listCapabilities,
} from './capability.ts';

interface Limit {
  /** Of a skill with no capability of the kind. */
  readonly none: string;
  /** Of a skill with some capabilities of the kind. */
  readonly other: string;
}

const limits: Readonly<Record<CapabilityKind, Limit>> = {
  env: {
    none: 'see any environment variable',
    other: 'see any other environment variable',
  },
  secret: {
    none: 'have any secret used for it',
    other: 'see the value of a secret, or have any other secret used for it',
  },
  egress: { none: 'reach any host', other: 'reach any other host' },
  mount: {
    none: 'read or write any folder of yours',
    other: 'read or write any other folder of yours',
  },
  exec: {
    none: 'start any program of this machine',
    other: 'start any other program of this machine',
  },
  package: { none: 'load packages of others', other: 'load any other package' },
};

/** One line for each kind of which the skill has nothing. */
export function cannotLines(approved: Capabilities): string[] {
  const kinds = new Set(listCapabilities(approved).map(({ kind }) => kind));
  return capabilityKinds.filter((kind) => !kinds.has(kind)).map((kind) => limits[kind].none);
}

/** One line for each kind of which the skill has some, but not everything. */
export function noOtherLines(approved: Capabilities): string[] {
  const kinds = Map.groupBy(listCapabilities(approved), ({ kind }) => kind);
  return capabilityKinds
    .filter((kind) => kinds.get(kind)?.every((one) => !isEverything(one)) === true)
    .map((kind) => limits[kind].other);
}

/** Whether a capability is everything of its kind. */
export function isEverything(one: Capability): boolean {
  switch (one.kind) {
    case 'env':
    case 'package':
      return one.name === '*';
    case 'exec':
      return one.program === '*';
    case 'egress':
      return /^[a-z]+:\/\/\*(?![^:/])/.test(one.url);
    case 'mount':
      return one.path === '*';
    case 'secret':
      return false;
  }
}
