/**
 * Thrown values: into the `catch` around a throw, or around a call of the function that throws;
 * into the handlers of promises; and into the program's handlers of what nobody catches.
 */
import { ts } from 'ts-morph';
import type { Steps } from '../../../../fact/steps.ts';
import { bareOf, type Functionish, isFunctionish, memberName } from '../../syntax.ts';
import { parameterHolder } from '../members.ts';
import { type Flow, within } from '../nodes.ts';
import type { CallLike } from './throws.ts';

/** Where a thrown value goes next: a `catch`, the callers of a function, the end of the program. */
type Place = ts.CatchClause | Functionish | ts.SourceFile;

/** Notes a call of a function that is called for what nobody catches, and a rejection. */
export function noteThrown(flow: Flow, node: CallLike): void {
  const { thrown } = flow.nodes;
  const callee = bareOf(node.expression);
  const [first, second] = node.arguments ?? [];
  if (first === undefined) return;
  if (ts.isIdentifier(callee)) {
    const declaration = flow.out.self.symbols.symbolOf(callee)?.declarations?.[0];
    if (declaration !== undefined && isReject(declaration))
      thrown.throws.push({ at: node, value: first });
  } else if (ts.isPropertyAccessExpression(callee)) {
    const { text } = callee.name;
    if (text === 'reject' && callee.expression.getText() === 'Promise')
      thrown.throws.push({ at: node, value: first });
    const isHandler =
      /^(on|once|addListener|prependListener|addEventListener)$/.test(text) &&
      second !== undefined &&
      ts.isStringLiteralLike(first) &&
      /^(uncaughtException(Monitor)?|unhandledRejection|unhandledrejection|error)$/.test(
        first.text,
      );
    const handler = isHandler && isProgram.test(callee.expression.getText()) ? second : undefined;
    const given = handler === undefined ? undefined : functionOf(flow, handler);
    if (given !== undefined) thrown.handlers.push(given);
  }
}

const isProgram = /^(process|window|globalThis|self)$/;

// `new Promise((resolve, reject) => reject(value))`
function isReject(declaration: ts.Declaration): boolean {
  if (!ts.isParameter(declaration)) return false;
  const { parent: callee } = declaration;
  return (
    callee.parameters[1] === declaration &&
    ts.isNewExpression(callee.parent) &&
    callee.parent.expression.getText() === 'Promise'
  );
}

/** Adds the edges of all throws that something may catch. */
export function settleThrown(flow: Flow, steps: Steps): void {
  const { nodes } = flow;
  const { throws, handlers } = nodes.thrown;
  const open: Functionish[] = [];
  const reached = new Set<Place>();
  const node = (place: Place): string => nodes.part(place, ' thrown');
  const reach = (place: Place): void => {
    if (reached.has(place)) return;
    reached.add(place);
    if (ts.isCatchClause(place)) {
      catchValue(flow, place, node(place));
      return;
    }
    for (const handler of handlers) handle(flow, handler, node(place), node(place));
    if (isFunctionish(place)) open.push(place);
  };
  for (const { at, value } of throws) {
    steps.take();
    for (const to of handlersBehind(flow, at)) handle(flow, to, nodes.at(value), nodes.at(at));
    const place = placeOf(at);
    nodes.move(nodes.at(value), node(place), within);
    reach(place);
  }
  for (let callee = open.pop(); callee !== undefined; callee = open.pop()) {
    const from = node(callee);
    const called = new Set(nodes.thrown.calls.get(callee));
    for (const call of new Set([...called, ...callsGiven(flow, callee)])) {
      steps.take();
      const id = nodes.at(call, '');
      for (const to of handlersBehind(flow, call)) handle(flow, to, from, id);
      const place = placeOf(call);
      // No call enters a function that is given.
      nodes.move(from, node(place), called.has(call) ? { kind: 'result', call: id } : within);
      reach(place);
    }
  }
}

// The calls that are given the function, and call it meanwhile.
function callsGiven({ out }: Flow, callee: Functionish): readonly CallLike[] {
  const { parent } = callee;
  const isGiven =
    (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression !== callee;
  return isGiven ? [parent] : out.self.symbols.handedTo(callee);
}

// The `catch` around a node in the same function, or the function, or the file.
function placeOf(node: ts.Node): Place {
  for (let at = node; ; at = at.parent) {
    const { parent } = at;
    if (ts.isTryStatement(parent) && parent.tryBlock === at && parent.catchClause !== undefined)
      return parent.catchClause;
    if (isFunctionish(parent) || ts.isSourceFile(parent)) return parent;
  }
}

function catchValue({ out, nodes }: Flow, place: ts.CatchClause, from: string): void {
  const names = place.variableDeclaration === undefined ? [] : [place.variableDeclaration.name];
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    if (!ts.isIdentifier(name)) {
      for (const element of name.elements)
        if (ts.isBindingElement(element)) names.push(element.name);
      continue;
    }
    const symbol = out.self.symbols.symbolOf(name);
    if (symbol === undefined) continue;
    nodes.move(from, nodes.variable(symbol), within);
    nodes.move(from, nodes.variable(symbol, '*'), within);
  }
}

// `read().then(use).catch(handle)`, `read().then(use, handle)`: the handlers behind a call.
function handlersBehind(flow: Flow, call: ts.Node): readonly Functionish[] {
  const found: Functionish[] = [];
  for (let at = call; ; ) {
    const { parent } = at;
    if (ts.isParenthesizedExpression(parent)) {
      at = parent;
      continue;
    }
    if (!ts.isPropertyAccessExpression(parent) || !ts.isCallExpression(parent.parent)) break;
    const name = memberName(parent);
    const given = parent.parent.arguments[name === 'catch' ? 0 : name === 'then' ? 1 : 9];
    const handler = given === undefined ? undefined : functionOf(flow, given);
    if (handler !== undefined) found.push(handler);
    at = parent.parent;
  }
  return found;
}

function handle({ nodes }: Flow, callee: Functionish, from: string, call: string): void {
  const [parameter] = callee.parameters;
  if (parameter === undefined) return;
  const { id, member } = parameterHolder(nodes, parameter);
  for (const to of [id, member('*')])
    nodes.edges.push({ kind: 'argument', from, to, call: `${call} thrown` });
}

function functionOf({ out }: Flow, given: ts.Expression): Functionish | undefined {
  const bare = bareOf(given);
  return isFunctionish(bare) ? bare : out.self.symbols.functionOf(bare);
}
