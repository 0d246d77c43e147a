/**
 * Changes of a value that the read name does not show: a write to a member through another name of
 * the object, a call that changes its arguments, a function that others hold as well. A text that
 * code runs counts as known only if nothing here can have changed it.
 */
import { ts } from 'ts-morph';
import { keep } from '../../../fact/remembered.ts';
import { nodeDefaults } from '../../../knowledge/javascript.ts';
import { own } from '../../../lookup-tables/api.ts';
import { apis } from '../library.ts';
import { type Assignment, eachOf, push, targetsOf } from '../names/assignments.ts';
import {
  bareOf,
  calledMember,
  type Functionish,
  isAssignment,
  isPattern,
  isPlainAssignment,
  memberName,
} from '../syntax.ts';
import type { Evaluator } from '../values/evaluator.ts';
import { alternatives, type JsValue } from '../values/values.ts';
import {
  functionAround,
  isCalledWhereItStands,
  isCallee,
  isDeclared,
  isElementCallback,
  isMemberName,
  isPlainRead,
  isTarget,
  outermost,
  rootOf,
} from './positions.ts';
import {
  IndexedWrites,
  type KnownWrite,
  type ReachingWrites,
  type Write,
  type Writes,
} from './reaching-writes.ts';

/** Collects the writes of all files. `self` resolves callees; it does not follow writes itself. */
export function collectWrites(self: Evaluator): Writes {
  const { symbols } = self;
  const gathered = gather(self);
  const holderOf = (made: ts.Node): ts.Symbol | undefined => {
    const at = outermost(made);
    const name =
      ts.isVariableDeclaration(at.parent) && at.parent.initializer === at
        ? at.parent.name
        : undefined;
    return name !== undefined && ts.isIdentifier(name) ? symbols.symbolOf(name) : undefined;
  };
  const usesOf = (symbol: ts.Symbol): readonly ts.Identifier[] => gathered.uses.get(symbol) ?? [];
  const isOpen = (callee: Functionish): boolean => {
    if (gathered.openArguments.has(callee)) return true;
    const name = memberNameOf(callee);
    if (name !== undefined) return isMemberOpen(self, gathered, name);
    const declared = ts.isConstructorDeclaration(callee)
      ? callee.parent.name
      : ts.isFunctionDeclaration(callee) && callee.name;
    const symbol = declared ? symbols.symbolOf(declared) : holderOf(callee);
    if (symbol === undefined) return !isCalledWhereItStands(callee);
    return usesOf(symbol).some((name) => !isCallee(name) && !isElementCallback(name));
  };
  const leaves = (made: ts.Node): boolean => {
    const holder = holderOf(made);
    return holder === undefined
      ? !isKept(self, outermost(made))
      : usesOf(holder).some((name) => !isKept(self, name));
  };
  const all = [...gathered.byKey.values()].flat();
  const byVariable = writtenByVariable(self, all);
  const toAny = new IndexedWrites(gathered.byKey.get('*') ?? []);
  const named = new Map<string, readonly ReachingWrites[]>();
  return {
    all: [new IndexedWrites(all)],
    writtenTo: (variable) => byVariable.get(variable) ?? [],
    ofElements: [
      new IndexedWrites(
        all.filter(({ key }) => key === '*' || key === 'length' || /^\d+$/.test(key)),
      ),
    ],
    named: (key) =>
      keep(named, key, () => {
        const own = gathered.byKey.get(key);
        return own === undefined || key === '*' ? [toAny] : [new IndexedWrites(own), toAny];
      }),
    holderOf,
    leaves: remembered(leaves),
    isOpen: remembered(isOpen),
    derived: gathered.derived,
  };
}

interface Gathered {
  readonly byKey: Map<string, KnownWrite[]>;
  /** Uses of a variable or function by its name, without its declaration. */
  readonly uses: Map<ts.Symbol, ts.Identifier[]>;
  readonly members: Map<string, (ts.PropertyAccessExpression | ts.ElementAccessExpression)[]>;
  /** Members that patterns take out of objects. */
  readonly taken: Set<string>;
  readonly derived: ts.ClassLikeDeclaration[];
  /** Functions whose `arguments` are written or passed on. */
  readonly openArguments: Set<Functionish>;
}

