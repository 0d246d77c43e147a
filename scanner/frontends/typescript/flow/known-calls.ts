/** A call of a function of the skill: arguments into parameters, and the result back. */
import { ts } from 'ts-morph';
import { push } from '../names/assignments.ts';
import { bareOf, type Functionish, ownerOf, parametersOf } from '../syntax.ts';
import { give, linkBack, parameterHolder, symbolOfParameter } from './members.ts';
import { type Flow, nameOfFunction } from './nodes.ts';
import { addStoredBack, storedNode } from './stored.ts';

/** A call of a function of the skill: arguments go into parameters, and its result comes back. */
export function addKnownCall(
  flow: Flow,
  node: ts.CallExpression | ts.NewExpression,
  { callee, isNamed }: { readonly callee: Functionish; readonly isNamed: boolean },
  resolved: readonly { readonly node: ts.Expression | undefined }[] | undefined,
): void {
  const { nodes } = flow;
  const call = nodes.at(node, '');
  const name = nameOfFunction(callee);
  const args = resolved ?? (node.arguments ?? []).map((argument) => ({ node: argument }));
  const isKnown = args.every((arg) => arg.node !== undefined);
  const parameters = parametersOf(callee);
  for (const argument of node.arguments ?? []) {
    const from = nodes.at(ts.isSpreadElement(argument) ? argument.expression : argument);
    nodes.edges.push({ kind: 'argument', from, to: nodes.given(callee), call });
    if (ts.isSpreadElement(argument) && !isKnown)
      for (const parameter of callee.parameters) passTo(flow, parameter, argument, from, call);
  }
  nodes.edges.push({ kind: 'result', from: nodes.result(callee), to: call, call });
  push(nodes.thrown.calls, callee, node);
  // A function that another one gave back holds what the call that made it was given.
  if (ownerOf(callee) !== undefined)
    for (const made of callsThatMade(flow, node.expression))
      nodes.edges.push({ kind: 'result', from: nodes.result(callee), to: call, call: made });
  args.forEach(({ node: argument }, i) => {
    const parameter =
      parameters[i] ?? parameters.findLast((parameter) => parameter.dotDotDotToken !== undefined);
    if (argument === undefined || parameter === undefined) return;
    const bare = bareOf(argument);
    const from = nodes.at(bare, name === '' ? '' : `passed to ${name}`);
    passTo(flow, parameter, bare, from, call);
    const stored = storedNode(flow, parameter);
    if (stored !== undefined) addStoredBack(flow, stored, bare, call);
    // Which function of a table is called is not known, and each module of a bundle is one.
    const symbol = symbolOfParameter(parameter);
    if (symbol !== undefined && parameter.dotDotDotToken === undefined && isNamed)
      linkBack(flow, symbol, bare, call);
  });
}

/**
 * An argument into a parameter. The members of what a parameter gets as one of a list are not
 * known.
 */
export function passTo(
  flow: Flow,
  parameter: ts.ParameterDeclaration,
  argument: ts.Expression,
  from: string,
  call: string,
): void {
  const holder = parameterHolder(flow.nodes, parameter);
  flow.nodes.edges.push({ kind: 'argument', from, to: holder.id, call });
  if (ts.isSpreadElement(argument) || parameter.dotDotDotToken !== undefined)
    flow.nodes.edges.push({ kind: 'argument', from, to: holder.member('*'), call });
  else give(flow, holder, argument, { kind: 'argument', call });
}

/** `const get = keep(value); get()`, `box(value).get()`: the calls that made what is called. */
export function callsThatMade({ out, nodes }: Flow, called: ts.Expression): readonly string[] {
  const { symbols } = out.self;
  const found: string[] = [];
  let at: ts.Node | undefined = called;
  for (let step = 0; step < makersMax && at !== undefined; step++) {
    const bare: ts.Node = ts.isExpression(at) ? bareOf(at) : at;
    if (ts.isCallExpression(bare)) found.push(nodes.at(bare, ''));
    if (ts.isIdentifier(bare)) at = initialOf(symbols.symbolOf(bare)?.declarations?.[0]);
    else
      at =
        ts.isCallExpression(bare) ||
        ts.isPropertyAccessExpression(bare) ||
        ts.isElementAccessExpression(bare)
          ? bare.expression
          : undefined;
  }
  return found;
}

const makersMax = 16;

// What a variable, or a name of its pattern, begins with.
function initialOf(declaration: ts.Declaration | undefined): ts.Expression | undefined {
  let at: ts.Node | undefined = declaration;
  while (at !== undefined && (ts.isBindingElement(at) || isBindingPattern(at))) at = at.parent;
  return at !== undefined && (ts.isVariableDeclaration(at) || ts.isPropertyDeclaration(at))
    ? at.initializer
    : undefined;
}

function isBindingPattern(node: ts.Node): boolean {
  return ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node);
}
