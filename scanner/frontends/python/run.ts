/**
 * What the Python front end knows while it goes through modules: values, facts and the graph of
 * flows.
 */
import type { Capability } from '../../../skills-index/skill/capability.ts';
import type { Fact, FlowSink, FlowSource, Span, Trait } from '../../fact/fact.ts';
import { detailCharsMax } from '../../fact/shared-limits.ts';
import type { EmbeddedProgram } from '../../fact/source.ts';
import type { FlowEdge, FlowGraph, FlowNode, FlowStart, NotAfter } from '../../flow/graph.ts';
import type { RowEffect } from '../../knowledge/row.ts';
import { anyEgress, unknownPart } from '../../lookup-tables/egress-of.ts';
import type { FrontEndContext, MovedFile, WrittenText } from '../../programs/frontend.ts';
import type { Kept } from './assignments/lists.ts';
import type { PyCall, PyNoting } from './effects/call.ts';
import type { Domain } from './interpret.ts';
import { type Tables, tablesOf } from './names/tables.ts';
import type {
  Binding,
  Folded,
  FoldedName,
  FoldFrame,
  MaybeFolded,
  PyNode,
  PythonFunction,
  PythonModule,
  PyValue,
} from './program.ts';
import type { ImportReading } from './readings.ts';
import type { Ending } from './values/value.ts';

/** Steps for computing expressions, per module; as many are added as the module has characters. */
const pythonFoldSteps = 100_000;
const pythonFoldFailuresMax = 6;

export interface PythonRun extends Tables, Recursion {
  readonly context: FrontEndContext;
  /** By the path of the source. */
  readonly modules: ReadonlyMap<string, PythonModule>;
  readonly facts: Fact[];
  readonly embedded: EmbeddedProgram[];
  readonly written: WrittenText[];
  readonly moved: MovedFile[];
  /** Their texts by the paths that they get. */
  readonly programs: Map<string, string[]>;
  readonly nodes: FlowNode[];
  readonly edges: FlowEdge[];
  readonly sources: FlowGraph['sources'][number][];
  readonly sinks: FlowGraph['sinks'][number][];
  readonly starts: FlowStart[];
  readonly exports: NonNullable<FlowGraph['exports']>[number][];
  readonly nodeIds: Set<string>;
  /** The paths of the sources that put something into a file. */
  readonly storing: Set<string>;
  /** What decorators put in the place of functions, by the function's id. */
  readonly wrappers: Map<string, PythonFunction[]>;
  readonly fold: FoldState;
  /** Addresses of hosts that see what clients send, by the path of the source that names them. */
  readonly fronted: Map<string, readonly string[]>;
  /** The nodes of values that were asked for while they were being found. */
  readonly awaited: Map<PyNode, string>;
  /** What names that are bound often may be. */
  readonly bound: Map<readonly Binding[], PyValue>;
  /** What is given to an attribute, by what its class binds to the name: the two put together. */
  readonly together: Map<
    readonly Binding[],
    { readonly given: readonly Binding[]; readonly all: readonly Binding[] }
  >;
  /** What classes bind to a name, without their functions. */
  readonly withoutFunctions: Map<readonly Binding[], readonly Binding[]>;
  /** Of the parameters that are addresses: which calls of their functions mean another host. */
  readonly elsewhere: Map<
    Binding,
    { readonly of: ((host: string) => readonly NotAfter[]) | undefined }
  >;
  /** Functions of which not all callers are known, by id. */
  readonly open: ReadonlySet<string>;
  /** Functions in whose place another one may be called, by id. */
  readonly replaced: ReadonlySet<string>;
  /**
   * Lists and dictionaries that something changes by another way than their names, with what stays
   * of them.
   */
  changed: ReadonlyMap<PyNode, Kept>;
  /** The names of modules whose values are being looked for. */
  readonly resolving: Set<string>;
  /** Modules of the skill by what an import in a module names. */
  readonly imported: Map<PythonModule, Map<string, PythonModule | undefined>>;
  readonly reading: ImportReading;
}

/**
 * An expression holds expressions, a statement statements, and a call may call what it is given:
 * what stands below these procedures calls them through the run.
 */
