/**
 * Objects whose members are followed one by one: through variables, parameters, branches and the
 * results of functions.
 */
import { ts } from 'ts-morph';
import { keep } from '../../../fact/remembered.ts';
import type { Steps } from '../../../fact/steps.ts';
import { resolveCall } from '../effects/calls.ts';
import { bareOf, type Functionish, isFunctionish } from '../syntax.ts';
import { type Flow, type FlowNodes, within } from './nodes.ts';
import type { Holder } from './wanted-members.ts';

/** Adds the edges of all members that are read. */
export function settleMembers({ members }: FlowNodes, steps: Steps): void {
  for (const { given, name, to } of members.settle()) {
    steps.take();
    for (const from of membersOf(given.flow, given.value, name))
      given.flow.nodes.move(from, to, given.how);
  }
}

/** A variable or parameter names the object that an expression names: each changes it. */
export function linkBack(flow: Flow, name: ts.Symbol, value: ts.Expression, call?: string): void {
  for (const expression of oneOf(value))
    if (
      ts.isIdentifier(expression) ||
      ts.isPropertyAccessExpression(expression) ||
      ts.isElementAccessExpression(expression)
    )
      flow.nodes.back.link(name, { place: { flow, expression }, call });
}

/** A variable or parameter names one of the objects of a list. */
export function linkItem(flow: Flow, name: ts.Symbol, list: ts.Expression, call?: string): void {
  for (const one of oneOf(list)) {
    const items = ts.isArrayLiteralExpression(one) ? one.elements : [one];
    for (const item of items) linkBack(flow, name, item, call);
  }
}

/** The expressions one of which is an item of a list, or has it. */
export function itemsAt(
  list: ts.Expression,
  at: number,
): readonly { readonly from: ts.Expression; readonly isPart: boolean }[] {
  return oneOf(list).map((one) => {
    const item = ts.isArrayLiteralExpression(one) ? elementAt(one, at) : undefined;
    return { from: item ?? one, isPart: item === undefined };
  });
}

export function variableHolder(nodes: FlowNodes, symbol: ts.Symbol): Holder {
  return {
    id: nodes.variable(symbol),
    member: (name) => nodes.variable(symbol, name),
    isFixed: false,
  };
}

/** The holder of what a function gives back. */
export function resultHolder(nodes: FlowNodes, callee: Functionish): Holder {
  return {
    id: nodes.result(callee),
    member: (name) => nodes.part(callee, name),
    isFixed: true,
  };
}

/** The holder of what a parameter gets: its variable, or the pattern that takes it apart. */
export function parameterHolder(nodes: FlowNodes, parameter: ts.ParameterDeclaration): Holder {
  const symbol = symbolOfParameter(parameter);
  return symbol === undefined
    ? {
        id: nodes.at(parameter, ''),
        member: (name) => nodes.part(parameter, name),
        isFixed: true,
      }
    : variableHolder(nodes, symbol);
}

/** @returns undefined for a pattern */
export function symbolOfParameter(parameter: ts.ParameterDeclaration): ts.Symbol | undefined {
  // The binder stores it; asking the checker would cost one more look-up for each call.
  return ts.isIdentifier(parameter.name) && 'symbol' in parameter
    ? (parameter.symbol as ts.Symbol | undefined)
    : undefined;
}

/** A value moves into a holder; its members one by one where they are known. */
export function give(flow: Flow, holder: Holder, value: ts.Expression, how = within): void {
  for (const one of oneOf(value)) {
    const isItems = holder.isFixed && ts.isArrayLiteralExpression(one);
    if (isItems || isTakenApart(flow, one))
      flow.nodes.members.give(holder, { flow, value: one, how });
    else flow.nodes.move(flow.nodes.at(one), holder.member('*'), how);
  }
}

