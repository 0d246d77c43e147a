/**
 * What a skill can and cannot do, in one phrase for each kind of capability: for lists and
 * pictures, which have no room for whole capabilities. Pure.
 */
import { isEverything } from './cannot-lines.ts';
import { type Capabilities, listCapabilities } from './capability.ts';
import { kindOf, type Need, needs, needsOf } from './needs.ts';

interface Phrase {
  readonly verb: string;
  /** Between the verb and a name; absent where the name alone says enough. */
  readonly article?: string;
  readonly noun: string;
  /** After the verb, of a skill that may do everything of the kind. */
  readonly everything: string;
}

const phrases: Readonly<Record<Need, Phrase>> = {
  network: { verb: 'reach', noun: 'host', everything: 'any host' },
  secrets: { verb: 'use', article: 'the secret', noun: 'secret', everything: 'any secret' },
  environment: {
    verb: 'see',
    article: 'the environment variable',
    noun: 'environment variable',
    everything: 'every environment variable',
  },
  files: { verb: 'use', article: 'the folder', noun: 'folder', everything: 'any folder' },
  programs: { verb: 'start', noun: 'program', everything: 'any program' },
  packages: { verb: 'load', article: 'the package', noun: 'package', everything: 'any package' },
};

/**
 * Such as `reach api.crm.example` and `start git and 2 more`. A phrase for everything of a kind
 * comes first, so that it is no part of a “more”.
 * @param namesMax names in a phrase. With 0 a phrase has a number: `reach 1 host`
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

/** Such as `see any environment variable` and `reach any other host`. */
export function cannotPhrases(capabilities: Capabilities): string[] {
  const has = needsOf(capabilities);
  const none = needs.filter((need) => !has.includes(need)).map((need) => negated(need, 'any'));
  const others = has
    .filter((need) => !hasEverything(capabilities, need))
    .map((need) => negated(need, 'any other'));
  return [...none, ...others];
}

function hasEverything(capabilities: Capabilities, need: Need): boolean {
  return listCapabilities(capabilities).some(
    (one) => one.kind === kindOf(need) && isEverything(one),
  );
}

function negated(need: Need, quantity: string): string {
  const { noun, verb } = phrases[need];
  return `${verb} ${quantity} ${noun}`;
}

function phraseOf(capabilities: Capabilities, need: Need, namesMax: number): string {
  const { article, noun, verb } = phrases[need];
  const names = [...new Set(namesOf(capabilities, need))];
  if (namesMax === 0) return `${verb} ${names.length} ${noun}${names.length === 1 ? '' : 's'}`;
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