interface Recursion {
  /** The value of an expression; notes what calls in it do. */
  readonly evaluate: (
    run: PythonRun,
    module: PythonModule,
    node: PyNode,
    depth?: number,
  ) => PyValue;
  /** Calls a value, with arguments that are known. */
  readonly invoke: (run: PythonRun, call: PyCall, callee: PyValue, depth: number) => PyValue;
  /** Notes what an effect of a call does; gives the value it makes, if any. */
  readonly applyEffect: (run: PythonRun, call: PyCall, effect: RowEffect) => PyValue | undefined;
  /** The computed value of an expression; undefined where it is not known. */
  readonly foldNode: (run: PythonRun, module: PythonModule, node: PyNode) => MaybeFolded;
  /** What a binding gives: what it may be, and what it must be. */
  readonly boundValue: (
    run: PythonRun,
    module: PythonModule,
    binding: Binding,
    depth: number,
  ) => PyValue;
  readonly foldBinding: (
    run: PythonRun,
    module: PythonModule,
    binding: Binding,
    depth: number,
  ) => MaybeFolded;
  /** Where names hold what a frame says. */
  readonly foldingAt: (
    run: PythonRun,
    module: PythonModule,
    frame: FoldFrame,
    depth?: number,
  ) => FoldPlace;
}

/**
 * Where expressions and statements are computed. Without a frame, names hold what the module gives
 * them.
 */
export interface FoldPlace<Frame = FoldFrame> extends Domain<MaybeFolded> {
  readonly run: PythonRun;
  readonly frame: Frame;
  readonly depth: number;
  within(frame: FoldFrame): FoldPlace;
  /** Goes through statements; values that a branch may give are collected in `perhaps`. */
  block(this: FoldPlace, statements: readonly PyNode[], perhaps?: MaybeFolded[]): Ending;
}

export function newPythonRun(
  context: FrontEndContext,
  modules: ReadonlyMap<string, PythonModule>,
  functions: Pick<PythonRun, 'open' | 'replaced' | 'reading'>,
  recursion: Recursion,
): PythonRun {
  return {
    context,
    modules,
    facts: [],
    embedded: [],
    written: [],
    moved: [],
    programs: new Map(),
    nodes: [],
    edges: [],
    sources: [],
    sinks: [],
    starts: [],
    exports: [],
    nodeIds: new Set(),
    storing: new Set(),
    wrappers: new Map(),
    fold: new FoldState(context.steps),
    ...tablesOf([...modules.values()]),
    fronted: new Map(),
    awaited: new Map(),
    bound: new Map(),
    together: new Map(),
    withoutFunctions: new Map(),
    elsewhere: new Map(),
    ...functions,
    ...recursion,
    changed: new Map(),
    resolving: new Set(),
    imported: new Map(),
  };
}

export function spanOfPy(
  module: PythonModule,
  node: { readonly from: number; readonly to: number },
): Span {
  return { path: module.source.path, start: node.from, end: node.to };
}

export function notePyCapability(
  run: PythonRun,
  { module, node, api, certainty }: PyNoting,
  capability: Capability,
  traits: readonly Trait[] = [],
  shape?: string,
): void {
  run.context.steps.take();
  const isWide =
    (capability.kind === 'egress' && capability.url === anyEgress) ||
    (capability.kind === 'mount' && capability.path === '*') ||
    (capability.kind === 'exec' && capability.program === '*') ||
    (capability.kind === 'env' && capability.name === '*' && !traits.includes('whole-env'));
  run.facts.push({
    kind: 'capability',
    span: spanOfPy(module, node),
    context: module.source.context,
    certainty: isWide ? 'widened' : certainty,
    capability,
    api,
    traits: isWide && !traits.includes('dynamic-name') ? [...traits, 'dynamic-name'] : traits,
    ...(shape !== undefined && { shape }),
  });
}

export function notePyTrait(
  run: PythonRun,
  { module, node, api, certainty }: PyNoting,
  trait: Trait,
  detail: string,
): void {
  run.context.steps.take();
  const shown = detail.replaceAll(unknownPart, '…').slice(0, detailCharsMax);
  run.facts.push({
    kind: 'trait',
    span: spanOfPy(module, node),
    context: module.source.context,
    certainty,
    trait,
    api,
    detail: shown,
  });
}

