/**
 * How values move into and out of the skill's own objects: fields of classes, getters and setters.
 */
import { ts } from 'ts-morph';
import { keep } from '../../../fact/remembered.ts';
import type { Steps } from '../../../fact/steps.ts';
import { resolveCall } from '../effects/calls.ts';
import {
  bareOf,
  baseOf as extendedBy,
  type Functionish,
  isFunctionish,
  requireFewClasses,
} from '../syntax.ts';
import { valueOfThis } from '../values/classes.ts';
import { alternatives } from '../values/values.ts';
import { allFields, type Flow, type FlowNodes, shared, within } from './nodes.ts';
import type { Holder } from './wanted-members.ts';

/**
 * The nodes from which a member of an object is read; none when the object is not the skill's own.
 */
export function readFrom(flow: Flow, object: ts.Expression, name: string): string[] {
  const { out, nodes } = flow;
  return alternatives(out.self.valueOf(object)).flatMap((value): string[] => {
    const node = value.kind === 'class' || value.kind === 'object' ? value.node : undefined;
    if (node === undefined) return [];
    const results = accessors(flow, node, name, ts.isGetAccessorDeclaration).map((getter) =>
      nodes.result(getter),
    );
    if (!ts.isClassLike(node)) return results;
    const root = rootOf(flow, node);
    return [nodes.field(root, name), nodes.field(root, '*'), ...results];
  });
}

/** The nodes that hold what is assigned to a member of an object. */
export function writtenTo(flow: Flow, object: ts.Expression, name: string): string[] {
  const { out, nodes } = flow;
  return alternatives(out.self.valueOf(object)).flatMap((value): string[] => {
    const node = value.kind === 'class' || value.kind === 'object' ? value.node : undefined;
    if (node === undefined) return [];
    const parameters = accessors(flow, node, name, ts.isSetAccessorDeclaration).flatMap(
      (setter) => setter.parameters,
    );
    const held = parameters.flatMap((parameter) => {
      const { id, member } = parameterHolder(nodes, parameter);
      return [id, member('*')];
    });
    return ts.isClassLike(node) ? [nodes.field(rootOf(flow, node), name), ...held] : held;
  });
}

/**
 * The nodes of what an object of the skill's own class is given as a whole, by methods that the
 * class inherits from a library: `this.emit(type, data)`, `this.set(key, data)`.
 */
export function givenWhole(flow: Flow, object: ts.Expression): string[] {
  // `super.emit(type, data)` gives the same object.
  const given =
    object.kind === ts.SyntaxKind.SuperKeyword
      ? valueOfThis(object)
      : flow.out.self.valueOf(object);
  return alternatives(given).flatMap((value): string[] => {
    return value.kind === 'class' ? wholeOfClass(flow, value.node) : [];
  });
}

/** The same for all objects of a class; none when the class extends no library's. */
export function wholeOfClass(flow: Flow, node: ts.ClassLikeDeclaration): string[] {
  const root = rootOf(flow, node);
  return extendedBy(root) === undefined ? [] : [flow.nodes.field(root, wholeMember)];
}

/** What an object is given as a whole comes out wherever the object is named or made. */
export function addWhole(flow: Flow, object: ts.Expression): void {
  for (const from of givenWhole(flow, object)) flow.nodes.value(from, flow.nodes.at(object));
}

// Not a member name, so no program can read it by mistake.
const wholeMember = ' whole';

/**
 * The nodes of what an object of the skill's own class becomes where it is used as a whole: as a
 * text, as JSON, as a list.
 */
export function textOfOwn(flow: Flow, used: ts.Expression): readonly string[] {
  const bare = bareOf(used);
  if (!ts.isIdentifier(bare) && !ts.isNewExpression(bare) && !isThis(bare)) return [];
  return alternatives(flow.out.self.valueOf(bare)).flatMap((value) =>
    value.kind === 'class' && value.made
      ? [flow.nodes.field(rootOf(flow, value.node), allFields)]
      : [],
  );
}

