/** Functions that settle a promise, or give an outer call its result. */
import { ts } from 'ts-morph';
import type { Flow } from '../nodes.ts';

/**
 * `new Promise((resolve) => resolve(x))`, `each((done) => done(x))`: a value passed to the
 * parameter is the result of the outer call. Also by a variable that keeps the parameter, and by a
 * name that `Promise.withResolvers()` gives.
 */
export function callbackOf({ out }: Flow, callee: ts.Identifier): ts.Node | undefined {
  const { symbols } = out.self;
  const symbol = symbols.symbolOf(callee);
  const declaration = symbol?.declarations?.[0];
  if (symbol === undefined || declaration === undefined) return undefined;
  if (ts.isParameter(declaration)) return callGiven(declaration);
  if (ts.isBindingElement(declaration)) {
    const holder = declaration.parent.parent;
    const made = ts.isVariableDeclaration(holder) ? holder.initializer : undefined;
    return made?.getText() === 'Promise.withResolvers()' ? made : undefined;
  }
  for (const { value } of symbols.assignments(symbol)) {
    const kept = ts.isIdentifier(value) ? symbols.symbolOf(value)?.declarations?.[0] : undefined;
    const call = kept !== undefined && ts.isParameter(kept) ? callGiven(kept) : undefined;
    if (call !== undefined && ts.isNewExpression(call)) return call;
  }
  return undefined;
}

function callGiven({ parent: callee }: ts.ParameterDeclaration): ts.Node | undefined {
  const outer = callee.parent;
  return (ts.isCallExpression(outer) || ts.isNewExpression(outer)) && outer.expression !== callee
    ? outer
    : undefined;
}
