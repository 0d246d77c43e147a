/**
 * Finds the paths of values from sources to sinks in a flow graph, over calls, files and languages.
 */

import type { Confidence } from '../../skills-index/statement/finding.ts';
import type { FlowFact, FlowSink, FlowSource } from '../fact/fact.ts';
import { keep } from '../fact/remembered.ts';
import { type Steps, StepsUsedUp } from '../fact/steps.ts';
import { sensitivePath } from '../lookup-tables/sensitive-paths.ts';
import type { FlowEdge, FlowGraph, FlowNode } from './graph.ts';

const flowStepsMax = 40;

const flowsMax = 20_000;

/** The flows, and whether they are all: steps or flows may have run out before. */
interface Solved {
  readonly flows: readonly FlowFact[];
  readonly complete: boolean;
}

/**
 * All flows, each by its shortest path. A value that entered a function by one call leaves it only
 * by that call. A summary edge from argument to result stands for the effect of a parameter on the
 * result (Horwitz, Reps, Binkley 1990), and a path into a callee never leaves upwards.
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
      const plain = isPlain(source.source);
      const goal = goalOf(source.source, plain, goals);
      const visits = search(source.node, edges, goal, steps);
      for (const visit of visits) {
        for (const sink of sinks.get(visit.node) ?? []) {
          const isByFile = sink.sink.part === 'program';
          if (
            !isTold(source.source, plain, sink.sink) ||
            visit.stored !== isByFile ||
            (isByFile && !isForeign(source.source))
          )
            continue;
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

// Copies between plain files are not reported: programs make them all the time.
function isPlain({ what, name }: FlowSource): boolean {
  return (
    what === 'command' ||
    what === 'observed' ||
    what === 'input' ||
    (what === 'file' && sensitivePath(name) === undefined)
  );
}

function isTold(source: FlowSource, plain: boolean, sink: FlowSink): boolean {
  if (source.what === 'decoded')
    return sink.part === 'program' || (isCode(sink) && source.ofNumbers === true);
  return sink.what !== 'file' || !plain;
}

// What is decoded is often a value in a line for a shell. A text that was made of the numbers of
// its letters, and is run as code, is a program that somebody hid.
function isCode({ part, whole }: FlowSink): boolean {
  return part === 'code' && whole === true;
}

// A file with this content is a program that nobody could read beforehand.
function isForeign({ what }: FlowSource): boolean {
  return what === 'network' || what === 'decoded';
}

function goalOf(
  source: FlowSource,
  plain: boolean,
  goals: ReturnType<typeof goalsOf>,
): ReadonlySet<string> {
  if (source.what === 'decoded') return goals.ofPrograms;
  return plain ? goals.ofPlain : goals.ofAny;
}

/** The nodes with a path to a sink, so that no other node is searched. */
function goalsOf(
  graph: FlowGraph,
  edges: Edges,
  steps: Steps,
): Record<'ofAny' | 'ofPlain' | 'ofPrograms', ReadonlySet<string>> {
  const back = new Map<string, string[]>();
  for (const [from, list] of edges) {
    for (const { to } of list) keep(back, to, () => []).push(from);
  }
  const reaching = (sinks: FlowGraph['sinks']): ReadonlySet<string> => {
    const seen = new Set(sinks.map((sink) => sink.node));
    // A loop over a set also visits the members that are added during the loop.
    for (const node of seen) {
      for (const from of back.get(node) ?? []) {
        steps.take();
        seen.add(from);
      }
    }
    return seen;
  };
  return {
    ofAny: reaching(graph.sinks),
    ofPlain: reaching(graph.sinks.filter(({ sink }) => sink.what !== 'file')),
    ofPrograms: graph.sources.some(({ source }) => source.what === 'decoded')
      ? reaching(graph.sinks.filter(({ sink }) => sink.part === 'program' || isCode(sink)))
      : new Set(),
  };
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
    context:
      sink.context !== 'comment' && way.some((visited) => visited.shown)
        ? 'fence-doc'
        : sink.context,
    certainty: weaker(certainty, sink.certainty),
    encoded: way.some((visited) => visited.encodes),
    steps: [...stepsOf(way, nodes), { span: sink.span, note: sinkNote(sink.sink) }],
  };
}

// The sink's use of the value, for the last step.
function sinkNote({ what, capability, api, part }: FlowSink): string {
  switch (what) {
    case 'network':
      return `${api} sends it in the ${part}${capability?.kind === 'egress' ? ` to ${capability.url}` : ''}`;
    case 'exec':
      return part === 'argument' ? `${api} gets it as an argument` : `${api} runs it`;
    case 'file':
      return `${api} writes it${capability?.kind === 'mount' ? ` to ${capability.path}` : ''}`;
    case 'output':
      return `${api} prints it`;
  }
}

