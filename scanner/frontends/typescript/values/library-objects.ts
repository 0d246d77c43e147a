/** Objects that a library made: the calls that made them, and what code does with them later. */
import { ts } from 'ts-morph';
import { harmlessModules, nodeDefaults } from '../../../knowledge/javascript.ts';
import { resolveCall } from '../effects/calls.ts';
import { bareOf } from '../syntax.ts';
import type { Evaluator } from './evaluator.ts';

type Made = ts.CallExpression | ts.NewExpression;

/**
 * The calls of libraries that made an object, or that made the object which gave it: `new Zip()`
 * for `zip`, for `zip.folder('a')` and for a variable that has one of them.
 */
export function madeByLibrary(self: Evaluator, object: ts.Expression): readonly Made[] {
  const found: Made[] = [];
  const seen = new Set<ts.Node>();
  const open: ts.Node[] = [object];
  for (let next = open.pop(); next !== undefined && seen.size < stepsMax; next = open.pop()) {
    const at = ts.isExpression(next) ? bareOf(next) : next;
    if (seen.has(at)) continue;
    seen.add(at);
    self.steps.take();
    if (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) {
      const { kind } = at.expression;
      if (kind !== ts.SyntaxKind.ThisKeyword) open.push(at.expression);
      else if (ts.isPropertyAccessExpression(at)) open.push(...fieldValues(self, at.name));
    } else if (ts.isIdentifier(at)) open.push(...variableValues(self, at));
    else if (ts.isCallExpression(at) || ts.isNewExpression(at)) {
      if (isOfLibrary(self, at)) found.push(at);
      if (ts.isPropertyAccessExpression(bareOf(at.expression))) open.push(at.expression);
    }
  }
  return found;
}

/** Names and calls between an object and the call that made it. */
const stepsMax = 12;

// A variable, or a name of the pattern that takes apart what it begins with.
function variableValues({ symbols }: Evaluator, name: ts.Identifier): readonly ts.Expression[] {
  const symbol = symbols.symbolOf(name);
  if (symbol === undefined) return [];
  let declaration: ts.Node | undefined = symbol.declarations?.[0];
  while (declaration !== undefined && isInPattern(declaration)) declaration = declaration.parent;
  const begins =
    declaration !== undefined && ts.isVariableDeclaration(declaration)
      ? declaration.initializer
      : undefined;
  if (begins !== undefined) return [begins];
  return symbols
    .assignments(symbol)
    .slice(0, assignedMax)
    .map(({ value }) => value);
}

const assignedMax = 2;

function isInPattern(node: ts.Node): boolean {
  return (
    ts.isBindingElement(node) || ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node)
  );
}

function fieldValues({ symbols }: Evaluator, name: ts.MemberName): readonly ts.Expression[] {
  const declaration = symbols.symbolOf(name)?.declarations?.[0];
  if (declaration === undefined) return [];
  if (ts.isPropertyDeclaration(declaration) && declaration.initializer !== undefined)
    return [declaration.initializer];
  let owner: ts.Node | undefined = declaration;
  while (owner !== undefined && !ts.isClassLike(owner)) owner = owner.parent;
  return owner === undefined
    ? []
    : symbols
        .fieldAssignments(owner, name.text)
        .slice(0, assignedMax)
        .map(({ value }) => value);
}

function isOfLibrary(self: Evaluator, node: Made): boolean {
  const callee = bareOf(node.expression);
  // A class of the runtime that no table has: `new TransformStream()`.
  if (
    ts.isNewExpression(node) &&
    ts.isIdentifier(callee) &&
    self.symbols.symbolOf(callee) === undefined
  )
    return true;
  return resolveCall(self, node).some(
    ({ callee: value }) =>
      value.kind === 'api' && (isPackage(value.name) || madeByNode.test(value.name)),
  );
}

// Objects of Node that hold what they are given.
const madeByNode =
  /^(stream\.\w+|events\.EventEmitter|async_hooks\.AsyncLocalStorage|diagnostics_channel\.channel)$/;

/** Whether an API belongs to a package of npm, and neither to the language nor to Node. */
export function isPackage(api: string): boolean {
  const [root = ''] = /^(?:@[^/]+\/)?[^.#/]+/.exec(api) ?? [];
  return !Object.hasOwn(nodeDefaults, root) && !harmlessModules.has(root) && !ofLanguage.test(root);
}

const ofLanguage =
  /^([A-Z]\w*|require|import|console|globalThis|fetch|set(Timeout|Interval|Immediate)|queueMicrotask|structuredClone|eval|(en|de)codeURI(Component)?|(un)?escape|parse(Int|Float)|isNaN|btoa|atob|navigator|document|performance|localStorage|sessionStorage|caches|open|module-object|location)$/;
