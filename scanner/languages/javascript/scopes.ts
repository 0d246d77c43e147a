/** Which names the scopes of a JavaScript or TypeScript program bind. */
import { ts } from 'ts-morph';

/** What an import binds to a name: `default`, `*` for all of a module, or what it exports. */
export interface JavascriptImport {
  readonly from: string;
  readonly name: string;
}

/** A program, function, class or block, with the names that it binds. */
export interface JavascriptScope {
  readonly node: ts.Node;
  readonly around: JavascriptScope | undefined;
  /** Whether `var` binds here. */
  readonly isFunction: boolean;
  /** The names of the IR for those of the program: no two scopes share one. */
  readonly names: Map<string, string>;
  readonly imports: Map<string, JavascriptImport>;
  /** What its `var`s are called in the IR, which are there before they get a value. */
  readonly hoisted: Set<string>;
  usesArguments: boolean;
  /** The parameters of a function that uses `arguments`, by their places in it. */
  argumentNames: readonly string[];
}

export type Scopes = ReadonlyMap<ts.Node, JavascriptScope>;

/** The scopes of a program, by the nodes that open them. */
export function scopesOf(file: ts.SourceFile): Scopes {
  const scopes = new Map<ts.Node, JavascriptScope>();
  const taken = new Set<string>();
  const open = (node: ts.Node, around: JavascriptScope | undefined): JavascriptScope => {
    const scope: JavascriptScope = {
      node,
      around,
      isFunction:
        isFunction(node) ||
        ts.isSourceFile(node) ||
        ts.isModuleBlock(node) ||
        ts.isClassStaticBlockDeclaration(node),
      names: new Map(),
      imports: new Map(),
      hoisted: new Set(),
      usesArguments: false,
      argumentNames: [],
    };
    scopes.set(node, scope);
    return scope;
  };
  const bind = (scope: JavascriptScope, name: string): string => {
    const known = scope.names.get(name);
    if (known !== undefined) return known;
    const made = taken.has(name) ? `${name}@${scope.node.pos}` : name;
    taken.add(name);
    scope.names.set(name, made);
    return made;
  };
  const visit = (node: ts.Node, around: JavascriptScope): JavascriptScope => {
    const scope = opensScope(node) ? open(node, around) : around;
    for (const { to, name, isHoisted } of boundBy(node, scope, around)) {
      // A parameter of the same name has its value already.
      const isNew = !to.names.has(name);
      const made = bind(to, name);
      if (isHoisted && isNew) to.hoisted.add(made);
    }
    if (ts.isImportDeclaration(node)) importsOf(node, around);
    if (ts.isIdentifier(node) && node.text === 'arguments') argumentsIn(around);
    return scope;
  };
  const top = open(file, undefined);
  // A long `a + b + …` nests deeper than calls may.
  const left: { readonly node: ts.Node; readonly around: JavascriptScope }[] = [];
  const leave = (node: ts.Node, around: JavascriptScope): void => {
    const children: ts.Node[] = [];
    ts.forEachChild(node, (child) => void children.push(child));
    for (const child of children.reverse()) left.push({ node: child, around });
  };
  leave(file, top);
  for (let one = left.pop(); one !== undefined; one = left.pop())
    leave(one.node, visit(one.node, one.around));
  return scopes;
}

export function isFunction(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return ts.isFunctionLike(node) && 'body' in node;
}

function opensScope(node: ts.Node): boolean {
  return (
    isFunction(node) ||
    ts.isBlock(node) ||
    ts.isModuleBlock(node) ||
    ts.isClassLike(node) ||
    ts.isCatchClause(node) ||
    ts.isCaseBlock(node) ||
    ts.isForStatement(node) ||
    ts.isForInStatement(node) ||
    ts.isForOfStatement(node) ||
    ts.isClassStaticBlockDeclaration(node)
  );
}

interface Bound {
  readonly to: JavascriptScope;
  readonly name: string;
  readonly isHoisted?: boolean;
}

function boundBy(node: ts.Node, scope: JavascriptScope, around: JavascriptScope): readonly Bound[] {
  if (ts.isVariableDeclaration(node)) {
    const isBlock =
      ts.isCatchClause(node.parent) || (node.parent.flags & ts.NodeFlags.BlockScoped) !== 0;
    const to = isBlock ? scope : functionAround(scope);
    // `var require` leaves what a program is given by that name.
    const isGiven = (name: string): boolean => !isBlock && name === 'require';
    const names = isAmbient(node) ? [] : namesIn(node.name).filter((name) => !isGiven(name));
    return names.map((name) => ({ to, name, isHoisted: !isBlock }));
  }
  if (ts.isParameter(node)) return namesIn(node.name).map((name) => ({ to: scope, name }));
  if (ts.isFunctionExpression(node) || ts.isClassExpression(node))
    return node.name === undefined ? [] : [{ to: scope, name: node.name.text }];
  const isDeclared =
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isEnumDeclaration(node) ||
    ts.isModuleDeclaration(node) ||
    ts.isImportEqualsDeclaration(node);
  if (!isDeclared || node.name === undefined || !ts.isIdentifier(node.name)) return [];
  if (isAmbient(node)) return [];
  return [{ to: around, name: node.name.text }];
}

// `declare const require: any` says what is there anyway.
function isAmbient(node: ts.Declaration): boolean {
  return (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Ambient) !== 0;
}

/** The names that a pattern binds; none where the parser has gone on without one. */
export function namesIn(name: ts.BindingName | undefined): readonly string[] {
  if (name === undefined) return [];
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((one) => (ts.isBindingElement(one) ? namesIn(one.name) : []));
}

function functionAround(scope: JavascriptScope): JavascriptScope {
  let at = scope;
  while (!at.isFunction && at.around !== undefined) at = at.around;
  return at;
}

// `arguments` is that of the next function around that is no arrow function.
function argumentsIn(scope: JavascriptScope): void {
  let at: JavascriptScope | undefined = scope;
  while (at !== undefined && (!isFunction(at.node) || ts.isArrowFunction(at.node))) at = at.around;
  if (at !== undefined) at.usesArguments = true;
}

function importsOf(
  { importClause, moduleSpecifier }: ts.ImportDeclaration,
  scope: JavascriptScope,
): void {
  if (!importClause || importClause.isTypeOnly || !ts.isStringLiteral(moduleSpecifier)) return;
  const from = moduleSpecifier.text;
  const { name, namedBindings } = importClause;
  if (name !== undefined) scope.imports.set(name.text, { from, name: 'default' });
  if (namedBindings === undefined) return;
  if (ts.isNamespaceImport(namedBindings)) {
    scope.imports.set(namedBindings.name.text, { from, name: '*' });
    return;
  }
  for (const { name: as, propertyName, isTypeOnly } of namedBindings.elements)
    if (!isTypeOnly) scope.imports.set(as.text, { from, name: (propertyName ?? as).text });
}
