/**
 * The effects of function calls in a flow graph: edges past each function, from an argument to the
 * call's result.
 */

import type { Steps } from '../fact/steps.ts';
import type { FlowEdge } from './graph.ts';

/** An edge, without its start. */
export interface Step {
  readonly to: string;
  readonly kind: 'value' | 'argument' | 'result';
  readonly call: string;
  readonly encodes: boolean;
  readonly shared: boolean;
  readonly shown: boolean;
  readonly stored: boolean;
}

/** All edges, by their start node. */
export type Edges = Map<string, Step[]>;

/**
 * Finds what each parameter reaches without leaving the function. When a parameter reaches a
 * result, each call with an argument edge into the parameter and a result edge out of the function
 * gets a value edge past the function. Such an edge opens new paths for the parameters that reach
 * its start.
 */
export function addSummaries(list: readonly FlowEdge[], edges: Edges, steps: Steps): void {
  const callers = new Map<string, Map<string, string[]>>();
  for (const edge of list) {
    if (edge.kind !== 'argument') continue;
    const calls = callers.get(edge.to) ?? new Map<string, string[]>();
    callers.set(edge.to, calls);
    calls.set(edge.call, [...(calls.get(edge.call) ?? []), edge.from]);
  }
  const reached = new Map<string, Map<string, Reach>>();
  const open: { reach: Reach; node: string }[] = [];
  const reach = (node: string, reach: Reach): void => {
    const by = reached.get(node) ?? new Map<string, Reach>();
    reached.set(node, by);
    const key = reach.stored ? `${reach.parameter} stored` : reach.parameter;
    if (by.has(key)) return;
    by.set(key, reach);
    open.push({ reach: reach, node });
  };
  const known = new Set<string>();
  const summarise = (from: string, to: string, about: Pick<Reach, 'encodes' | 'stored'>): void => {
    const key = about.stored ? `${from}\n${to}\nstored` : `${from}\n${to}`;
    if (known.has(key)) return;
    known.add(key);
    const { encodes, stored } = about;
    const step: Step = {
      to,
      kind: 'value',
      call: '',
      encodes,
      shared: false,
      shown: false,
      stored,
    };
    const here = edges.get(from);
    if (here === undefined) edges.set(from, [step]);
    else here.push(step);
    for (const before of reached.get(from)?.values() ?? []) reach(to, past(before, step));
  };
  for (const parameter of callers.keys())
    reach(parameter, { parameter, encodes: false, stored: false });
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { reach: before, node } = next;
    // Summaries that are added meanwhile are at the end of the list, and this loop visits them too.
    for (const edge of edges.get(node) ?? []) {
      steps.take();
      if (edge.kind === 'value') reach(edge.to, past(before, edge));
      if (edge.kind !== 'result') continue;
      for (const from of callers.get(before.parameter)?.get(edge.call) ?? [])
        summarise(from, edge.to, before);
    }
  }
}

interface Reach {
  readonly parameter: string;
  readonly encodes: boolean;
  readonly stored: boolean;
}

function past(before: Reach, { encodes, stored }: Pick<Step, 'encodes' | 'stored'>): Reach {
  return (encodes && !before.encodes) || (stored && !before.stored)
    ? { ...before, encodes: before.encodes || encodes, stored: before.stored || stored }
    : before;
}
