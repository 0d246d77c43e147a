/**
 * The method of a member call, by declarations alone: computing types would cost the square of a
 * long function's length.
 */
import { ts } from 'ts-morph';
import { keep } from '../../../fact/remembered.ts';
import { bareOf, baseOf, type Functionish } from '../syntax.ts';
import { valueOfThis } from '../values/classes.ts';

type Holder = ts.ClassLikeDeclaration | ts.ObjectLiteralExpression | ts.SourceFile;

/** How names are looked up. */
export interface Names {
  symbolOf(name: ts.Node): ts.Symbol | undefined;
  exportOf(file: ts.SourceFile, name: string): ts.Symbol | undefined;
}

const hopsMax = 8;

/** The method or function that `object.name` means. */
export function methodOf(
  names: Names,
  access: ts.PropertyAccessExpression,
): Functionish | undefined {
  const member = memberOf(names, access);
  return member !== undefined && isFunction(member) ? member : undefined;
}

/** What `object.name` is declared as: a function, or the expression of its value. */
export function memberOf(
  names: Names,
  access: ts.PropertyAccessExpression,
  hops = 0,
): ts.Node | undefined {
  const holder = holderOf(names, bareOf(access.expression), hops);
  return holder === undefined ? undefined : memberNamed(names, holder, access.name.text, hops);
}

function memberNamed(
  names: Names,
  holder: Holder,
  name: string,
  hops: number,
): ts.Node | undefined {
  if (ts.isSourceFile(holder)) return worthOf(names.exportOf(holder, name)?.declarations?.[0]);
  const found = keep(firstMembers, holder, () => firstByName(holder)).get(name);
  if (found !== undefined) return worthOf(found);
  if (!ts.isClassLike(holder) || hops >= hopsMax) return undefined;
  const above = aboveOf(names, holder, hops);
  return above === undefined ? undefined : memberNamed(names, above, name, hops + 1);
}

function aboveOf(names: Names, holder: ts.ClassLikeDeclaration, hops: number): Holder | undefined {
  const base = baseOf(holder);
  return base === undefined ? undefined : holderOf(names, bareOf(base), hops + 1);
}

type Members = ReadonlyMap<string, ts.Node>;

// Each class or object is read once, and not for each call of a member.
const firstMembers = new WeakMap<Exclude<Holder, ts.SourceFile>, Members>();

function firstByName(holder: Exclude<Holder, ts.SourceFile>): Members {
  const found = new Map<string, ts.Node>();
  const members: readonly ts.Node[] = ts.isClassLike(holder) ? holder.members : holder.properties;
  for (const member of members) {
    const name = 'name' in member ? textOfName(member.name) : undefined;
    if (name !== undefined && !found.has(name)) found.set(name, member);
  }
  return found;
}

function textOfName(name: unknown): string | undefined {
  return typeof name === 'object' &&
    name !== null &&
    'text' in name &&
    typeof name.text === 'string'
    ? name.text
    : undefined;
}

/** The function, object or other expression behind a property or variable. */
export function worthOf(declaration: ts.Node | undefined): ts.Node | undefined {
  const value = declaration === undefined ? undefined : initialOf(declaration);
  return value === undefined ? declaration : bareOf(value);
}

function initialOf(declaration: ts.Node): ts.Expression | undefined {
  if (
    ts.isPropertyAssignment(declaration) ||
    ts.isPropertyDeclaration(declaration) ||
    ts.isVariableDeclaration(declaration)
  )
    return declaration.initializer;
  // `exports.send = …`: the declaration is the assigned member.
  return ts.isPropertyAccessExpression(declaration) && ts.isBinaryExpression(declaration.parent)
    ? declaration.parent.right
    : undefined;
}

function holderOf(names: Names, object: ts.Node, hops: number): Holder | undefined {
  if (hops >= hopsMax) return undefined;
  if (object.kind === ts.SyntaxKind.ThisKeyword) {
    const self = valueOfThis(object);
    return self.kind === 'class' || self.kind === 'object' ? self.node : undefined;
  }
  if (object.kind === ts.SyntaxKind.SuperKeyword) {
    const self = valueOfThis(object);
    return self.kind === 'class' ? aboveOf(names, self.node, hops) : undefined;
  }
  if (ts.isClassLike(object) || ts.isObjectLiteralExpression(object) || ts.isSourceFile(object))
    return object;
  if (ts.isNewExpression(object)) return holderOf(names, bareOf(object.expression), hops + 1);
  if (ts.isPropertyAccessExpression(object)) {
    const member = memberOf(names, object, hops + 1);
    return member === undefined ? undefined : holderOf(names, member, hops + 1);
  }
  const [declaration] = ts.isIdentifier(object) ? (names.symbolOf(object)?.declarations ?? []) : [];
  if (declaration === undefined) return undefined;
  const type =
    ts.isParameter(declaration) || ts.isVariableDeclaration(declaration)
      ? declaration.type
      : undefined;
  if (type !== undefined && ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName))
    return holderOf(names, type.typeName, hops + 1);
  const value = ts.isExportAssignment(declaration)
    ? bareOf(declaration.expression)
    : worthOf(declaration);
  return value === undefined || value === declaration
    ? plainHolder(declaration)
    : holderOf(names, value, hops + 1);
}

function plainHolder(node: ts.Node): Holder | undefined {
  return ts.isClassLike(node) || ts.isSourceFile(node) ? node : undefined;
}

function isFunction(node: ts.Node): node is Functionish {
  return (
    ts.isMethodDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isFunctionDeclaration(node)
  );
}
