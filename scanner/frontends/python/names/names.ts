/**
 * Names of Python: what they are bound to, in their scopes, by imports and in other modules of the
 * skill.
 */

import { alternativesMax } from '../../../fact/shared-limits.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { either, isBusy, unknownPy } from '../assignments/alternatives.ts';
import { isRepeated, keptItems } from '../assignments/kept.ts';
import { argumentsOf, assignmentParts, childrenOf, nameOf, scopeOf, textOf } from '../nodes.ts';
import type { Binding, PyNode, PythonModule, PyValue } from '../program.ts';
import { flowEdge, type PythonRun } from '../run.ts';
import { walk } from '../tree.ts';
import { lookUp, resolvedOnce, variableNode } from './lookup.ts';
import { importMeaning, type NameMeaning, starredMeaning } from './meaning.ts';

export function variable(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  depth: number,
): PyValue {
  const name = nameOf(module, node);
  const found = lookUp(scopeOf(module, node), name);
  if (found === undefined) return unboundValue(run, module, name, depth);
  const value = eitherBound(run, module, found.bindings, depth);
  return {
    ...value,
    folded: value.folded || value.texts.length > 0,
    nodes: [variableNode(run, module, found.scope, name, node)],
  };
}

/**
 * What these bindings give. A generated text may bind one name thousands of times, and use it as
 * often: it is put together once.
 */
export function eitherBound(
  run: PythonRun,
  module: PythonModule,
  bindings: readonly Binding[],
  depth: number,
): PyValue {
  const known = run.bound.get(bindings);
  if (known !== undefined) return known;
  const isOpen =
    bindings.length <= boundOftenMin ||
    bindings.some((one) => 'node' in one && one.node.value === 'busy');
  const value = heldValue(run, module, bindings, depth);
  if (!isOpen) run.bound.set(bindings, value);
  return value;
}

const boundOftenMin = 32;

/** A name that nothing in the module binds: of a library with all its names, or a built-in. */
export function unboundValue(
  run: PythonRun,
  module: PythonModule,
  name: string,
  depth: number,
): PyValue {
  const text = name === '__file__' ? `/skills/@self/${module.source.file}` : mainName.get(name);
  return (
    starred(run, module, name, depth) ?? {
      ...unknownPy,
      qual: text === undefined ? name : undefined,
      texts: text === undefined ? [] : [text],
    }
  );
}

const mainName: ReadonlyMap<string, string> = new Map([['__name__', '__main__']]);

function starred(
  run: PythonRun,
  module: PythonModule,
  name: string,
  depth: number,
): PyValue | undefined {
  const meaning = starredMeaning(run, module, name);
  return meaning === undefined ? undefined : meantValue(run, meaning, depth);
}

/** What an import in a module gives. */
export function importedValue(
  run: PythonRun,
  module: PythonModule,
  qual: string,
  depth: number,
): PyValue {
  return meantValue(run, importMeaning(run, module, qual), depth);
}

function meantValue(run: PythonRun, meaning: NameMeaning, depth: number): PyValue {
  if (meaning.kind === 'global')
    return resolvedOnce(run.resolving, meaning, unknownPy, () =>
      memberOfModule(run, meaning.module, meaning.name, depth),
    );
  return { ...unknownPy, qual: meaning.kind === 'name' ? meaning.qual : undefined };
}

/** A name at the top of a module of the skill. */
export function memberOfModule(
  run: PythonRun,
  module: PythonModule,
  name: string,
  depth: number,
): PyValue {
  const bindings = module.scope.names.get(name);
  const given = assignedFromOutside(run, module, name, depth);
  if (bindings === undefined && given.length === 0)
    return starred(run, module, name, depth) ?? unknownPy;
  const value = either([
    ...(bindings === undefined ? [] : [heldValue(run, module, bindings, depth)]),
    ...given,
  ]);
  const at = variableNode(run, module, module.scope, name, { from: 0, to: 0 });
  for (const from of given.flatMap((one) => one.nodes)) flowEdge(run, from, at);
  return { ...value, nodes: [variableNode(run, module, module.scope, name, { from: 0, to: 0 })] };
}

