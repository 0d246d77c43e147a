/** How values move into variables and their members. */
import { ts } from 'ts-morph';
import type { Steps } from '../../../fact/steps.ts';
import { isEnvironment } from '../effects/environment.ts';
import {
  bareOf,
  type Functionish,
  isAssignment,
  isFunctionish,
  memberName,
  ownerOf,
} from '../syntax.ts';
import { type Flow, type FlowNodes, type Move, shared, within } from './nodes.ts';
import {
  functionsCalled,
  give,
  givenWhole,
  itemsAt,
  linkBack,
  linkItem,
  membersOf,
  oneOf,
  parameterHolder,
  textOfOwn,
  variableHolder,
  writtenTo,
} from './objects.ts';

/** A value into a variable: an object's members one by one, anything else as a whole. */
export function assign(flow: Flow, symbol: ts.Symbol, value: ts.Expression): void {
  const { nodes } = flow;
  const how = wayInto(symbol, value);
  nodes.move(nodes.at(value), nodes.variable(symbol), how);
  give(flow, variableHolder(nodes, symbol), value, how);
  linkBack(flow, symbol, value);
}

// What a function puts into a variable of another one, every function may read.
function wayInto(symbol: ts.Symbol, at: ts.Node): Move {
  const owner = ownerOf(at);
  const [declaration] = symbol.declarations ?? [];
  return owner === undefined || declaration === undefined || ownerOf(declaration) === owner
    ? within
    : shared;
}

/** A part of a value into a variable. */
function assignPart({ nodes }: Flow, symbol: ts.Symbol, from: string): void {
  nodes.value(from, nodes.variable(symbol));
  nodes.value(from, nodes.variable(symbol, '*'));
}

/** A declaration with a value. */
export function addVariable(flow: Flow, node: ts.VariableDeclaration): void {
  const loop = node.parent.parent;
  const list = ts.isForOfStatement(loop) || ts.isForInStatement(loop) ? loop.expression : undefined;
  if (!ts.isIdentifier(node.name)) return;
  const symbol = flow.out.self.symbols.symbolOf(node.name);
  if (symbol === undefined) return;
  if (node.initializer !== undefined) assign(flow, symbol, node.initializer);
  else if (list !== undefined) {
    assignPart(flow, symbol, flow.nodes.at(list));
    linkItem(flow, symbol, list);
  }
}

/** A name of a pattern. */
export function addBinding(flow: Flow, node: ts.BindingElement): void {
  if (!ts.isIdentifier(node.name)) return;
  const { out, nodes } = flow;
  const symbol = out.self.symbols.symbolOf(node.name);
  if (symbol === undefined) return;
  let holder: ts.Node = node.parent.parent;
  const outermost = !ts.isBindingElement(holder);
  while (ts.isBindingElement(holder)) holder = holder.parent.parent;
  if (node.initializer !== undefined) assign(flow, symbol, node.initializer);
  const name = outermost && node.dotDotDotToken === undefined ? nameTaken(node) : undefined;
  if (ts.isParameter(holder)) {
    const taken = parameterHolder(nodes, holder);
    for (const from of name === undefined ? [taken.id] : nodes.members.of(taken, name))
      assignPart(flow, symbol, from);
    return;
  }
  if (!ts.isVariableDeclaration(holder)) return;
  const loop = holder.parent.parent;
  const list = ts.isForOfStatement(loop) ? loop.expression : undefined;
  const value = holder.initializer ?? list;
  if (value === undefined || isEnvironment(out.self.valueOf(value))) return;
  for (const from of name === undefined || list !== undefined
    ? [nodes.at(value)]
    : membersOf(flow, value, name))
    assignPart(flow, symbol, from);
}

// The member or item that a name of a pattern takes.
function nameTaken(node: ts.BindingElement): string | undefined {
  if (ts.isArrayBindingPattern(node.parent)) {
    const before = node.parent.elements.slice(0, itemsMax);
    const at = before.indexOf(node);
    return at < 0 ? undefined : `[${at}]`;
  }
  const taken = node.propertyName ?? node.name;
  return ts.isIdentifier(taken) || ts.isStringLiteralLike(taken) ? taken.text : undefined;
}

