/** Runs the front ends: files first, then the programs found inside them, and so on; every place is told in the files' own offsets. */
import type { Capability } from '../skills-index/skill/capability.ts';
import type { Fact, FlowFact, FlowSink, Span } from './fact.ts';
import type { FlowGraph } from './flow-graph.ts';
import type { Analyse, FrontEnd, FrontEndContext, FrontEndResult } from './frontend.ts';
import { joinResults } from './frontend.ts';
import { embeddedDepthMax, embeddedProgramsMax } from './limits.ts';
import { linkPrograms, type Programs } from './links.ts';
import { compareSpans } from './place.ts';
import { type EmbeddedProgram, type Language, type OffsetMap, rawSpan, type Source } from './source.ts';
import { type Steps, StepsUsedUp } from './steps.ts';

export interface Analysed {
  readonly facts: readonly Fact[];
  readonly graph: FlowGraph;
  /** Files and the programs inside them, in the order in which they were analysed. */
  readonly sources: readonly Source[];
  readonly unanalysed: FrontEndResult['unanalysed'];
  /** Files that no front end took. */
  readonly untaken: readonly string[];
}

interface Inner {
  readonly within: string;
  readonly map: OffsetMap;
  /** Of what lies in an archive or document. */
  readonly name?: string;
}

const atStart: OffsetMap = [{ at: 0, raw: 0, fixed: true }];

/** Analyses the texts of a skill, round by round. */
export async function analyseSources(
  files: readonly Source[],
  frontEnds: readonly FrontEnd[],
  given: FrontEndContext,
): Promise<Analysed> {
  const context = { ...given, texts: new Map(files.map((source) => [source.path, source])) };
  const inner = new Map<string, Inner>();
  const all: Source[] = [];
  const results: FrontEndResult[] = [];
  const untaken: string[] = [];
  for (const { path, file } of files) if (path !== file) inner.set(path, { within: file, map: atStart, name: path });
  let round = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (let depth = 0; round.length > 0; depth++) {
    all.push(...round);
    const byLanguage = Map.groupBy(round, (source): FrontEnd | undefined => frontEndOf(frontEnds, source.language));
    const found: FrontEndResult[] = [];
    for (const frontEnd of frontEnds) {
      const sources = byLanguage.get(frontEnd);
      if (sources !== undefined) found.push(analyseAll(await frontEnd.load(), sources, context));
    }
    untaken.push(...(byLanguage.get(undefined) ?? []).map((source) => source.file));
    results.push(...found);
    const programs = found.flatMap((result) => result.embedded);
    const next = programsOf(programs, all, inner);
    if (depth >= embeddedDepthMax || all.length + next.length > embeddedProgramsMax + files.length) {
      results.push({ facts: [], embedded: [], unanalysed: next.map(tooDeep) });
      round = [];
    } else round = next;
  }
  const joined = joinResults(results);
  const graph = linked(joined, { files: context.files, sources: all }, context.steps);
  return { ...mapped({ ...joined, graph }, inner), sources: all, untaken };
}

function frontEndOf(frontEnds: readonly FrontEnd[], language: Language): FrontEnd | undefined {
  return frontEnds.find((frontEnd) => frontEnd.languages.includes(language));
}

// Without steps left the ways within each language remain.
function linked({ graph = noGraph }: FrontEndResult, programs: Programs, steps: Steps): FlowGraph {
  try {
    return linkPrograms(graph, programs, steps);
  } catch (cause) {
    if (cause instanceof StepsUsedUp) return graph;
    throw cause;
  }
}

const noGraph: FlowGraph = { nodes: [], edges: [], sources: [], sinks: [] };

// A parser may fail on one source only (a bug, a call stack used up): then each is analysed by itself and that one is not.
function analyseAll(analyse: Analyse, sources: readonly Source[], context: FrontEndContext): FrontEndResult {
  try {
    return analyse(sources, context);
  } catch (cause) {
    if (cause instanceof StepsUsedUp) return gaveUp(sources, cause.message);
    if (sources.length === 1) return gaveUp(sources, 'its parser failed');
    return joinResults(sources.map((source) => analyseAll(analyse, [source], context)));
  }
}

