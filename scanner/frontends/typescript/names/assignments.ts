/** Assignments to variables, to their members, to fields of classes and to a module's exports. */
import { ts } from 'ts-morph';
import { bareOf, memberName } from '../syntax.ts';

export interface Assignment {
  /** What is assigned: the right-hand side. */
  readonly value: ts.Expression;
  readonly node: ts.Node;
  /** `+=` and the like. */
  readonly compound: boolean;
  /**
   * The path of the value inside a destructured one: `({ a: [x] } = …)` gives x the value at `a`,
   * `0`.
   */
  readonly path?: readonly string[];
  /** Each element of the value in turn: `for (x of …)`. */
  readonly each?: true;
}

export interface Assignments {
  /** Records an assignment to a target, which may be a pattern. */
  assign(target: ts.Expression, assignment: Assignment): void;
  /** Records the values that `push`, `add` and `set` put into a variable. */
  hold(call: ts.CallExpression): void;
  ofVariable(symbol: ts.Symbol): readonly Assignment[];
  /** Assignments to a member, including those by a computed name; `heldMember` for added items. */
  ofMember(symbol: ts.Symbol, member: string): readonly Assignment[];
  ofField(of: ts.ClassLikeDeclaration, name: string): readonly Assignment[];
  ofModule(file: ts.SourceFile): ReadonlyMap<string, readonly ts.Expression[]>;
}

/**
 * Stands for items that `push`, `add` and `set` put into a variable; no property has this name.
 */
export const heldMember = '+';

/** Collects assignments by their target. */
export function collectAssignments(
  symbolOf: (name: ts.Node) => ts.Symbol | undefined,
  outsideOf: (name: ts.Identifier) => ts.Symbol | undefined,
): Assignments {
  const variables = new Map<ts.Symbol, Assignment[]>();
  const members = new Map<ts.Symbol, Map<string, Assignment[]>>();
  const fields = new Map<ts.Node, Map<string, Assignment[]>>();
  const common = new Map<ts.SourceFile, Map<string, ts.Expression[]>>();
  const toMember = (
    target: ts.PropertyAccessExpression | ts.ElementAccessExpression,
    assignment: Assignment,
  ): void => {
    const exported = commonExport(target);
    if (exported !== undefined)
      push(mapOf(common, assignment.node.getSourceFile()), exported, assignment.value);
    const object = bareOf(target.expression);
    const symbol = ts.isIdentifier(object) ? symbolOf(object) : undefined;
    if (symbol !== undefined) push(mapOf(members, symbol), memberName(target), assignment);
    const of = object.kind === ts.SyntaxKind.ThisKeyword ? classAround(object) : undefined;
    if (of !== undefined) push(mapOf(fields, of), memberName(target), assignment);
  };
  return {
    assign(target, assignment) {
      for (const [bare, part] of targetsOf(target, assignment)) {
        if (ts.isPropertyAccessExpression(bare) || ts.isElementAccessExpression(bare))
          toMember(bare, part);
        const symbol = ts.isIdentifier(bare) ? (symbolOf(bare) ?? outsideOf(bare)) : undefined;
        if (symbol !== undefined) push(variables, symbol, part);
      }
    },
    hold(call) {
      const { expression, arguments: given } = call;
      if (!ts.isPropertyAccessExpression(expression) || !ts.isIdentifier(expression.expression))
        return;
      const value = /^(push|unshift|add|set)$/.test(expression.name.text)
        ? given.at(-1)
        : undefined;
      const symbol = value === undefined ? undefined : symbolOf(expression.expression);
      if (symbol !== undefined && value !== undefined)
        push(mapOf(members, symbol), heldMember, { value, node: call, compound: false });
    },
    ofVariable: (symbol) => variables.get(symbol) ?? [],
    ofMember: (symbol, member) => [
      ...(members.get(symbol)?.get(member) ?? []),
      ...(member === heldMember ? [] : (members.get(symbol)?.get('*') ?? [])),
    ],
    ofField: (of, name) => fields.get(of)?.get(name) ?? [],
    ofModule: (file) => common.get(file) ?? new Map(),
  };
}