function gather(self: Evaluator): Gathered {
  const gathered: Gathered = {
    byKey: new Map(),
    uses: new Map(),
    members: new Map(),
    taken: new Set(),
    derived: [],
    openArguments: new Set(),
  };
  for (const { nodes } of self.program.files) {
    self.steps.take(nodes.length);
    for (const node of nodes) {
      for (const write of writesAt(self, node)) push(gathered.byKey, write.key, known(self, write));
      for (const name of takenBy(node)) gathered.taken.add(name);
      if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node))
        push(gathered.members, memberName(node), node);
      if (ts.isClassLike(node) && node.heritageClauses !== undefined) gathered.derived.push(node);
      if (ts.isIdentifier(node) && !isMemberName(node)) gatherName(self, gathered, node);
    }
  }
  return gathered;
}

// Each object is compared with every write of the program, so names are looked up before.
function known({ symbols }: Evaluator, write: Write): KnownWrite {
  const receiver = bareOf(write.receiver);
  const variable = ts.isIdentifier(receiver) ? symbols.symbolOf(receiver) : undefined;
  return { ...write, receiver, variable };
}

function gatherName(self: Evaluator, { uses, openArguments }: Gathered, name: ts.Identifier): void {
  const symbol = self.symbols.symbolOf(name);
  if (
    symbol !== undefined &&
    !('name' in name.parent && name.parent.name === name && isDeclared(name.parent))
  )
    push(uses, symbol, name);
  const owner = name.text === 'arguments' && !isPlainRead(name) ? functionAround(name) : undefined;
  if (owner !== undefined) openArguments.add(owner);
}

function isMemberOpen(self: Evaluator, { members, taken }: Gathered, name: string): boolean {
  const accesses = [...(members.get(name) ?? []), ...(members.get('*') ?? [])];
  self.steps.take(accesses.length);
  return (
    taken.has(name) ||
    accesses.some((access) => {
      if (!isCallee(access)) return name === memberName(access) && !isTarget(access);
      return (
        self.symbols.functionOf(access) === undefined &&
        alternatives(self.valueOf(access.expression)).some(mayBeOwn)
      );
    })
  );
}

function writtenByVariable(
  { symbols }: Evaluator,
  all: readonly Write[],
): ReadonlyMap<ts.Symbol, readonly ts.Expression[]> {
  const found = new Map<ts.Symbol, ts.Expression[]>();
  for (const { receiver, assigned, given = [] } of all) {
    const root = rootOf(receiver);
    const symbol = ts.isIdentifier(root) ? symbols.symbolOf(root) : undefined;
    if (symbol === undefined) continue;
    for (const argument of assigned === undefined ? given : [assigned.value])
      push(found, symbol, argument);
  }
  return found;
}

function remembered<Key>(find: (key: Key) => boolean): (key: Key) => boolean {
  const known = new Map<Key, boolean>();
  return (key) => {
    const answer = known.get(key) ?? find(key);
    known.set(key, answer);
    return answer;
  };
}

// Uses that give a value no other name.
function isKept(self: Evaluator, use: ts.Expression | ts.Node): boolean {
  const at = outermost(use);
  const { parent } = at;
  if (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) return true;
  if (ts.isForOfStatement(parent) || ts.isForInStatement(parent)) return parent.expression === at;
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent))
    return (
      parent.expression !== at && alternatives(self.valueOf(parent.expression)).every(keepsGiven)
    );
  if (ts.isBinaryExpression(parent)) {
    const operator = parent.operatorToken;
    return isAssignment(operator.kind)
      ? parent.left === at || isPattern(parent.left)
      : operator.kind !== ts.SyntaxKind.CommaToken;
  }
  return (
    // Values that a pattern takes apart.
    (ts.isVariableDeclaration(parent) && !ts.isIdentifier(parent.name)) ||
    ts.isSpreadElement(parent) ||
    ts.isSpreadAssignment(parent) ||
    ts.isTemplateSpan(parent) ||
    ts.isTypeOfExpression(parent) ||
    ts.isPrefixUnaryExpression(parent) ||
    ts.isExpressionStatement(parent) ||
    ts.isIfStatement(parent) ||
    ts.isExportSpecifier(parent) ||
    ts.isImportSpecifier(parent) ||
    (ts.isConditionalExpression(parent) && parent.condition === at)
  );
}

