/**
 * Members of the skill's own classes: fields, methods, getters, values that constructors and
 * methods put on `this`, inherited members.
 */
import { ts } from 'ts-morph';
import { overriding, writtenMembers } from '../flow/changes.ts';
import { baseOf, type Functionish, isFunctionish, requireFewClasses } from '../syntax.ts';
import type { Evaluator } from './evaluator.ts';
import { valueAssigned } from './member-assigned.ts';
import { alternatives, type Frame, isWhole, type JsValue, unionOf, unknown } from './values.ts';

/** The value of a member of a class, or of an object of the class. */
export function memberOfClass(
  self: Evaluator,
  node: ts.ClassLikeDeclaration,
  name: string,
): JsValue {
  const found = ownMember(self, node, name);
  const others = overriding(self, node).flatMap((below) => ownMember(self, below, name));
  return unionOf([...(found.length > 0 ? found : inherited(self, node, name)), ...others]);
}

function ownMember(self: Evaluator, node: ts.ClassLikeDeclaration, name: string): JsValue[] {
  const assigned =
    self.writes === undefined
      ? self.symbols
          .fieldAssignments(node, name)
          .filter((assignment) => !assignment.compound)
          .map((assignment) => valueAssigned(self, assignment))
      : writtenMembers(self, node, name);
  return [...declared(self, node, name), ...assigned];
}

// What the nearest classes above have, on each way up.
function inherited(self: Evaluator, node: ts.ClassLikeDeclaration, name: string): JsValue[] {
  const found: JsValue[] = [];
  const seen = new Set([node]);
  for (const one of seen) {
    requireFewClasses(seen.size);
    self.steps.take();
    const base = baseOf(one);
    for (const value of base === undefined ? [unknown] : alternatives(self.valueOf(base))) {
      const isClass = value.kind === 'class';
      const own = isClass ? ownMember(self, value.node, name) : [unknown];
      if (isClass && own.length === 0) seen.add(value.node);
      found.push(...own);
    }
  }
  return found;
}

function declared(self: Evaluator, node: ts.ClassLikeDeclaration, name: string): JsValue[] {
  return node.members.flatMap((member): JsValue[] => {
    if (ts.isConstructorDeclaration(member)) return fieldsOf(self, member, name);
    const own = member.name === undefined ? '' : nameOf(self, member.name);
    // `[name()]() { … }` may be any member.
    if (own === undefined && self.writes !== undefined) return [unknown];
    if (own !== name) return [];
    if (ts.isMethodDeclaration(member))
      return [{ kind: 'function', node: member, frame: undefined }];
    if (ts.isGetAccessorDeclaration(member))
      return self.returnsOf(member).map((value) => self.valueOf(value));
    return ts.isPropertyDeclaration(member) && member.initializer !== undefined
      ? [self.valueOf(member.initializer)]
      : [];
  });
}

// `constructor(private readonly name: string)` declares a field.
function fieldsOf(self: Evaluator, made: ts.ConstructorDeclaration, name: string): JsValue[] {
  return made.parameters
    .filter(
      (parameter) =>
        (parameter.modifiers?.length ?? 0) > 0 &&
        ts.isIdentifier(parameter.name) &&
        parameter.name.text === name,
    )
    .map((parameter) => (ts.isIdentifier(parameter.name) ? self.valueOf(parameter.name) : unknown));
}

function nameOf(self: Evaluator, name: ts.PropertyName): string | undefined {
  return ts.isPrivateIdentifier(name) ? name.text : nameOfProperty(self, name, undefined);
}

/** The value of `this` at a node: an object of the class around it, or the object literal. */
export function valueOfThis(node: ts.Node): JsValue {
  for (let at = node.parent; at !== undefined && !ts.isSourceFile(at); at = at.parent) {
    if (ts.isPropertyDeclaration(at) && ts.isClassLike(at.parent)) return objectOf(at.parent, at);
    if (ts.isClassStaticBlockDeclaration(at) && ts.isClassLike(at.parent))
      return { kind: 'class', node: at.parent, made: false };
    if (!isFunctionish(at) || ts.isArrowFunction(at)) continue;
    return around(at);
  }
  return unknown;
}

/** The value of `super` at a node: the same object, as one of the class that its class extends. */
export function valueOfSuper(self: Evaluator, node: ts.Node): JsValue {
  const own = valueOfThis(node);
  const base = own.kind === 'class' ? baseOf(own.node) : undefined;
  if (own.kind !== 'class' || base === undefined) return unknown;
  return unionOf(
    alternatives(self.valueOf(base)).map((value) =>
      value.kind === 'class' ? { ...value, made: own.made } : unknown,
    ),
  );
}

function around(callee: Functionish): JsValue {
  const { parent } = callee;
  if (ts.isClassLike(parent)) return objectOf(parent, callee);
  if (ts.isObjectLiteralExpression(parent))
    return { kind: 'object', node: parent, frame: undefined };
  const isField = ts.isPropertyAssignment(parent) && ts.isObjectLiteralExpression(parent.parent);
  return isField ? { kind: 'object', node: parent.parent, frame: undefined } : unknown;
}

function objectOf(node: ts.ClassLikeDeclaration, member: ts.Node): JsValue {
  const modifiers = ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : [];
  return {
    kind: 'class',
    node,
    made: !modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword),
  };
}

// Names of properties, computed ones included.

export function writtenName(
  name: ts.PropertyName | ts.BindingName | ts.Expression,
): string | undefined {
  return ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)
    ? name.text
    : undefined;
}

/** The name of a property or binding; undefined when it cannot be computed. */
export function nameOfProperty(
  self: Evaluator,
  name: ts.PropertyName | ts.BindingName | ts.Expression,
  frame: Frame,
): string | undefined {
  const written = writtenName(name);
  if (written !== undefined) return written;
  if (!ts.isComputedPropertyName(name)) return undefined;
  const value = self.valueOf(name.expression, frame);
  return isWhole(value) ? value.text : undefined;
}
