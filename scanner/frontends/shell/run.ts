/** The state of the shell front end while it follows a script, and how it notes facts. */
import type { CompoundList, Function as FunctionNode, Statement } from 'unbash';
import type { Capability } from '../../../skills-index/skill/capability.ts';
import type { Confidence } from '../../../skills-index/statement/finding.ts';
import type { Fact, Span, Trait } from '../../fact/fact.ts';
import { detailCharsMax } from '../../fact/shared-limits.ts';
import {
  type EmbeddedProgram,
  type OffsetMap,
  rawSpan,
  type TaintSource,
} from '../../fact/source.ts';
import type { FlowEdge, FlowGraph, FlowNode, FlowStart } from '../../flow/graph.ts';
import { anyEgress } from '../../lookup-tables/egress-of.ts';
import type { FrontEndContext, WrittenText } from '../../programs/frontend.ts';
import type { How } from './call.ts';
import { type GitAddresses, newAddresses } from './programs/git-addresses.ts';
import { emptyValue, type ShellValue, type Taint } from './value.ts';

/** A function of the script, with the text that its offsets count in. */
export interface ShellFunction {
  readonly node: FunctionNode;
  readonly source: TaintSource;
  readonly map: OffsetMap | undefined;
}

export interface ShellRun extends Recursion {
  /** The text that is followed: another one while a script of the skill is sourced. */
  source: TaintSource;
  /** `Source.path` of the script that runs. */
  readonly root: string;
  readonly graph: ShellGraph;
  /** The value in the unknown parts of this script's own text. */
  hole: Taint | undefined;
  readonly context: FrontEndContext;
  readonly facts: Fact[];
  readonly embedded: EmbeddedProgram[];
  readonly written: WrittenText[];
  readonly noted: Set<string>;
  readonly vars: Map<string, ShellValue>;
  /** Names of variables that children get. */
  readonly exported: Set<string>;
  /** Names that stand for other variables: `declare -n`. */
  readonly references: Map<string, string>;
  /** Rounds of loops that were followed one by one. */
  rounds: number;
  /** Addresses that the script gives git. */
  readonly addresses: GitAddresses;
  readonly aliases: Map<string, ShellValue>;
  readonly functions: Map<string, ShellFunction>;
  readonly called: Set<string>;
  /** Functions that are being followed: a recursive call is not followed again. */
  readonly calling: Set<string>;
  /** The last arguments of recursive functions. */
  readonly recursive: Map<string, { readonly args: readonly ShellValue[] | undefined }>;
  /** Traps to run when the script has ended. */
  readonly atEnd: (() => void)[];
  /** Scripts of the skill that were sourced, with their last arguments, and how often. */
  readonly sourced: Map<
    string,
    { readonly args: readonly ShellValue[] | undefined; readonly times: number }
  >;
  /** Contents of files that the script wrote, by path, and of process substitutions. */
  readonly files: Map<string, ShellValue>;
  /** Descriptors that are network connections. */
  readonly connections: Map<number, Capability>;
  /** Values that other descriptors can read. */
  readonly inputs: Map<number, ShellValue>;
  /** From offsets of the text being read to the source's; undefined when they are the same. */
  map: OffsetMap | undefined;
  stdin: ShellValue;
  cwd: string;
  /** `$1`, `$2` …; undefined where they come from outside. */
  args: readonly ShellValue[] | undefined;
  /** How often `set` set the arguments. */
  sets: number;
  /** Depth of calls, evals and substitutions. */
  depth: number;
  /** Depth of branches and loops: an assignment there may not happen. */
  branch: number;
  /** Whether further rounds of a loop or a function are being followed. */
  isRepeating: boolean;
  errors: number;
  /** Parts that were skipped because of a limit, and why. */
  readonly unread: { readonly span: Span; readonly reason: string }[];
}

/** A part of a script that can be followed. */
export type Runnable = Statement['command'] | CompoundList;

/**
 * A command may run commands and a word may contain a script. Code below the two procedures calls
 * them through the run.
 */
interface Recursion {
  /** Follows a command or a list of them; returns the output. */
  readonly runNode: (run: ShellRun, node: Runnable) => ShellValue;
  /** Runs the program that words name; returns the output. */
  readonly dispatch: (
    run: ShellRun,
    word: ShellValue,
    args: readonly ShellValue[],
    how: How,
  ) => ShellValue;
}

export function newRun(
  source: TaintSource,
  context: FrontEndContext,
  { runNode, dispatch }: Recursion,
): ShellRun {
  return {
    source,
    root: source.path,
    graph: newShellGraph(),
    hole: undefined,
    context,
    facts: [],
    embedded: [],
    written: [],
    noted: new Set(),
    vars: new Map(),
    exported: new Set(),
    references: new Map(),
    rounds: 0,
    addresses: newAddresses(),
    aliases: new Map(),
    functions: new Map(),
    called: new Set(),
    calling: new Set(),
    recursive: new Map(),
    atEnd: [],
    sourced: new Map([[source.path, { args: undefined, times: 1 }]]),
    files: new Map(),
    connections: new Map(),
    inputs: new Map(),
    map: undefined,
    stdin: emptyValue,
    cwd: '',
    args: undefined,
    sets: 0,
    depth: 0,
    branch: 0,
    isRepeating: false,
    errors: 0,
    unread: [],
    runNode,
    dispatch,
  };
}

/**
 * A node's place in the source. Computed code can be longer than its source text; its place is not.
 */
export function spanOf(run: ShellRun, node: { readonly pos: number; readonly end: number }): Span {
  const { path, text } = run.source;
  const span = { path, start: node.pos, end: node.end };
  const raw = run.map === undefined ? span : rawSpan(run.map, span, path);
  const end = Math.min(raw.end, text.length);
  return { path, start: Math.min(raw.start, end), end };
}

export interface Noting {
  readonly span: Span;
  readonly api: string;
  readonly certainty: Confidence;
}

export function noteCapability(
  run: ShellRun,
  at: Noting,
  capability: Capability,
  traits: readonly Trait[] = [],
  shape?: string,
): void {
  const isWide = capability.kind === 'egress' && capability.url === anyEgress;
  const certainty = isWide || traits.includes('dynamic-name') ? 'widened' : at.certainty;
  note(run, {
    kind: 'capability',
    context: run.source.context,
    ...at,
    certainty,
    capability,
    traits,
    ...(shape !== undefined && { shape }),
  });
}

export function noteTrait(run: ShellRun, at: Noting, trait: Trait, detail: string): void {
  note(run, {
    kind: 'trait',
    context: run.source.context,
    ...at,
    trait,
    detail: detail.slice(0, detailCharsMax),
  });
}

// Loops, calls and alternatives pass one place several times, and a fact is noted once.
function note(run: ShellRun, fact: Fact): void {
  run.context.steps.take();
  const what =
    fact.kind === 'capability'
      ? [fact.capability, fact.traits, fact.api]
      : fact.kind === 'trait'
        ? [fact.trait, fact.api]
        : fact;
  const key = JSON.stringify([fact.kind, fact.span, what]);
  run.context.steps.take(key.length >> 6);
  if (run.noted.has(key)) return;
  run.noted.add(key);
  run.facts.push(fact);
}

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

function newShellGraph(): ShellGraph {
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
