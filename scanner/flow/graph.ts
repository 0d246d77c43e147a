/**
 * How values flow, in any language: nodes that hold values, and edges that move them. `flow.ts`
 * finds the paths from sources to sinks.
 */
import type { Confidence } from '../../skills-index/statement/finding.ts';
import type { FactContext, FlowSink, FlowSource, Span } from '../fact/fact.ts';
import type { Language } from '../fact/source.ts';

/**
 * A node that holds a value: a variable, a parameter, a function's result, an expression. Ids are
 * unique over the skill: begin them with the path.
 */
export interface FlowNode {
  readonly id: string;
  readonly span: Span;
  /** For people: `held in "payload"`, `parameter "body" of send`. */
  readonly note: string;
}

/**
 * A value moves. `value`: within a function (or through a shared variable). `argument`: from a call
 * into a parameter. `result`: from a function's result back to that call. The last two name the
 * call, so that a value that enters by one call does not leave by another.
 */
export type FlowEdge =
  | {
      readonly kind: 'value';
      readonly from: string;
      readonly to: string;
      readonly encodes?: true;
      /** Through a file, where any reader finds it: not bound to the call that wrote it. */
      readonly shared?: true;
      /**
       * The path of a file stands for the file's content. Useful only where that file is run (part
       * `program`).
       */
      readonly stored?: true;
      /**
       * The context of a move that is not in the code itself: a command in a code block that only
       * shows code.
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
 * One program of the skill starts another. Values enter as arguments, on standard input and by
 * variables; output comes back. `links.ts` joins them with the started program's inputs: sources
 * `input` and `env`, sinks `output`, and `entries` and `exits`.
 */
export interface FlowStart {
  /** `Source.path` of the starting program. */
  readonly by: string;
  /**
   * The started program: its path as code computes it (`scripts/b.py`, `/skills/@self/b.py`), or
   * `Source.path` of a program embedded in the starter.
   */
  readonly program: string;
  /**
   * The language in which the starter reads it; absent when the file's first line or its name
   * tells.
   */
  readonly language?: Language;
  /** Unique over the skill: begin it with the path. */
  readonly call: string;
  readonly span: Span;
  readonly context: FactContext;
  /** Nodes whose values are in the arguments. */
  readonly arguments: readonly string[];
  readonly stdin: readonly string[];
  readonly env: readonly { readonly name: string; readonly node: string }[];
  /** The node that gets the output. */
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
   * Nodes that hold the input of a program, when the input is no source by itself: the holes of a
   * command line that another language built.
   */
  readonly entries?: readonly {
    readonly program: string;
    readonly channel: 'argument' | 'stdin';
    readonly node: string;
  }[];
  /** Nodes whose values a program prints, when the output is no sink by itself. */
  readonly exits?: readonly { readonly program: string; readonly node: string }[];
}
