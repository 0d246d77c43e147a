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
import { addKnownCall } from './known-calls.ts';
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

/** Adds the calls of kept functions. A function that one call hands on, a second round finds. */
export function settleKept(nodes: FlowNodes, outs: Iterable<Out>, steps: Steps): void {
  if (nodes.kept.length === 0) return;
  const functions = functionsByNode(nodes, outs);
  const before = new Map<string, string[]>();
  const called = new Set<string>();
  let known = 0;
  for (let round = 0; round < roundsMax; round++) {
    for (const edge of nodes.edges.slice(known)) note(before, edge);
    known = nodes.edges.length;
    for (const { flow, node } of nodes.kept)
      for (const callee of reaching(nodes.at(bareOf(node.expression)), before, functions, steps)) {
        const id = `${nodes.at(node, '')} ${nodes.result(callee)}`;
        if (called.has(id)) continue;
        called.add(id);
        addKnownCall(flow, node, { callee, isNamed: false }, undefined);
      }
  }
}

const roundsMax = 2;

function note(before: Map<string, string[]>, { from, to }: FlowEdge): void {
  const known = before.get(to);
  if (known === undefined) before.set(to, [from]);
  else known.push(from);
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

// The functions whose values come to a node, nearest first.
function reaching(
  node: string,
  before: ReadonlyMap<string, readonly string[]>,
  functions: ReadonlyMap<string, Functionish>,
  steps: Steps,
): Functionish[] {
  const seen = new Set([node]);
  const found: Functionish[] = [];
  for (const at of seen) {
    steps.take();
    const callee = functions.get(at);
    if (callee !== undefined) found.push(callee);
    else for (const from of before.get(at) ?? []) if (seen.size < nodesMax) seen.add(from);
    if (found.length >= functionsMax) break;
  }
  return found;
}

/** Nodes looked at, and functions taken, for one call. */
const nodesMax = 400;
const functionsMax = 16;