function isThis({ kind }: ts.Node): boolean {
  return kind === ts.SyntaxKind.ThisKeyword;
}

/** A method that the language calls where an object is used as a text, as JSON or as a list. */
export function addImplicit(flow: Flow, node: ts.Node): void {
  const isGetter = ts.isGetAccessorDeclaration(node);
  if (!isGetter && !ts.isMethodDeclaration(node) && !ts.isPropertyAssignment(node)) return;
  if (!isGetter && !calledByLanguage.test(node.name.getText())) return;
  const callee = ts.isPropertyAssignment(node) ? bareOf(node.initializer) : node;
  if (!isFunctionish(callee)) return;
  const { parent } = node;
  const { nodes } = flow;
  if (ts.isObjectLiteralExpression(parent)) nodes.value(nodes.result(callee), nodes.at(parent));
  else if (ts.isClassLike(parent))
    nodes.value(nodes.result(callee), nodes.field(rootOf(flow, parent), allFields));
}

const calledByLanguage =
  /^(toString|toJSON|valueOf|next|\[Symbol\.(toPrimitive|iterator|asyncIterator)\])$/;

/** The initial value of a class field. */
export function addField(flow: Flow, node: ts.PropertyDeclaration | ts.ParameterDeclaration): void {
  const { nodes } = flow;
  const owner = ts.isParameter(node) ? node.parent.parent : node.parent;
  if (!ts.isClassLike(owner)) return;
  const field = nodes.field(rootOf(flow, owner), nameOf(node.name));
  if (ts.isParameter(node)) nodes.move(parameterNode(flow, node), field, shared);
  else if (node.initializer !== undefined) nodes.value(nodes.at(node.initializer), field);
}

/** The node of a parameter: its variable, or the pattern that takes it apart. */
export function parameterNode({ out, nodes }: Flow, parameter: ts.ParameterDeclaration): string {
  const symbol = ts.isIdentifier(parameter.name)
    ? out.self.symbols.symbolOf(parameter.name)
    : undefined;
  return symbol === undefined ? nodes.at(parameter, '') : nodes.variable(symbol);
}

function accessors<Kind extends ts.AccessorDeclaration>(
  flow: Flow,
  node: ts.ClassLikeDeclaration | ts.ObjectLiteralExpression,
  name: string,
  isKind: (node: ts.Node) => node is Kind,
): Kind[] {
  for (const one of ts.isClassLike(node) ? withClassesAbove(flow, node) : [node]) {
    const members: readonly ts.Node[] = ts.isClassLike(one) ? one.members : one.properties;
    const own = members
      .filter(isKind)
      .filter((member) => name === '*' || nameOf(member.name) === name);
    if (own.length > 0) return own;
  }
  return [];
}

function nameOf(name: ts.PropertyName | ts.BindingName): string {
  return ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isPrivateIdentifier(name)
    ? name.text
    : '*';
}

// The root of a class hierarchy: its subclasses share its fields.
function rootOf(flow: Flow, node: ts.ClassLikeDeclaration): ts.ClassLikeDeclaration {
  return withClassesAbove(flow, node).at(-1) ?? node;
}

function withClassesAbove(flow: Flow, node: ts.ClassLikeDeclaration): ts.ClassLikeDeclaration[] {
  const classes = new Set([node]);
  for (const one of classes) {
    requireFewClasses(classes.size);
    const base = baseOf(flow, one);
    if (base !== undefined) classes.add(base);
  }
  return [...classes];
}

function baseOf({ out }: Flow, node: ts.ClassLikeDeclaration): ts.ClassLikeDeclaration | undefined {
  const base = extendedBy(node);
  if (base === undefined) return undefined;
  const found = alternatives(out.self.valueOf(base)).find((value) => value.kind === 'class');
  return found?.node;
}

// Objects whose members are followed one by one: through variables, parameters, branches and the
// results of functions.

