/** Names of a program: which declaration an identifier means, what is assigned to it, and who calls a function. */
import { ts } from 'ts-morph';
import type { Steps } from '../steps.ts';
import type { Program } from './typescript-program.ts';
import type { Functionish } from './typescript-values.ts';

export interface Assignment {
  /** What is assigned: the right-hand side. */
  readonly value: ts.Expression;
  readonly node: ts.Node;
  /** `+=` and the like. */
  readonly compound: boolean;
}

export interface Symbols {
  /** The declaration's symbol that a name means, imports followed to the file of the skill or the library where it is made. */
  symbolOf(name: ts.Node): ts.Symbol | undefined;
  /** Its qualified name when the capability library declares it. */
  apiOf(symbol: ts.Symbol): string | undefined;
  /** Later assignments to a variable. */
  assignments(symbol: ts.Symbol): readonly Assignment[];
  /** Assignments to a member of a variable, those by a computed name included. */
  memberAssignments(symbol: ts.Symbol, member: string): readonly Assignment[];
  /** Calls whose callee is by its name this function. */
  callers(callee: Functionish): readonly (ts.CallExpression | ts.NewExpression)[];
  /** The functions and methods of the skill that a callee's name means. */
  functionOf(callee: ts.Expression): Functionish | undefined;
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
  const assignments = new Map<ts.Symbol, Assignment[]>();
  const members = new Map<ts.Symbol, Map<string, Assignment[]>>();
  const callers = new Map<Functionish, (ts.CallExpression | ts.NewExpression)[]>();
  const common = new Map<ts.SourceFile, Map<string, ts.Expression[]>>();
  const methodNames = new Set<string>();
  const calls: (ts.CallExpression | ts.NewExpression)[] = [];
  const assign = (target: ts.Expression, value: ts.Expression, node: ts.Node, compound: boolean): void => {
    const bare = bareOf(target);
    if (ts.isIdentifier(bare)) {
      const symbol = symbolOf(bare);
      if (symbol !== undefined) push(assignments, symbol, { value, node, compound });
    } else if (ts.isPropertyAccessExpression(bare) || ts.isElementAccessExpression(bare)) {
      const exported = commonExport(bare);
      if (exported !== undefined) push(mapOf(common, node.getSourceFile()), exported, value);
      const object = bareOf(bare.expression);
      const symbol = ts.isIdentifier(object) ? symbolOf(object) : undefined;
      if (symbol !== undefined) push(mapOf(members, symbol), memberName(bare), { value, node, compound });
    } else if (ts.isObjectLiteralExpression(bare)) {
      for (const property of bare.properties) {
        if (ts.isShorthandPropertyAssignment(property)) assign(property.name, value, node, true);
        else if (ts.isPropertyAssignment(property)) assign(property.initializer, value, node, true);
      }
    } else if (ts.isArrayLiteralExpression(bare)) {
      for (const element of bare.elements) assign(element, value, node, true);
    }
  };
  for (const { file } of program.files) {
    eachNode(file, (node) => {
      steps.take();
      if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) {
        assign(node.left, node.right, node, node.operatorToken.kind !== ts.SyntaxKind.EqualsToken);
      } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) calls.push(node);
      else if (ts.isMethodDeclaration(node) || ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node)) {
        if (ts.isIdentifier(node.name)) methodNames.add(node.name.text);
      }
    });
  }
  const functionOf = (callee: ts.Expression): Functionish | undefined => {
    const bare = bareOf(callee);
    if (ts.isFunctionExpression(bare) || ts.isArrowFunction(bare)) return bare;
    const isMember = ts.isPropertyAccessExpression(bare) && methodNames.has(bare.name.text);
    const symbol = ts.isIdentifier(bare) ? symbolOf(bare) : isMember ? symbolOf(bare.name) : undefined;
    return symbol === undefined ? undefined : functionDeclared(symbol);
  };
  for (const call of calls) {
    const callee = functionOf(call.expression);
    if (callee !== undefined) push(callers, callee, call);
  }
  return {
    symbolOf,
    apiOf: (symbol) => apiName(program, symbol),
    assignments: (symbol) => assignments.get(symbol) ?? [],
    memberAssignments: (symbol, member) => [
      ...(members.get(symbol)?.get(member) ?? []),
      ...(members.get(symbol)?.get('*') ?? []),
    ],
    callers: (callee) => callers.get(callee) ?? [],
    functionOf,
    commonExports: (file) => common.get(file) ?? new Map(),
    exportOf: (file, name) => {
      const module = checker.getSymbolAtLocation(file);
      const found = module === undefined ? undefined : checker.tryGetMemberInModuleExports(name, module);
      return found === undefined ? undefined : followed(checker, found);
    },
  };
}

