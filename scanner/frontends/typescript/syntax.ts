/** Syntax of a program's nodes, without their meaning. */
import { ts } from 'ts-morph';
import { StepsUsedUp } from '../../fact/steps.ts';

/**
 * An expression without the parts that do not change its value: parentheses, types, `await`, the
 * left side of a comma.
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

/** `a.b` of `a.b(…)`, `a['b'](…)` and `(a.b)(…)`; undefined for other calls. */
export function calledMember(
  call: ts.CallExpression | ts.NewExpression,
): ts.PropertyAccessExpression | ts.ElementAccessExpression | undefined {
  const callee = bareOf(call.expression);
  return ts.isPropertyAccessExpression(callee) || ts.isElementAccessExpression(callee)
    ? callee
    : undefined;
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
 * Whether an operator may give an operand as it is. Its text is not asked for: that would climb
 * from each operand of a long expression to the file.
 */
export function givesOperand(kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.CommaToken || choosesOperand(kind);
}

/** `&&`, `||`, `??` */
export function choosesOperand(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.AmpersandAmpersandToken ||
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken
  );
}

/** `x ??= value` assigns the value unchanged, or keeps the old value. */
export function isPlainAssignment(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.EqualsToken ||
    kind === ts.SyntaxKind.QuestionQuestionEqualsToken ||
    kind === ts.SyntaxKind.BarBarEqualsToken ||
    kind === ts.SyntaxKind.AmpersandAmpersandEqualsToken
  );
}

/** The function in which a node stands; undefined at the top of a file. */
export function ownerOf(node: ts.Node): Functionish | undefined {
  for (let at = node.parent; at !== undefined; at = at.parent) if (isFunctionish(at)) return at;
  return undefined;
}

/** Whether a node is a function with a body of its own. */
export function isFunctionish(node: ts.Node): node is Functionish {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node) ||
    ts.isGetAccessorDeclaration(node) ||
    ts.isSetAccessorDeclaration(node)
  );
}

/** A pattern that an assignment fills. */
export function isPattern(target: ts.Expression): boolean {
  return ts.isArrayLiteralExpression(target) || ts.isObjectLiteralExpression(target);
}

/** The parameters that calls fill: TypeScript's `this: Type` is none. */
export function parametersOf({ parameters }: Functionish): readonly ts.ParameterDeclaration[] {
  const [first] = parameters;
  return first !== undefined && ts.isIdentifier(first.name) && first.name.text === 'this'
    ? parameters.slice(1)
    : parameters;
}

const classesMax = 256;

/**
 * Refuses a class that extends too many others: a member that nobody looks for could send.
 * @param count the class and those above it
 * @throws StepsUsedUp so that the file counts as not analysed
 */
export function requireFewClasses(count: number): void {
  if (count > classesMax) throw new StepsUsedUp(`a class with over ${classesMax} classes above it`);
}

/** What a class extends. */
export function baseOf({ heritageClauses }: ts.ClassLikeDeclaration): ts.Expression | undefined {
  return heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0]
    ?.expression;
}

export type Functionish = ts.FunctionLikeDeclaration;

/** `i++`, `--i` */
export function isStep(
  node: ts.Node,
): node is ts.PrefixUnaryExpression | ts.PostfixUnaryExpression {
  return (
    ts.isPostfixUnaryExpression(node) ||
    (ts.isPrefixUnaryExpression(node) &&
      (node.operator === ts.SyntaxKind.PlusPlusToken ||
        node.operator === ts.SyntaxKind.MinusMinusToken))
  );
}

/** The expressions that a function may return, without those of inner functions. */
export function returnsOf(callee: Functionish): ts.Expression[] {
  const { body } = callee;
  if (body === undefined) return [];
  if (!ts.isBlock(body)) return [body];
  const found: ts.Expression[] = [];
  eachNode(body, (node) => {
    if (ts.isReturnStatement(node) && node.expression !== undefined && ownerOf(node) === callee)
      found.push(node.expression);
    if (ts.isYieldExpression(node) && node.expression !== undefined && ownerOf(node) === callee)
      found.push(node.expression);
  });
  return found;
}

/** An argument of a call, or a list of arguments: `...list`. */
export interface GivenArgument {
  readonly node: ts.Expression;
  readonly isList: boolean;
}

/** The arguments of a call as they are written. */
export function argumentsGiven({
  arguments: list,
}: ts.CallExpression | ts.NewExpression): readonly GivenArgument[] {
  return (list ?? []).map((node) =>
    ts.isSpreadElement(node) ? { node: node.expression, isList: true } : { node, isList: false },
  );
}