function gaveUp(sources: readonly Source[], reason: string): FrontEndResult {
  return {
    facts: [],
    embedded: [],
    unanalysed: sources.map(({ path, text }) => ({ span: { path, start: 0, end: Math.min(1, text.length) }, reason })),
  };
}

function programsOf(programs: readonly EmbeddedProgram[], parents: readonly Source[], inner: Map<string, Inner>): Source[] {
  const byPath = new Map(parents.map((source) => [source.path, source]));
  return programs.flatMap(({ within, language, text, context, map }): Source[] => {
    const parent = byPath.get(within);
    if (parent === undefined || text.trim() === '') return [];
    const base = `${within}#${language}@${map[0]?.raw ?? 0}`;
    let path = base;
    for (let count = 2; inner.has(path); count++) path = `${base}.${count}`;
    inner.set(path, { within, map });
    return [{ path, file: parent.file, language, text, context, depth: parent.depth + 1 }];
  });
}

// Folded names come from the skill: JSON cannot carry half a surrogate pair, and a name of nothing is no name.
function nameOf(text: string): string {
  return text === '' ? '*' : text.toWellFormed();
}

function writable(one: Capability): Capability {
  switch (one.kind) {
    case 'env':
    case 'secret':
      return { ...one, name: nameOf(one.name) };
    case 'egress':
      return { ...one, url: one.url.toWellFormed() };
    case 'mount':
      return one.path === undefined ? one : { ...one, path: nameOf(one.path) };
    case 'exec':
      return { ...one, program: nameOf(one.program) };
  }
}

function writableSink(sink: FlowSink): FlowSink {
  return sink.capability === undefined ? sink : { ...sink, capability: writable(sink.capability) };
}

function writableEnds({ source, sink }: FlowFact): Pick<FlowFact, 'source' | 'sink'> {
  return { source: { ...source, name: nameOf(source.name) }, sink: writableSink(sink) };
}

function inArchive(path: string, inner: string): Span {
  return { path, start: 0, end: 0, inner };
}

function tooDeep({ path }: Source): FrontEndResult['unanalysed'][number] {
  return { span: { path, start: 0, end: 1 }, reason: 'too many programs within programs' };
}

/** Rewrites every span to offsets of the bundle's files, and sorts the facts. */
function mapped(result: FrontEndResult, inner: ReadonlyMap<string, Inner>): Omit<Analysed, 'sources' | 'untaken'> {
  const toFile = (span: Span): Span => {
    let at = span;
    for (let within = inner.get(at.path); within !== undefined; within = inner.get(at.path))
      at = within.name === undefined ? rawSpan(within.map, at, within.within) : inArchive(within.within, within.name);
    return at;
  };
  const facts = result.facts.map((fact): Fact => {
    const moved = { ...fact, span: toFile(fact.span) };
    if (moved.kind === 'capability') return { ...moved, capability: writable(moved.capability) };
    if (moved.kind !== 'flow') return moved;
    return { ...moved, ...writableEnds(moved), steps: moved.steps.map((step) => ({ ...step, span: toFile(step.span) })) };
  });
  const graph = result.graph ?? noGraph;
  return {
    facts: facts.sort((a, b) => compareSpans(a.span, b.span) || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0)),
    graph: {
      ...graph,
      nodes: graph.nodes.map((node) => ({ ...node, span: toFile(node.span) })),
      sources: graph.sources.map((one) => ({ ...one, source: { ...one.source, name: nameOf(one.source.name) } })),
      sinks: graph.sinks.map((one) => ({ ...one, sink: writableSink(one.sink), span: toFile(one.span) })),
    },
    unanalysed: result.unanalysed.map((one) => ({ ...one, span: toFile(one.span) })),
  };
}
