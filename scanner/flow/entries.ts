/** By which calls values enter helpers whose sinks mean one address after one call each. */
import type { Steps } from '../fact/steps.ts';
import type { FlowEdge, FlowGraph } from './graph.ts';

/** The edges into the nodes of such sinks, and into the nodes before them. */
export type WaysIn = ReadonlyMap<string, readonly FlowEdge[]>;

export function entriesOf({ sinks, edges }: FlowGraph): WaysIn {
  const wanted = new Set(
    sinks.flatMap(({ node, notAfter }) => (notAfter === undefined ? [] : [node])),
  );
  if (wanted.size === 0) return new Map();
  for (const { from, to } of edges.filter(({ kind }) => kind === 'argument'))
    if (wanted.has(to)) wanted.add(from);
  return Map.groupBy(
    edges.filter(({ to }) => wanted.has(to)),
    ({ to }) => to,
  );
}

/**
 * Whether a value that reached these nodes comes to the sink by anything else than the calls that
 * mean another address.
 */
export function isBrought(
  { node, notAfter = [] }: FlowGraph['sinks'][number],
  entries: WaysIn,
  visited: ReadonlySet<string>,
  steps: Steps,
): boolean {
  const excluded = new Map(notAfter.map(({ call, after }) => [call, after]));
  const isOpen = (edge: FlowEdge): boolean => {
    steps.take();
    if (edge.kind !== 'argument' || !excluded.has(edge.call)) return true;
    const after = excluded.get(edge.call);
    if (after === undefined) return false;
    const before = entries.get(edge.from) ?? [];
    // A value that begins there was brought by no call.
    return (
      before.every((one) => !visited.has(one.from)) ||
      before.some(
        (one) => visited.has(one.from) && (one.kind !== 'argument' || !after.includes(one.call)),
      )
    );
  };
  const ways = (entries.get(node) ?? []).filter(({ from }) => visited.has(from));
  return ways.length === 0 || ways.some(isOpen);
}
