/**
 * What a front end is: sources of its languages in, facts out. It does no I/O, has no state and may
 * throw on nothing but bugs.
 */
import type { Fact, Span } from '../fact/fact.ts';
import type { EmbeddedProgram, Language, TaintSource } from '../fact/source.ts';
import type { Steps } from '../fact/steps.ts';
import type { FlowGraph } from '../flow/graph.ts';
import type { MovedFile, WrittenText } from './written-programs.ts';

export interface FrontEndContext {
  /** Paths of all files of the bundle, to tell the skill's own scripts from programs. */
  readonly files: ReadonlySet<string>;
  /** Paths of the files that their owner may start. */
  readonly executable?: ReadonlySet<string>;
  /** The files that are text, by path: what a program takes in of another one. */
  readonly texts?: ReadonlyMap<string, TaintSource>;
  /** Count work with `steps.take(n)`: it throws when the scan has done enough. */
  readonly steps: Steps;
}

export interface FrontEndResult {
  readonly facts: readonly Fact[];
  /** Programs found inside, analysed in the next round by the front end of their language. */
  readonly embedded: readonly EmbeddedProgram[];
  /** Texts that code writes to files: programs where something starts them. */
  readonly written?: readonly WrittenText[];
  /** Files that code gives another name, or copies. */
  readonly moved?: readonly MovedFile[];
  /** How values flow; joined with those of the other front ends. */
  readonly graph?: FlowGraph;
  /** What could not be parsed, whole or in part: the file counts as unanalysed. */
  readonly unanalysed: readonly { readonly span: Span; readonly reason: string }[];
}

/**
 * Gets all sources of its languages of one round at once, since code of one file calls that of
 * another.
 */
export type Analyse = (sources: readonly TaintSource[], context: FrontEndContext) => FrontEndResult;

export interface FrontEnd {
  readonly name: string;
  readonly languages: readonly Language[];
  /** Loads the parser; only called when a skill has a source for it. */
  readonly load: () => Promise<Analyse>;
}

/**
 * A front end that looks at one source at a time. A throw on one source leaves the others as they
 * are.
 */
export function perSource(
  analyse: (source: TaintSource, context: FrontEndContext) => FrontEndResult,
): Analyse {
  return (sources, context) => joinResults(sources.map((source) => analyse(source, context)));
}

/** Several results as one. */
export function joinResults(results: readonly FrontEndResult[]): FrontEndResult {
  const graphs = results.flatMap((result) => (result.graph === undefined ? [] : [result.graph]));
  return {
    facts: results.flatMap((result) => result.facts),
    embedded: results.flatMap((result) => result.embedded),
    written: results.flatMap((result) => result.written ?? []),
    moved: results.flatMap((result) => result.moved ?? []),
    unanalysed: results.flatMap((result) => result.unanalysed),
    ...(graphs.length > 0 && {
      graph: {
        nodes: graphs.flatMap((graph) => graph.nodes),
        edges: graphs.flatMap((graph) => graph.edges),
        sources: graphs.flatMap((graph) => graph.sources),
        sinks: graphs.flatMap((graph) => graph.sinks),
        starts: graphs.flatMap((graph) => graph.starts ?? []),
        exports: graphs.flatMap((graph) => graph.exports ?? []),
        entries: graphs.flatMap((graph) => graph.entries ?? []),
        exits: graphs.flatMap((graph) => graph.exits ?? []),
      },
    }),
  };
}
