/** Reads of the environment: one variable, one whose name cannot be computed, all of them. */
import { ts } from 'ts-morph';
import { environments } from '../../../knowledge/javascript.ts';
import { capability, newUse, type Out, shown, trait, type Use } from '../out.ts';
import { bareOf, choosesOperand, givesOperand, isAssignment } from '../syntax.ts';
import { alternatives, isWhole, type JsValue, text, unknown } from '../values/values.ts';
import { wholeOfPattern } from '../values/variables.ts';

/** Whether a value is a whole environment. */
export function isEnvironment(value: JsValue): boolean {
  return alternatives(value).some((value) => value.kind === 'api' && environments.has(value.name));
}

/** A member access or destructuring that reads from an environment; says whether it was one. */
export function readEnvironment(
  out: Out,
  node: ts.Node,
  use: (node: ts.Node, api: string) => Use,
): boolean {
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    const object = out.self.valueOf(node.expression);
    if (!isEnvironment(object)) return false;
    const key = ts.isPropertyAccessExpression(node)
      ? text(node.name.text)
      : out.self.valueOf(node.argumentExpression);
    if (isMethodCall(node)) return readByCall(out, node, key, use);
    readByName(out, node, key, use);
    return true;
  }
  if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
    if (!isEnvironment(wholeOfPattern(out.self, node.parent, undefined))) return false;
    if (node.dotDotDotToken !== undefined) readAll(out, node, 'process.env', use);
    else readByName(out, node, keyOfBinding(out, node), use);
    return true;
  }
  return false;
}

// `Deno.env.get("X")`, `Deno.env.toObject()`: a call, not a variable of that name.
function isMethodCall(node: ts.PropertyAccessExpression | ts.ElementAccessExpression): boolean {
  return (
    node.expression.getText() === 'Deno.env' &&
    ts.isCallExpression(node.parent) &&
    node.parent.expression === node
  );
}

function readByCall(
  out: Out,
  node: ts.Node,
  key: JsValue,
  use: (node: ts.Node, api: string) => Use,
): boolean {
  const call = node.parent;
  if (!ts.isCallExpression(call) || !isWhole(key)) return false;
  const [name] = call.arguments;
  if (key.text === 'set' || key.text === 'delete')
    trait(
      out,
      { api: 'Deno.env', node: call },
      'env-write',
      name === undefined ? '*' : shown(out.self.valueOf(name)),
    );
  else if (key.text === 'toObject') readAll(out, call, 'Deno.env', use);
  else if (name !== undefined) readByName(out, call, out.self.valueOf(name), use);
  return true;
}

function keyOfBinding(out: Out, node: ts.BindingElement): JsValue {
  const name = node.propertyName ?? node.name;
  if (ts.isComputedPropertyName(name)) return out.self.valueOf(name.expression);
  return ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? text(name.text) : unknown;
}

/** One variable, or those that a computed name may mean. */
export function readByName(
  out: Out,
  node: ts.Node,
  key: JsValue,
  use: (node: ts.Node, api: string) => Use,
): void {
  const written = isWritten(node);
  for (const value of alternatives(key)) {
    const name = isWhole(value) ? value.text : '*';
    const call = {
      api: 'process.env',
      built: false,
      args: [],
      node,
      use: use(node, 'process.env'),
    };
    if (written) {
      trait(out, call, 'env-write', name === '*' ? shown(value) : name);
      continue;
    }
    const certainty =
      name === '*' ? 'widened' : value.kind === 'text' && value.built ? 'folded' : 'exact';
    capability(out, call, { kind: 'env', name }, certainty, name === '*' ? ['dynamic-name'] : []);
    call.use.sources.push({ what: 'env', name });
  }
}

function isWritten(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isDeleteExpression(parent)) return true;
  return (
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    isAssignment(parent.operatorToken.kind) &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
  );
}

/**
 * All variables at once, unless this use only passes the object to a place that is examined itself.
 */
export function readWholeEnvironment(
  out: Out,
  node: ts.Expression,
  use: (node: ts.Node, api: string) => Use,
): void {
  if (!isEnvironment(out.self.valueOf(node)) || bareOf(node) !== node) return;
  const place = placeOf(out, node);
  if (place === 'tracked') {
    // No use by itself, but everything flows on from here.
    use(node, 'process.env').sources.push({ what: 'whole-env', name: '*' });
    return;
  }
  if (place === 'silent') return;
  const names = place === 'used' ? namesTaken(node) : undefined;
  if (names !== undefined) {
    for (const name of names) {
      const { sources } = use(node, 'process.env');
      const call = {
        api: 'process.env',
        built: false,
        args: [],
        node,
        use: use(node, 'process.env'),
      };
      capability(out, call, { kind: 'env', name }, 'exact', []);
      sources.push({ what: 'env', name });
    }
    return;
  }
  if (place === 'child') {
    trait(out, { api: 'process.env', node }, 'env-to-child', 'process.env');
    return;
  }
  readAll(out, node, 'process.env', isParameter(out, node) ? newUse : use);
}

