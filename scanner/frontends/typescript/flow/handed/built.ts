/**
 * Objects of libraries that calls fill: `zip.file('a', data)`, `sheet.addRow([data])`. A call of a
 * method of a library's object changes the object where the call's result is dropped.
 */
import { ts } from 'ts-morph';
import { bareOf, type Functionish, isFunctionish, ownerOf } from '../../syntax.ts';
import { isPackage, madeByLibrary } from '../../values/library-objects.ts';
import { into } from '../assignments.ts';
import { parameterHolder, symbolOfParameter } from '../members.ts';
import { type Flow, shared, within } from '../nodes.ts';
import { wholeOfClass } from '../objects.ts';

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