// `state.key = x` in another file.
function assignedFromOutside(
  run: PythonRun,
  module: PythonModule,
  name: string,
  depth: number,
): PyValue[] {
  return (run.assigned.get(name) ?? []).flatMap(({ module: other, one }) =>
    run.evaluate(run, other, one.object, depth).qual === `own ${module.source.path}`
      ? [run.boundValue(run, other, one.binding, depth)]
      : [],
  );
}

/** The value of a name that has these bindings. */
export function heldValue(
  run: PythonRun,
  module: PythonModule,
  bindings: readonly Binding[],
  depth: number,
): PyValue {
  const given = bindings.filter(({ kind }) => kind !== 'update');
  const updates = bindings.filter((binding) => binding.kind === 'update');
  const values = given.map((binding) => knownValue(run, module, binding, depth));
  const value = either(values.filter((one) => !isBusy(one)));
  return updates.length === 0 ? value : updated(run, module, value, updates, depth);
}

// `a = a or b` adds nothing to what `a` may be; `a = f(a)` may add anything.
function knownValue(
  run: PythonRun,
  module: PythonModule,
  binding: Binding,
  depth: number,
): PyValue {
  const value = run.boundValue(run, module, binding, depth);
  return isBusy(value) && !('node' in binding && keeps(module, binding.node))
    ? { ...value }
    : value;
}

function keeps(module: PythonModule, node: PyNode): boolean {
  const [first, operator, second, , third] = childrenOf(node);
  if (first === undefined || operator === undefined || second === undefined) return false;
  const isChoice =
    node.name === 'ConditionalExpression' || /^(or|and)$/.test(textOf(module, operator));
  const parts = [first, second, third].filter((part) => part !== undefined);
  const names = parts
    .filter(({ name }) => name === 'VariableName')
    .map((part) => textOf(module, part));
  return (
    isChoice &&
    parts.every((part) => part.name === 'VariableName' || !mentions(module, part, names))
  );
}

function mentions(module: PythonModule, node: PyNode, names: readonly string[]): boolean {
  let isFound = false;
  walk(node, (one) => {
    isFound ||= one.name === 'VariableName' && names.includes(textOf(module, one));
    return !isFound;
  });
  return isFound;
}

// What later changes make of what a name was given.

type Update = Extract<Binding, { kind: 'update' }>;

/** The value of a name after all changes of it, of which the order is not known. */
function updated(
  run: PythonRun,
  module: PythonModule,
  value: PyValue,
  updates: readonly Update[],
  depth: number,
): PyValue {
  const isGrown = value.grown || updates.some(({ change }) => change === 'grown');
  const rewriting = updates.filter(({ change }) => change === 'rewritten');
  if (
    value.items !== undefined &&
    value.entries === undefined &&
    !rewriting.every(({ node }) => isItemGiven(node))
  ) {
    const kept = keptItems(run, module, value, rewriting, depth);
    if (kept !== undefined) return kept;
  }
  if (value.items !== undefined || value.entries !== undefined) {
    return { ...withItems(run, module, value, updates, depth), grown: isGrown };
  }
  if (value.texts.length === 0) return value;
  // `i += 1`: the number changes with each round of a loop.
  if (typeof value.whole === 'bigint')
    return { ...value, whole: undefined, otherTexts: [...value.otherTexts, unknownPart] };
  if (rewriting.length > 0) return { ...value, otherTexts: [...value.otherTexts, unknownPart] };
  const tails = updates.flatMap((update) =>
    tailsOf(run, module, update, updates.length > 1, depth),
  );
  const longer = [...new Set(value.texts.flatMap((text) => tails.map((tail) => text + tail)))];
  const otherTexts =
    longer.length > 2 * alternativesMax ? [unknownPart] : [...value.otherTexts, ...longer];
  return { ...value, otherTexts };
}