// `({ A, B } = process.env || {})` reads what it names.
function namesTaken(node: ts.Expression): readonly string[] | undefined {
  let at: ts.Node = node;
  while (
    ts.isParenthesizedExpression(at.parent) ||
    (ts.isBinaryExpression(at.parent) &&
      at.parent.left === at &&
      choosesOperand(at.parent.operatorToken.kind) &&
      at.parent.operatorToken.kind !== ts.SyntaxKind.AmpersandAmpersandToken)
  )
    at = at.parent;
  const assignment = at.parent;
  if (
    !ts.isBinaryExpression(assignment) ||
    assignment.operatorToken.kind !== ts.SyntaxKind.EqualsToken ||
    assignment.right !== at ||
    !ts.isObjectLiteralExpression(assignment.left)
  )
    return undefined;
  // The value of the assignment is the whole environment again.
  const holder = ts.isParenthesizedExpression(assignment.parent)
    ? assignment.parent.parent
    : assignment.parent;
  if (!ts.isExpressionStatement(holder)) return undefined;
  const names = assignment.left.properties.map((property) =>
    ts.isShorthandPropertyAssignment(property) ||
    (ts.isPropertyAssignment(property) && ts.isIdentifier(property.name))
      ? property.name.getText()
      : undefined,
  );
  return names.includes(undefined) ? undefined : names.filter((name) => name !== undefined);
}

// The value of a parameter was noted where it was passed; noting it again here would mix up the
// calls.
function isParameter(out: Out, node: ts.Expression): boolean {
  const declaration = ts.isIdentifier(node)
    ? out.self.symbols.symbolOf(node)?.declarations?.[0]
    : undefined;
  return (
    declaration !== undefined &&
    (ts.isParameter(declaration) ||
      (ts.isBindingElement(declaration) && ts.isParameter(declaration.parent.parent)))
  );
}

/** All variables at once. */
export function readAll(
  out: Out,
  node: ts.Node,
  api: string,
  use: (node: ts.Node, api: string) => Use,
): void {
  const call = { api, built: false, args: [], node, use: use(node, api) };
  capability(out, call, { kind: 'env', name: '*' }, 'exact', ['whole-env']);
  call.use.sources.push({ what: 'whole-env', name: '*' });
}

type Where = 'silent' | 'tracked' | 'child' | 'used';

function placeOf(out: Out, node: ts.Expression): Where {
  let at: ts.Node = node;
  let parent = at.parent;
  while (
    ts.isParenthesizedExpression(parent) ||
    ts.isAsExpression(parent) ||
    ts.isNonNullExpression(parent) ||
    ts.isSatisfiesExpression(parent)
  ) {
    at = parent;
    parent = at.parent;
  }
  if (
    (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) &&
    parent.expression === at
  )
    return 'silent';
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isBindingElement(parent))
    return 'silent';
  if (ts.isBinaryExpression(parent)) {
    if (isAssignment(parent.operatorToken.kind))
      return ts.isIdentifier(parent.left) || parent.left === at ? 'silent' : 'used';
    // `process.env && process.env.X` only asks whether there is one.
    if (parent.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken && parent.left === at)
      return 'silent';
    return givesOperand(parent.operatorToken.kind) ? placeOf(out, parent) : 'silent';
  }
  if (
    ts.isTypeOfExpression(parent) ||
    ts.isPrefixUnaryExpression(parent) ||
    ts.isIfStatement(parent) ||
    ts.isExportSpecifier(parent)
  )
    return 'silent';
  if (
    ts.isCallExpression(parent) &&
    parent.expression !== at &&
    out.self.symbols.functionOf(parent.expression) !== undefined
  )
    return 'tracked';
  // The variable's name is the property's own name.
  if (
    ts.isCallExpression(parent) &&
    alternatives(out.self.valueOf(parent.expression)).some(
      (value) => value.kind === 'api' && value.name === 'Reflect.get',
    )
  )
    return 'silent';
  return goesToChild(out, at) ? 'child' : 'used';
}

// `{ env: process.env }` or `{ env: { ...process.env, X: "1" } }` in the options of a call that
// starts a program.
function goesToChild(out: Out, node: ts.Node): boolean {
  let at = node.parent;
  if (ts.isSpreadAssignment(at)) at = at.parent.parent;
  if (
    !ts.isPropertyAssignment(at) ||
    at.name.getText() !== 'env' ||
    !ts.isObjectLiteralExpression(at.parent)
  )
    return false;
  const call = at.parent.parent;
  if (!ts.isCallExpression(call) && !ts.isNewExpression(call)) return false;
  return alternatives(out.self.valueOf(call.expression)).some(
    (value) =>
      value.kind === 'api' &&
      /^(child_process|worker_threads|Bun|Deno|execa|cross-spawn|zx|cluster)\b/.test(value.name),
  );
}
