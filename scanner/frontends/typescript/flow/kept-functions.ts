/**
 * Functions that are kept and called later: `handlers.get(type)(data)`, `for (const h of list)
 * h(data)`. Each function whose value may come to the called place is called. Calls of plain
 * parameters are left to the evaluator, which tells the callers apart.
 *
 * Source: O. Shivers, "Control-Flow Analysis in Scheme", PLDI 1988 (0CFA).
 */
import { ts } from 'ts-morph';
import type { Steps } from '../../../fact/steps.ts';
import type { FlowEdge } from '../../../flow/graph.ts';
import type { Out } from '../out.ts';
import { bareOf, type Functionish, isFunctionish } from '../syntax.ts';
import { CallsOfMany } from './calls-of-many.ts';
import { type FunctionSet, FunctionSets } from './function-sets.ts';
import { addKnownCall } from './known-calls.ts';
import { settleMembers } from './members.ts';
import type { FlowNodes } from './nodes.ts';

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