/** Adds the edges of all members that are read. */
export function settleMembers({ members }: FlowNodes, steps: Steps): void {
  for (const { given, name, to } of members.settle()) {
    steps.take();
    for (const from of membersOf(given.flow, given.value, name))
      given.flow.nodes.move(from, to, given.how);
  }
}

/** A variable or parameter names the object that an expression names: each changes it. */
export function linkBack(flow: Flow, name: ts.Symbol, value: ts.Expression, call?: string): void {
  for (const expression of oneOf(value))
    if (
      ts.isIdentifier(expression) ||
      ts.isPropertyAccessExpression(expression) ||
      ts.isElementAccessExpression(expression)
    )
      flow.nodes.back.link(name, { place: { flow, expression }, call });
}

/** A variable or parameter names one of the objects of a list. */
export function linkItem(flow: Flow, name: ts.Symbol, list: ts.Expression, call?: string): void {
  for (const one of oneOf(list)) {
    const items = ts.isArrayLiteralExpression(one) ? one.elements : [one];
    for (const item of items) linkBack(flow, name, item, call);
  }
}

/** The expressions one of which is an item of a list, or has it. */
export function itemsAt(
  list: ts.Expression,
  at: number,
): readonly { readonly from: ts.Expression; readonly isPart: boolean }[] {
  return oneOf(list).map((one) => {
    const item = ts.isArrayLiteralExpression(one) ? elementAt(one, at) : undefined;
    return { from: item ?? one, isPart: item === undefined };
  });
}

export function variableHolder(nodes: FlowNodes, symbol: ts.Symbol): Holder {
  return {
    id: nodes.variable(symbol),
    member: (name) => nodes.variable(symbol, name),
    isFixed: false,
  };
}

/** The holder of what a function gives back. */
export function resultHolder(nodes: FlowNodes, callee: Functionish): Holder {
  return {
    id: nodes.result(callee),
    member: (name) => nodes.part(callee, name),
    isFixed: true,
  };
}

/** The holder of what a parameter gets: its variable, or the pattern that takes it apart. */
export function parameterHolder(nodes: FlowNodes, parameter: ts.ParameterDeclaration): Holder {
  const symbol = symbolOfParameter(parameter);
  return symbol === undefined
    ? {
        id: nodes.at(parameter, ''),
        member: (name) => nodes.part(parameter, name),
        isFixed: true,
      }
    : variableHolder(nodes, symbol);
}

/** @returns undefined for a pattern */
export function symbolOfParameter(parameter: ts.ParameterDeclaration): ts.Symbol | undefined {
  // The binder stores it; asking the checker would cost one more look-up for each call.
  return ts.isIdentifier(parameter.name) && 'symbol' in parameter
    ? (parameter.symbol as ts.Symbol | undefined)
    : undefined;
}

/** A value moves into a holder; its members one by one where they are known. */
export function give(flow: Flow, holder: Holder, value: ts.Expression, how = within): void {
  for (const one of oneOf(value)) {
    const isItems = holder.isFixed && ts.isArrayLiteralExpression(one);
    if (isItems || isTakenApart(flow, one))
      flow.nodes.members.give(holder, { flow, value: one, how });
    else flow.nodes.move(flow.nodes.at(one), holder.member('*'), how);
  }
}

/** The nodes from which a member of an expression's value is read. */
export function membersOf(flow: Flow, expression: ts.Expression, name: string): string[] {
  return oneOf(expression).flatMap((one): readonly string[] => {
    const { nodes } = flow;
    const item = /^\[(\d+)\]$/.exec(name)?.[1];
    if (item !== undefined && ts.isArrayLiteralExpression(one))
      return [nodes.at(elementAt(one, Number(item)) ?? one)];
    // The items of a list in a variable may change their places.
    const isMoved = item !== undefined && ts.isIdentifier(one);
    if (isMoved || !isTakenApart(flow, one)) return [nodes.at(one)];
    if (ts.isObjectLiteralExpression(one))
      return one.properties.flatMap((property) => partsNamed(flow, property, name));
    if (ts.isIdentifier(one)) {
      const symbol = flow.out.self.symbols.symbolOf(one);
      return symbol === undefined
        ? [nodes.at(one)]
        : nodes.members.of(variableHolder(nodes, symbol), name);
    }
    if (!ts.isCallExpression(one)) return [nodes.at(one)];
    const part = nodes.part(one, name, (to) => {
      for (const callee of functionsCalled(flow, one))
        for (const from of nodes.members.of(resultHolder(nodes, callee), name))
          nodes.edges.push({ kind: 'result', from, to, call: nodes.at(one, '') });
    });
    return [part];
  });
}

