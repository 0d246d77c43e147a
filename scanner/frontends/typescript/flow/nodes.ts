/**
 * The nodes of a program's flow graph: expressions, variables with their members, parameters, what
 * functions return.
 */
import { ts } from 'ts-morph';
import { keep } from '../../../fact/remembered.ts';
import type { Steps } from '../../../fact/steps.ts';
import type { FlowEdge, FlowGraph, FlowNode } from '../../../flow/graph.ts';
import { type Out, spanOf } from '../out.ts';
import { bareOf, type Functionish } from '../syntax.ts';
import type { Thrown } from './handed/throws.ts';
import { WantedMembers } from './wanted-members.ts';

export interface FlowNodes {
  readonly edges: FlowEdge[];
  /** The node of the value of an expression, a parameter or a function's result. */
  at(node: ts.Node, note?: string): string;
  /** A variable as a whole, or one of its members; `*` has values that came into it as a whole. */
  variable(symbol: ts.Symbol, member?: string): string;
  result(callee: Functionish): string;
  /** A field of the objects of a class. */
  field(of: ts.ClassLikeDeclaration, name: string): string;
  /** A member of the value of a call, of a function's result, or of a parameter's pattern. */
  part(of: ts.Node, name: string, isNew?: (id: string) => void): string;
  /** The members that are read of objects. */
  readonly members: WantedMembers<Given>;
  /** The writes through second names of objects. */
  readonly back: WritesBack<Place>;
  /** Calls whose functions came through lists, maps and variables. */
  readonly kept: KeptCall[];
  /**
   * The functions of the skill that calls call, and whether the calls' values have known members.
   * Each name of a pattern asks.
   */
  readonly called: Map<ts.Node, readonly Functionish[]>;
  readonly apart: Map<ts.Node, boolean>;
  readonly thrown: Thrown;
  /** The arguments of a function, as in `arguments`. */
  given(callee: Functionish): string;
  /** The nodes of a function's expressions, and of some of its variables. */
  within(callee: Functionish, isWanted: (variable: ts.Symbol) => boolean): ReadonlySet<string>;
  value(from: string, to: string, encodes?: boolean): void;
  move(from: string, to: string, how: Move): void;
  graph(): Pick<FlowGraph, 'nodes' | 'edges'>;
}

/** A value that its holder is given within a function, or by a call. */
interface Given {
  readonly flow: Flow;
  readonly value: ts.Expression;
  readonly how: Move;
}

interface KeptCall {
  readonly flow: Flow;
  readonly node: ts.CallExpression | ts.NewExpression;
}

/** How a value moves: within a function, through what several functions see, or by a call. */
export type Move =
  | { readonly kind: 'value'; readonly shared?: true }
  | { readonly kind: 'argument' | 'result'; readonly call: string };

export const within: Move = { kind: 'value' };

export const shared: Move = { kind: 'value', shared: true };

/** All fields of an object. Not a member name, so no program can read it by mistake. */
export const allFields = ' all';

/** The node of what a program gives its threads. */
export const toThreads = ' to threads';

/** An expression that names an object. */
interface Place {
  readonly flow: Flow;
  readonly expression: ts.Expression;
}

/** The walk over one file. */
export interface Flow {
  readonly out: Out;
  readonly nodes: FlowNodes;
}

/** Nodes with ids that are unique over the skill. */
export function createFlowNodes(out: (file: ts.SourceFile) => Out | undefined): FlowNodes {
  const ids = new Map<ts.Node, string>();
  const results = new Map<ts.Node, string>();
  const fields = new Map<ts.Node, Map<string, string>>();
  const lists = new Map<ts.Node, string>();
  const parts = new Map<ts.Node, Map<string, string>>();
  const variables = new Map<ts.Symbol, Map<string, string>>();
  const nodes: FlowNode[] = [];
  const noted = new Set<string>();
  const edges: FlowEdge[] = [];
  const counts = new Map<string, number>();
  const make = (node: ts.Node, note: string): string => {
    const source = out(node.getSourceFile())?.source;
    const path = source?.path ?? '';
    const count = (counts.get(path) ?? 0) + 1;
    counts.set(path, count);
    const id = `${path} ${count}`;
    if (note !== '' && source !== undefined) nodes.push({ id, span: spanOf(node, source), note });
    return id;
  };
  return {
    edges,
    at(given, note = '') {
      const node = ts.isExpression(given) ? bareOf(given) : given;
      const known = ids.get(node);
      if (known !== undefined) {
        const source = out(node.getSourceFile())?.source;
        if (note !== '' && source !== undefined && !noted.has(known)) {
          noted.add(known);
          nodes.push({ id: known, span: spanOf(node, source), note });
        }
        return known;
      }
      const id = make(node, note);
      if (note !== '') noted.add(id);
      ids.set(node, id);
      return id;
    },
    variable(symbol, member = '') {
      const members = keep(variables, symbol, () => new Map<string, string>());
      const known = members.get(member);
      if (known !== undefined) return known;
      const declaration = symbol.declarations?.[0];
      const shown = (declaration && ts.getNameOfDeclaration(declaration)) ?? declaration;
      const id =
        shown === undefined
          ? ` ${symbol.name}.${member}`
          : make(shown, noteOf(symbol, declaration, member));
      members.set(member, id);
      return id;
    },
    result: (callee) => keep(results, callee, () => make(callee.name ?? callee, '')),
    field(of, name) {
      const named = keep(fields, of, () => new Map<string, string>());
      const known = named.get(name);
      if (known !== undefined) return known;
      const id = make(of.name ?? of, noteOfField(of, name));
      named.set(name, id);
      if (!name.startsWith(' ')) this.value(id, this.field(of, allFields));
      return id;
    },
    members: new WantedMembers<Given>(),
    back: new WritesBack<Place>(),
    kept: [],
    thrown: { throws: [], calls: new Map(), handlers: [] },
    called: new Map(),
    apart: new Map(),
    part(of, name, isNew) {
      const named = keep(parts, of, () => new Map<string, string>());
      const known = named.get(name);
      if (known !== undefined) return known;
      const id = make(of, '');
      named.set(name, id);
      isNew?.(id);
      return id;
    },
    given: (callee) => keep(lists, callee, () => make(callee.name ?? callee, '')),
    within: (callee, isWanted) => nodesWithin(callee, { ids, parts, variables }, isWanted),
    value(from, to, encodes = false) {
      if (from !== to)
        edges.push(encodes ? { kind: 'value', from, to, encodes } : { kind: 'value', from, to });
    },
    move(from, to, how) {
      if (from !== to) edges.push({ ...how, from, to });
    },
    graph: () => ({ nodes, edges }),
  };
}

