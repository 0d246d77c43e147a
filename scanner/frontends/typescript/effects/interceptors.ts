/**
 * Functions that a program hands to its client of HTTP, or to Node's channels: they see each
 * request of the program before it leaves, with its credentials.
 */
import { ts } from 'ts-morph';
import { eachNode, isFunctionish, parametersOf } from '../syntax.ts';
import type { Evaluator } from '../values/evaluator.ts';

const isRequest = /^(request|config|message|options)$/;
const secretParts = /^(headers|headersList|body|data|auth)$/;

/** The places where such a function takes the headers or the body of a request. */
export function interceptedParts(self: Evaluator, handler: ts.Expression): readonly ts.Node[] {
  const callee = isFunctionish(handler) ? handler : self.symbols.functionOf(handler);
  const parameter = callee === undefined ? undefined : parametersOf(callee)[0];
  if (callee?.body === undefined || parameter === undefined) return [];
  const requests = new Set<ts.Symbol>();
  const parts = new Set<ts.Symbol>();
  const take = (name: ts.BindingName, to: Set<ts.Symbol>): void => {
    if (ts.isIdentifier(name)) {
      const symbol = self.symbols.symbolOf(name);
      if (symbol !== undefined) to.add(symbol);
      return;
    }
    for (const element of name.elements) {
      if (!ts.isBindingElement(element)) continue;
      if (secretParts.test(nameOf(element))) take(element.name, parts);
      else if (element.dotDotDotToken !== undefined || isRequest.test(nameOf(element)))
        take(element.name, requests);
    }
  };
  take(parameter.name, requests);
  const found: ts.Node[] = [];
  eachNode(callee.body, (node) => {
    if (ts.isVariableDeclaration(node) && node.initializer !== undefined) {
      const root = rootOf(node.initializer);
      const isWhole =
        !ts.isPropertyAccessExpression(node.initializer) ||
        isRequest.test(node.initializer.name.text);
      if (root !== undefined && requests.has(root) && isWhole) take(node.name, requests);
    }
    if (isUnsaid(node)) return;
    if (ts.isPropertyAccessExpression(node) && secretParts.test(node.name.text)) {
      const root = rootOf(node);
      if (root !== undefined && requests.has(root)) found.push(node);
    } else if (ts.isIdentifier(node) && isValue(node)) {
      const symbol = self.symbols.symbolOf(node);
      const isMember = ts.isPropertyAccessExpression(node.parent);
      if (symbol !== undefined && (parts.has(symbol) || (!isMember && requests.has(symbol))))
        found.push(node);
    }
  });
  return found;

  function rootOf(expression: ts.Expression): ts.Symbol | undefined {
    let at = expression;
    while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at))
      at = at.expression;
    return ts.isIdentifier(at) ? self.symbols.symbolOf(at) : undefined;
  }
}

function nameOf({ propertyName, name }: ts.BindingElement): string {
  const from = propertyName ?? name;
  return ts.isIdentifier(from) || ts.isStringLiteralLike(from) ? from.text : '';
}

// A number of headers says nothing of them.
function isUnsaid({ parent }: ts.Node): boolean {
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name.text === 'length') ||
    (ts.isCallExpression(parent) && parent.expression.getText() === 'Array.isArray')
  );
}

// The whole request as an argument or as a part of something; what is given back goes on its way.
function isValue({ parent }: ts.Identifier): boolean {
  return (
    ts.isCallExpression(parent) ||
    ts.isSpreadAssignment(parent) ||
    ts.isSpreadElement(parent) ||
    ts.isShorthandPropertyAssignment(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isTemplateSpan(parent) ||
    ts.isArrayLiteralExpression(parent) ||
    ts.isConditionalExpression(parent) ||
    ts.isBinaryExpression(parent) ||
    ts.isElementAccessExpression(parent) ||
    ts.isPropertyAccessExpression(parent)
  );
}
