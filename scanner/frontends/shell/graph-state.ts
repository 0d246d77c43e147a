import type { FlowEdge, FlowGraph, FlowNode, FlowStart } from '../../flow/graph.ts';
import type { Taint } from './value.ts';

/** The flow graph under construction. */
export interface ShellGraph {
  readonly nodes: FlowNode[];
  readonly edges: FlowEdge[];
  readonly sources: FlowGraph['sources'][number][];
  readonly sinks: FlowGraph['sinks'][number][];
  readonly starts: FlowStart[];
  readonly entries: NonNullable<FlowGraph['entries']>[number][];
  readonly exits: NonNullable<FlowGraph['exits']>[number][];
  /** Taints that are in the graph, with their nodes. */
  readonly ids: Map<Taint, string>;
  readonly sinkIds: Map<string, string>;
  readonly known: Set<string>;
  count: number;
}

export function newShellGraph(): ShellGraph {
  return {
    nodes: [],
    edges: [],
    sources: [],
    sinks: [],
    starts: [],
    entries: [],
    exits: [],
    ids: new Map(),
    sinkIds: new Map(),
    known: new Set(),
    count: 0,
  };
}
