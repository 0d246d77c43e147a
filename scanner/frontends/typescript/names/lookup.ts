/**
 * Name lookup by the checker: the symbol of a name, the API that the capability library declares
 * under it, the function behind it.
 */
import { ts } from 'ts-morph';
import type { Program } from '../program.ts';
import { bareOf, type Functionish } from '../syntax.ts';

/** The symbol that a name means, imports followed. */
export function lookUp(checker: ts.TypeChecker, name: ts.Node): ts.Symbol | undefined {
  const parent = name.parent;
  const variable =
    ts.isIdentifier(name) && isRootOfTarget(name) ? variableNamed(checker, name) : undefined;
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
  return (
    parent.expression === name &&
    ts.isBinaryExpression(parent.parent) &&
    parent.parent.left === parent
  );
}

/**
 * The variable of a name. In JavaScript the checker takes `a` of `a.b = …` for the declaration of
 * the member, and in a `with` statement it resolves nothing. Its `resolveName` is internal, but
 * finds the variable.
 */
export function variableNamed(checker: ts.TypeChecker, name: ts.Identifier): ts.Symbol | undefined {
  const resolve: unknown = Reflect.get(checker, 'resolveName');
  return typeof resolve === 'function'
    ? resolve(name.text, name, ts.SymbolFlags.Value | ts.SymbolFlags.Alias, false)
    : undefined;
}

/** The symbol that an import stands for. */
export function followed(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol | undefined {
  if ((symbol.flags & ts.SymbolFlags.Alias) === 0) return symbol;
  const target = checker.getAliasedSymbol(symbol);
  // An import from an unknown module stays as it is: its own declaration names the module.
  return target.declarations === undefined ? symbol : target;
}

/** The qualified name of a declaration in the capability library; undefined for all others. */
export function apiName({ sourceOf }: Program, symbol: ts.Symbol): string | undefined {
  const declaration = symbol.declarations?.[0];
  if (declaration === undefined || sourceOf(declaration.getSourceFile()) !== undefined)
    return undefined;
  const names: string[] = [];
  let instance = false;
  for (
    let node: ts.Node = declaration;
    node !== undefined && !ts.isSourceFile(node);
    node = node.parent
  ) {
    if (ts.isModuleDeclaration(node)) names.unshift(node.name.text.replace(/^node:/, ''));
    else if (ts.isInterfaceDeclaration(node)) {
      instance = node !== declaration;
      names.unshift(node.name.text);
    } else if (ts.isVariableDeclaration(node) || ts.isPropertySignature(node))
      names.unshift(node.name.getText());
  }
  const last = names.pop() ?? '';
  // The CommonJS variable, not the built-in module of that name.
  if (names.length === 0)
    return last === 'module' && ts.isVariableDeclaration(declaration) ? 'module-object' : last;
  return `${names.join('.')}${instance ? '#' : '.'}${last}`;
}

/** The symbol that a file exports under a name, with imports followed. */
export function exportNamed(
  checker: ts.TypeChecker,
  file: ts.SourceFile,
  name: string,
): ts.Symbol | undefined {
  const module = checker.getSymbolAtLocation(file);
  const found = module && checker.tryGetMemberInModuleExports(name, module);
  return found === undefined ? undefined : followed(checker, found);
}

/** The function or constructor that a symbol's declaration defines. */
export function functionDeclared(symbol: ts.Symbol | undefined): Functionish | undefined {
  for (const declaration of symbol?.declarations ?? []) {
    if (ts.isFunctionDeclaration(declaration) || ts.isMethodDeclaration(declaration))
      return declaration;
    if (ts.isClassLike(declaration)) return constructorOf(declaration);
    const value = 'initializer' in declaration ? declaration.initializer : undefined;
    const bare = isExpression(value) ? bareOf(value) : undefined;
    if (bare !== undefined && ts.isClassLike(bare)) return constructorOf(bare);
    if (bare !== undefined && (ts.isFunctionExpression(bare) || ts.isArrowFunction(bare)))
      return bare;
  }
  return undefined;
}

/** The symbol of `send` for a variable with `send.bind(this)`, which takes the same arguments. */
export function boundBy(
  symbol: ts.Symbol | undefined,
  symbolOf: (name: ts.Node) => ts.Symbol | undefined,
): ts.Symbol | undefined {
  const [declaration] = symbol?.declarations ?? [];
  const value =
    declaration !== undefined && ts.isVariableDeclaration(declaration)
      ? declaration.initializer
      : undefined;
  const bound = value === undefined ? undefined : bareOf(value);
  if (bound === undefined || !ts.isCallExpression(bound) || bound.arguments.length > 1)
    return undefined;
  const method = bareOf(bound.expression);
  return ts.isPropertyAccessExpression(method) && method.name.text === 'bind'
    ? symbolOf(method.expression)
    : undefined;
}

function constructorOf({ members }: ts.ClassLikeDeclaration): Functionish | undefined {
  return members.find((member) => ts.isConstructorDeclaration(member));
}

function isExpression(value: unknown): value is ts.Expression {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
