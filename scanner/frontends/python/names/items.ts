/** Items in Python: `os.environ[…]`, `vars(os)["…"]`, `globals()["…"]`, of lists and of texts. */

import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { anyText, either, fewTexts, nodesOf, unknownPy } from '../assignments/alternatives.ts';
import type { PyNoting } from '../effects/call.ts';
import { readEnvironment } from '../effects/environment.ts';
import { openClientIn } from '../effects/tables/python-open-clients.ts';
import { nameOf, scopeOf } from '../nodes.ts';
import type { PyNode, PythonModule, PyValue } from '../program.ts';
import { flowSource, notePyTrait, type PythonRun } from '../run.ts';
import { sliced } from '../values/items.ts';
import { lookUp } from './lookup.ts';
import { type NameTable, nameTable } from './meaning.ts';
import { functionsLike, memberByText, topFunctions } from './members.ts';
import { heldValue, importedValue, unboundValue } from './names.ts';

/** The item of a value under a key; `fixed` where nothing was put into the value later. */
export function itemOf(
  run: PythonRun,
  at: PyNoting,
  object: PyValue,
  key: PyValue,
  depth: number,
  fixed = true,
): PyValue {
  const { qual } = object;
  const [text] = key.texts;
  const table = qual === undefined ? undefined : nameTable(qual);
  if (table !== undefined) return namedItem(run, at, table, key, depth);
  if (qual === 'os.environ' || qual === 'os.environb') return readEnvironment(run, at, key);
  if (qual === 'plumbum.local' && text !== undefined)
    return either(key.texts.map((one) => ({ ...unknownPy, qual: `plumbum.cmd.${one}` })));
  if (qual === 'sys.argv') {
    const source = { what: 'input', name: 'sys.argv' } as const;
    const given = flowSource(run, { ...at, api: qual }, source, 'argument of the script');
    return { ...unknownPy, nodes: [...object.nodes, given] };
  }
  const items = key.texts.flatMap((one) => itemsAt(object, one));
  const isBehind = object.grown && key.texts.some((one) => one.startsWith('-'));
  const isOpen =
    object.otherTexts.length > 0 ||
    key.otherTexts.length > 0 ||
    isBehind ||
    items.includes(undefined);
  const parts = [...(object.items ?? []), ...(object.entries?.values() ?? [])];
  const isAnyKey = [...key.texts, ...key.otherTexts].some((one) => one.includes(unknownPart));
  const known = items.filter((one) => one !== undefined);
  if (isAnyKey) known.push(...parts);
  if (known.length > 0) {
    const all = isAnyKey ? [...known, anyText] : known;
    const item = either(all);
    // Each item of a list that was changed may stand in this one's place.
    const isPlaced = fixed && (object.items === undefined || object.otherTexts.length === 0);
    return {
      ...item,
      nodes: isPlaced ? item.nodes : nodesOf([item, object]),
      otherTexts: isOpen ? [...new Set([...item.otherTexts, unknownPart])] : item.otherTexts,
    };
  }
  const isCallable = parts.some((one) => one.qual !== undefined || one.own !== undefined);
  if (text === undefined && isCallable) return { ...either(parts), nodes: nodesOf([object, key]) };
  if (text === undefined && parts.length > 0)
    return { ...either([...parts, anyText]), nodes: nodesOf([...parts, object, key]) };
  const letters = object.texts.flatMap((one) =>
    key.texts.flatMap((at) => (/^-?\d+$/.test(at) ? (one.at(Number(at)) ?? []) : [])),
  );
  return {
    ...unknownPy,
    texts: fewTexts(letters),
    otherTexts: isOpen || object.otherItems.length > 0 ? [unknownPart] : [],
    folded: letters.length > 0,
    nodes: nodesOf([object, key]),
    // `MongoClient(address)["base"]`
    targets: openClientIn(qual ?? '') === undefined ? [] : object.targets,
    qual: qual === undefined ? undefined : `${qual}[]`,
  };
}

// What a list or a dictionary, or any of several lists, holds under a key.
function itemsAt({ items, otherItems, entries }: PyValue, key: string): (PyValue | undefined)[] {
  const lists = items === undefined ? [] : [items, ...otherItems];
  const found = lists.map((list) => list.at(Number(key)) ?? entries?.get(key));
  return lists.length === 0 ? [entries?.get(key)] : found;
}

/** What a table of names gives for a text. */
export function namedItem(
  run: PythonRun,
  at: PyNoting,
  table: NameTable,
  key: PyValue | undefined,
  depth: number,
): PyValue {
  if (table.kind === 'members')
    return memberByText(run, at, { ...unknownPy, qual: table.owner }, key, depth);
  if (table.kind === 'modules') return moduleByText(run, at, key, false, depth);
  const names = key?.texts ?? [];
  if (names.length === 0 || names.some((name) => name.includes(unknownPart))) {
    const about = { ...at, api: 'globals', certainty: 'widened' } as const;
    notePyTrait(run, about, 'escape', 'a global whose name is computed');
    const functions = functionsLike(run, topFunctions(at.module), key);
    if (functions.length > 0) return either(functions.map((own) => ({ ...unknownPy, own })));
    if (names.length === 0) return unknownPy;
  }
  const { module } = at;
  const values = names.map((name) => {
    const bindings = lookUp(module.scope, name)?.bindings;
    return bindings === undefined
      ? unboundValue(run, module, name, depth)
      : heldValue(run, module, bindings, depth);
  });
  return { ...either(values), folded: true, byText: true };
}

/** The module with a name; only its first part where `a.b` gives `a`. */
export function moduleByText(
  run: PythonRun,
  at: PyNoting,
  name: PyValue | undefined,
  isTop: boolean,
  depth: number,
): PyValue {
  const texts = name?.texts ?? [];
  const known = texts.filter((text) => !text.includes(unknownPart));
  const values = known.map((text) =>
    text === '__main__'
      ? { ...unknownPy, qual: `own ${at.module.source.path}` }
      : importedValue(run, at.module, isTop ? (text.split('.')[0] ?? text) : text, depth),
  );
  const given = { ...either(values), folded: true, byText: true };
  if (known.length > 0 && known.length === texts.length) return given;
  const about = { ...at, certainty: 'widened' } as const;
  notePyTrait(run, about, 'dynamic-import', 'a module whose name is computed');
  const any = { ...unknownPy, qual: '*', nodes: name?.nodes ?? [] };
  return known.length > 0 ? either([given, any]) : any;
}

/** Whether a table never changes: each part of it holds what was put there. */
export function isFixed(module: PythonModule, object: PyNode): boolean {
  if (object.name !== 'VariableName') return true;
  return (
    lookUp(scopeOf(module, object), nameOf(module, object))?.bindings.some(
      ({ kind }) => kind === 'update',
    ) !== true
  );
}

/** `object[from:to:step]` */
export function sliceOf(
  object: PyValue,
  [from, to, step = 1]: readonly (number | undefined)[],
): PyValue {
  const texts = object.texts
    .filter((text) => !text.includes(unknownPart))
    .map((text) => sliced([...text], from, to, step).join(''));
  return {
    ...unknownPy,
    texts,
    otherTexts: object.otherTexts.length > 0 ? [unknownPart] : [],
    nodes: object.nodes,
    folded: true,
    decoded: object.decoded,
  };
}

/** A bound of a slice; undefined where it is no whole number. */
export function boundOf(value: PyValue, written: string): number | undefined {
  const text = value.texts[0] ?? written.replace(/\s/g, '');
  return /^-?\d+$/.test(text) ? Number(text) : undefined;
}
