/** Finds the ways of values from sources to sinks in a flow graph, over calls, files and languages. */
import type { Confidence } from '../skills-index/statement/finding.ts';
import type { FlowFact, FlowSink, FlowSource } from './fact.ts';
import type { FlowEdge, FlowGraph, FlowNode } from './flow-graph.ts';
import { flowStepsMax, flowsMax } from './limits.ts';
import { sensitivePath } from './models/sensitive-paths.ts';
import { type Steps, StepsUsedUp } from './steps.ts';

interface Step {
  readonly to: string;
  readonly kind: 'value' | 'argument' | 'result';
  readonly call: string;
  readonly encodes: boolean;
  readonly shared: boolean;
  readonly shown: boolean;
}

type Edges = Map<string, Step[]>;

/** What was found, and whether that is all: steps or flows may be used up before. */
export interface Solved {
  readonly flows: readonly FlowFact[];
  readonly complete: boolean;
}

/**
 * All flows, shortest way each. A value that entered a function by one call leaves it only by that call: what a parameter does to the
 * result is a summary edge from argument to result (Horwitz, Reps, Binkley 1990), and a way that went into a callee never leaves upwards.
 */
export function solveFlows(graph: FlowGraph, steps: Steps): Solved {
  const flows: FlowFact[] = [];
  try {
    const edges = edgesOf(graph.edges);
    addSummaries(graph.edges, edges, steps);
    const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
    const sinks = Map.groupBy(graph.sinks, (sink) => sink.node);
    const goals = goalsOf(graph, edges, steps);
    for (const source of graph.sources) {
      const goal = isPlain(source.source) ? goals.ofPlain : goals.ofAny;
      for (const visit of nearest(search(source.node, edges, goal, steps))) {
        for (const sink of sinks.get(visit.node) ?? []) {
          if (!isTold(source.source, sink.sink)) continue;
          if (flows.length >= flowsMax) return { flows, complete: false };
          flows.push(flowOf(source, sink, wayTo(visit), nodes));
        }
      }
    }
  } catch (cause) {
    if (cause instanceof StepsUsedUp) return { flows, complete: false };
    throw cause;
  }
  return { flows, complete: true };
}

// Nobody asks which plain file was copied into which: that is what programs do all day.
function isPlain({ what, name }: FlowSource): boolean {
  return what === 'command' || what === 'input' || (what === 'file' && sensitivePath(name) === undefined);
}

function isTold(source: FlowSource, sink: FlowSink): boolean {
  return sink.what !== 'file' || !isPlain(source);
}

/** The nodes from which there is a way to a sink, so that no other is gone through. */
function goalsOf(graph: FlowGraph, edges: Edges, steps: Steps): { ofAny: ReadonlySet<string>; ofPlain: ReadonlySet<string> } {
  const back = new Map<string, string[]>();
  for (const [from, list] of edges) {
    for (const { to } of list) {
      const here = back.get(to);
      if (here === undefined) back.set(to, [from]);
      else here.push(from);
    }
  }
  const reaching = (sinks: FlowGraph['sinks']): ReadonlySet<string> => {
    const seen = new Set(sinks.map((sink) => sink.node));
    // A set that grows while it is gone through is gone through to its end.
    for (const node of seen) {
      for (const from of back.get(node) ?? []) {
        steps.take();
        seen.add(from);
      }
    }
    return seen;
  };
  return { ofAny: reaching(graph.sinks), ofPlain: reaching(graph.sinks.filter(({ sink }) => sink.what !== 'file')) };
}

function flowOf(
  { source, certainty }: FlowGraph['sources'][number],
  sink: FlowGraph['sinks'][number],
  way: readonly Visit[],
  nodes: ReadonlyMap<string, FlowNode>,
): FlowFact {
  return {
    kind: 'flow',
    source,
    sink: sink.sink,
    span: sink.span,
    context: sink.context !== 'comment' && way.some((visited) => visited.shown) ? 'fence-doc' : sink.context,
    certainty: weaker(certainty, sink.certainty),
    encoded: way.some((visited) => visited.encodes),
    steps: [...stepsOf(way, nodes), { span: sink.span, note: sinkNote(sink.sink) }],
  };
}

// What the sink does with it, for the last step.
function sinkNote({ what, capability, api, part }: FlowSink): string {
  switch (what) {
    case 'network':
      return `${api} sends it in the ${part}${capability?.kind === 'egress' ? ` to ${capability.url}` : ''}`;
    case 'exec':
      return part === 'code' ? `${api} runs it` : `${api} gets it as an argument`;
    case 'file':
      return `${api} writes it${capability?.kind === 'mount' ? ` to ${capability.path}` : ''}`;
    case 'output':
      return `${api} prints it`;
  }
}

/** Each node once, by its shorter way: it may have been reached in both phases. */
function nearest(reached: ReadonlyMap<string, Visit>): Iterable<Visit> {
  const kept = new Map<string, Visit>();
  for (const visit of reached.values()) {
    const known = kept.get(visit.node);
    if (known === undefined || visit.length < known.length) kept.set(visit.node, visit);
  }
  return kept.values();
}

