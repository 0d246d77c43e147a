/**
 * Runs the front ends: first on files, then on the programs embedded in them, and so on. All places
 * are mapped to the files' own offsets.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Capability } from '../../skills-index/skill/capability.ts';
import { printEgressTarget } from '../../skills-index/skill/egress-target.ts';
import type { Fact, FactOf, FlowFact, FlowSink, Span } from '../fact/fact.ts';
import { compareSpans } from '../fact/place.ts';
import { remembered } from '../fact/remembered.ts';
import {
  type EmbeddedProgram,
  type Language,
  type OffsetMap,
  rawSpan,
  type TaintSource,
} from '../fact/source.ts';
import { type Steps, StepsUsedUp } from '../fact/steps.ts';
import type { FlowGraph } from '../flow/graph.ts';
import { linkPrograms, nothingRead, type Programs, StartedFiles } from '../flow/links.ts';
import { targetOf, unknownLetter, unknownPart } from '../lookup-tables/egress-of.ts';
import {
  type Analyse,
  type FrontEnd,
  type FrontEndContext,
  type FrontEndResult,
  joinResults,
  notAnalysed,
  perSource,
  WrittenPrograms,
} from '../programs/frontend.ts';
import { RecentTexts } from '../prose/reading.ts';
import { buildFile } from './build-files.ts';
import { decodedSources, embeddedDepthMax } from './decoded.ts';
import type { FactMemo } from './fact-memo.ts';
import { workflowTexts } from './settings/yaml.ts';
import { templatePrograms } from './templates/templates.ts';
import { toolTexts } from './tool-texts.ts';

/** Steps that an embedded program costs before it is read. */
const embeddedProgramSteps = 200;

/** Characters of the sources that a scanner remembers. */
const recentSourceCharsMax = 2 * 1024 * 1024;

export interface Analysed {
  readonly facts: readonly Fact[];
  readonly graph: FlowGraph;
  /** Files and embedded programs, in the order of their analysis. */
  readonly sources: readonly TaintSource[];
  readonly unanalysed: FrontEndResult['unanalysed'];
  /** Files that no front end reads. */
  readonly untaken: readonly string[];
}

interface Inner {
  readonly within: string;
  readonly map: OffsetMap;
  /** The inner name of an entry in an archive or document. */
  readonly name?: string;
  readonly draft?: true | undefined;
}

const atStart: OffsetMap = [{ at: 0, raw: 0, fixed: true }];

/** What is known of a skill besides its texts. */
interface RoundsContext extends FrontEndContext {
  readonly files: ReadonlySet<string>;
  /** Paths of executable files. */
  readonly executable?: ReadonlySet<string>;
  /** The results of earlier scans. */
  readonly memo?: FactMemo | undefined;
}

/**
 * Analyses the texts of a skill, round by round. Yields each front end that a round needs, and
 * takes what it loads.
 */
export function* analyseSources(
  read: readonly TaintSource[],
  frontEnds: readonly FrontEnd[],
  { executable, memo, ...given }: RoundsContext,
): Generator<FrontEnd, Analysed, Analyse> {
  const files = read.map(sameSource);
  const texts = new Map(files.map((source) => [source.path, source]));
  const context = { ...given, texts };
  const started = new StartedFiles(texts, executable);
  const written = new WrittenPrograms();
  const inner = new Map<string, Inner>();
  const all: TaintSource[] = [];
  const results: FrontEndResult[] = [];
  const untaken: string[] = [];
  for (const { path, file } of files)
    if (path !== file) inner.set(path, { within: file, map: atStart, name: path });
  let round = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (let depth = 0; round.length > 0; depth++) {
    all.push(...round);
    const byLanguage = Map.groupBy(round, (source): FrontEnd | undefined =>
      frontEndOf(frontEnds, source.language),
    );
    const found: FrontEndResult[] = [];
    for (const frontEnd of frontEnds) {
      const sources = byLanguage.get(frontEnd);
      if (sources === undefined) continue;
      const analyse = yield frontEnd;
      found.push(analyseAll(memo?.of(frontEnd.name, analyse) ?? analyse, sources, context));
    }
    untaken.push(...(byLanguage.get(undefined) ?? []).map((source) => source.file));
    found.push(analyseAll(analyseBlobs(found.flatMap((result) => result.facts)), round, context));
    found.push(analyseAll(analyseToolTexts, round, context));
    results.push(...found);
    const asPrograms = started.readAs(found.flatMap((result) => result.graph?.starts ?? []));
    const asWritten = analyseAll(analyseWritten(written, found), round, context);
    const alike = depth === 0 ? started.readByLook() : nothingRead;
    const unanalysed = [...asPrograms.unanalysed, ...asWritten.unanalysed, ...alike.unanalysed];
    results.push({ facts: [], embedded: [], unanalysed });
    const next = programsOf(
      [
        ...found.flatMap((result) => result.embedded),
        ...asPrograms.embedded,
        ...asWritten.embedded,
        ...alike.embedded,
      ],
      all,
      inner,
    );
    const taken = depth >= embeddedDepthMax ? 0 : affordable(next, context.steps);
    results.push({ facts: [], embedded: [], unanalysed: next.slice(taken).map(tooDeep) });
    round = next.slice(0, taken);
  }
  const joined = joinResults(results);
  const graph = linked(joined, { files: context.files, sources: all }, context.steps);
  const lengths = new Map(all.map((source) => [source.path, source.text.length]));
  return { ...mapped({ ...joined, graph }, inner, lengths), sources: all, untaken };
}