/** The nodes from which a member of an expression's value is read. */
export function membersOf(flow: Flow, expression: ts.Expression, name: string): string[] {
  return oneOf(expression).flatMap((one): readonly string[] => {
    const { nodes } = flow;
    const item = /^\[(\d+)\]$/.exec(name)?.[1];
    if (item !== undefined && ts.isArrayLiteralExpression(one))
      return [nodes.at(elementAt(one, Number(item)) ?? one)];
    // The items of a list in a variable may change their places.
    const isMoved = item !== undefined && ts.isIdentifier(one);
    if (isMoved || !isTakenApart(flow, one)) return [nodes.at(one)];
    if (ts.isObjectLiteralExpression(one))
      return one.properties.flatMap((property) => partsNamed(flow, property, name));
    if (ts.isIdentifier(one)) {
      const symbol = flow.out.self.symbols.symbolOf(one);
      return symbol === undefined
        ? [nodes.at(one)]
        : nodes.members.of(variableHolder(nodes, symbol), name);
    }
    if (!ts.isCallExpression(one)) return [nodes.at(one)];
    const part = nodes.part(one, name, (to) => {
      for (const callee of functionsCalled(flow, one))
        for (const from of nodes.members.of(resultHolder(nodes, callee), name))
          nodes.edges.push({ kind: 'result', from, to, call: nodes.at(one, '') });
    });
    return [part];
  });
}

function elementAt(list: ts.ArrayLiteralExpression, at: number): ts.Expression | undefined {
  return list.elements.slice(0, at + 1).some(ts.isSpreadElement) ? undefined : list.elements[at];
}

function partsNamed(
  flow: Flow,
  property: ts.ObjectLiteralElementLike,
  name: string,
): readonly string[] {
  const { nodes } = flow;
  if (ts.isSpreadAssignment(property)) return membersOf(flow, property.expression, name);
  const written =
    ts.isIdentifier(property.name) ||
    ts.isStringLiteralLike(property.name) ||
    ts.isNumericLiteral(property.name)
      ? property.name.text
      : undefined;
  // An object behind `__proto__` has members of the whole one.
  if (written !== undefined && written !== name && written !== '__proto__') return [];
  if (ts.isPropertyAssignment(property)) return [nodes.at(property.initializer)];
  if (ts.isShorthandPropertyAssignment(property)) return [nodes.at(property.name)];
  return ts.isGetAccessorDeclaration(property) ? [nodes.result(property)] : [];
}

/** The expressions one of which is the value: the sides of `a || b` and of `c ? a : b`. */
export function oneOf(expression: ts.Expression): readonly ts.Expression[] {
  const found: ts.Expression[] = [];
  const open = [expression];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const bare = bareOf(next);
    const operator = ts.isBinaryExpression(bare) ? bare.operatorToken.kind : undefined;
    if (ts.isConditionalExpression(bare)) open.push(bare.whenTrue, bare.whenFalse);
    else if (!ts.isBinaryExpression(bare)) found.push(bare);
    else if (operator === ts.SyntaxKind.AmpersandAmpersandToken) open.push(bare.right);
    else if (
      operator === ts.SyntaxKind.BarBarToken ||
      operator === ts.SyntaxKind.QuestionQuestionToken
    )
      open.push(bare.left, bare.right);
    else found.push(bare);
  }
  return found;
}

function isTakenApart(flow: Flow, value: ts.Expression): boolean {
  if (ts.isObjectLiteralExpression(value)) return true;
  if (givesSomething(flow, value)) return false;
  if (!ts.isCallExpression(value)) return ts.isIdentifier(value) && value.text !== 'arguments';
  return keep(flow.nodes.apart, value, () => {
    // A function among the arguments may give the call its value.
    if (value.arguments.some((argument) => isFunctionish(bareOf(argument)))) return false;
    const functions = functionsCalled(flow, value);
    return (
      functions.length > 0 && functions.every(({ asteriskToken }) => asteriskToken === undefined)
    );
  });
}

function givesSomething({ out }: Flow, node: ts.Node): boolean {
  const use = out.uses.get(node);
  return use !== undefined && (use.sources.length > 0 || use.starts.length > 0);
}

/** The functions of the skill that a call calls. */
export function functionsCalled(
  { out, nodes }: Flow,
  node: ts.CallExpression | ts.NewExpression,
): readonly Functionish[] {
  return keep(nodes.called, node, () => {
    const named = out.self.symbols.functionOf(node.expression);
    const resolved = resolveCall(out.self, node).flatMap(({ callee }) =>
      callee.kind === 'function' ? [callee.node] : [],
    );
    return [...new Set([...resolved, ...(named === undefined ? [] : [named])])];
  });
}
