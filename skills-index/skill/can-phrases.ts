/**
 * What a skill can do, in one phrase for each kind of capability: for lists, which have no room for
 * whole capabilities. Pure.
 */
import { isEverything } from './cannot-lines.ts';
import { type Capabilities, listCapabilities } from './capability.ts';
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
