/**
 * A front end: sources of its languages in, facts out. It does no I/O, has no state, and throws
 * only because of bugs.
 */
import type { Fact, Span } from '../fact/fact.ts';
import type { EmbeddedProgram, Language, TaintSource } from '../fact/source.ts';
import type { Steps } from '../fact/steps.ts';
import type { FlowGraph } from '../flow/graph.ts';
import type { MovedFile, WrittenText } from './written-programs.ts';

/** All that a result may depend on besides the sources: `FactMemo` remembers what is asked. */
export interface FrontEndContext {
  /** Paths of all files of the bundle, to distinguish the skill's own scripts from programs. */
  readonly files: Pick<ReadonlySet<string>, 'has'>;
  /** Whether the files are a package: its own folders are never folders of modules. */
  readonly isPackage?: boolean;
  /** The text files by path, for programs that include another file. */
  readonly texts?: Pick<ReadonlyMap<string, TaintSource>, 'get' | 'values'>;
  /** Count work with `steps.take(n)`: it throws when no steps are left. */
  readonly steps: Steps;
}

export interface FrontEndResult {
  readonly facts: readonly Fact[];
  /** Embedded programs. The front end of their language analyses them in the next round. */
  readonly embedded: readonly EmbeddedProgram[];
  /** Texts that code writes to files: programs when something starts them. */
  readonly written?: readonly WrittenText[];
  /** Files that code renames or copies. */
  readonly moved?: readonly MovedFile[];
  /** The flow of values, joined with the graphs of the other front ends. */
  readonly graph?: FlowGraph;
  /** Parts that could not be parsed: the file counts as unanalysed. */
  readonly unanalysed: readonly { readonly span: Span; readonly reason: string }[];
}

/**
 * Gets all sources of its languages in one round, since code of one file calls code of another.
 */
export interface Analyse {
  (sources: readonly TaintSource[], context: FrontEndContext): FrontEndResult;
  /** Reads one source, where a front end reads each alone. */
  readonly each?: AnalyseOne;
}

type AnalyseOne = (source: TaintSource, context: FrontEndContext) => FrontEndResult;

export interface FrontEnd {
  readonly name: string;
  readonly languages: readonly Language[];
  /** Loads the parser. It is called only for skills with a source in this language. */
  readonly load: () => Promise<Analyse>;
}

/**
 * A front end that reads one source at a time. An error in one source does not affect the others.
 */
export function perSource(each: AnalyseOne): Analyse {
  const all: Analyse = (sources, context) =>
    joinResults(sources.map((source) => each(source, context)));
  return Object.assign(all, { each });
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
