/** How values move into variables and their members. */
import { ts } from 'ts-morph';
import { isEnvironment } from '../effects/environment.ts';
import { bareOf, isAssignment, memberName } from '../syntax.ts';
import type { Flow } from './nodes.ts';
import { parameterNode, writtenTo } from './objects.ts';

/** A value into a variable: an object's members one by one, anything else as a whole. */
export function assign({ nodes }: Flow, symbol: ts.Symbol, value: ts.Expression): void {
  const bare = bareOf(value);
  nodes.value(nodes.at(bare), nodes.variable(symbol));
  if (!ts.isObjectLiteralExpression(bare)) {
    nodes.value(nodes.at(bare), nodes.variable(symbol, '*'));
    return;
  }
  for (const property of bare.properties) {
    const named =
      property.name !== undefined &&
      (ts.isIdentifier(property.name) || ts.isStringLiteralLike(property.name));
    const member = named ? property.name.text : '*';
    for (const part of partsOf(property))
      nodes.value(nodes.at(part), nodes.variable(symbol, member));
  }
}

/** A declaration with a value. */
export function addVariable(flow: Flow, node: ts.VariableDeclaration): void {
  const loop = node.parent.parent;
  const value =
    node.initializer ??
    (ts.isForOfStatement(loop) || ts.isForInStatement(loop) ? loop.expression : undefined);
  if (value === undefined || !ts.isIdentifier(node.name)) return;
  const symbol = flow.out.self.symbols.symbolOf(node.name);
  if (symbol !== undefined) assign(flow, symbol, value);
}

/** A name of a pattern. */
export function addBinding({ out, nodes }: Flow, node: ts.BindingElement): void {
  if (!ts.isIdentifier(node.name)) return;
  const symbol = out.self.symbols.symbolOf(node.name);
  if (symbol === undefined) return;
  const to = nodes.variable(symbol);
  let holder: ts.Node = node.parent.parent;
  const outermost = !ts.isBindingElement(holder);
  while (ts.isBindingElement(holder)) holder = holder.parent.parent;
  if (node.initializer !== undefined) nodes.value(nodes.at(node.initializer), to);
  if (ts.isParameter(holder)) {
    nodes.value(nodes.at(holder), to);
    return;
  }
  if (!ts.isVariableDeclaration(holder)) return;
  const loop = holder.parent.parent;
  const value = holder.initializer ?? (ts.isForOfStatement(loop) ? loop.expression : undefined);
  if (value === undefined || isEnvironment(out.self.valueOf(value))) return;
  const bare = bareOf(value);
  const from = ts.isIdentifier(bare) ? out.self.symbols.symbolOf(bare) : undefined;
  const member = node.propertyName ?? node.name;
  if (
    from !== undefined &&
    outermost &&
    ts.isObjectBindingPattern(node.parent) &&
    ts.isIdentifier(member) &&
    node.dotDotDotToken === undefined
  ) {
    nodes.value(nodes.variable(from, member.text), to);
    nodes.value(nodes.variable(from, '*'), to);
  } else nodes.value(nodes.at(bare), to);
}

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

function addAssignment(flow: Flow, target: ts.Expression, value: ts.Expression): void {
  const { out, nodes } = flow;
  const bare = bareOf(target);
  if (ts.isIdentifier(bare)) {
    const symbol = out.self.symbols.symbolOf(bare);
    if (symbol !== undefined) assign(flow, symbol, value);
  } else if (ts.isPropertyAccessExpression(bare) || ts.isElementAccessExpression(bare)) {
    into(flow, bare, nodes.at(value));
    addHandler(flow, bare, value);
  } else if (ts.isObjectLiteralExpression(bare))
    for (const property of bare.properties)
      for (const part of partsOf(property)) addAssignment(flow, part, value);
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
  for (const parameter of handler.parameters)
    nodes.edges.push({ kind: 'argument', from, to: parameterNode(flow, parameter), call });
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