// The member name under which a method is called; undefined for functions that are no members.
function memberNameOf(callee: Functionish): string | undefined {
  const at = outermost(callee).parent;
  const holder = ts.isPropertyAssignment(at) || ts.isPropertyDeclaration(at) ? at : callee;
  const isMember =
    holder !== callee ||
    ts.isMethodDeclaration(callee) ||
    ts.isGetAccessorDeclaration(callee) ||
    ts.isSetAccessorDeclaration(callee);
  if (!isMember || holder.name === undefined) return undefined;
  return ts.isIdentifier(holder.name) ||
    ts.isStringLiteralLike(holder.name) ||
    ts.isPrivateIdentifier(holder.name)
    ? holder.name.text
    : '*';
}

function mayBeOwn({ kind }: JsValue): boolean {
  return (
    kind === 'unknown' ||
    kind === 'method' ||
    kind === 'object' ||
    kind === 'class' ||
    kind === 'module'
  );
}

// The members that a part of a program writes, in any way.

/** The members that a pattern takes out of an object. */
function takenBy(node: ts.Node): readonly string[] {
  if (ts.isBindingElement(node)) {
    const name = node.propertyName ?? node.name;
    return ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? [name.text] : [];
  }
  if (
    !ts.isBinaryExpression(node) ||
    !isAssignment(node.operatorToken.kind) ||
    !isPattern(node.left)
  )
    return [];
  return [...targetsOf(node.left, { value: node.right, node, compound: false })].flatMap(
    ([, { path = [] }]) => path,
  );
}

/** The member writes of a node. */
function* writesAt(self: Evaluator, node: ts.Node): Iterable<Write> {
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) {
    yield* writesTo(node.left, {
      value: node.right,
      node,
      compound: !isPlainAssignment(node.operatorToken.kind),
    });
  } else if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
    if (!ts.isVariableDeclarationList(node.initializer))
      yield* writesTo(node.initializer, eachOf(node));
  } else if (
    ts.isPrefixUnaryExpression(node) ||
    ts.isPostfixUnaryExpression(node) ||
    ts.isDeleteExpression(node)
  ) {
    const operand = ts.isDeleteExpression(node) ? node.expression : node.operand;
    const isWritten =
      ts.isDeleteExpression(node) ||
      node.operator === ts.SyntaxKind.PlusPlusToken ||
      node.operator === ts.SyntaxKind.MinusMinusToken;
    if (isWritten) yield* writesTo(operand, { value: operand, node, compound: true });
  } else if (ts.isCallExpression(node) || ts.isNewExpression(node)) yield* writesOfCall(self, node);
}

function* writesTo(target: ts.Expression, assignment: Assignment): Iterable<Write> {
  for (const [bare, assigned] of targetsOf(target, assignment)) {
    if (ts.isPropertyAccessExpression(bare) || ts.isElementAccessExpression(bare)) {
      const name = memberName(bare);
      const isPrototype = name === '__proto__' || name === 'prototype';
      yield { receiver: bare.expression, key: isPrototype ? '*' : name, assigned };
    } else if (ts.isIdentifier(bare)) {
      for (let at: ts.Node = bare; !ts.isSourceFile(at); at = at.parent)
        if (ts.isWithStatement(at)) yield { receiver: at.expression, key: bare.text, assigned };
    }
  }
}

