/**
 * What the Python front end knows while it goes through modules: values, facts and the graph of
 * flows.
 */
import type { Capability } from '../../../skills-index/skill/capability.ts';
import type { Confidence } from '../../../skills-index/statement/finding.ts';
import type { Fact, FlowSink, FlowSource, Span, Trait } from '../../fact/fact.ts';
import type { EmbeddedProgram } from '../../fact/source.ts';
import type { FlowEdge, FlowGraph, FlowNode, FlowStart } from '../../flow/graph.ts';
import { detailCharsMax } from '../../limits.ts';
import { anyEgress, unknownPart } from '../../models/egress-of.ts';
import type { FrontEndContext } from '../../rounds/frontend.ts';
import type { MovedFile, WrittenText } from '../../rounds/written-programs.ts';
import type { Kept } from './changes/aliases.ts';
import { FoldState } from './fold/state.ts';
import type { MaybeFolded } from './fold/value.ts';
import type { Binding, PythonFunction, PythonModule } from './names/module.ts';
import { tablesOf } from './names/tables.ts';
import type { PyNode } from './syntax/tree.ts';

export interface PyValue {
  /** Texts that it may be; none when nothing is known. `unknownPart` stands for unknown parts. */
  readonly texts: readonly string[];
  /** What it may be besides, seen by whoever runs it: from a loop, from one of two branches. */
  readonly otherTexts: readonly string[];
  /** The lists that it may be besides `items`. */
  readonly otherItems: readonly (readonly PyValue[])[];
  /** A list to which more was added than `items` holds. */
  readonly grown: boolean;
  /** The qualified name it stands for: `os.environ`, `socket.socket()`. */
  readonly qual: string | undefined;
  /** Nodes of the flow graph that it holds. */
  readonly nodes: readonly string[];
  /** Computed from pieces. */
  readonly folded: boolean;
  readonly decoded: boolean;
  readonly items: readonly PyValue[] | undefined;
  /** The connection or file that an object is open on. */
  readonly target: Capability | undefined;
  /** The file that an object is open on for writing: what its path may be. */
  readonly file: readonly Pick<WrittenText, 'path' | 'opening' | 'append'>[];
  readonly entries: ReadonlyMap<string, PyValue> | undefined;
  /** A function of the skill. */
  readonly own: PythonFunction | undefined;
  /** What else it may be, where that has another name. */
  readonly others: readonly PyValue[];
  /** Arguments given before the call. */
  readonly bound: readonly PyValue[];
  /** The value itself, where it was computed whole. */
  readonly whole: MaybeFolded;
  /** It was looked up by a text. */
  readonly byText: boolean;
  /** Where the text of a literal begins, so that code in it keeps its places. */
  readonly raw: number | undefined;
}

export const unknownPy: PyValue = {
  texts: [],
  otherTexts: [],
  otherItems: [],
  grown: false,
  qual: undefined,
  nodes: [],
  folded: false,
  decoded: false,
  items: undefined,
  target: undefined,
  file: [],
  entries: undefined,
  own: undefined,
  others: [],
  bound: [],
  whole: undefined,
  byText: false,
  raw: undefined,
};

/**
 * What a value gives that is asked for while it is being found: unknown, and nothing that it does
 * not hold already.
 */
export const busyPy: PyValue = { ...unknownPy };

export interface PythonRun {
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
  /** What decorators put in the place of functions, by the function's id. */
  readonly wrappers: Map<string, PythonFunction[]>;
  readonly fold: FoldState;
  /** Calls of all modules, by the last part of the callee's name. */
  readonly calls: ReadonlyMap<
    string,
    readonly { readonly module: PythonModule; readonly call: PyNode }[]
  >;
  /** `object.name = value` at any place of all modules, by name. */
  readonly assigned: ReadonlyMap<
    string,
    readonly { readonly module: PythonModule; readonly one: PythonModule['assigned'][number] }[]
  >;
  /** By `Class.method`, of the first module that has it. */
  readonly methods: ReadonlyMap<string, PythonFunction>;
  /** What classes are made from, of the first module that says it. */
  readonly bases: ReadonlyMap<string, { readonly module: PythonModule; readonly list: PyNode }>;
  /** What names that are bound often may be. */
  readonly bound: Map<readonly Binding[], PyValue>;
  /** What is given to an attribute, by what its class binds to the name: the two put together. */
  readonly together: Map<
    readonly Binding[],
    { readonly given: readonly Binding[]; readonly all: readonly Binding[] }
  >;
  /** What classes bind to a name, without their functions. */
  readonly withoutFunctions: Map<readonly Binding[], readonly Binding[]>;
  /** Functions of which not all callers are known, by id. */
  readonly open: ReadonlySet<string>;
  /** Functions in whose place another one may be called, by id. */
  readonly replaced: ReadonlySet<string>;
  /**
   * Lists and dictionaries that something changes by another way than their names, with what stays
   * of them.
   */
  changed: ReadonlyMap<PyNode, Kept>;
  /** Modules of the skill by what an import in a module names. */
  readonly imported: Map<PythonModule, Map<string, PythonModule | undefined>>;
}

export function newPythonRun(
  context: FrontEndContext,
  modules: ReadonlyMap<string, PythonModule>,
  { open, replaced }: Pick<PythonRun, 'open' | 'replaced'>,
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
    wrappers: new Map(),
    fold: new FoldState(context.steps),
    ...tablesOf([...modules.values()]),
    bound: new Map(),
    together: new Map(),
    withoutFunctions: new Map(),
    open,
    replaced,
    changed: new Map(),
    imported: new Map(),
  };
}

export interface PyNoting {
  readonly module: PythonModule;
  readonly node: { readonly from: number; readonly to: number };
  readonly api: string;
  readonly certainty: Confidence;
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
): void {
  const about = {
    sink,
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