/** A node of the graph at a place; made once. */
export function flowNode(
  run: PythonRun,
  module: PythonModule,
  node: { readonly from: number; readonly to: number },
  what: string,
  note: string,
): string {
  const id = `${module.source.path}::${what}`;
  if (!run.nodeIds.has(id)) {
    run.nodeIds.add(id);
    run.nodes.push({ id, span: spanOfPy(module, node), note });
  }
  return id;
}

/** A source of a flow at a place; gives its node. */
export function flowSource(run: PythonRun, at: PyNoting, source: FlowSource, note: string): string {
  const what = `source@${at.node.from}:${at.node.to}:${source.what}:${source.name}`;
  const isNew = !run.nodeIds.has(`${at.module.source.path}::${what}`);
  const id = flowNode(run, at.module, at.node, what, note);
  if (isNew) run.sources.push({ node: id, source, certainty: at.certainty });
  return id;
}

/** Notes that values reach a sink. */
export function flowSink(
  run: PythonRun,
  at: PyNoting,
  nodes: readonly string[],
  sink: FlowSink,
  notAfter: readonly NotAfter[] = [],
): void {
  const about = {
    sink,
    ...(notAfter.length > 0 && { notAfter }),
    span: spanOfPy(at.module, at.node),
    context: at.module.source.context,
    certainty: at.certainty,
  };
  for (const node of new Set(nodes)) run.sinks.push({ node, ...about });
}

export function flowEdge(run: PythonRun, from: string, to: string, encodes = false): void {
  if (from === to) return;
  run.context.steps.take();
  run.edges.push({ kind: 'value', from, to, ...(encodes && { encodes: true as const }) });
}

// What computing expressions keeps: results by place, and how much of the budget of each module is
// left.

/** Told of each call of a library's function with what it was given. */
type Observe = (
  module: PythonModule,
  node: PyNode,
  callee: FoldedName,
  args: readonly MaybeFolded[],
  keywords: ReadonlyMap<string, MaybeFolded>,
) => void;

class FoldState {
  /** Whether what was computed last went through a decoder. */
  decodes = false;
  /** Whether what was computed last is one of several results that a function may give. */
  guesses = false;
  level = 0;
  /** How deep the front end is in values of values. */
  values = 0;
  observe: Observe | undefined;
  /** The names of modules whose values are being computed. */
  readonly resolving = new Set<string>();
  /** What names hold at statements. */
  readonly flowing = new Map<string, { readonly value: MaybeFolded }>();
  /** How far the statements of a scope were gone through. */
  readonly reached = new Map<
    string,
    { readonly frame: FoldFrame; position: number; next: PyNode | null }
  >();
  /** The same of the bodies within statements. */
  readonly within = new Map<
    PyNode,
    { readonly frame: FoldFrame; position: number; next: PyNode | null }
  >();
  /** What calls read of the files of the skill. */
  readonly files = new Map<PyNode, readonly Folded[]>();
  /** What each parser gave for a text of the skill. */
  readonly parsed = new Map<(text: string) => unknown, Map<string, unknown>>();
  readonly #failed = new Map<string, number>();
  readonly #left = new Map<PythonModule, number>();
  readonly #steps: { take(count?: number): void };

  constructor(steps: { take(count?: number): void }) {
    this.#steps = steps;
  }

  /** Counts a step; false when the module's budget is used up. */
  take(module: PythonModule, count = 1): boolean {
    const left = (this.#left.get(module) ?? pythonFoldSteps + module.source.text.length) - count;
    this.#left.set(module, left);
    if (left < 0) return false;
    this.#steps.take(count);
    return true;
  }

  /** One level further down. */
  deeper(compute: () => MaybeFolded): MaybeFolded {
    this.level++;
    try {
      return compute();
    } finally {
      this.level--;
    }
  }

  /** A function that gave nothing known. */
  failed(id: string): void {
    this.#failed.set(id, (this.#failed.get(id) ?? 0) + 1);
  }

  /** Whether a function gave nothing known so often that it is not gone through again. */
  isHopeless(id: string): boolean {
    return (this.#failed.get(id) ?? 0) >= pythonFoldFailuresMax;
  }
}
