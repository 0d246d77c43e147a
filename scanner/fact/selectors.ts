/** The facts that a rule reads: a whole kind, or one sort of it. */
import type { Fact, FactKind, FactOf, FlowSink, TextFact, Trait } from './fact.ts';
import { keep, remembered } from './remembered.ts';

/**
 * `trait:tls-off`, `capability:egress`, `text:hidden`, `artifact:binary`, `dependency:install`,
 * `flow:network` (by its sink); `source` is raw text.
 */
export type FactSelector =
  | FactKind
  | 'source'
  | `capability:${FactOf<'capability'>['capability']['kind']}`
  | `trait:${Trait}`
  | `text:${TextFact['role']}`
  | `artifact:${FactOf<'artifact'>['what']}`
  | `dependency:${FactOf<'dependency'>['how']}`
  | `flow:${FlowSink['what']}`;

/** The narrowest selector of a fact. */
function selectorOf(fact: Fact): FactSelector {
  switch (fact.kind) {
    case 'capability':
      return `capability:${fact.capability.kind}`;
    case 'trait':
      return `trait:${fact.trait}`;
    case 'text':
      return `text:${fact.role}`;
    case 'artifact':
      return `artifact:${fact.what}`;
    case 'dependency':
      return `dependency:${fact.how}`;
    case 'flow':
      return `flow:${fact.sink.what}`;
  }
}

/**
 * Facts by kind, and within a kind by the rules' selectors. Equal selections are computed once.
 */
export class FactIndex {
  readonly #ofKind: ReadonlyMap<FactKind, readonly Fact[]>;
  readonly #known = new Map<string, readonly Fact[]>();
  readonly #selectors = new Map<FactKind, readonly FactSelector[]>();

  constructor(facts: readonly Fact[]) {
    this.#ofKind = Map.groupBy(facts, (fact) => fact.kind);
  }

  /**
   * The facts of one kind that `reads` selects, in order; undefined when it selects nothing of that
   * kind.
   */
  select<Kind extends FactKind>(
    kind: Kind,
    reads: readonly FactSelector[],
  ): readonly FactOf<Kind>[] | undefined {
    // All facts of a selection have one kind, so the first tells it.
    const isOfKind = (facts: readonly Fact[]): facts is readonly FactOf<Kind>[] =>
      (facts[0]?.kind ?? kind) === kind;
    const wanted = wantedOf(reads).get(kind);
    if (wanted === undefined) return undefined;
    const all = this.#ofKind.get(kind) ?? [];
    if (wanted.selectors.has(kind)) return isOfKind(all) ? all : [];
    const some = keep(this.#known, wanted.key, () => {
      const selectors = keep(this.#selectors, kind, () => all.map(selectorOf));
      return all.filter((_, at) => wanted.selectors.has(selectors[at] ?? kind));
    });
    return isOfKind(some) ? some : [];
  }
}

interface Wanted {
  readonly key: string;
  readonly selectors: ReadonlySet<FactSelector>;
}

// The selectors of a rule by kind: rules are the same in all scans.
const wantedOf = remembered((reads: readonly FactSelector[]): ReadonlyMap<string, Wanted> => {
  const byKind = Map.groupBy(reads, (selector) => selector.split(':', 1)[0] ?? selector);
  return new Map(
    [...byKind].map(([kind, all]) => [kind, { key: all.join(' '), selectors: new Set(all) }]),
  );
});