const itemsMax = 64;

const comparisons = /^([=!]==?|[<>]=?|in|instanceof)$/;

/** Two values combined, or one assigned. */
export function addBinary(flow: Flow, node: ts.BinaryExpression): void {
  const { nodes } = flow;
  const operator = node.operatorToken;
  if (comparisons.test(operator.getText())) return;
  nodes.value(nodes.at(node.right), nodes.at(node));
  if (operator.kind === ts.SyntaxKind.PlusToken)
    for (const side of [node.left, node.right])
      for (const from of textOfOwn(flow, side)) nodes.value(from, nodes.at(node));
  if (isAssignment(operator.kind)) addAssignment(flow, node.left, node.right);
  else if (
    operator.kind !== ts.SyntaxKind.CommaToken &&
    operator.kind !== ts.SyntaxKind.AmpersandAmpersandToken
  )
    nodes.value(nodes.at(node.left), nodes.at(node));
}

function addAssignment(
  flow: Flow,
  target: ts.Expression,
  value: ts.Expression,
  isPart = false,
): void {
  const { out, nodes } = flow;
  const bare = bareOf(target);
  if (ts.isIdentifier(bare)) {
    const symbol = out.self.symbols.symbolOf(bare);
    if (symbol === undefined) return;
    if (isPart) assignPart(flow, symbol, nodes.at(value));
    else assign(flow, symbol, value);
  } else if (ts.isPropertyAccessExpression(bare) || ts.isElementAccessExpression(bare)) {
    into(flow, bare, nodes.at(value));
    addHandler(flow, bare, value);
  } else if (ts.isObjectLiteralExpression(bare))
    for (const property of bare.properties)
      for (const part of partsOf(property)) addAssignment(flow, targetOf(part), value, true);
  else if (ts.isArrayLiteralExpression(bare))
    bare.elements.forEach((element, i) => {
      for (const { from, isPart: isInside } of itemsAt(value, i))
        addAssignment(flow, targetOf(element), from, isPart || isInside);
    });
}

// `[a = 1] = list`, `[...rest] = list`. The default is an assignment of its own.
function targetOf(element: ts.Expression): ts.Expression {
  const bare = bareOf(ts.isSpreadElement(element) ? element.expression : element);
  return ts.isBinaryExpression(bare) ? bare.left : bare;
}

// `socket.onmessage = (event) => …`: the function gets the object's data.
function addHandler(
  flow: Flow,
  target: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  value: ts.Expression,
): void {
  const { nodes } = flow;
  const handler = bareOf(value);
  if (
    !/^on[a-z]+$/.test(memberName(target)) ||
    !(ts.isArrowFunction(handler) || ts.isFunctionExpression(handler))
  )
    return;
  const from = nodes.at(target.expression);
  const call = `${from} ${handler.pos}`;
  for (const parameter of handler.parameters) {
    const { id, member } = parameterHolder(nodes, parameter);
    for (const to of [id, member('*')]) nodes.edges.push({ kind: 'argument', from, to, call });
  }
}

/** A value into a member: the variable at the root has it from then on. */
export function into(
  flow: Flow,
  target: ts.Expression,
  from: string,
  { member: inside = '*', depth = 0, seen = new Set() }: Partial<GivenPlace> = {},
): void {
  const { out, nodes } = flow;
  let member = inside;
  let at: ts.Expression = bareOf(target);
  while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) {
    member = memberName(at);
    const object = bareOf(at.expression);
    const written = writtenTo(flow, object, member);
    for (const to of written) nodes.move(from, to, shared);
    if (written.length > 0 && object.kind === ts.SyntaxKind.ThisKeyword) return;
    if (object.kind === ts.SyntaxKind.ThisKeyword && ts.isPropertyAccessExpression(at)) {
      const field = out.self.symbols.symbolOf(at.name);
      if (field !== undefined) nodes.move(from, nodes.variable(field), shared);
      return;
    }
    at = object;
  }
  if (at === bareOf(target) && inside === '*')
    for (const to of givenWhole(flow, at)) nodes.move(from, to, shared);
  if (ts.isCallExpression(at)) intoGiven(flow, at, from, { member, depth: depth + 1, seen });
  const symbol = ts.isIdentifier(at) ? out.self.symbols.symbolOf(at) : undefined;
  if (symbol === undefined) return;
  write(flow, symbol, member, { from, at });
}

