/**
 * The effect of writes on values that are run: the values that may have been written, or "unknown".
 */
import { ts } from 'ts-morph';
import { baseOf, type Functionish, requireFewClasses } from '../syntax.ts';
import type { Evaluator } from '../values/evaluator.ts';
import { assignedToMember, valueAssigned } from '../values/member-assigned.ts';
import { alternatives, type Frame, type JsValue, unionOf, unknown } from '../values/values.ts';
import type { FoundWrites, ReachingWrites, Write, Writes } from './reaching-writes.ts';

/**
 * A list or bytes that may have changed since their creation are unknown. The place of their
 * creation stays known, so that their other names do.
 */
export function settled(self: Evaluator, node: ts.Expression, value: JsValue): JsValue {
  if (self.writes === undefined || !isMaking(node)) return value;
  return unionOf(
    alternatives(value).map((value) => {
      if (value.kind === 'bytes') return isChanged(self, node) ? unknown : value;
      if (value.kind !== 'array' && value.kind !== 'growing') return value;
      const made = [...(value.made ?? []), node];
      const changes = reaching(self, node, '*').flatMap(({ writes }) => writes);
      if (changes.length === 0) return { ...value, made };
      return changedList(value, changes, made);
    }),
  );
}

// Sorting adds no item, and `push` moves none. Taking items moves the others. Every other change
// may add any.
function changedList(
  list: Extract<JsValue, { kind: 'array' | 'growing' }>,
  changes: readonly Write[],
  made: readonly ts.Node[],
): JsValue {
  const isTaken = changes.some(({ method }) => method === 'pop' || method === 'shift');
  if (changes.every(({ method }) => /^(push|pop|shift)$/.test(method ?? ''))) {
    const before = list.kind === 'growing' ? list.pushed : [];
    return {
      kind: 'growing',
      items: isTaken ? list.items.map(() => unionOf([...list.items, unknown])) : list.items,
      pushed: [...before, ...changes.flatMap(({ given = [] }) => given)],
      made,
    };
  }
  const isSorted =
    list.kind === 'array' &&
    changes.every(({ method }) => method === 'sort' || method === 'reverse');
  return isSorted
    ? { kind: 'array', items: list.items.map(() => unionOf(list.items)), made }
    : { kind: 'unknown', made };
}

function isMaking(node: ts.Expression): boolean {
  return ts.isArrayLiteralExpression(node) || ts.isCallExpression(node) || ts.isNewExpression(node);
}

function isChanged(self: Evaluator, made: ts.Expression): boolean {
  return reaching(self, made, '*').some(({ writes }) => writes.length > 0);
}

/**
 * Values that may have been written to a member of an object literal or class since its creation.
 */
export function writtenMembers(self: Evaluator, made: ts.Node, name: string): JsValue[] {
  return reaching(self, made, name).flatMap(({ writes, isShared }) =>
    isShared && writes.length > 1
      ? self.once(writes, '', () => unionOf(writes.map((write) => valueWritten(self, write))))
      : writes.map((write) => valueWritten(self, write)),
  );
}

function valueWritten(self: Evaluator, { key, assigned }: Write): JsValue {
  return key === '*' || assigned === undefined || assigned.compound
    ? unknown
    : valueAssigned(self, assigned);
}

/** Writes to a member of a file's exports by another file. */
export function isModuleChanged(self: Evaluator, file: ts.SourceFile, name: string): boolean {
  const wanted = self.writes?.named(name) ?? [];
  return wanted.some((some) =>
    some.toModule(self, file).some(({ receiver }) => receiver.getSourceFile() !== file),
  );
}

/** Whether anything was written to an object. */
export function isTouched(self: Evaluator, made: ts.Node): boolean {
  const { writes } = self;
  return (
    writes !== undefined &&
    reachingOf(self, writes, writes.all, made).some(({ writes }) => writes.length > 0)
  );
}

/** Whether a function's `this` may be another object than the one around it. */
export function hasOtherThis(self: Evaluator, callee: Functionish | undefined): boolean {
  return callee !== undefined && self.writes?.isOpen(callee) === true;
}

/** Subclasses' own members of a name: a caller of the class's method may call theirs. */
export function overriding(
  self: Evaluator,
  node: ts.ClassLikeDeclaration,
): readonly ts.ClassLikeDeclaration[] {
  return (self.writes?.derived ?? []).filter(
    (classNode) => classNode !== node && isBelow(self, classNode, node),
  );
}

function isBelow(
  self: Evaluator,
  node: ts.ClassLikeDeclaration,
  above: ts.ClassLikeDeclaration,
): boolean {
  const seen = new Set([node]);
  for (const one of seen) {
    requireFewClasses(seen.size);
    self.steps.take();
    const base = baseOf(one);
    for (const value of base === undefined ? [] : alternatives(self.valueOf(base))) {
      if (value.kind === 'unknown' || (value.kind === 'class' && value.node === above)) return true;
      if (value.kind === 'class') seen.add(value.node);
    }
  }
  return false;
}

function reaching(self: Evaluator, made: ts.Node, key: string): readonly FoundWrites[] {
  const { writes } = self;
  if (writes === undefined) return [];
  return reachingOf(self, writes, key === '*' ? writes.ofElements : writes.named(key), made);
}

function reachingOf(
  self: Evaluator,
  writes: Writes,
  wanted: readonly ReachingWrites[],
  made: ts.Node,
): readonly FoundWrites[] {
  const hasOtherNames = (): boolean => ts.isClassLike(made) || writes.leaves(made);
  const holder = writes.holderOf(made);
  return wanted.map((some) => some.reaching(self, made, holder, hasOtherNames));
}

/**
 * A member with the values assigned through its variable's name. Writes to objects and classes are
 * in their members already.
 */
export function withWritten(
  self: Evaluator,
  node: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  { object, key, value, frame }: { object: JsValue; key: JsValue; value: JsValue; frame: Frame },
): JsValue {
  if (
    alternatives(object).every(
      ({ kind }) => kind === 'object' || kind === 'class' || kind === 'text',
    )
  )
    return value;
  const assigned = assignedToMember(self, node, key).map((assignment) =>
    assignment.compound ? unknown : valueAssigned(self, assignment, frame),
  );
  return unionOf([value, ...assigned]);
}

/** The value of a parameter whose function others may call. */
export function fromOthers(self: Evaluator, callee: Functionish): JsValue[] {
  return self.writes?.isOpen(callee) === true ? [unknown] : [];
}
