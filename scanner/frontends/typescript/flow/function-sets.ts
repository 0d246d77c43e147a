/**
 * Functions that are kept and called later: `handlers.get(type)(data)`, `for (const h of list)
 * h(data)`. Each function whose value may come to the called place is called. Calls of plain
 * parameters are left to the evaluator, which tells the callers apart.
 *
 * Source: O. Shivers, "Control-Flow Analysis in Scheme", PLDI 1988 (0CFA).
 */
import { ts } from 'ts-morph';
import { keep } from '../../../fact/remembered.ts';
import type { Steps } from '../../../fact/steps.ts';
import type { FlowEdge } from '../../../flow/graph.ts';
import type { Out } from '../out.ts';
import { bareOf, type Functionish, isFunctionish, parametersOf } from '../syntax.ts';
import { addKnownCall, addStoredBack, callsThatMade, storedNode } from './known-calls.ts';
import type { Flow, FlowNodes } from './nodes.ts';
import { parameterHolder, settleMembers } from './objects.ts';

/** Whether what is called comes out of a list, a map or a variable that keeps functions. */
export function isKept({ self }: Out, callee: ts.Expression): boolean {
  if (ts.isElementAccessExpression(callee) || ts.isCallExpression(callee)) return true;
  if (!ts.isIdentifier(callee)) return false;
  const declaration = self.symbols.symbolOf(callee)?.declarations?.[0];
  if (declaration === undefined) return false;
  if (ts.isParameter(declaration)) return isHandedItems(declaration.parent);
  return ts.isVariableDeclaration(declaration) || ts.isBindingElement(declaration);
}

// `list.forEach((handler) => handler(data))`
function isHandedItems(callee: ts.Node): boolean {
  const call = callee.parent;
  return (
    ts.isCallExpression(call) &&
    call.expression !== callee &&
    ts.isPropertyAccessExpression(bareOf(call.expression))
  );
}

/**
 * Adds the calls of kept functions, and the members of what the functions are given. A function
 * that one call hands on may be called by another, so calls are added until none is new.
 */
export function settleKept(nodes: FlowNodes, outs: Iterable<Out>, steps: Steps): void {
  if (nodes.kept.length === 0) return;
  const sets = new FunctionSets(functionsByNode(nodes, outs), steps);
  const many = new CallsOfMany();
  const before = new Map<string, string[]>();
  const known = new Map<ts.Node, FunctionSet>();
  let noted = 0;
  for (let isNew = true; isNew; settleMembers(nodes, steps)) {
    isNew = false;
    steps.take(nodes.edges.length - noted);
    for (; noted < nodes.edges.length; noted++) note(before, nodes.edges[noted]);
    const reaching = sets.by(before);
    for (const { flow, node } of nodes.kept) {
      const callees = reaching(nodes.at(bareOf(node.expression)));
      const added = sets.without(callees, known.get(node));
      if (added.length === 0) continue;
      isNew = true;
      known.set(node, callees);
      if (added.length > fewMax) many.add(flow, node, added);
      else
        for (const callee of added) addKnownCall(flow, node, { callee, isNamed: false }, undefined);
    }
  }
}

/** Functions of one call that are each given the members of its arguments. */
const fewMax = 16;

function note(before: Map<string, string[]>, edge: FlowEdge | undefined): void {
  if (edge === undefined) return;
  const known = before.get(edge.to);
  if (known === undefined) before.set(edge.to, [edge.from]);
  else known.push(edge.from);
}

function functionsByNode(nodes: FlowNodes, outs: Iterable<Out>): Map<string, Functionish> {
  const functions = new Map<string, Functionish>();
  for (const { nodes: all, self } of outs)
    for (const node of all) {
      if (!isFunctionish(node)) continue;
      if (ts.isArrowFunction(node) || ts.isFunctionExpression(node))
        functions.set(nodes.at(node), node);
      const symbol =
        ts.isFunctionDeclaration(node) && node.name !== undefined
          ? self.symbols.symbolOf(node.name)
          : undefined;
      if (symbol !== undefined) functions.set(nodes.variable(symbol), node);
    }
  return functions;
}

