/** Collections of Python, computed: comprehensions, items and slices. */

import { changingMethods } from '../assignments/by-text.ts';
import { childrenOf, enteredNames, nameOf } from '../nodes.ts';
import type { Folded, FoldFrame, MaybeFolded, PyNode, PythonModule } from '../program.ts';
import type { FoldPlace, PythonRun } from '../run.ts';
import { walk } from '../tree.ts';
import { isLetters } from './builtins.ts';
import {
  dictOf,
  givenTo,
  isBytes,
  isDict,
  isList,
  itemsOf,
  keyOf,
  listOf,
  truthOf,
  wholeOf,
} from './value.ts';

/** `[x for a, b in c if d]`, given the parts between its brackets. */
export function comprehension(
  outer: FoldPlace<FoldFrame | undefined>,
  node: PyNode,
  parts: readonly PyNode[],
): MaybeFolded {
  const first = parts.findIndex((part) => part.name === 'for' || part.name === 'async');
  const element = parts.slice(0, first).filter((part) => /^\w/.test(part.name));
  const clauses = parts.slice(first);
  const here = outer.within({ names: new Map(), outer: outer.frame, scope: '' });
  const { fold } = here.run;
  const found: MaybeFolded[] = [];
  const value = (child: PyNode | undefined): MaybeFolded => here.of(child);
  const go = (at: number): boolean => {
    const clause = clauses[at];
    if (clause === undefined) {
      found.push(element.length === 2 ? listOf(element.map(value), 'tuple') : value(element[0]));
      return found.length < 65_536;
    }
    if (clause.name === 'if') {
      const truth = truthOf(value(clauses[at + 1]));
      return truth === undefined ? false : !truth || go(at + 2);
    }
    if (clause.name !== 'for') return go(at + 1);
    const middle = clauses.findIndex((part, index) => index > at && part.name === 'in');
    const { decodes } = fold;
    const given = value(clauses[middle + 1]);
    const items = itemsOf(given);
    if (isBytes(given)) fold.decodes = decodes;
    if (items === undefined || middle < 0) return false;
    const targets = clauses.slice(at + 1, middle).filter((part) => part.name !== ',');
    return items.every((item) => {
      bindFolded(here, targets, item);
      return go(middle + 2);
    });
  };
  if (first < 0 || !go(0)) return undefined;
  if (node.name !== 'DictionaryComprehensionExpression')
    return listOf(found, node.name.startsWith('Set') ? 'set' : 'list');
  return dictOf(
    found.flatMap((pair): (readonly [Folded, MaybeFolded])[] => {
      const [key, given] = isList(pair) ? pair.items : [];
      return key === undefined ? [] : [[key, given]];
    }),
  );
}

/** Binds the names of targets to a value, or to its parts. */
export function bindFolded(here: FoldPlace, targets: readonly PyNode[], value: MaybeFolded): void {
  const [only] = targets;
  if (targets.length === 1 && only !== undefined) {
    if (only.name === 'VariableName') here.frame.names.set(nameOf(here.module, only), value);
    else if (/^(Tuple|Array|Parenthesized)Expression$/.test(only.name))
      bindFolded(
        here,
        childrenOf(only).filter((child) => /^[\w*]/.test(child.name)),
        value,
      );
    else if (only.name === 'MemberExpression') setItem(here, only, value);
    return;
  }
  const items = itemsOf(value);
  const star = targets.findIndex((target) => target.name === '*');
  const plain = targets.filter((target) => target.name !== '*');
  plain.forEach((target, index) => {
    const after = plain.length - index;
    const rest = (): MaybeFolded =>
      items === undefined ? undefined : listOf(items.slice(index, items.length - after + 1));
    const given =
      star < 0 || index < star
        ? items?.[index]
        : index === star
          ? rest()
          : items?.[items.length - after];
    bindFolded(here, [target], given);
  });
}

function setItem(here: FoldPlace, target: PyNode, value: MaybeFolded): void {
  const [object, open, key] = childrenOf(target);
  if (object === undefined || open?.name !== '[' || key === undefined) return;
  const owner = here.of(object);
  const at = here.of(key);
  if (isDict(owner) && at !== undefined)
    owner.entries.set(keyOf(at), { key: at, value: givenTo(owner, value) });
  const index = wholeOf(at);
  const isSlice = childrenOf(target).some(({ name }) => name === ':');
  if (owner !== undefined && (at === undefined || isSlice)) {
    forgetRoot(here, object);
    return;
  }
  if (isList(owner) && index !== undefined && index < owner.items.length)
    owner.items[index < 0 ? owner.items.length + index : index] = givenTo(owner, value);
  else if (isBytes(owner) && index !== undefined && index < owner.length)
    owner[index] = wholeOf(value) ?? 0;
}

