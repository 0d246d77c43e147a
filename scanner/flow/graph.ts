/**
 * How values flow, in any language: places that hold values, and what moves between them. `flow.ts`
 * finds the ways from sources to sinks.
 */
import type { Confidence } from '../../skills-index/statement/finding.ts';
import type { FactContext, FlowSink, FlowSource, Span } from '../fact/fact.ts';
import type { Language } from '../fact/source.ts';

/**
 * A place that holds a value: a variable, a parameter, what a function returns, an expression. Ids
 * are unique over the skill: begin them with the path.
 */
export interface FlowNode {
  readonly id: string;
  readonly span: Span;
  /** For people: `held in "payload"`, `parameter "body" of send`. */
  readonly note: string;
}

/**
 * A value moves. `value` within a function (or through a shared variable), `argument` from a call
 * into a parameter, `result` from what a function returns back to that call: both name the call, so
 * that a value that enters by one call does not leave by another.
 */
export type FlowEdge =
  | {
      readonly kind: 'value';
      readonly from: string;
      readonly to: string;
      readonly encodes?: true;
      /** By way of a file, where whoever reads it finds it: not bound to the call that wrote it. */
      readonly shared?: true;
      /**
       * What holds the path of a file stands for what is written to the file: of use only where
       * that file is run (part `program`).
       */
      readonly stored?: true;
      /**
       * Of what makes the values move, where it is not the code itself: a command in a code block
       * that only shows.
       */
      readonly context?: FactContext;
    }
  | {
      readonly kind: 'argument' | 'result';
      readonly from: string;
      readonly to: string;
      readonly call: string;
    };

/**
 * One program of the skill starts another. Values go in as arguments, on standard input and by
 * variables; what it prints comes back. `links.ts` joins them with what the started program reads:
 * sources `input` and `env`, sinks `output`, and `entries` and `exits`.
 */
export interface FlowStart {
  /** Who starts: `Source.path`. */
  readonly by: string;
  /**
   * What: the path as code computes it (`scripts/b.py`, `/skills/@self/b.py`), or `Source.path` of
   * a program embedded in the starter.
   */
  readonly program: string;
  /** What its starter reads it as; absent where a file's own first line says it, or its name. */
  readonly language?: Language;
  /** Unique over the skill: begin it with the path. */
  readonly call: string;
  readonly span: Span;
  readonly context: FactContext;
  /** Nodes whose values are among the arguments. */
  readonly arguments: readonly string[];
  readonly stdin: readonly string[];
  readonly env: readonly { readonly name: string; readonly node: string }[];
  /** The node that gets what it prints. */
  readonly output?: string;
}

export interface FlowGraph {
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
  readonly sources: readonly {
    readonly node: string;
    readonly source: FlowSource;
    readonly certainty: Confidence;
  }[];
  readonly sinks: readonly {
    readonly node: string;
    readonly sink: FlowSink;
    readonly span: Span;
    readonly context: FactContext;
    readonly certainty: Confidence;
  }[];
  readonly starts?: readonly FlowStart[];
  /**
   * Variables that a program (`by` = `Source.path`) sets for everything it starts: `export`,
   * `os.environ[…] =`, `process.env.X =`.
   */
  readonly exports?: readonly {
    readonly by: string;
    readonly name: string;
    readonly node: string;
  }[];
  /**
   * Nodes that hold what a program gets, where that is no source by itself: the holes of a command
   * line that another language put together.
   */
  readonly entries?: readonly {
    readonly program: string;
    readonly channel: 'argument' | 'stdin';
    readonly node: string;
  }[];
  /** Nodes whose values a program prints, where that is no sink by itself. */
  readonly exits?: readonly { readonly program: string; readonly node: string }[];
}
