/**
 * Names of a program: which declaration an identifier means, what is assigned to it, and who calls
 * a function.
 */
import { ts } from 'ts-morph';
import type { Steps } from '../../../fact/steps.ts';
import { isFunctionish } from '../effects/calls.ts';
import type { Program } from '../program.ts';
import { type Assignment, collectAssignments } from './assignments.ts';
import { apiName, followed, functionDeclared, lookUp, variableNamed } from './lookup.ts';
import { methodOf } from './methods.ts';
import type { Functionish } from './values.ts';

export interface Symbols {
  /**
   * The declaration's symbol that a name means, imports followed to the file of the skill or the
   * library where it is made.
   */
  symbolOf(name: ts.Node): ts.Symbol | undefined;
  /** What a name in a `with` statement means if the statement's object has no such member. */
  outsideOf(name: ts.Identifier): ts.Symbol | undefined;
  /** Its qualified name when the capability library declares it. */
  apiOf(symbol: ts.Symbol): string | undefined;
  /** Later assignments to a variable. */
  assignments(symbol: ts.Symbol): readonly Assignment[];
  /** Assignments to a member of a variable, those by a computed name included. */
  memberAssignments(symbol: ts.Symbol, member: string): readonly Assignment[];
  /** Calls that a function is handed to by its name. */
  handedTo(callee: Functionish): readonly ts.CallExpression[];
  /** Calls whose callee is by its name this function. */
  callers(callee: Functionish): readonly (ts.CallExpression | ts.NewExpression)[];
  /** The functions and methods of the skill that a callee's name means. */
  functionOf(callee: ts.Expression): Functionish | undefined;
  /** What is assigned to a field in the methods of a class: `this.name = …`. */
  fieldAssignments(of: ts.ClassLikeDeclaration, name: string): readonly Assignment[];
  /** CommonJS: what a file puts on `module.exports` or `exports`, by name; `''` for all of it. */
  commonExports(file: ts.SourceFile): ReadonlyMap<string, readonly ts.Expression[]>;
  exportOf(file: ts.SourceFile, name: string): ts.Symbol | undefined;
}

/** Collects the names in one pass over all files. */
export function collectSymbols(program: Program, steps: Steps): Symbols {
  const { checker } = program;
  const cache = new Map<ts.Node, ts.Symbol | undefined>();
  const symbolOf = (name: ts.Node): ts.Symbol | undefined => {
    if (cache.has(name)) return cache.get(name);
    steps.take(4);
    const symbol = lookUp(checker, name);
    cache.set(name, symbol);
    return symbol;
  };
  const apiNames = new Map<ts.Symbol, string | undefined>();
  const outsideOf = (name: ts.Identifier): ts.Symbol | undefined => variableNamed(checker, name);
  const kept = collectAssignments(symbolOf, outsideOf);
  const callers = new Map<Functionish, (ts.CallExpression | ts.NewExpression)[]>();
  const handed = new Map<Functionish, ts.CallExpression[]>();
  const methodNames = new Set<string>();
  const calls: (ts.CallExpression | ts.NewExpression)[] = [];
  for (const { nodes } of program.files) {
    steps.take(nodes.length);
    for (const node of nodes) {
      if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) {
        kept.assign(node.left, {
          value: node.right,
          node,
          compound: !isPlainAssignment(node.operatorToken.kind),
        });
      } else if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
        if (!ts.isVariableDeclarationList(node.initializer))
          kept.assign(node.initializer, eachOf(node));
      } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) calls.push(node);
      else if (
        ts.isMethodDeclaration(node) ||
        ts.isPropertyAssignment(node) ||
        ts.isPropertyDeclaration(node)
      ) {
        if (ts.isIdentifier(node.name) || ts.isPrivateIdentifier(node.name))
          methodNames.add(node.name.text);
      } else if (ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node)) {
        // What a file exports is a member of it as a namespace.
        if (node.name !== undefined && ts.isIdentifier(node.name)) methodNames.add(node.name.text);
      }
    }
  }
  const exportOf = (file: ts.SourceFile, name: string): ts.Symbol | undefined => {
    const module = checker.getSymbolAtLocation(file);
    const found =
      module === undefined ? undefined : checker.tryGetMemberInModuleExports(name, module);
    return found === undefined ? undefined : followed(checker, found);
  };
  const functionOf = (callee: ts.Expression): Functionish | undefined => {
    const bare = bareOf(callee);
    if (ts.isFunctionExpression(bare) || ts.isArrowFunction(bare)) return bare;
    if (ts.isPropertyAccessExpression(bare))
      return methodNames.has(bare.name.text) ? methodOf({ symbolOf, exportOf }, bare) : undefined;
    const symbol = ts.isIdentifier(bare) ? symbolOf(bare) : undefined;
    return symbol === undefined ? undefined : functionDeclared(symbol);
  };
  for (const call of calls) {
    const callee = functionOf(call.expression);
    if (callee !== undefined) push(callers, callee, call);
    if (!ts.isCallExpression(call)) continue;
    kept.hold(call);
    for (const argument of call.arguments) {
      const given = ts.isIdentifier(argument) ? functionOf(argument) : undefined;
      if (given !== undefined) push(handed, given, call);
    }
  }
  addHandedCallers(calls, { symbolOf, functionOf }, callers);
  return {
    symbolOf,
    outsideOf,
    apiOf: (symbol) => {
      if (!apiNames.has(symbol)) apiNames.set(symbol, apiName(program, symbol));
      return apiNames.get(symbol);
    },
    assignments: kept.ofVariable,
    memberAssignments: kept.ofMember,
    fieldAssignments: kept.ofField,
    commonExports: kept.ofModule,
    handedTo: (callee) => handed.get(callee) ?? [],
    callers: (callee) => callers.get(callee) ?? [],
    functionOf,
    exportOf,
  };
}