/** An expression without what does not change its value: parentheses, types, `await`, the left side of a comma. */
export function bareOf(expression: ts.Expression): ts.Expression {
  for (let at = expression; ; ) {
    if (
      ts.isParenthesizedExpression(at) ||
      ts.isAsExpression(at) ||
      ts.isSatisfiesExpression(at) ||
      ts.isNonNullExpression(at) ||
      ts.isTypeAssertionExpression(at) ||
      ts.isAwaitExpression(at) ||
      ts.isExpressionWithTypeArguments(at)
    )
      at = at.expression;
    else if (ts.isBinaryExpression(at) && at.operatorToken.kind === ts.SyntaxKind.CommaToken) at = at.right;
    else return at;
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

function lookUp(checker: ts.TypeChecker, name: ts.Node): ts.Symbol | undefined {
  const parent = name.parent;
  const variable = ts.isIdentifier(name) && isRootOfTarget(name) ? variableNamed(checker, name) : undefined;
  if (variable !== undefined) return followed(checker, variable);
  const symbol =
    parent !== undefined && ts.isShorthandPropertyAssignment(parent) && parent.name === name
      ? checker.getShorthandAssignmentValueSymbol(parent)
      : checker.getSymbolAtLocation(name);
  return symbol === undefined ? undefined : followed(checker, symbol);
}

function isRootOfTarget(name: ts.Identifier): boolean {
  const { parent } = name;
  if (!ts.isPropertyAccessExpression(parent) && !ts.isElementAccessExpression(parent)) return false;
  return parent.expression === name && ts.isBinaryExpression(parent.parent) && parent.parent.left === parent;
}

// In JavaScript the checker takes `a` of `a.b = …` for the declaration of the member. Its `resolveName` is internal, but says the variable.
function variableNamed(checker: ts.TypeChecker, name: ts.Identifier): ts.Symbol | undefined {
  const resolve: unknown = Reflect.get(checker, 'resolveName');
  return typeof resolve === 'function' ? resolve(name.text, name, ts.SymbolFlags.Value | ts.SymbolFlags.Alias, false) : undefined;
}

function followed(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol | undefined {
  if ((symbol.flags & ts.SymbolFlags.Alias) === 0) return symbol;
  const target = checker.getAliasedSymbol(symbol);
  // An import of something unknown stays what it is: its own declaration says from where.
  return target.declarations === undefined ? symbol : target;
}

function apiName({ sourceOf }: Program, symbol: ts.Symbol): string | undefined {
  const declaration = symbol.declarations?.[0];
  if (declaration === undefined || sourceOf(declaration.getSourceFile()) !== undefined) return undefined;
  const names: string[] = [];
  let instance = false;
  for (let node: ts.Node = declaration; node !== undefined && !ts.isSourceFile(node); node = node.parent) {
    if (ts.isModuleDeclaration(node)) names.unshift(node.name.text.replace(/^node:/, ''));
    else if (ts.isInterfaceDeclaration(node)) {
      instance = node !== declaration;
      names.unshift(node.name.text);
    } else if (ts.isVariableDeclaration(node) || ts.isPropertySignature(node)) names.unshift(node.name.getText());
  }
  const last = names.pop() ?? '';
  if (names.length === 0) return last;
  return `${names.join('.')}${instance ? '#' : '.'}${last}`;
}

function functionDeclared(symbol: ts.Symbol): Functionish | undefined {
  for (const declaration of symbol.declarations ?? []) {
    if (ts.isFunctionDeclaration(declaration) || ts.isMethodDeclaration(declaration)) return declaration;
    if (ts.isClassLike(declaration)) return declaration.members.find((member) => ts.isConstructorDeclaration(member));
    const value = 'initializer' in declaration ? declaration.initializer : undefined;
    const bare = isExpression(value) ? bareOf(value) : undefined;
    if (bare !== undefined && (ts.isFunctionExpression(bare) || ts.isArrowFunction(bare))) return bare;
  }
  return undefined;
}

function isExpression(value: unknown): value is ts.Expression {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function commonExport(target: ts.PropertyAccessExpression | ts.ElementAccessExpression): string | undefined {
  const object = target.expression.getText();
  if (object === 'module' && memberName(target) === 'exports') return '';
  return object === 'exports' || object === 'module.exports' ? memberName(target) : undefined;
}

/** The name of a member access, `*` when it is computed. */
export function memberName(access: ts.PropertyAccessExpression | ts.ElementAccessExpression): string {
  if (ts.isPropertyAccessExpression(access)) return access.name.text;
  return ts.isStringLiteralLike(access.argumentExpression) ? access.argumentExpression.text : '*';
}

/** `=`, `+=`, `??=` and the like. */
export function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function push<Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}

function mapOf<Key, Inner, Item>(map: Map<Key, Map<Inner, Item>>, key: Key): Map<Inner, Item> {
  const inner = map.get(key) ?? new Map<Inner, Item>();
  map.set(key, inner);
  return inner;
}
