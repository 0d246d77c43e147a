/** What later changes make of what a name was given. */
import { alternativesMax } from '../../../limits.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { either } from '../assignments/alternatives.ts';
import { isRepeated, keptItems } from '../assignments/kept.ts';
import { argumentsOf, assignmentParts, childrenOf, textOf } from '../nodes.ts';
import type { Binding, PyNode, PythonModule, PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';

type Update = Extract<Binding, { kind: 'update' }>;

/** The value of a name after all changes of it, of which the order is not known. */
export function updated(
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
