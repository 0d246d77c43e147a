/**
 * Finds the paths of values from sources to sinks in a flow graph, over calls, files and languages.
 */

import type { Confidence } from '../../skills-index/statement/finding.ts';
import type { FlowFact, FlowSink, FlowSource } from '../fact/fact.ts';
import { keep } from '../fact/remembered.ts';
import { type Steps, StepsUsedUp } from '../fact/steps.ts';
import { sensitivePath } from '../lookup-tables/sensitive-paths.ts';
import { bringing, entriesOf } from './entries.ts';
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
    const entries = entriesOf(graph, steps);
    for (const source of graph.sources) {
      const goal = goalOf(source.source, goals);
      const visits = nearest(search(source.node, edges, goal, steps));
      const isBrought = bringing(entries, source.node, visits, steps);
      for (const visit of visits) {
        for (const sink of sinks.get(visit.node) ?? []) {
          const isByFile = sink.sink.part === 'program';
          if (
            (sink.notAfter !== undefined && visit.before !== undefined && !isBrought(sink)) ||
            !isTold(source.source, sink.sink) ||
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

function isTold(source: FlowSource, sink: FlowSink): boolean {
  if (source.what === 'decoded')
    return sink.part === 'program' || (isCode(sink) && source.ofNumbers === true);
  return sink.what !== 'file' || !isPlain(source);
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

function goalOf(source: FlowSource, goals: ReturnType<typeof goalsOf>): ReadonlySet<string> {
  if (source.what === 'decoded') return goals.ofPrograms;
  return isPlain(source) ? goals.ofPlain : goals.ofAny;
}

/** The nodes with a path to a sink, so that no other node is searched. */
function goalsOf(
  graph: FlowGraph,
  edges: Edges,
  steps: Steps,
): Record<'ofAny' | 'ofPlain' | 'ofPrograms', ReadonlySet<string>> {
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

/** Each node once, by its shorter path: it may have been reached in both phases. */
function nearest(reached: ReadonlyMap<string, Visit>): readonly Visit[] {
  const kept = new Map<string, Visit>();
  for (const visit of reached.values()) {
    const key = visit.stored ? `${visit.node} stored` : visit.node;
    const known = kept.get(key);
    if (known === undefined || visit.length < known.length) kept.set(key, visit);
  }
  return [...kept.values()];
}

interface Visit {
  readonly node: string;
  readonly before: Visit | undefined;
  readonly encodes: boolean;
  readonly shown: boolean;
  readonly stored: boolean;
  readonly length: number;
}

// Breadth first over (node, phase). In phase `up`, a result edge leaves the function in which the
// value began. An argument edge changes to phase `down`, in which result edges are closed: summary
// edges stand for calls that return.
function search(
  from: string,
  edges: Edges,
  goal: ReadonlySet<string>,
  steps: Steps,
): Map<string, Visit> {
  const seen = new Map<string, Visit>();
  if (!goal.has(from)) return seen;
  let wave: { visit: Visit; phase: 'up' | 'down' }[] = [
    {
      visit: {
        node: from,
        before: undefined,
        encodes: false,
        shown: false,
        stored: false,
        length: 0,
      },
      phase: 'up',
    },
  ];
  seen.set(`${from} up`, {
    node: from,
    before: undefined,
    encodes: false,
    shown: false,
    stored: false,
    length: 0,
  });
  while (wave.length > 0) {
    const next: typeof wave = [];
    for (const { visit, phase } of wave) {
      for (const edge of edges.get(visit.node) ?? []) {
        steps.take();
        if ((edge.kind === 'result' && phase === 'down') || !goal.has(edge.to)) continue;
        const then = edge.shared ? 'up' : edge.kind === 'argument' ? 'down' : phase;
        const stored = visit.stored || edge.stored;
        const key = stored ? `${edge.to} ${then} stored` : `${edge.to} ${then}`;
        if (seen.has(key)) continue;
        const { to: node, encodes, shown } = edge;
        const reached = { node, before: visit, encodes, shown, stored, length: visit.length + 1 };
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
      stored: edge.kind === 'value' && edge.stored === true,
    };
    const here = edges.get(edge.from);
    if (here === undefined) edges.set(edge.from, [step]);
    else here.push(step);
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