interface GivenPlace {
  readonly member: string;
  readonly depth: number;
  /** The calls on the way. A function may give its own result in each of many returns. */
  readonly seen: Set<ts.Node>;
}

// `table.get(key).list.push(value)`, `state().value = value`: into what the call gives.
function intoGiven(flow: Flow, call: ts.CallExpression, from: string, place: GivenPlace): void {
  const { depth, seen } = place;
  if (depth > givenDepthMax || seen.has(call)) return;
  seen.add(call);
  const callee = bareOf(call.expression);
  if (ts.isPropertyAccessExpression(callee) && givesItem.test(callee.name.text))
    into(flow, callee.expression, from, { depth, seen });
  const all = givenByCall.get(call) ?? functionsCalled(flow, call).flatMap(returnedBy);
  givenByCall.set(call, all);
  flow.out.self.steps.take(stepsOfGiven * (1 + all.length));
  for (const given of all) into(flow, given, from, place);
}

// Every write into what a call gives asks again, and a function may be long.
const givenByCall = new WeakMap<ts.CallExpression, readonly ts.Expression[]>();
const returnedByBody = new WeakMap<ts.ConciseBody, readonly ts.Expression[]>();
const stepsOfGiven = 16;
const givesItem = /^(get|at|find|findLast|getOrInsert|getOrInsertComputed)$/;
const givenDepthMax = 4;

function returnedBy({ body }: Functionish): readonly ts.Expression[] {
  if (body === undefined) return [];
  if (!ts.isBlock(body)) return oneOf(body);
  const known = returnedByBody.get(body);
  if (known !== undefined) return known;
  const found: ts.Expression[] = [];
  const open: ts.Node[] = [...body.statements];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (ts.isReturnStatement(node) && node.expression !== undefined)
      found.push(...oneOf(node.expression));
    else if (!isFunctionish(node)) ts.forEachChild(node, (child) => void open.push(child));
  }
  returnedByBody.set(body, found);
  return found;
}

function write(
  { nodes }: Flow,
  symbol: ts.Symbol,
  member: string,
  { from, at }: { readonly from: string; readonly at: ts.Node },
): void {
  const how = wayInto(symbol, at);
  nodes.move(from, nodes.variable(symbol), how);
  nodes.move(from, nodes.variable(symbol, member), how);
  nodes.move(from, writtenNode(nodes, symbol, nodes.back.write(symbol, member)), how);
}

// Not a member name, so no program can read it by mistake.
function writtenNode(nodes: FlowNodes, symbol: ts.Symbol, member: string): string {
  return nodes.variable(symbol, ` written ${member}`);
}

/** Adds the edges of all writes through second names of objects. */
export function settleWrites({ back }: FlowNodes, steps: Steps): void {
  for (const { place, call, name, member } of back.settle(steps)) {
    const { flow, expression } = place;
    const written = flow.nodes.part(expression, ` written ${member}`);
    const from = writtenNode(flow.nodes, name, member);
    flow.nodes.move(from, written, call === undefined ? within : { kind: 'result', call });
    const symbol = ts.isIdentifier(expression)
      ? flow.out.self.symbols.symbolOf(expression)
      : undefined;
    if (symbol === undefined) into(flow, expression, written);
    else write(flow, symbol, member, { from: written, at: expression });
  }
}

/** The values inside a part of a literal. */
export function partsOf(child: ts.Node): ts.Expression[] {
  if (ts.isTemplateSpan(child)) return [child.expression];
  if (ts.isPropertyAssignment(child)) return [child.initializer];
  if (ts.isShorthandPropertyAssignment(child)) return [child.name];
  if (ts.isSpreadAssignment(child)) return [child.expression];
  return ts.isExpression(child) ? [child] : [];
}