// `table["key"] = value`: one of the values under this key. Other changes may change anything. The
// parts are put together once for all changes.
function withItems(
  run: PythonRun,
  module: PythonModule,
  held: PyValue,
  updates: readonly Update[],
  depth: number,
): PyValue {
  const entries = held.entries === undefined ? undefined : new Map(held.entries);
  const items = held.items === undefined ? undefined : [...held.items];
  let isOpen = held.otherTexts.length > 0;
  const or = (before: PyValue | undefined, value: PyValue): PyValue =>
    before === undefined ? value : either([before, value]);
  run.context.steps.take(1 + (updates.length >> 4));
  for (const update of updates) {
    const given =
      update.change === 'grown' && entries === undefined
        ? undefined
        : givenItem(run, module, update, depth);
    isOpen ||= given === undefined && (update.change !== 'grown' || entries !== undefined);
    if (given === undefined) {
      const kept = keptFunction(run, module, update, depth);
      if (kept === undefined) continue;
      if (entries === undefined) items?.push(kept);
      else entries.set(`${unknownPart}${update.node.from}`, kept);
      continue;
    }
    const { key, value } = given;
    entries?.set(key, or(entries.get(key), value));
    const at = Number(key) < 0 ? Number(key) + (items?.length ?? 0) : Number(key);
    const before = items?.[at];
    if (items !== undefined && before !== undefined) items[at] = or(before, value);
  }
  return { ...held, entries, items, otherTexts: isOpen ? [unknownPart] : held.otherTexts };
}

// The key and the value that a change gives, where it says both.
function givenItem(
  run: PythonRun,
  module: PythonModule,
  { node }: Update,
  depth: number,
): { readonly key: string; readonly value: PyValue } | undefined {
  const given = node.parent?.name === 'AssignStatement' ? assignmentParts(node.parent) : undefined;
  const [, , keyNode] = childrenOf(node);
  const [key] =
    isItemGiven(node) && keyNode !== undefined
      ? run.evaluate(run, module, keyNode, depth).texts
      : [];
  const [value] = given?.values ?? [];
  if (key === undefined || key.includes(unknownPart) || value === undefined) return undefined;
  return { key, value: run.evaluate(run, module, value, depth) };
}

// A function that is kept under a key which is not known, or behind the items of a list: a table of
// commands that a decorator fills. Whoever asks for an unknown key may get the function.
function keptFunction(
  run: PythonRun,
  module: PythonModule,
  { node }: Update,
  depth: number,
): PyValue | undefined {
  const assigned =
    isItemGiven(node) && node.parent !== null ? assignmentParts(node.parent).values : [];
  const [value] = node.name === 'CallExpression' ? argumentsOf(module, node).positional : assigned;
  if (value === undefined) return undefined;
  const kept = run.evaluate(run, module, value, depth);
  return [kept, ...kept.others].some(({ own }) => own !== undefined) ? kept : undefined;
}

// `table[key] = value`, and nothing else in the same statement.
function isItemGiven(node: PyNode): boolean {
  const given = node.parent?.name === 'AssignStatement' ? assignmentParts(node.parent) : undefined;
  const [, open, , close] = childrenOf(node);
  return (
    given?.values.length === 1 &&
    given.targets.every(({ length }) => length === 1) &&
    open?.name === '[' &&
    close?.name === ']'
  );
}

// What a change puts behind a text: known where it happens once.
function tailsOf(
  run: PythonRun,
  module: PythonModule,
  { node }: Update,
  isOneOfMany: boolean,
  depth: number,
): readonly string[] {
  const [, operator, operand] = childrenOf(node);
  if (
    node.name !== 'UpdateStatement' ||
    operator === undefined ||
    textOf(module, operator) !== '+='
  )
    return [unknownPart];
  const given = operand === undefined ? undefined : run.evaluate(run, module, operand, depth);
  const texts = given === undefined ? [] : [...given.texts, ...given.otherTexts];
  if (texts.length === 0) return [unknownPart];
  return isOneOfMany || isRepeated(node) ? texts.map((text) => text + unknownPart) : texts;
}