interface Visit {
  readonly node: string;
  readonly before: Visit | undefined;
  readonly encodes: boolean;
  readonly shown: boolean;
  readonly stored: boolean;
  readonly length: number;
}

type Visits = Map<string, Visit>;

// Breadth first over (node, phase, stored). In phase `up`, a result edge leaves the function in
// which the value began. An argument edge changes to phase `down`, in which result edges are
// closed: summary edges stand for calls that return.
function search(
  from: string,
  edges: Edges,
  goal: ReadonlySet<string>,
  steps: Steps,
): readonly Visit[] {
  if (!goal.has(from)) return [];
  const up: Seen = { isUp: true, plain: new Map(), stored: new Map() };
  const down: Seen = { isUp: false, plain: new Map(), stored: new Map() };
  const begin = { node: from, before: undefined, encodes: false, shown: false };
  const first: Visit = { ...begin, stored: false, length: 0 };
  up.plain.set(from, first);
  const wave: { visit: Visit; seen: Seen }[] = [{ visit: first, seen: up }];
  const go = (visit: Visit, seen: Seen, edge: Step): void => {
    steps.take();
    if ((edge.kind === 'result' && !seen.isUp) || !goal.has(edge.to)) return;
    const then = edge.shared ? up : edge.kind === 'argument' ? down : seen;
    const stored = visit.stored || edge.stored;
    const visits = stored ? then.stored : then.plain;
    if (visits.has(edge.to)) return;
    const { to: node, encodes, shown } = edge;
    const reached = { node, before: visit, encodes, shown, stored, length: visit.length + 1 };
    visits.set(node, reached);
    wave.push({ visit: reached, seen: then });
  };
  // The loop also visits what is added during it.
  for (const { visit, seen } of wave)
    for (const edge of edges.get(visit.node) ?? []) go(visit, seen, edge);
  return [...nearer(up.plain, down.plain), ...nearer(up.stored, down.stored)];
}

/** What was reached in one phase: also by the path of a file, which stands for its content. */
interface Seen {
  readonly isUp: boolean;
  readonly plain: Visits;
  readonly stored: Visits;
}

// Each node once, by its shorter path: it may have been reached in both phases.
function nearer(up: Visits, down: Visits): Iterable<Visit> {
  for (const [node, visit] of down)
    if (visit.length < (up.get(node)?.length ?? Number.POSITIVE_INFINITY)) up.set(node, visit);
  return up.values();
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
      stored: edge.kind === 'value' && edge.stored === true,
    };
    keep(edges, edge.from, () => []).push(step);
  }
  return edges;
}

function wayTo(last: Visit): Visit[] {
  const way: Visit[] = [];
  for (let at: Visit | undefined = last; at !== undefined; at = at.before) way.push(at);
  return way.reverse();
}

// Nodes without a note are internal, and readers need not see them. A very long path keeps both
// ends.
function stepsOf(
  way: readonly Visit[],
  nodes: ReadonlyMap<string, FlowNode>,
): { span: FlowNode['span']; note: string }[] {
  const notes = way.flatMap(({ node }) => {
    const known = nodes.get(node);
    return known === undefined || known.note === '' ? [] : [{ span: known.span, note: known.note }];
  });
  const half = flowStepsMax / 2;
  return notes.length <= flowStepsMax ? notes : [...notes.slice(0, half), ...notes.slice(-half)];
}

const strength: readonly Confidence[] = ['widened', 'lexical', 'folded', 'exact'];

function weaker(a: Confidence, b: Confidence): Confidence {
  return strength.indexOf(a) < strength.indexOf(b) ? a : b;
}

// The effects of function calls in a flow graph: edges past each function, from an argument to the
// call's result.

/** An edge, without its start. */
interface Step {
  readonly to: string;
  readonly kind: 'value' | 'argument' | 'result';
  readonly call: string;
  readonly encodes: boolean;
  readonly shared: boolean;
  readonly shown: boolean;
  readonly stored: boolean;
}

/** All edges, by their start node. */
type Edges = Map<string, Step[]>;

/**
 * Finds what each parameter reaches without leaving the function. When a parameter reaches a
 * result, each call with an argument edge into the parameter and a result edge out of the function
 * gets a value edge past the function. Such an edge opens new paths for the parameters that reach
 * its start.
 */
function addSummaries(list: readonly FlowEdge[], edges: Edges, steps: Steps): void {
  const callers = new Map<string, Map<string, string[]>>();
  for (const edge of list) {
    if (edge.kind !== 'argument') continue;
    const calls = keep(callers, edge.to, () => new Map<string, string[]>());
    keep(calls, edge.call, () => []).push(edge.from);
  }
  const reached = new Map<string, Map<string, Reach>>();
  const open: { reach: Reach; node: string }[] = [];
  const reach = (node: string, reach: Reach): void => {
    const by = keep(reached, node, () => new Map<string, Reach>());
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
    keep(edges, from, () => []).push(step);
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
