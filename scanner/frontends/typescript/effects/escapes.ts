/**
 * Powerful values that leave the analysis: everything that could be done with them counts as done.
 */
import { ts } from 'ts-morph';
import type { Capability } from '../../../../skills-index/skill/capability.ts';
import { nodeDefaults } from '../../../knowledge/javascript.ts';
import { own } from '../../../lookup-tables/api.ts';
import { anyEgress } from '../../../lookup-tables/egress-of.ts';
import { callsBack } from '../flow/positions.ts';
import { apis } from '../library.ts';
import { capability, type Out, trait, type Use } from '../out.ts';
import { calledMember, type Functionish, givesOperand, isAssignment, ownerOf } from '../syntax.ts';
import { alternatives, type JsValue } from '../values/values.ts';

const powers: ReadonlySet<string> = new Set([
  'process',
  'require',
  'eval',
  'Function',
  'module-object',
  'globalThis',
  'Bun',
  'Deno',
  'module',
]);
const widest: Readonly<Record<'mount' | 'exec' | 'egress', Capability>> = {
  mount: { kind: 'mount', path: '*', mode: 'rw' },
  exec: { kind: 'exec', program: '*' },
  egress: { kind: 'egress', url: anyEgress, methods: ['*'] },
};

/** The widest effect of a value; undefined for a value without power. */
function powerOf(value: JsValue): Capability | undefined {
  if (value.kind !== 'api') return undefined;
  if (powers.has(value.name)) return widest.exec;
  const module = own(nodeDefaults, value.name);
  if (module !== undefined) return widest[module];
  const effects = own(apis, value.name)?.effects ?? [];
  if (effects.some(({ does }) => does === 'program' || does === 'code' || does === 'load'))
    return widest.exec;
  return undefined;
}

/**
 * Notes a powerful value that is used in any other way than a call, a member read, a naming or an
 * argument of a known function.
 */
export function noteEscape(
  out: Out,
  node: ts.Expression,
  use: (node: ts.Node, api: string) => Use,
): void {
  for (const value of alternatives(out.self.valueOf(node))) {
    const power = powerOf(value);
    if (power === undefined || value.kind !== 'api' || isFollowed(out, node)) continue;
    const call = {
      api: value.name,
      built: value.built,
      args: [],
      node,
      use: use(node, value.name),
    };
    trait(out, call, 'escape', value.name, 'widened');
    capability(out, call, power, 'widened', ['escape', 'dynamic-name']);
  }
}

const seenThrough = new Set([
  'util.promisify',
  'Reflect.get',
  'Reflect.apply',
  'Reflect.construct',
  'Object.getOwnPropertyDescriptor',
  'Object.getPrototypeOf',
  'Object.freeze',
  'Proxy',
  'util.callbackify',
  'util.deprecate',
]);

function isFollowed(out: Out, node: ts.Expression): boolean {
  const { parent } = node;
  if (
    ts.isParenthesizedExpression(parent) ||
    ts.isAsExpression(parent) ||
    ts.isNonNullExpression(parent) ||
    ts.isAwaitExpression(parent) ||
    ts.isSatisfiesExpression(parent)
  )
    return isFollowed(out, parent);
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent))
    return parent.expression === node || isFollowedArgument(out, parent, node);
  if (ts.isPropertyAccessExpression(parent) || ts.isTaggedTemplateExpression(parent)) return true;
  // A member whose name cannot be computed may be any member.
  if (ts.isElementAccessExpression(parent))
    return (
      parent.expression !== node ||
      alternatives(out.self.valueOf(parent)).some((value) => value.kind !== 'unknown')
    );
  if (ts.isBinaryExpression(parent)) {
    const operator = parent.operatorToken;
    if (isAssignment(operator.kind))
      return (
        ts.isIdentifier(parent.left) ||
        parent.left === node ||
        /^(module\.)?exports\b/.test(parent.left.getText())
      );
    return givesOperand(operator.kind) ? isFollowed(out, parent) : true;
  }
  if (ts.isConditionalExpression(parent))
    return parent.condition === node || isFollowed(out, parent);
  if (ts.isPropertyAssignment(parent) || ts.isShorthandPropertyAssignment(parent))
    return isFollowedLiteral(parent.parent);
  if (ts.isArrayLiteralExpression(parent)) return isFollowedLiteral(parent);
  if (ts.isArrowFunction(parent) && parent.body === node) return isFollowedResult(out, parent);
  if (ts.isReturnStatement(parent)) {
    const owner = ownerOf(parent);
    return owner === undefined || isFollowedResult(out, owner);
  }
  return !ts.isSpreadAssignment(parent) && !ts.isSpreadElement(parent);
}

// The result of a function goes to its callers. The callers of a function that was itself passed on
// are unknown.
function isFollowedResult(out: Out, callee: Functionish): boolean {
  if (ts.isFunctionExpression(callee) || ts.isArrowFunction(callee)) return isFollowed(out, callee);
  return !ts.isObjectLiteralExpression(callee.parent) || isFollowedLiteral(callee.parent);
}

function isFollowedLiteral(literal: ts.Expression): boolean {
  const { parent } = literal;
  if (
    ts.isVariableDeclaration(parent) ||
    ts.isExportAssignment(parent) ||
    ts.isReturnStatement(parent) ||
    ts.isArrowFunction(parent)
  )
    return true;
  if (ts.isBinaryExpression(parent))
    return parent.right === literal && isAssignment(parent.operatorToken.kind);
  return (
    ts.isElementAccessExpression(parent) ||
    ts.isPropertyAccessExpression(parent) ||
    ts.isParenthesizedExpression(parent)
  );
}

function isFollowedArgument(
  out: Out,
  call: ts.CallExpression | ts.NewExpression,
  node: ts.Expression,
): boolean {
  if (out.self.symbols.functionOf(call.expression) !== undefined)
    return !(call.arguments ?? []).some(
      (argument) => ts.isSpreadElement(argument) && argument.expression === node,
    );
  return alternatives(out.self.valueOf(call.expression)).some(
    (value) =>
      (value.kind === 'api' &&
        (seenThrough.has(value.name) || /[.#](call|apply|bind)$/.test(value.name))) ||
      (value.kind === 'method' &&
        (callsBack.has(value.name)
          ? calledMember(call) !== undefined
          : value.of.kind !== 'method' && /^(call|apply|bind)$/.test(value.name))),
  );
}
