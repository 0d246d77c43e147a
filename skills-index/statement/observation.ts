/**
 * The format of an observation, `skillgate.observation/1`: what a submission did when it ran in
 * sandboxes with decoys.
 */
import type { Verdict } from './finding.ts';

export const observedFactKinds = [
  'decoy-sent',
  'host-facts-sent',
  'argument-sent',
  'undeclared-host',
  'fetched-started',
  'outside-write',
  'decoy-read',
  'left-behind',
  'escape-attempt',
  'ended-early',
] as const;
export type ObservedFactKind = (typeof observedFactKinds)[number];

export const observedLevels = ['block', 'review', 'note'] as const;

/**
 * The levels that a fact of each kind can have. A signer chooses among them, and cannot turn
 * evidence into a note.
 */
export const levelsOfKind: Readonly<
  Record<ObservedFactKind, readonly (typeof observedLevels)[number][]>
> = {
  'decoy-sent': ['block', 'review'],
  'host-facts-sent': ['block', 'review'],
  'argument-sent': ['review'],
  'undeclared-host': ['block', 'review'],
  'fetched-started': ['block', 'review'],
  'outside-write': ['block', 'review', 'note'],
  'decoy-read': ['review'],
  'left-behind': ['review'],
  'escape-attempt': ['block'],
  'ended-early': ['review'],
};

/** One thing that happened, with some of the steps in which it happened. */
export interface ObservedFact {
  readonly kind: ObservedFactKind;
  readonly level: (typeof observedLevels)[number];
  readonly what: string;
  readonly steps: readonly string[];
}

export interface ObservedBehaviour {
  readonly schema: 'skillgate.observation/1';
  readonly verdict: Verdict;
  /** The facts with the highest level first. */
  readonly facts: readonly ObservedFact[];
  readonly coverage: {
    /** Steps that were planned, that ran, and that were ended by their time limit. */
    readonly planned: number;
    readonly done: number;
    readonly late: number;
    /** The rounds, such as `in 30 days`. */
    readonly rounds: readonly string[];
    /** Some of the steps for which there was no time; absent where all ran. */
    readonly leftOut?: readonly string[];
    /** Why connections past the proxy could not be seen; absent where they were. */
    readonly blind?: string;
  };
}