function elementAt(list: ts.ArrayLiteralExpression, at: number): ts.Expression | undefined {
  return list.elements.slice(0, at + 1).some(ts.isSpreadElement) ? undefined : list.elements[at];
}

function partsNamed(
  flow: Flow,
  property: ts.ObjectLiteralElementLike,
  name: string,
): readonly string[] {
  const { nodes } = flow;
  if (ts.isSpreadAssignment(property)) return membersOf(flow, property.expression, name);
  const written =
    ts.isIdentifier(property.name) ||
    ts.isStringLiteralLike(property.name) ||
    ts.isNumericLiteral(property.name)
      ? property.name.text
      : undefined;
  // An object behind `__proto__` has members of the whole one.
  if (written !== undefined && written !== name && written !== '__proto__') return [];
  if (ts.isPropertyAssignment(property)) return [nodes.at(property.initializer)];
  if (ts.isShorthandPropertyAssignment(property)) return [nodes.at(property.name)];
  return ts.isGetAccessorDeclaration(property) ? [nodes.result(property)] : [];
}

/** The expressions one of which is the value: the sides of `a || b` and of `c ? a : b`. */
export function oneOf(expression: ts.Expression): readonly ts.Expression[] {
  const found: ts.Expression[] = [];
  const open = [expression];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const bare = bareOf(next);
    const operator = ts.isBinaryExpression(bare) ? bare.operatorToken.kind : undefined;
    if (ts.isConditionalExpression(bare)) open.push(bare.whenTrue, bare.whenFalse);
    else if (!ts.isBinaryExpression(bare)) found.push(bare);
    else if (operator === ts.SyntaxKind.AmpersandAmpersandToken) open.push(bare.right);
    else if (
      operator === ts.SyntaxKind.BarBarToken ||
      operator === ts.SyntaxKind.QuestionQuestionToken
    )
      open.push(bare.left, bare.right);
    else found.push(bare);
  }
  return found;
}

function isTakenApart(flow: Flow, value: ts.Expression): boolean {
  if (ts.isObjectLiteralExpression(value)) return true;
  if (givesSomething(flow, value)) return false;
  if (!ts.isCallExpression(value)) return ts.isIdentifier(value) && value.text !== 'arguments';
  return keep(flow.nodes.apart, value, () => {
    // A function among the arguments may give the call its value.
    if (value.arguments.some((argument) => isFunctionish(bareOf(argument)))) return false;
    const functions = functionsCalled(flow, value);
    return (
      functions.length > 0 && functions.every(({ asteriskToken }) => asteriskToken === undefined)
    );
  });
}

function givesSomething({ out }: Flow, node: ts.Node): boolean {
  const use = out.uses.get(node);
  return use !== undefined && (use.sources.length > 0 || use.starts.length > 0);
}

/** The functions of the skill that a call calls. */
export function functionsCalled(
  { out, nodes }: Flow,
  node: ts.CallExpression | ts.NewExpression,
): readonly Functionish[] {
  return keep(nodes.called, node, () => {
    const named = out.self.symbols.functionOf(node.expression);
    const resolved = resolveCall(out.self, node).flatMap(({ callee }) =>
      callee.kind === 'function' ? [callee.node] : [],
    );
    return [...new Set([...resolved, ...(named === undefined ? [] : [named])])];
  });
}