function analyseBlobs(facts: readonly Fact[]): Analyse {
  return (sources, { steps }) => ({ ...decodedSources(sources, facts, steps), unanalysed: [] });
}

const analyseToolTexts = perSource((source, { steps, texts }) => {
  steps.take(1 + (source.text.length >> 7));
  const templates = templatePrograms(source, texts);
  const own = textsInside(source);
  return {
    facts: templates.facts,
    embedded: [...own.embedded, ...templates.embedded],
    unanalysed: [...own.unanalysed, ...templates.unanalysed],
  };
});

const textsInside = remembered((source: TaintSource) => ({
  embedded: [...toolTexts(source), ...workflowTexts(source)],
  unanalysed: buildFile(source).unanalysed,
}));

function analyseWritten(programs: WrittenPrograms, found: readonly FrontEndResult[]): Analyse {
  const joined = joinResults(found);
  return (_, { steps }) => ({
    facts: [],
    embedded: programs.readAs(joined, joined.graph?.starts ?? [], steps),
    unanalysed: [],
  });
}

// Each program costs steps before it is read, so that very many tiny programs also reach the limit.
function affordable(programs: readonly TaintSource[], steps: Steps): number {
  const count = Math.min(programs.length, Math.floor(steps.left / embeddedProgramSteps));
  if (count > 0) steps.take(count * embeddedProgramSteps);
  return count;
}

function frontEndOf(frontEnds: readonly FrontEnd[], language: Language): FrontEnd | undefined {
  return frontEnds.find((frontEnd) => frontEnd.languages.includes(language));
}

// Without steps left, only the edges within each language remain.
function linked({ graph = noGraph }: FrontEndResult, programs: Programs, steps: Steps): FlowGraph {
  try {
    return linkPrograms(graph, programs, steps);
  } catch (cause) {
    if (cause instanceof StepsUsedUp) return graph;
    throw cause;
  }
}

const noGraph: FlowGraph = { nodes: [], edges: [], sources: [], sinks: [] };

// A parser may fail on one source only (a bug, a stack overflow). Then each source is analysed
// alone, and that one is reported.
function analyseAll(
  analyse: Analyse,
  sources: readonly TaintSource[],
  context: FrontEndContext,
): FrontEndResult {
  try {
    return analyse(sources, context);
  } catch (cause) {
    if (cause instanceof StepsUsedUp) return gaveUp(sources, cause.message);
    if (sources.length === 1) return gaveUp(sources, 'its parser failed');
    return joinResults(sources.map((source) => analyseAll(analyse, [source], context)));
  }
}

function gaveUp(sources: readonly TaintSource[], reason: string): FrontEndResult {
  return {
    facts: [],
    embedded: [],
    unanalysed: sources.map((source) => notAnalysed(source, reason)),
  };
}

function programsOf(
  programs: readonly EmbeddedProgram[],
  parents: readonly TaintSource[],
  inner: Map<string, Inner>,
): TaintSource[] {
  const byPath = new Map(parents.map((source) => [source.path, source]));
  const counts = new Map<string, number>();
  return programs.flatMap((program): TaintSource[] => {
    const { within, language, context, map, decoded, becomes } = program;
    const parent = byPath.get(within);
    if (parent === undefined || program.text.trim() === '') return [];
    const { text, draft } = readable(program);
    const base = `${within}#${decoded === true ? 'decoded-' : ''}${language}@${map[0]?.raw ?? 0}`;
    const count = (counts.get(base) ?? 0) + 1;
    counts.set(base, count);
    const place = count === 1 ? base : `${base}.${count}`;
    let path = becomes === undefined ? place : `${place}/${becomes}`;
    // A file of the bundle may already have this name.
    while (byPath.has(path)) path += '.';
    inner.set(path, { within, map, draft });
    const { file, depth } = parent;
    return [sameSource({ path, file, language, text, context, depth: depth + 1 })];
  });
}

// The reader of Python takes a NUL for the end of all Python. What stands around the unknown parts
// of a program that a shell fills in runs as it stands there.
function readable({ language, text, draft, decoded }: EmbeddedProgram): Pick<Inner, 'draft'> & {
  readonly text: string;
} {
  if (language !== 'python' || decoded === true || !text.includes(unknownPart))
    return { text, draft };
  return { text: text.replaceAll(unknownPart, unknownLetter), draft: true };
}

