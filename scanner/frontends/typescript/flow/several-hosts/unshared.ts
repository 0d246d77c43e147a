/** Names and values that nothing else in a program may change, or see changed. */
import { ts } from 'ts-morph';
import { bareOf, eachNode, type Functionish } from '../../syntax.ts';
import type { Evaluator } from '../../values/evaluator.ts';
import type { Flow } from '../nodes.ts';

/**
 * The declaration of a name in its own file, where nothing else there declares or assigns the name.
 */
export function declarationOf(self: Evaluator, name: ts.Identifier): ts.Declaration | undefined {
  const symbol = self.symbols.symbolOf(name);
  const [declaration] = symbol?.declarations ?? [];
  if (symbol === undefined || declaration === undefined) return undefined;
  if (declaration.getSourceFile() !== name.getSourceFile()) return undefined;
  if (self.symbols.assignments(symbol).length > 0) return undefined;
  if (ts.isVariableDeclaration(declaration))
    return isConstant(declaration) ? declaration : undefined;
  const scope = ts.isParameter(declaration) ? declaration.parent : name.getSourceFile();
  let count = 0;
  eachNode(scope, (node) => {
    if (ts.isIdentifier(node) && node.text === name.text && isDeclared(node)) count++;
  });
  self.steps.take(scope.end - scope.pos);
  return count === 1 ? declaration : undefined;
}

function isConstant(declaration: ts.VariableDeclaration): boolean {
  return (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
}

// TypeScript gives a second declaration that it refuses a symbol of its own.
function isDeclared(name: ts.Identifier): boolean {
  const { parent } = name;
  return (
    (ts.isParameter(parent) ||
      ts.isVariableDeclaration(parent) ||
      ts.isBindingElement(parent) ||
      ts.isFunctionLike(parent) ||
      ts.isClassLike(parent)) &&
    parent.name === name
  );
}

/**
 * The nodes that each call of a function has for itself. A variable that has a second use may be
 * changed there, or be seen by others.
 */
export function ownNodes({ out: { self }, nodes }: Flow, helper: Functionish): ReadonlySet<string> {
  const uses = new Map<ts.Symbol, number>();
  self.steps.take(helper.end - helper.pos);
  eachNode(helper, (node) => {
    if (!ts.isIdentifier(node) || isDeclared(node) || isOnlyAsked(node)) return;
    const symbol = self.symbols.symbolOf(node);
    if (symbol !== undefined) uses.set(symbol, (uses.get(symbol) ?? 0) + 1);
  });
  return nodes.within(helper, (variable) => (uses.get(variable) ?? 0) < 2);
}

// `if (!key)`, `key === undefined`
function isOnlyAsked(name: ts.Identifier): boolean {
  const { parent } = name;
  return (
    (ts.isIfStatement(parent) && parent.expression === name) ||
    (ts.isPrefixUnaryExpression(parent) && parent.operator === ts.SyntaxKind.ExclamationToken) ||
    (ts.isBinaryExpression(parent) && /^[!=]==?$/.test(parent.operatorToken.getText()))
  );
}

/**
 * Whether an argument is made where it stands, of texts and of variables of the environment: no
 * other name means the same object.
 */
export function isUnshared(self: Evaluator, given: ts.Expression): boolean {
  return isMadeHere(self, given, new Map());
}

/** Answers for names; false for the names that are being asked, since none is made of itself. */
type Asked = Map<ts.Declaration, boolean>;

function isMadeHere(self: Evaluator, given: ts.Expression, asked: Asked): boolean {
  const isMade = (one: ts.Expression): boolean => isMadeHere(self, one, asked);
  const bare = bareOf(given);
  if (ts.isLiteralExpression(bare) || isKeyword.has(bare.kind)) return true;
  if (ts.isTemplateExpression(bare))
    return bare.templateSpans.every(({ expression }) => isMade(expression));
  if (ts.isBinaryExpression(bare)) return [bare.left, bare.right].every(isMade);
  if (ts.isObjectLiteralExpression(bare))
    return bare.properties.every(
      (property) =>
        (ts.isPropertyAssignment(property) && isMade(property.initializer)) ||
        (ts.isShorthandPropertyAssignment(property) && isMade(property.name)),
    );
  if (ts.isArrayLiteralExpression(bare)) return bare.elements.every(isMade);
  if (ts.isPropertyAccessExpression(bare)) return bare.expression.getText() === 'process.env';
  if (ts.isCallExpression(bare))
    return bare.expression.getText() === 'JSON.stringify' && bare.arguments.every(isMade);
  return ts.isIdentifier(bare) && isUnsharedName(self, bare, asked);
}

const isKeyword: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.TrueKeyword,
  ts.SyntaxKind.FalseKeyword,
  ts.SyntaxKind.NullKeyword,
]);

// A parameter, or a constant. An object has to have this one use.
function isUnsharedName(self: Evaluator, name: ts.Identifier, asked: Asked): boolean {
  const declaration = declarationOf(self, name);
  if (declaration === undefined) return false;
  if (ts.isParameter(declaration)) return true;
  const known = asked.get(declaration);
  if (known !== undefined) return known;
  asked.set(declaration, false);
  const isMade = isMadeAlone(self, name, declaration, asked);
  asked.set(declaration, isMade);
  return isMade;
}

function isMadeAlone(
  self: Evaluator,
  name: ts.Identifier,
  declaration: ts.Declaration,
  asked: Asked,
): boolean {
  const value = ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  if (value === undefined || !isMadeHere(self, value, asked)) return false;
  const made = bareOf(value);
  if (!ts.isObjectLiteralExpression(made) && !ts.isArrayLiteralExpression(made)) return true;
  const file = name.getSourceFile();
  const symbol = self.symbols.symbolOf(name);
  self.steps.take(file.end);
  let uses = 0;
  eachNode(file, (node) => {
    if (!ts.isIdentifier(node) || node.text !== name.text || isDeclared(node)) return;
    if (self.symbols.symbolOf(node) === symbol) uses++;
  });
  return uses === 1;
}