/** `value[from:to:step]`; None stands for a bound that is left out. */
export function sliceOf(run: PythonRun, value: Folded, given: readonly MaybeFolded[]): MaybeFolded {
  const bounds = given.map((one) => (one === null ? undefined : wholeOf(one)));
  if (bounds.some((bound, at) => bound === undefined && given[at] !== null)) return undefined;
  const list = itemsOf(value);
  if (list === undefined) return undefined;
  const [from, to, step = 1] = bounds;
  if (step < 0 && isLetters(value)) run.fold.decodes = true;
  const picked = sliced(list, from, to, step);
  if (typeof value === 'string') return picked.join('');
  return isBytes(value)
    ? Uint8Array.from(picked.map(Number))
    : listOf(picked, isList(value) ? value.kind : 'list');
}

/** The items between two bounds, backwards too. */
export function sliced<Item>(
  list: readonly Item[],
  from: number | undefined,
  to: number | undefined,
  step: number,
): Item[] {
  const size = list.length;
  const clamp = (bound: number, low: number, high: number): number =>
    Math.min(high, Math.max(low, bound < 0 ? bound + size : bound));
  const found: Item[] = [];
  if (step > 0) {
    const end = to === undefined ? size : clamp(to, 0, size);
    for (let at = from === undefined ? 0 : clamp(from, 0, size); at < end; at += step)
      found.push(...list.slice(at, at + 1));
  } else if (step < 0) {
    const end = to === undefined ? -1 : clamp(to, -1, size - 1);
    for (let at = from === undefined ? size - 1 : clamp(from, -1, size - 1); at > end; at += step)
      found.push(...list.slice(at, at + 1));
  }
  return found;
}

// What statements of Python may change.

/** What statements that cannot be followed may have changed is not known any more. */
export function forget({ module, frame }: FoldPlace, node: PyNode): 'through' {
  for (const name of assignedIn(module, node)) frame.names.set(name, undefined);
  return 'through';
}

/**
 * What an expression that is not computed whole may have changed on the way: `[o := o + c for c in
 * x]`, `all(l.append(c) for c in x)`.
 */
export function forgetNested(here: FoldPlace, node: PyNode): void {
  walk(node, (one) => {
    if (one.name === 'NamedExpression' && one.firstChild !== null) forgetRoot(here, one.firstChild);
    const callee = one.name === 'CallExpression' && one !== node ? one.firstChild : null;
    const method =
      callee?.lastChild?.name === 'PropertyName' ? nameOf(here.module, callee.lastChild) : '';
    if (callee !== null && changingMethods.has(method)) forgetRoot(here, callee);
    return one.name !== 'FunctionDefinition';
  });
}

/** What an import or a class gives a name is not gone through. */
export function forgetBound({ module, frame }: FoldPlace, node: PyNode): 'through' {
  for (const one of node.getChildren('VariableName'))
    if (frame.followed?.has(nameOf(module, one)) !== false)
      frame.names.set(nameOf(module, one), undefined);
  return 'through';
}

/** What functions of the skill put into lists that they are given is not known. */
export function forgetFilled({ module, frame }: FoldPlace, node: PyNode): void {
  if (module.fills.size === 0) return;
  walk(node, (one) => {
    for (const name of module.fills.get(one) ?? []) frame.names.set(name, undefined);
    return one.name !== 'FunctionDefinition';
  });
}

/** The names that statements give values or change. */
export function assignedIn(module: PythonModule, node: PyNode): Set<string> {
  const names = new Set<string>();
  walk(node, (one) => {
    if (one.name === 'FunctionDefinition') return false;
    for (const name of module.fills.get(one) ?? []) names.add(name);
    if (one.name !== 'VariableName') return true;
    const previous = one.prevSibling?.name;
    const isTarget =
      /^(Assign|Update)Statement$/.test(one.parent?.name ?? '') &&
      (previous === undefined || previous === ',' || previous === 'AssignOp');
    const isLoop = one.parent?.name === 'ForStatement' && (previous === 'for' || previous === ',');
    const isNamed = one.parent?.name === 'NamedExpression' && previous === undefined;
    const isObject =
      one.parent?.name === 'MemberExpression' &&
      previous === undefined &&
      one.parent.nextSibling?.name !== 'CompareOp';
    if (previous === 'as' && one.parent?.name === 'WithStatement')
      for (const name of enteredNames(module, one)) names.add(name);
    else if (
      isTarget ||
      isLoop ||
      isNamed ||
      isObject ||
      previous === 'as' ||
      one.parent?.name === 'CapturePattern' ||
      one.parent?.name === 'AsPattern'
    )
      names.add(nameOf(module, one));
    return true;
  });
  return names;
}

/** The names that `with … as` gives. */
export function enteredIn(module: PythonModule, node: PyNode): readonly string[] {
  return childrenOf(node).flatMap((child) =>
    child.prevSibling?.name === 'as' ? enteredNames(module, child) : [],
  );
}

/** `a` of `a.b[c]` is not known any more. */
export function forgetRoot({ module, frame }: FoldPlace, node: PyNode): void {
  let root: PyNode | null = node;
  while (root?.name === 'MemberExpression') root = root.firstChild;
  if (root?.name === 'VariableName') frame.names.set(nameOf(module, root), undefined);
}