// `remember(git)` and, in `remember`, `git('config', …)`: that is a call of the function which was
// handed on.
function addHandedCallers(
  calls: readonly (ts.CallExpression | ts.NewExpression)[],
  {
    symbolOf,
    functionOf,
  }: Pick<Symbols, 'functionOf'> & { symbolOf(name: ts.Node): ts.Symbol | undefined },
  callers: Map<Functionish, (ts.CallExpression | ts.NewExpression)[]>,
): void {
  const found: [Functionish, ts.CallExpression | ts.NewExpression][] = [];
  for (const call of calls) {
    const name = call.expression;
    const declaration = ts.isIdentifier(name) ? symbolOf(name)?.declarations?.[0] : undefined;
    if (
      declaration === undefined ||
      !ts.isParameter(declaration) ||
      !isFunctionish(declaration.parent)
    )
      continue;
    const at = declaration.parent.parameters.indexOf(declaration);
    for (const outer of callers.get(declaration.parent) ?? []) {
      const given = outer.arguments?.[at];
      const callee = given !== undefined && ts.isIdentifier(given) ? functionOf(given) : undefined;
      if (callee !== undefined) found.push([callee, call]);
    }
  }
  for (const [callee, call] of found) push(callers, callee, call);
}

/**
 * An expression without what does not change its value: parentheses, types, `await`, the left side
 * of a comma.
 */
export function bareOf(expression: ts.Expression): ts.Expression {
  for (let at = expression; ; ) {
    switch (at.kind) {
      case ts.SyntaxKind.ParenthesizedExpression:
      case ts.SyntaxKind.AsExpression:
      case ts.SyntaxKind.SatisfiesExpression:
      case ts.SyntaxKind.NonNullExpression:
      case ts.SyntaxKind.TypeAssertionExpression:
      case ts.SyntaxKind.AwaitExpression:
      case ts.SyntaxKind.ExpressionWithTypeArguments:
        if (!('expression' in at)) return at;
        at = at.expression as ts.Expression;
        break;
      case ts.SyntaxKind.BinaryExpression:
        if (!ts.isBinaryExpression(at) || at.operatorToken.kind !== ts.SyntaxKind.CommaToken)
          return at;
        at = at.right;
        break;
      default:
        return at;
    }
  }
}

/** Visits every node, parents before children and in the order of the text, without recursion. */
export function eachNode(root: ts.Node, visit: (node: ts.Node) => void): void {
  const open: ts.Node[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    visit(node);
    const children: ts.Node[] = [];
    ts.forEachChild(node, (child) => {
      children.push(child);
    });
    for (const child of children.reverse()) open.push(child);
  }
}

/** The name of a member access, `*` when it is computed. */
export function memberName(
  access: ts.PropertyAccessExpression | ts.ElementAccessExpression,
): string {
  if (ts.isPropertyAccessExpression(access)) return access.name.text;
  return ts.isStringLiteralLike(access.argumentExpression) ? access.argumentExpression.text : '*';
}

/** `=`, `+=`, `??=` and the like. */
export function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/**
 * What a loop over a variable that exists already puts there: the elements, or names that are not
 * known.
 */
export function eachOf(node: ts.ForInOrOfStatement): Assignment {
  const isOf = ts.isForOfStatement(node) && node.awaitModifier === undefined;
  return isOf
    ? { value: node.expression, node, compound: false, each: true }
    : { value: node.expression, node, compound: true };
}

/** `x ??= value` puts the value there as it is, or leaves what is there. */
export function isPlainAssignment(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.EqualsToken ||
    kind === ts.SyntaxKind.QuestionQuestionEqualsToken ||
    kind === ts.SyntaxKind.BarBarEqualsToken ||
    kind === ts.SyntaxKind.AmpersandAmpersandEqualsToken
  );
}

/** Adds to the list of a key. */
export function push<Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
