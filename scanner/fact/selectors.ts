/**
 * The facts that a rule reads: a whole kind, or one sort of it. A change of the rule cannot affect
 * a skill without such facts.
 */
import type { Fact, FactKind, FactOf, FlowSink, TextFact, Trait } from './fact.ts';

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
export function selectorOf(fact: Fact): FactSelector {
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
 * All selectors of the facts, sorted: by this index a registry finds the skills that a changed rule
 * can affect.
 */
export function selectorsOf(facts: readonly Fact[]): readonly FactSelector[] {
  const found = new Set<FactSelector>(['source']);
  for (const fact of facts) found.add(fact.kind).add(selectorOf(fact));
  return [...found].sort();
}

/**
 * Facts by kind, and within a kind by the rules' selectors. Equal selections are computed once.
 */
export class FactIndex {
  readonly #ofKind: (kind: FactKind) => readonly Fact[];
  readonly #known = new Map<string, readonly Fact[]>();

  constructor(facts: readonly Fact[] | ((kind: FactKind) => readonly Fact[])) {
    if (typeof facts === 'function') {
      this.#ofKind = facts;
      return;
    }
    const byKind = Map.groupBy(facts, (fact) => fact.kind);
    this.#ofKind = (kind) => byKind.get(kind) ?? [];
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
    const wanted = reads.filter((selector) => selector === kind || selector.startsWith(`${kind}:`));
    if (wanted.length === 0) return undefined;
    const all = this.#once(kind, () => this.#ofKind(kind));
    const some = wanted.includes(kind)
      ? all
      : this.#once(wanted.join(' '), () => all.filter((fact) => wanted.includes(selectorOf(fact))));
    return isOfKind(some) ? some : [];
  }

  #once(key: string, make: () => readonly Fact[]): readonly Fact[] {
    const known = this.#known.get(key) ?? make();
    this.#known.set(key, known);
    return known;
  }
}