function* writesOfCall(
  self: Evaluator,
  node: ts.CallExpression | ts.NewExpression,
): Iterable<Write> {
  const member = calledMember(node);
  const given = node.arguments ?? [];
  if (member && isMutator(memberName(member)) && isNamed(bareOf(member.expression)))
    yield { receiver: member.expression, key: '*', given, method: memberName(member) };
  if (given.every((argument) => !isNamed(bareOf(argument)))) return;
  const callees = alternatives(self.valueOf(node.expression));
  if (!callees.some(changesGiven)) return;
  const [target, ...sources] = given;
  const keys = keysOf(sources);
  if (
    target !== undefined &&
    keys !== undefined &&
    callees.every((value) => value.kind === 'api' && value.name === 'Object.assign')
  ) {
    for (const [key, value] of keys)
      yield { receiver: target, key, assigned: { value, node, compound: false } };
    return;
  }
  for (const argument of given)
    yield {
      receiver: ts.isSpreadElement(argument) ? argument.expression : argument,
      key: '*',
      given,
    };
}

// `Object.assign(target, { cwd })` writes only these members; undefined when the sources do not
// tell.
function keysOf(
  sources: readonly ts.Expression[],
): (readonly [string, ts.Expression])[] | undefined {
  const found: (readonly [string, ts.Expression])[] = [];
  for (const source of sources) {
    if (!ts.isObjectLiteralExpression(source)) return undefined;
    for (const property of source.properties) {
      if (ts.isShorthandPropertyAssignment(property))
        found.push([property.name.text, property.name]);
      else if (
        ts.isPropertyAssignment(property) &&
        (ts.isIdentifier(property.name) || ts.isStringLiteralLike(property.name))
      )
        found.push([property.name.text, property.initializer]);
      else return undefined;
    }
  }
  return found;
}

// A value without a name is not read again.
function isNamed(bare: ts.Expression): boolean {
  return (
    !ts.isLiteralExpression(bare) &&
    !ts.isObjectLiteralExpression(bare) &&
    !ts.isArrayLiteralExpression(bare) &&
    !ts.isCallExpression(bare)
  );
}

// Calls that change their arguments or their object.

const mutators =
  /^(\*|push|unshift|splice|fill|copyWithin|reverse|sort|pop|shift|set|add|delete|clear|append|write\w*|__define[GS]etter__)$/;

/** Whether a method of this name changes the object it is called on. */
function isMutator(name: string): boolean {
  return mutators.test(name);
}

const readers =
  /^(Object\.(keys|values|entries|freeze|seal|is|hasOwn|fromEntries|getOwn\w+|getPrototypeOf|isFrozen)|Reflect\.(get|has|ownKeys|getPrototypeOf|getOwnPropertyDescriptor)|Array\.(isArray|from|of)|JSON\.\w+|console\.\w+|Promise(\.\w+)?|String(\.\w+)?|Number(\.\w+)?|Boolean|Error|Set|Map|URL|URLSearchParams|Date|RegExp|structuredClone|parseInt|parseFloat|isNaN|assert(\.\w+)*|require|import|set(Timeout|Interval|Immediate)|fetch|Request|Response|process\.\w+|path(\/posix|\/win32)?\.\w+|Buffer(\.\w+)*|Math\.\w+|Symbol(\.\w+)*|BigInt|queueMicrotask)$/;

/**
 * Whether a callee outside of the skill may write to its arguments: `Object.assign`, `lodash.set`,
 * `Array.prototype.push.call`.
 */
function changesGiven(callee: JsValue): boolean {
  if (callee.kind === 'bound') return changesGiven(callee.callee);
  // `list.push.call(list, …)`
  if (callee.kind === 'method')
    return (
      /^(call|apply|bind)$/.test(callee.name) &&
      callee.of.kind === 'method' &&
      isMutator(callee.of.name)
    );
  return callee.kind === 'api' && !isReader(callee.name);
}

/** Whether a callee neither keeps its arguments nor passes them on. */
function keepsGiven(callee: JsValue): boolean {
  return callee.kind === 'api' && isReader(callee.name);
}

function isReader(name: string): boolean {
  if (readers.test(name) || own(apis, name) !== undefined) return true;
  const module = name.split(/[.#]/, 1)[0] ?? '';
  return (
    own(nodeDefaults, module) !== undefined ||
    /^(os|util|url|crypto|zlib|events|readline|worker_threads|assert|process)$/.test(module)
  );
}