// Computed names come from the skill. JSON cannot carry half a surrogate pair, and an empty name is
// no name.
function nameOf(text: string): string {
  return text === '' ? '*' : text.toWellFormed();
}

function writable(capability: Capability): Capability {
  switch (capability.kind) {
    case 'env':
    case 'secret':
    case 'package':
      return { ...capability, name: nameOf(capability.name) };
    case 'egress':
      return { ...capability, url: printEgressTarget(targetOf(capability.url)) };
    case 'mount':
      return capability.path === undefined
        ? capability
        : { ...capability, path: nameOf(capability.path) };
    case 'exec':
      return { ...capability, program: nameOf(capability.program) };
  }
}

function writableSink(sink: FlowSink): FlowSink {
  return sink.capability === undefined ? sink : { ...sink, capability: writable(sink.capability) };
}

function writableEnds({ source, sink }: FlowFact): Pick<FlowFact, 'source' | 'sink'> {
  return { source: { ...source, name: nameOf(source.name) }, sink: writableSink(sink) };
}

// What is known of a text stays with its fact: the same fact at the same place is one object.
const movedTexts = new WeakMap<FactOf<'text'>, FactOf<'text'>>();

function movedText(fact: FactOf<'text'>, span: Span): FactOf<'text'> {
  if (span === fact.span) return fact;
  const known = movedTexts.get(fact);
  if (known !== undefined && isDeepStrictEqual(known.span, span)) return known;
  const moved = { ...fact, span };
  movedTexts.set(fact, moved);
  return moved;
}

function inArchive(path: string, inner: string): Span {
  return { path, start: 0, end: 0, inner };
}

function tooDeep({ path }: TaintSource): FrontEndResult['unanalysed'][number] {
  return {
    span: { path, start: 0, end: 1 },
    reason: 'too many programs within programs, or too deep',
  };
}

/** Maps every span to offsets of the bundle's files, and sorts the facts. */
function mapped(
  result: FrontEndResult,
  inner: ReadonlyMap<string, Inner>,
  lengths: ReadonlyMap<string, number>,
): Omit<Analysed, 'sources' | 'untaken'> {
  const toFile = (span: Span): Span => {
    let at = span;
    for (let within = inner.get(at.path); within !== undefined; within = inner.get(at.path))
      at =
        within.name === undefined
          ? rawSpan(within.map, at, within.within)
          : inArchive(within.within, within.name);
    // Keeps a wrong place of a front end within its file.
    const length = lengths.get(at.path) ?? 0;
    return at.end <= length ? at : { ...at, start: Math.min(at.start, length), end: length };
  };
  const facts = result.facts.map((fact): Fact => {
    const span = toFile(fact.span);
    if (fact.kind === 'text') return movedText(fact, span);
    const moved = { ...fact, span };
    if (moved.kind === 'capability') return { ...moved, capability: writable(moved.capability) };
    if (moved.kind !== 'flow') return moved;
    return {
      ...moved,
      ...writableEnds(moved),
      steps: moved.steps.map((step) => ({ ...step, span: toFile(step.span) })),
    };
  });
  const graph = result.graph ?? noGraph;
  return {
    facts: facts.sort(
      (a, b) => compareSpans(a.span, b.span) || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0),
    ),
    graph: {
      ...graph,
      nodes: graph.nodes.map((node) => ({ ...node, span: toFile(node.span) })),
      sources: graph.sources.map((source) => ({
        ...source,
        source: { ...source.source, name: nameOf(source.source.name) },
      })),
      sinks: graph.sinks.map((sink) => ({
        ...sink,
        sink: writableSink(sink.sink),
        span: toFile(sink.span),
      })),
    },
    unanalysed: result.unanalysed
      .filter(({ span }) => inner.get(span.path)?.draft !== true)
      .map((part) => ({ ...part, span: toFile(part.span) })),
  };
}

// Equal sources of the last scans as one object, so that what depends on one source only is found
// once: a new version of a skill has most files of the version before.

const recent = new RecentTexts<TaintSource[]>(recentSourceCharsMax);
/** Sources with one text, such as an empty one. */
const alikeMax = 4;

/** The known source that is equal to this one, or this one. */
function sameSource(source: TaintSource): TaintSource {
  const alike = recent.of(source.text, () => []);
  const known = alike.find(
    ({ path, file, language, context, depth }) =>
      path === source.path &&
      file === source.file &&
      language === source.language &&
      context === source.context &&
      depth === source.depth,
  );
  if (known !== undefined) return known;
  alike.unshift(source);
  alike.length = Math.min(alike.length, alikeMax);
  return source;
}