// Which functions come to nodes of a flow graph. Nodes that come to one another have the same
// functions, and equal sets are one object, so that a large program needs few sets.
//
// Source: R. Tarjan, "Depth-First Search and Linear Graph Algorithms", SIAM J. Comput. 1972.

/** Functions in a fixed order. Equal sets of one `FunctionSets` are the same object. */
type FunctionSet = readonly Functionish[];

/** The edges of a graph, from their ends. */
type EdgesBack = ReadonlyMap<string, readonly string[]>;

class FunctionSets {
  readonly #functions: ReadonlyMap<string, Functionish>;
  readonly #steps: Steps;
  readonly #numbers = new Map<Functionish, number>();
  readonly #sets = new Map<string, FunctionSet>();
  readonly #numbersOfSets = new Map<FunctionSet, number>();
  readonly #unions = new Map<string, FunctionSet>();
  readonly #none = this.#setOf([]);

  /** @param functions the functions that are values of nodes */
  constructor(functions: ReadonlyMap<string, Functionish>, steps: Steps) {
    this.#functions = functions;
    this.#steps = steps;
  }

  /** Finds the functions that come to a node by the present edges. */
  by(before: EdgesBack): (node: string) => FunctionSet {
    const found = new Map<string, FunctionSet>();
    const order = new Map<string, number>();
    return (node) => found.get(node) ?? this.#find(node, before, { found, order });
  }

