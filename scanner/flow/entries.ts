/** By which calls values enter helpers whose sinks mean one address after one call each. */
import { keep } from '../fact/remembered.ts';
import type { Steps } from '../fact/steps.ts';
import type { FlowEdge, FlowGraph, NotAfter } from './graph.ts';

/** Calls that mean another address: always, or after some calls of the function around them. */
type Excluded = ReadonlyMap<string, After | undefined>;

interface After {
  readonly calls: ReadonlySet<string>;
  readonly within: ReadonlySet<string> | undefined;
}

/** The edges into such sinks, and into the nodes before them; and what their sinks exclude. */
export interface WaysIn {
  /** By the node that they lead to, and then by the one that they come from. */
  readonly ways: ReadonlyMap<string, ReadonlyMap<string, readonly FlowEdge[]>>;
  readonly excluded: ReadonlyMap<readonly NotAfter[], Excluded>;
}

export function entriesOf({ sinks, edges }: FlowGraph, steps: Steps): WaysIn {
  const wanted = new Set<string>();
  const excluded = new Map<readonly NotAfter[], Excluded>();
  const sets = new Map<readonly string[], ReadonlySet<string>>();
  // Sinks of one helper share their lists, and so do the entries of the lists.
  const setOf = (list: readonly string[]): ReadonlySet<string> => {
    const known = sets.get(list);
    if (known !== undefined) return known;
    steps.take(list.length);
    const made = new Set(list);
    sets.set(list, made);
    return made;
  };
  const entered = new Set<ReadonlySet<string>>();
  const want = (within: ReadonlySet<string> | undefined): void => {
    if (within === undefined || entered.has(within)) return;
    entered.add(within);
    steps.take(within.size);
    for (const node of within) wanted.add(node);
  };
  for (const { node, notAfter, within } of sinks) {
    if (notAfter === undefined) continue;
    wanted.add(node);
    want(within);
    if (excluded.has(notAfter)) continue;
    steps.take(notAfter.length);
    for (const one of notAfter) want(one.within);
    excluded.set(
      notAfter,
      new Map(
        notAfter.map(({ call, after, within: around }) => [
          call,
          after && { calls: setOf(after), within: around },
        ]),
      ),
    );
  }
  const ways = new Map<string, Map<string, FlowEdge[]>>();
  if (wanted.size === 0) return { ways, excluded };
  for (const { from, to } of edges.filter(({ kind }) => kind === 'argument'))
    if (wanted.has(to)) wanted.add(from);
  for (const [to, those] of Map.groupBy(
    edges.filter((edge) => wanted.has(edge.to)),
    (edge) => edge.to,
  ))
    ways.set(
      to,
      Map.groupBy(those, ({ from }) => from),
    );
  return { ways, excluded };
}

/**
 * Tells, for the value of a source that reached these nodes, whether it comes to a sink by anything
 * else than the calls that mean another address.
 */
export function bringing(
  { ways, excluded }: WaysIn,
  source: string,
  visits: readonly { readonly node: string }[],
  steps: Steps,
): (sink: FlowGraph['sinks'][number]) => boolean {
  const visited = new Set(excluded.size === 0 ? [] : visits.map(({ node }) => node));
  const known = new Map<string, Map<readonly NotAfter[], boolean>>();
  const reached = new Map<string, readonly FlowEdge[]>();
  const reachedWays = (node: string): readonly FlowEdge[] => {
    const before = reached.get(node);
    if (before !== undefined) return before;
    const into = ways.get(node) ?? new Map<string, readonly FlowEdge[]>();
    // Whichever are fewer.
    const from = into.size < visited.size ? [...into.keys()] : [...visited];
    steps.take(from.length);
    const found = from.flatMap((one) => (visited.has(one) ? (into.get(one) ?? []) : []));
    reached.set(node, found);
    return found;
  };
  const isBrought = (
    node: string,
    within: ReadonlySet<string> | undefined,
    isOpen: (edge: FlowEdge) => boolean,
  ): boolean => {
    const before = new Set([node]);
    // A loop over a set also visits the members that are added during the loop.
    for (const one of before) {
      const found = reachedWays(one);
      // A value that begins there was brought by no call.
      if (one === source || found.length === 0) return true;
      for (const edge of found) {
        steps.take();
        if (edge.kind === 'value' && edge.shared !== true && within?.has(edge.from) === true)
          before.add(edge.from);
        else if (isOpen(edge)) return true;
      }
    }
    return false;
  };
  const isOpen = (edge: FlowEdge, those: Excluded): boolean => {
    if (edge.kind !== 'argument' || !those.has(edge.call)) return true;
    const after = those.get(edge.call);
    return (
      after !== undefined &&
      isBrought(
        edge.from,
        after.within,
        (outer) => outer.kind !== 'argument' || !after.calls.has(outer.call),
      )
    );
  };
  return ({ node, notAfter, within }) => {
    const those = notAfter && excluded.get(notAfter);
    if (notAfter === undefined || those === undefined) return true;
    const ofNode = keep(known, node, () => new Map<readonly NotAfter[], boolean>());
    return keep(ofNode, notAfter, () => isBrought(node, within, (edge) => isOpen(edge, those)));
  };
}
