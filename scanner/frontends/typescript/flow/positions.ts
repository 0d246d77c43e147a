/** The position of an expression, and the use of its value there. */
import { ts } from 'ts-morph';
import { bareOf, type Functionish, isAssignment, isFunctionish } from '../syntax.ts';

/** Methods of lists that call their argument with each element. */
export const elementCallbacks: ReadonlySet<string> = new Set([
  'map',
  'forEach',
  'filter',
  'find',
  'some',
  'every',
  'flatMap',
  'findLast',
]);

/** Methods that call their argument with the object's content. */
export const callsBack: ReadonlySet<string> = new Set(['then', ...elementCallbacks]);

/** `a` of `a.b[0].c`. */
export function rootOf(receiver: ts.Expression): ts.Expression {
  let at = bareOf(receiver);
  while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at))
    at = bareOf(at.expression);
  return at;
}

/** The expression around a node with the same value, or one of several. */
export function outermost(node: ts.Node): ts.Node {
  let at = node;
  while (givesSame(at.parent, at)) at = at.parent;
  return at;
}

function givesSame(parent: ts.Node, node: ts.Node): boolean {
  return (
    ts.isParenthesizedExpression(parent) ||
    ts.isAsExpression(parent) ||
    ts.isSatisfiesExpression(parent) ||
    ts.isNonNullExpression(parent) ||
    ts.isAwaitExpression(parent) ||
    (ts.isConditionalExpression(parent) && parent.condition !== node) ||
    (ts.isBinaryExpression(parent) &&
      /^(&&|\|\||\?\?)$/.test(ts.tokenToString(parent.operatorToken.kind) ?? ''))
  );
}

/** Whether a call calls this node. */
export function isCallee(node: ts.Node): boolean {
  const at = outermost(node);
  return (
    (ts.isCallExpression(at.parent) || ts.isNewExpression(at.parent)) && at.parent.expression === at
  );
}

/** Whether an assignment writes to this node. */
export function isTarget(node: ts.Node): boolean {
  return (
    ts.isBinaryExpression(node.parent) &&
    isAssignment(node.parent.operatorToken.kind) &&
    node.parent.left === node
  );
}

/** The checker is not asked for members: it would infer types. */
export function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    ((ts.isPropertyAssignment(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isPropertyDeclaration(parent)) &&
      parent.name === node)
  );
}

/** Whether the node declares its name. */
export function isDeclared(node: ts.Node): boolean {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassLike(node) ||
    ts.isParameter(node)
  );
}

/** The first argument of `list.map`: its parameter holds the elements. */
export function isElementCallback(node: ts.Node): boolean {
  const at = outermost(node);
  const { parent } = at;
  if (
    !ts.isCallExpression(parent) ||
    parent.arguments[0] !== at ||
    !ts.isPropertyAccessExpression(parent.expression)
  )
    return false;
  return callsBack.has(parent.expression.name.text);
}

/** A function that is called at the place of its definition. */
export function isCalledWhereItStands(callee: Functionish): boolean {
  return isCallee(callee) || isElementCallback(callee);
}

/** Whether a member of this name is only read. */
export function isPlainRead(name: ts.Identifier): boolean {
  const { parent } = name;
  return (
    (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) &&
    !isTarget(parent) &&
    !isCallee(parent)
  );
}

/** The function whose `this` and `arguments` a node has. */
export function functionAround(node: ts.Node): Functionish | undefined {
  for (let at = node.parent; at !== undefined; at = at.parent)
    if (isFunctionish(at) && !ts.isArrowFunction(at)) return at;
  return undefined;
}
