/**
 * What a skill can do, in one phrase for each kind of capability: for lists, which have no room for
 * whole capabilities. Pure.
 */
import {
  type Capabilities,
  type Capability,
  type CapabilityKind,
  capabilityKinds,
  listCapabilities,
} from './capability.ts';
import { kindOf, type Need, needsOf } from './needs.ts';

interface Phrase {
  readonly verb: string;
  /** Between the verb and a name; absent where the name alone says enough. */
  readonly article?: string;
  /** After the verb, of a skill that may do everything of the kind. */
  readonly everything: string;
}

const phrases: Readonly<Record<Need, Phrase>> = {
  network: { verb: 'reach', everything: 'any host' },
  secrets: { verb: 'use', article: 'the secret', everything: 'any secret' },
  environment: {
    verb: 'see',
    article: 'the environment variable',
    everything: 'every environment variable',
  },
  files: { verb: 'use', article: 'the folder', everything: 'any folder' },
  programs: { verb: 'start', everything: 'any program' },
  packages: { verb: 'load', article: 'the package', everything: 'any package' },
};

/**
 * Such as `reach api.crm.example` and `start git and 2 more`. A phrase for everything of a kind
 * comes first, so that it is no part of a “more”.
 * @param namesMax names in a phrase
 */
export function canPhrases(capabilities: Capabilities, namesMax: number): string[] {
  const has = needsOf(capabilities);
  const all = has.filter((need) => hasEverything(capabilities, need));
  const some = has.filter((need) => !all.includes(need));
  return [
    ...all.map((need) => `${phrases[need].verb} ${phrases[need].everything}`),
    ...some.map((need) => phraseOf(capabilities, need, namesMax)),
  ];
}

function hasEverything(capabilities: Capabilities, need: Need): boolean {
  return listCapabilities(capabilities).some(
    (one) => one.kind === kindOf(need) && isEverything(one),
  );
}

function phraseOf(capabilities: Capabilities, need: Need, namesMax: number): string {
  const { article, verb } = phrases[need];
  const names = [...new Set(namesOf(capabilities, need))];
  const more = names.length - namesMax;
  const listed = names.slice(0, namesMax).join(' and ');
  return [verb, article, listed, ...(more > 0 ? [`and ${more} more`] : [])]
    .filter((word) => word !== undefined)
    .join(' ');
}

function namesOf(capabilities: Capabilities, need: Need): string[] {
  switch (need) {
    case 'network':
      return capabilities.egress.map(({ url }) => url.replace(/^\w+:\/\/([^/]*).*$/s, '$1'));
    case 'secrets':
      return capabilities.secret.map(({ name }) => name);
    case 'environment':
      return capabilities.env.map(({ name }) => name);
    case 'files':
      return capabilities.mount.map(
        ({ mode, path, source }) =>
          `${source ?? path ?? 'of the host'} (${mode === 'ro' ? 'read only' : 'read and write'})`,
      );
    case 'programs':
      return capabilities.exec.map(({ program }) => program);
    case 'packages':
      return (capabilities.package ?? []).map(({ ecosystem, name }) => `${name} (${ecosystem})`);
  }
}

// What a skill will not be able to do in the sandbox, in plain words.

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
function isEverything(one: Capability): boolean {
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
