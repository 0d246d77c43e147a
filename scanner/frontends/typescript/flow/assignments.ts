/** How values move into variables and their members. */
import { ts } from 'ts-morph';
import { isEnvironment } from '../effects/environment.ts';
import { bareOf, isAssignment, memberName } from '../syntax.ts';
import { give, membersOf, parameterHolder, variableHolder } from './members.ts';
import type { Flow } from './nodes.ts';
import { writtenTo } from './objects.ts';

/** A value into a variable: an object's members one by one, anything else as a whole. */
export function assign(flow: Flow, symbol: ts.Symbol, value: ts.Expression): void {
  const { nodes } = flow;
  nodes.value(nodes.at(value), nodes.variable(symbol));
  give(flow, variableHolder(nodes, symbol), value);
}

/** A part of a value into a variable. */
function assignPart({ nodes }: Flow, symbol: ts.Symbol, from: string): void {
  nodes.value(from, nodes.variable(symbol));
  nodes.value(from, nodes.variable(symbol, '*'));
}

/** A declaration with a value. */
export function addVariable(flow: Flow, node: ts.VariableDeclaration): void {
  const loop = node.parent.parent;
  const list = ts.isForOfStatement(loop) || ts.isForInStatement(loop) ? loop.expression : undefined;
  if (!ts.isIdentifier(node.name)) return;
  const symbol = flow.out.self.symbols.symbolOf(node.name);
  if (symbol === undefined) return;
  if (node.initializer !== undefined) assign(flow, symbol, node.initializer);
  else if (list !== undefined) assignPart(flow, symbol, flow.nodes.at(list));
}

/** A name of a pattern. */
export function addBinding(flow: Flow, node: ts.BindingElement): void {
  if (!ts.isIdentifier(node.name)) return;
  const { out, nodes } = flow;
  const symbol = out.self.symbols.symbolOf(node.name);
  if (symbol === undefined) return;
  let holder: ts.Node = node.parent.parent;
  const outermost = !ts.isBindingElement(holder);
  while (ts.isBindingElement(holder)) holder = holder.parent.parent;
  if (node.initializer !== undefined) assign(flow, symbol, node.initializer);
  const name = outermost && node.dotDotDotToken === undefined ? nameTaken(node) : undefined;
  if (ts.isParameter(holder)) {
    const taken = parameterHolder(nodes, holder);
    for (const from of name === undefined ? [taken.id] : nodes.members.of(taken, name))
      assignPart(flow, symbol, from);
    return;
  }
  if (!ts.isVariableDeclaration(holder)) return;
  const loop = holder.parent.parent;
  const list = ts.isForOfStatement(loop) ? loop.expression : undefined;
  const value = holder.initializer ?? list;
  if (value === undefined || isEnvironment(out.self.valueOf(value))) return;
  for (const from of name === undefined || list !== undefined
    ? [nodes.at(value)]
    : membersOf(flow, value, name))
    assignPart(flow, symbol, from);
}

// The member or item that a name of a pattern takes.
function nameTaken(node: ts.BindingElement): string | undefined {
  if (ts.isArrayBindingPattern(node.parent)) {
    const before = node.parent.elements.slice(0, itemsMax);
    const at = before.indexOf(node);
    return at < 0 ? undefined : `[${at}]`;
  }
  const taken = node.propertyName ?? node.name;
  return ts.isIdentifier(taken) || ts.isStringLiteralLike(taken) ? taken.text : undefined;
}

const itemsMax = 64;

const comparisons = /^([=!]==?|[<>]=?|in|instanceof)$/;

/** Two values combined, or one assigned. */
export function addBinary(flow: Flow, node: ts.BinaryExpression): void {
  const { nodes } = flow;
  const operator = node.operatorToken;
  if (comparisons.test(operator.getText())) return;
  nodes.value(nodes.at(node.right), nodes.at(node));
  if (isAssignment(operator.kind)) addAssignment(flow, node.left, node.right);
  else if (
    operator.kind !== ts.SyntaxKind.CommaToken &&
    operator.kind !== ts.SyntaxKind.AmpersandAmpersandToken
  )
    nodes.value(nodes.at(node.left), nodes.at(node));
}

function addAssignment(
  flow: Flow,
  target: ts.Expression,
  value: ts.Expression,
  isPart = false,
): void {
  const { out, nodes } = flow;
  const bare = bareOf(target);
  if (ts.isIdentifier(bare)) {
    const symbol = out.self.symbols.symbolOf(bare);
    if (symbol === undefined) return;
    if (isPart) assignPart(flow, symbol, nodes.at(value));
    else assign(flow, symbol, value);
  } else if (ts.isPropertyAccessExpression(bare) || ts.isElementAccessExpression(bare)) {
    into(flow, bare, nodes.at(value));
    addHandler(flow, bare, value);
  } else if (ts.isObjectLiteralExpression(bare))
    for (const property of bare.properties)
      for (const part of partsOf(property)) addAssignment(flow, part, value, true);
}

// `socket.onmessage = (event) => …`: the function gets the object's data.
function addHandler(
  flow: Flow,
  target: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  value: ts.Expression,
): void {
  const { nodes } = flow;
  const handler = bareOf(value);
  if (
    !/^on[a-z]+$/.test(memberName(target)) ||
    !(ts.isArrowFunction(handler) || ts.isFunctionExpression(handler))
  )
    return;
  const from = nodes.at(target.expression);
  const call = `${from} ${handler.pos}`;
  for (const parameter of handler.parameters) {
    const { id, member } = parameterHolder(nodes, parameter);
    for (const to of [id, member('*')]) nodes.edges.push({ kind: 'argument', from, to, call });
  }
}

/** A value into a member: the variable at the root has it from then on. */
export function into(flow: Flow, target: ts.Expression, from: string): void {
  const { out, nodes } = flow;
  let member = '*';
  let at: ts.Expression = bareOf(target);
  while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) {
    member = memberName(at);
    const object = bareOf(at.expression);
    const written = writtenTo(flow, object, member);
    for (const to of written) nodes.value(from, to);
    if (written.length > 0 && object.kind === ts.SyntaxKind.ThisKeyword) return;
    if (object.kind === ts.SyntaxKind.ThisKeyword && ts.isPropertyAccessExpression(at)) {
      const field = out.self.symbols.symbolOf(at.name);
      if (field !== undefined) nodes.value(from, nodes.variable(field));
      return;
    }
    at = object;
  }
  const symbol = ts.isIdentifier(at) ? out.self.symbols.symbolOf(at) : undefined;
  if (symbol === undefined) return;
  nodes.value(from, nodes.variable(symbol));
  nodes.value(from, nodes.variable(symbol, member));
}

/** The values inside a part of a literal. */
export function partsOf(child: ts.Node): ts.Expression[] {
  if (ts.isTemplateSpan(child)) return [child.expression];
  if (ts.isPropertyAssignment(child)) return [child.initializer];
  if (ts.isShorthandPropertyAssignment(child)) return [child.name];
  if (ts.isSpreadAssignment(child)) return [child.expression];
  return ts.isExpression(child) ? [child] : [];
}