/** The single targets of an assignment, with a pattern taken apart. */
export function targetsOf(
  target: ts.Expression,
  assignment: Assignment,
): Iterable<[ts.Expression, Assignment]> {
  return eachTarget(target, [assignment]);
}

// All that a target may get goes down together: at each level of `[[a = 1] = b] = c` a default is
// one more, and a walk for each of them would double with each level.
function* eachTarget(
  target: ts.Expression,
  given: readonly Assignment[],
): Generator<[ts.Expression, Assignment]> {
  const bare = bareOf(target);
  if (ts.isObjectLiteralExpression(bare)) {
    for (const property of bare.properties) {
      const named =
        property.name !== undefined &&
        (ts.isIdentifier(property.name) || ts.isStringLiteralLike(property.name));
      const inner = named ? memberOf(given, property.name.text) : compoundOf(given);
      if (ts.isShorthandPropertyAssignment(property))
        yield* eachTarget(property.name, withDefault(inner, property.objectAssignmentInitializer));
      if (ts.isPropertyAssignment(property)) yield* eachTarget(property.initializer, inner);
      else if (ts.isSpreadAssignment(property)) yield* eachTarget(property.expression, given);
    }
  } else if (ts.isArrayLiteralExpression(bare)) {
    for (const [i, element] of bare.elements.entries())
      yield* eachTarget(element, memberOf(given, String(i)));
  } else if (ts.isSpreadElement(bare)) {
    yield* eachTarget(bare.expression, compoundOf(given));
  } else if (isDefault(bare)) {
    yield* eachTarget(bare.left, withDefault(given, bare.right));
  } else for (const one of given) yield [bare, one];
}

function isDefault(node: ts.Expression): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
}

function memberOf(given: readonly Assignment[], name: string): readonly Assignment[] {
  return given.map((one) => ({ ...one, path: [...(one.path ?? []), name] }));
}

function compoundOf(given: readonly Assignment[]): readonly Assignment[] {
  return given.map((one) => ({ ...one, compound: true }));
}

function withDefault(
  given: readonly Assignment[],
  value: ts.Expression | undefined,
): readonly Assignment[] {
  const [first] = given;
  if (value === undefined || first === undefined) return given;
  return [...given, { value, node: first.node, compound: first.compound }];
}

function classAround(node: ts.Node): ts.ClassLikeDeclaration | undefined {
  for (let at = node.parent; at !== undefined && !ts.isSourceFile(at); at = at.parent)
    if (ts.isClassLike(at)) return at;
  return undefined;
}

function commonExport(
  target: ts.PropertyAccessExpression | ts.ElementAccessExpression,
): string | undefined {
  const object = bareOf(target.expression);
  if (ts.isIdentifier(object) && object.text === 'module' && memberName(target) === 'exports')
    return '';
  const isExports = ts.isIdentifier(object)
    ? object.text === 'exports'
    : ts.isPropertyAccessExpression(object) &&
      object.name.text === 'exports' &&
      ts.isIdentifier(object.expression) &&
      object.expression.text === 'module';
  return isExports ? memberName(target) : undefined;
}

function mapOf<Key, Inner, Item>(map: Map<Key, Map<Inner, Item>>, key: Key): Map<Inner, Item> {
  const inner = map.get(key) ?? new Map<Inner, Item>();
  map.set(key, inner);
  return inner;
}

/** The values that a loop assigns to an existing variable: the elements, or unknown names. */
export function eachOf(node: ts.ForInOrOfStatement): Assignment {
  const isOf = ts.isForOfStatement(node) && node.awaitModifier === undefined;
  return isOf
    ? { value: node.expression, node, compound: false, each: true }
    : { value: node.expression, node, compound: true };
}

/** Adds to the list of a key. */
export function push<Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
