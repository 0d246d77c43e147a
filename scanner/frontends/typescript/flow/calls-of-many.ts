/**
 * Calls of any of many functions. All calls of the same functions go through the same nodes, so
 * that there are no edges for each pair of a call and a function.
 */
import { ts } from 'ts-morph';
import { bareOf, type Functionish, parametersOf } from '../syntax.ts';
import type { FunctionSet } from './function-sets.ts';
import { callsThatMade } from './known-calls.ts';
import { parameterHolder } from './members.ts';
import type { Flow, FlowNodes } from './nodes.ts';
import { addStoredBack, storedNode } from './stored.ts';

/** The nodes that the calls of the same functions share. */
interface Shared {
  /** The nodes of the arguments by their places. The last is that of all further arguments. */
  readonly places: readonly { readonly given: string; readonly stored: string }[];
  readonly all: string;
  readonly result: string;
}

export class CallsOfMany {
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
