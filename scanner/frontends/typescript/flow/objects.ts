/**
 * How values move into and out of the skill's own objects: fields of classes, getters and setters.
 */
import { ts } from 'ts-morph';
import { bareOf, baseOf as extendedBy, isFunctionish, requireFewClasses } from '../syntax.ts';
import { valueOfThis } from '../values/classes.ts';
import { alternatives } from '../values/values.ts';
import { parameterHolder } from './members.ts';
import { allFields, type Flow, shared } from './nodes.ts';

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