interface Visit {
  readonly node: string;
  readonly before: Visit | undefined;
  readonly encodes: boolean;
  readonly shown: boolean;
  readonly length: number;
}

// Breadth first over (node, phase). In phase `up` a result edge leaves the function in which the value was born; an argument edge
// changes to `down`, where result edges are shut: summary edges stand for calls that come back.
function search(from: string, edges: Edges, goal: ReadonlySet<string>, steps: Steps): Map<string, Visit> {
  const seen = new Map<string, Visit>();
  if (!goal.has(from)) return seen;
  let wave: { visit: Visit; phase: 'up' | 'down' }[] = [
    { visit: { node: from, before: undefined, encodes: false, shown: false, length: 0 }, phase: 'up' },
  ];
  seen.set(`${from} up`, { node: from, before: undefined, encodes: false, shown: false, length: 0 });
  while (wave.length > 0) {
    const next: typeof wave = [];
    for (const { visit, phase } of wave) {
      for (const edge of edges.get(visit.node) ?? []) {
        steps.take();
        if ((edge.kind === 'result' && phase === 'down') || !goal.has(edge.to)) continue;
        const then = edge.shared ? 'up' : edge.kind === 'argument' ? 'down' : phase;
        const key = `${edge.to} ${then}`;
        if (seen.has(key)) continue;
        const reached = { node: edge.to, before: visit, encodes: edge.encodes, shown: edge.shown, length: visit.length + 1 };
        seen.set(key, reached);
        next.push({ visit: reached, phase: then });
      }
    }
    wave = next;
  }
  return seen;
}

function edgesOf(list: readonly FlowEdge[]): Edges {
  const edges: Edges = new Map();
  for (const edge of list) {
    const step: Step = {
      to: edge.to,
      kind: edge.kind,
      call: edge.kind === 'value' ? '' : edge.call,
      encodes: edge.kind === 'value' && edge.encodes === true,
      shared: edge.kind === 'value' && edge.shared === true,
      shown: edge.kind === 'value' && edge.context === 'fence-doc',
    };
    const here = edges.get(edge.from);
    if (here === undefined) edges.set(edge.from, [step]);
    else here.push(step);
  }
  return edges;
}

// For each parameter: what does it reach without leaving the function? Where that is a result, each call that has both an argument edge
// into the parameter and a result edge out of there gets a value edge past the function, which opens new ways for the parameters that
// reach its beginning.
function addSummaries(list: readonly FlowEdge[], edges: Edges, steps: Steps): void {
  const callers = new Map<string, Map<string, string[]>>();
  for (const edge of list) {
    if (edge.kind !== 'argument') continue;
    const calls = callers.get(edge.to) ?? new Map<string, string[]>();
    callers.set(edge.to, calls);
    calls.set(edge.call, [...(calls.get(edge.call) ?? []), edge.from]);
  }
  const reached = new Map<string, Map<string, boolean>>();
  const open: { parameter: string; node: string }[] = [];
  const reach = (parameter: string, node: string, encodes: boolean): void => {
    const by = reached.get(node) ?? new Map<string, boolean>();
    reached.set(node, by);
    if (by.has(parameter)) return;
    by.set(parameter, encodes);
    open.push({ parameter, node });
  };
  const known = new Set<string>();
  const summarise = (from: string, to: string, encodes: boolean): void => {
    const key = `${from}\n${to}`;
    if (known.has(key)) return;
    known.add(key);
    const step: Step = { to, kind: 'value', call: '', encodes, shared: false, shown: false };
    const here = edges.get(from);
    if (here === undefined) edges.set(from, [step]);
    else here.push(step);
    for (const [parameter, before] of reached.get(from) ?? []) reach(parameter, to, before || encodes);
  };
  for (const parameter of callers.keys()) reach(parameter, parameter, false);
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const { parameter, node } = one;
    const before = reached.get(node)?.get(parameter) === true;
    // Summaries made meanwhile are at the end of the list, and found too.
    for (const edge of edges.get(node) ?? []) {
      steps.take();
      if (edge.kind === 'value') reach(parameter, edge.to, before || edge.encodes);
      if (edge.kind !== 'result') continue;
      for (const from of callers.get(parameter)?.get(edge.call) ?? []) summarise(from, edge.to, before);
    }
  }
}

function wayTo(last: Visit): Visit[] {
  const way: Visit[] = [];
  for (let at: Visit | undefined = last; at !== undefined; at = at.before) way.push(at);
  return way.reverse();
}

// Nodes without a note are inner ones that a reader need not see; a very long way keeps its both ends.
function stepsOf(way: readonly Visit[], nodes: ReadonlyMap<string, FlowNode>): { span: FlowNode['span']; note: string }[] {
  const told = way.flatMap(({ node }) => {
    const known = nodes.get(node);
    return known === undefined || known.note === '' ? [] : [{ span: known.span, note: known.note }];
  });
  const half = flowStepsMax / 2;
  return told.length <= flowStepsMax ? told : [...told.slice(0, half), ...told.slice(-half)];
}

const strength: readonly Confidence[] = ['widened', 'lexical', 'folded', 'exact'];

function weaker(a: Confidence, b: Confidence): Confidence {
  return strength.indexOf(a) < strength.indexOf(b) ? a : b;
}