function nodesWithin(
  callee: Functionish,
  {
    ids,
    parts,
    variables,
  }: {
    readonly ids: ReadonlyMap<ts.Node, string>;
    readonly parts: ReadonlyMap<ts.Node, ReadonlyMap<string, string>>;
    readonly variables: ReadonlyMap<ts.Symbol, ReadonlyMap<string, string>>;
  },
  isWanted: (variable: ts.Symbol) => boolean,
): ReadonlySet<string> {
  const found = new Set<string>();
  const file = callee.getSourceFile();
  const isInside = (node: ts.Node | undefined): boolean =>
    node !== undefined &&
    node.pos >= callee.pos &&
    node.end <= callee.end &&
    node.getSourceFile() === file;
  for (const [node, id] of ids) if (isInside(node)) found.add(id);
  for (const [node, named] of parts)
    if (isInside(node)) for (const id of named.values()) found.add(id);
  for (const [symbol, members] of variables)
    if (isInside(symbol.declarations?.[0]) && isWanted(symbol))
      for (const id of members.values()) found.add(id);
  return found;
}

function noteOfField({ name: owner }: ts.ClassLikeDeclaration, name: string): string {
  if (name === '*' || name.startsWith(' ')) return '';
  return owner === undefined ? `held in "${name}"` : `held in "${name}" of ${owner.text}`;
}

function noteOf(
  symbol: ts.Symbol,
  declaration: ts.Declaration | undefined,
  member: string,
): string {
  const isWhole = member === '' || member === '*' || member.startsWith(' ');
  const name = isWhole ? symbol.name : `${symbol.name}.${member}`;
  if (declaration === undefined || !ts.isParameter(declaration))
    return symbol.name === 'default' ? '' : `held in "${name}"`;
  const of = nameOfFunction(declaration.parent);
  return `parameter "${name}"${of === '' ? '' : ` of ${of}`}`;
}

/** A function's name for people: its own, or the name of its variable. */
export function nameOfFunction(callee: ts.Node): string {
  const named = ts.isFunctionLike(callee) && callee.name !== undefined ? callee.name : undefined;
  if (named !== undefined) return named.getText().slice(0, 60);
  const { parent } = callee;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)
    ? parent.name.getText().slice(0, 60)
    : '';
}

// Writes to a member through a second name of an object: a parameter, or another variable.

/** A second name of the object that an expression names. */
interface OtherName<Place> {
  readonly place: Place;
  /** The call that passes the object; undefined within a function. */
  readonly call: string | undefined;
}

/** A write to a member through a name. */
interface WrittenMember<Place> extends OtherName<Place> {
  readonly name: ts.Symbol;
  readonly member: string;
}

/** Members that are followed apart for one name. Further ones are written as any member. */
const membersMax = 32;

class WritesBack<Place> {
  readonly #members = new Map<ts.Symbol, Set<string>>();
  readonly #names = new Map<ts.Symbol, OtherName<Place>[]>();
  readonly #open: WrittenMember<Place>[] = [];

  /** Notes that a name stands for an object which another expression names as well. */
  link(name: ts.Symbol, other: OtherName<Place>): void {
    const names = this.#names.get(name) ?? [];
    this.#names.set(name, names);
    names.push(other);
    for (const member of this.#members.get(name) ?? []) this.#open.push({ ...other, name, member });
  }

  /**
   * Notes a write to a member of the object that a name stands for.
   * @returns the member that stands for it: `*` where the name has too many
   */
  write(name: ts.Symbol, member: string): string {
    const members = this.#members.get(name) ?? new Set<string>();
    this.#members.set(name, members);
    if (members.has(member)) return member;
    const kept = members.size < membersMax ? member : '*';
    if (members.has(kept)) return kept;
    members.add(kept);
    for (const other of this.#names.get(name) ?? [])
      this.#open.push({ ...other, name, member: kept });
    return kept;
  }

  /** Each written member with each further name of its object; also those found meanwhile. */
  *settle(steps: Steps): Iterable<WrittenMember<Place>> {
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) {
      steps.take();
      yield next;
    }
  }
}