  /** The functions of a set that another one does not have. */
  without(set: FunctionSet, other: FunctionSet | undefined): FunctionSet {
    if (other === undefined || other.length === 0 || set === other)
      return set === other ? this.#none : set;
    const numbers = `${this.#numbersOfSets.get(set)} without ${this.#numbersOfSets.get(other)}`;
    return keep(this.#unions, numbers, () => {
      this.#steps.take(set.length + other.length);
      const known = new Set(other);
      return this.#setOf(set.filter((one) => !known.has(one)));
    });
  }

  #find(start: string, before: EdgesBack, { found, order }: Visited): FunctionSet {
    const waiting: string[] = [];
    const enter = (node: string): Visit => {
      this.#steps.take();
      const own = this.#functions.get(node);
      const number = order.size;
      order.set(node, number);
      waiting.push(node);
      return {
        node,
        number,
        lowest: number,
        // Where a function is a value, whatever else comes there is only a part of that function.
        from: own === undefined ? (before.get(node) ?? []) : [],
        next: 0,
        sets: new Set(own === undefined ? [] : [this.#setOf([own])]),
      };
    };
    const open = [enter(start)];
    for (let visit = open.at(-1); visit !== undefined; visit = open.at(-1)) {
      const from = visit.from[visit.next++];
      if (from !== undefined) {
        this.#steps.take();
        const known = found.get(from);
        const number = order.get(from);
        if (known !== undefined) visit.sets.add(known);
        else if (number === undefined) open.push(enter(from));
        else visit.lowest = Math.min(visit.lowest, number);
        continue;
      }
      open.pop();
      const outer = open.at(-1);
      if (visit.lowest < visit.number) {
        if (outer === undefined) continue;
        outer.lowest = Math.min(outer.lowest, visit.lowest);
        for (const set of visit.sets) outer.sets.add(set);
        this.#steps.take(visit.sets.size);
        continue;
      }
      const set = this.#unionOf(visit.sets);
      for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
        found.set(node, set);
        if (node === visit.node) break;
      }
      outer?.sets.add(set);
    }
    return found.get(start) ?? this.#none;
  }

  #unionOf(sets: ReadonlySet<FunctionSet>): FunctionSet {
    const parts = [...sets].filter((set) => set !== this.#none);
    const [first = this.#none] = parts;
    if (parts.length <= 1) return first;
    this.#steps.take(parts.length);
    const numbers = parts.map((part) => this.#numbersOfSets.get(part) ?? 0).sort((a, b) => a - b);
    return keep(this.#unions, numbers.join(' '), () => {
      this.#steps.take(parts.reduce((sum, part) => sum + part.length, 0));
      return this.#setOf(new Set(parts.flat()));
    });
  }

  #setOf(functions: Iterable<Functionish>): FunctionSet {
    const numbered = [...functions]
      .map((one) => ({ one, number: keep(this.#numbers, one, () => this.#numbers.size) }))
      .sort((a, b) => a.number - b.number);
    return keep(this.#sets, numbered.map(({ number }) => number).join(' '), () => {
      const set = numbered.map(({ one }) => one);
      this.#numbersOfSets.set(set, this.#numbersOfSets.size);
      return set;
    });
  }
}

interface Visited {
  readonly found: Map<string, FunctionSet>;
  /** The number of each visited node. */
  readonly order: Map<string, number>;
}

interface Visit {
  readonly node: string;
  readonly number: number;
  /** The least number of an open node that comes to this one. */
  lowest: number;
  readonly from: readonly string[];
  next: number;
  readonly sets: Set<FunctionSet>;
}

// Calls of any of many functions. All calls of the same functions go through the same nodes, so
// that there are no edges for each pair of a call and a function.

/** The nodes that the calls of the same functions share. */
interface Shared {
  /** The nodes of the arguments by their places. The last is that of all further arguments. */
  readonly places: readonly { readonly given: string; readonly stored: string }[];
  readonly all: string;
  readonly result: string;
}

class CallsOfMany {
  readonly #shared = new Map<FunctionSet, Shared>();

  add(flow: Flow, node: ts.CallExpression | ts.NewExpression, callees: FunctionSet): void {
    const { nodes } = flow;
    const call = nodes.at(node, '');
    const known = this.#shared.get(callees);
    const { places, all, result } = known ?? share(flow, callees, this.#shared.size);
    if (known === undefined) this.#shared.set(callees, { places, all, result });
    const list = node.arguments ?? [];
    const spread = list.findIndex(ts.isSpreadElement);
    for (const [at, argument] of list.entries()) {
      const bare = bareOf(ts.isSpreadElement(argument) ? argument.expression : argument);
      const from = nodes.at(bare);
      nodes.edges.push({ kind: 'argument', from, to: all, call });
      // Behind a list that is spread, an argument may have any place.
      const first = Math.min(at, places.length - 1);
      const isAnywhere = spread >= 0 && spread <= at;
      for (const place of places.slice(first, isAnywhere ? undefined : first + 1)) {
        nodes.edges.push({ kind: 'argument', from, to: place.given, call });
        addStoredBack(flow, place.stored, bare, call);
      }
    }
    for (const made of [call, ...callsThatMade(flow, node.expression)])
      nodes.edges.push({ kind: 'result', from: result, to: call, call: made });
  }
}

function share({ out, nodes }: Flow, callees: FunctionSet, number: number): Shared {
  const [first] = callees;
  if (first === undefined) throw new Error('a call of many functions has functions');
  // No member names, so no program can read them by mistake.
  const node = (name: string): string => nodes.part(first, ` of many ${number} ${name}`);
  const shared: Shared = {
    places: Array.from({ length: placesOf(callees) + 1 }, (_, at) => ({
      given: node(`given ${at}`),
      stored: node(`stored ${at}`),
    })),
    all: node('all'),
    result: node('result'),
  };
  for (const callee of callees) {
    nodes.value(shared.all, nodes.given(callee));
    nodes.value(nodes.result(callee), shared.result);
    for (const [at, parameter] of parametersOf(callee).entries()) {
      const stored = storedNode({ out, nodes }, parameter);
      for (const place of placesFor(parameter, at, shared)) {
        passOn(nodes, place.given, parameter);
        if (stored !== undefined) nodes.value(stored, place.stored);
      }
    }
  }
  return shared;
}

function placesOf(callees: FunctionSet): number {
  const most = callees.reduce((max, callee) => Math.max(max, parametersOf(callee).length), 0);
  return Math.min(most, placesMax);
}

/** Places of arguments that are told apart. */
const placesMax = 16;

function placesFor(
  parameter: Functionish['parameters'][number],
  at: number,
  { places }: Shared,
): Shared['places'] {
  const first = Math.min(at, places.length - 1);
  return places.slice(first, parameter.dotDotDotToken === undefined ? first + 1 : undefined);
}

function passOn(nodes: FlowNodes, from: string, parameter: ts.ParameterDeclaration): void {
  const { id, member } = parameterHolder(nodes, parameter);
  for (const to of [id, member('*')]) nodes.value(from, to);
}
