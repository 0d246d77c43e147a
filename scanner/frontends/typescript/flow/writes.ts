/**
 * Changes of a value that the read name does not show: a write to a member through another name of
 * the object, a call that changes its arguments, a function that others hold as well. A text that
 * code runs counts as known only if nothing here can have changed it.
 */
import { ts } from 'ts-morph';
import { keep } from '../../../fact/remembered.ts';
import { push } from '../names/assignments.ts';
import { bareOf, type Functionish, isAssignment, isPattern, memberName } from '../syntax.ts';
import type { Evaluator } from '../values/evaluator.ts';
import { alternatives, type JsValue } from '../values/values.ts';
import { keepsGiven } from './mutators.ts';
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
import { IndexedWrites } from './reaching-writes.ts';
import type { KnownWrite, ReachingWrites, Write, Writes } from './write.ts';
import { takenBy, writesAt } from './written-members.ts';

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
