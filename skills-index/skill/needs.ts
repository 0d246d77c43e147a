/** What a skill asks for, in the words of a search: “needs no network”. Pure. */
import type { Capabilities, CapabilityKind } from './capability.ts';

/** The words of a search, each with its kind of capability. */
const kindOfNeed = {
  network: 'egress',
  secrets: 'secret',
  environment: 'env',
  files: 'mount',
  programs: 'exec',
  packages: 'package',
} as const satisfies Readonly<Record<string, CapabilityKind>>;

export type Need = keyof typeof kindOfNeed;

export const needs = Object.keys(kindOfNeed) as readonly Need[];

/** What a skill without the need asks for none of. */
export const needWords: Readonly<Record<Need, string>> = {
  network: 'network',
  secrets: 'secrets',
  environment: 'environment variables',
  files: 'folders',
  programs: 'programs',
  packages: 'packages',
};

export function isNeed(text: string): text is Need {
  return Object.hasOwn(kindOfNeed, text);
}

/** The kind of capability that a skill has exactly when the skill has the need. */
export function kindOf(need: Need): CapabilityKind {
  return kindOfNeed[need];
}

/** What a skill with such capabilities asks for. */
export function needsOf(capabilities: Partial<Capabilities>): Need[] {
  return needs.filter((need) => (capabilities[kindOfNeed[need]]?.length ?? 0) > 0);
}
