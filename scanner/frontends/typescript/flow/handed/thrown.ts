/**
 * Thrown values: into the `catch` around a throw, or around a call of the function that throws;
 * into the handlers of promises; and into the program's handlers of what nobody catches.
 */
import { ts } from 'ts-morph';
import type { Steps } from '../../../../fact/steps.ts';
import { bareOf, type Functionish, isFunctionish, memberName, ownerOf } from '../../syntax.ts';
import { isPackage, madeByLibrary } from '../../values/library-objects.ts';
import { into } from '../assignments.ts';
import { type Flow, shared, within } from '../nodes.ts';
import { parameterHolder, symbolOfParameter, wholeOfClass } from '../objects.ts';
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

// Objects of libraries that calls fill: `zip.file('a', data)`, `sheet.addRow([data])`. A call of a
// method of a library's object changes the object where the call's result is dropped.

/** The arguments of a call whose result is dropped get into the object that the library made. */
export function addBuilt(
  flow: Flow,
  node: ts.CallExpression | ts.NewExpression,
  object: ts.Expression,
): void {
  const { out, nodes } = flow;
  const given = (node.arguments ?? []).filter((argument) => holdsData(flow, argument));
  if (given.length === 0 || !isDropped(node)) return;
  for (const made of madeByLibrary(out.self, object)) {
    // What a connection is given goes elsewhere.
    const use = out.useOf(made);
    if (use !== undefined && (use.opened.length > 0 || use.starts.length > 0)) continue;
    const how = ownerOf(made) === ownerOf(node) ? within : shared;
    for (const argument of given) nodes.move(nodes.at(argument), nodes.at(made), how);
  }
}

/**
 * What functions in the options of a library's call give, or put into their parameters, the library
 * uses: `got.extend({ hooks: { beforeRequest: [(options) => { … }] } })`.
 */
export function addGivenFunctions(flow: Flow, node: ts.CallExpression | ts.NewExpression): void {
  const { nodes } = flow;
  const open = (node.arguments ?? []).map(bareOf).filter(ts.isObjectLiteralExpression);
  const parts: ts.Node[] = [...open];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const inside = ts.isExpression(part) ? bareOf(part) : part;
    if (ts.isObjectLiteralExpression(inside)) parts.push(...inside.properties);
    else if (ts.isArrayLiteralExpression(inside)) parts.push(...inside.elements);
    else if (ts.isPropertyAssignment(inside)) parts.push(inside.initializer);
    else if (isFunctionish(inside)) {
      if (ts.isNewExpression(node) && isWriter.test(nameOfMember(inside)))
        getData(flow, inside, nodes.at(node), nodes.at(node));
      const to = ts.isExpression(inside) ? nodes.at(inside) : nodes.at(node);
      nodes.move(nodes.result(inside), to, shared);
      for (const parameter of inside.parameters) {
        const symbol = symbolOfParameter(parameter);
        if (symbol !== undefined) nodes.move(nodes.variable(symbol), to, shared);
      }
    }
  }
}

// `new Writable({ write(chunk) { … } })`
const isWriter = /^(write|writev|transform)$/;

function nameOfMember(callee: Functionish): string {
  const { parent } = callee;
  return (ts.isPropertyAssignment(parent) ? parent.name : callee.name)?.getText() ?? '';
}

/** What is piped into a function, or into a stream that a library made, its functions get. */
export function addPiped(flow: Flow, to: ts.Expression, from: string, call: string): void {
  const { nodes } = flow;
  const bare = bareOf(to);
  if (isFunctionish(bare)) {
    getData(flow, bare, from, call);
    nodes.move(nodes.result(bare), nodes.at(bare), within);
  } else
    for (const made of madeByLibrary(flow.out.self, bare)) nodes.move(from, nodes.at(made), shared);
}

function getData({ nodes }: Flow, callee: Functionish, from: string, call: string): void {
  const [parameter] = callee.parameters;
  if (parameter === undefined) return;
  const { id, member } = parameterHolder(nodes, parameter);
  for (const to of [id, member('*')])
    nodes.edges.push({ kind: 'argument', from, to, call: `${call} ${callee.pos}` });
}

/** `_write(chunk) { … }` of a class that extends a library's: the object's data comes there. */
export function addStreamMethod(flow: Flow, node: ts.Node): void {
  if (!ts.isMethodDeclaration(node) || !/^_(write|writev|transform)$/.test(node.name.getText()))
    return;
  const { parent } = node;
  if (!ts.isClassLike(parent)) return;
  for (const from of wholeOfClass(flow, parent)) getData(flow, node, from, from);
}

/** A function that sees each request of a client changes the requests, and so the client. */
export function addInterceptor(flow: Flow, client: ts.Expression, handler: ts.Expression): void {
  const bare = bareOf(handler);
  const callee = isFunctionish(bare) ? bare : flow.out.self.symbols.functionOf(handler);
  if (callee === undefined) return;
  into(flow, client, flow.nodes.result(callee));
  for (const parameter of callee.parameters) {
    const symbol = symbolOfParameter(parameter);
    if (symbol !== undefined) into(flow, client, flow.nodes.variable(symbol));
  }
}

/** `append(book, sheet)`: a function of a library whose result is dropped fills its argument. */
export function addFilled(
  flow: Flow,
  node: ts.CallExpression | ts.NewExpression,
  api: string,
): void {
  const [first, ...rest] = node.arguments ?? [];
  if (first === undefined || rest.length === 0 || !isPackage(api) || !isDropped(node)) return;
  const bare = bareOf(first);
  if (!ts.isIdentifier(bare) && !ts.isPropertyAccessExpression(bare)) return;
  for (const argument of rest)
    if (holdsData(flow, argument)) into(flow, first, flow.nodes.at(argument));
}

function holdsData({ out }: Flow, argument: ts.Expression): boolean {
  const bare = bareOf(argument);
  if (ts.isLiteralExpression(bare) || isFunctionish(bare)) return false;
  return !ts.isIdentifier(bare) || out.self.symbols.functionOf(bare) === undefined;
}

// Also where further methods of the same object follow: `page.text(data).moveDown();`.
function isDropped(call: ts.Node): boolean {
  let at = call;
  for (;;) {
    const { parent } = at;
    if (ts.isExpressionStatement(parent)) return true;
    const isFurther =
      ts.isAwaitExpression(parent) ||
      ts.isParenthesizedExpression(parent) ||
      ts.isVoidExpression(parent) ||
      (ts.isPropertyAccessExpression(parent) && ts.isCallExpression(parent.parent)) ||
      (ts.isCallExpression(parent) && parent.expression === at);
    if (!isFurther) return false;
    at = parent;
  }
}
