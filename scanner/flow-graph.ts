/** How values flow, in any language: places that hold values, and what moves between them. `flow.ts` finds the ways from sources to sinks. */
import type { Confidence } from '../skills-index/statement/finding.ts';
import type { FactContext, FlowSink, FlowSource, Span } from './fact.ts';

/** A place that holds a value: a variable, a parameter, what a function returns, an expression. Ids are unique over the skill: begin them with the path. */
export interface FlowNode {
  readonly id: string;
  readonly span: Span;
  /** For people: `held in "payload"`, `parameter "body" of send`. */
  readonly note: string;
}

/**
 * A value moves. `value` within a function (or through a shared variable), `argument` from a call into a parameter, `result` from what
 * a function returns back to that call: both name the call, so that a value that enters by one call does not leave by another.
 */
export type FlowEdge =
  | { readonly kind: 'value'; readonly from: string; readonly to: string; readonly encodes?: true }
  | { readonly kind: 'argument' | 'result'; readonly from: string; readonly to: string; readonly call: string };

export interface FlowGraph {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
  readonly sources: readonly { readonly node: string; readonly source: FlowSource; readonly certainty: Confidence }[];
  readonly sinks: readonly {
    readonly node: string;
    readonly sink: FlowSink;
    readonly span: Span;
    readonly context: FactContext;
    readonly certainty: Confidence;
  }[];
}
