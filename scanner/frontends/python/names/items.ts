/** Items in Python: `os.environ[…]`, `vars(os)["…"]`, `globals()["…"]`, of lists and of texts. */

import { unknownPart } from '../../../models/egress-of.ts';
import type { PyNoting } from '../effects/call.ts';
import { readEnvironment } from '../effects/environment.ts';
import { sliced } from '../fold/items.ts';
import type { PyNode, PythonModule, PyValue } from '../program.ts';
import { flowSource, notePyTrait, type PythonRun } from '../run.ts';
import { nameOf, scopeOf } from '../syntax/nodes.ts';
import { either, nodesOf, unknownPy } from '../values/alternatives.ts';
import { lookUp } from './lookup.ts';
import { type NameTable, nameTable } from './meaning.ts';
import { memberByText } from './members.ts';
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
    return { ...unknownPy, qual: `plumbum.cmd.${text}` };
  if (qual === 'sys.argv') {
    const source = { what: 'input', name: 'sys.argv' } as const;
    const given = flowSource(run, { ...at, api: qual }, source, 'argument of the script');
    return { ...unknownPy, nodes: [...object.nodes, given] };
  }
  const item =
    text === undefined ? undefined : (object.items?.at(Number(text)) ?? object.entries?.get(text));
  const isBehind = object.grown && text?.startsWith('-') === true;
  const isOpen =
    object.otherTexts.length > 0 ||
    object.otherItems.length > 0 ||
    key.texts.length > 1 ||
    isBehind;
  if (item !== undefined)
    return {
      ...item,
      nodes: fixed ? item.nodes : nodesOf([item, object]),
      otherTexts: isOpen ? [unknownPart] : item.otherTexts,
    };
  const parts = [...(object.items ?? []), ...(object.entries?.values() ?? [])];
  const isCallable = parts.some((one) => one.qual !== undefined || one.own !== undefined);
  if (text === undefined && isCallable) return { ...either(parts), nodes: nodesOf([object, key]) };
  const letters = object.texts
    .map((one) => (/^-?\d+$/.test(text ?? '') ? one.at(Number(text)) : undefined))
    .filter((one) => one !== undefined);
  return {
    ...unknownPy,
    texts: letters,
    otherTexts: isOpen ? [unknownPart] : [],
    folded: letters.length > 0,
    nodes: nodesOf([object, key]),
    qual: qual === undefined ? undefined : `${qual}[]`,
  };
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
  const name = key?.texts[0];
  if (name === undefined) {
    const about = { ...at, api: 'globals', certainty: 'widened' } as const;
    notePyTrait(run, about, 'escape', 'a global whose name is computed');
    return unknownPy;
  }
  const { module } = at;
  const bindings = lookUp(module.scope, name)?.bindings;
  const value =
    bindings === undefined
      ? unboundValue(run, module, name, depth)
      : heldValue(run, module, bindings, depth);
  return { ...value, folded: true, byText: true };
}

/** The module with a name; only its first part where `a.b` gives `a`. */
export function moduleByText(
  run: PythonRun,
  at: PyNoting,
  name: PyValue | undefined,
  isTop: boolean,
  depth: number,
): PyValue {
  const text = name?.texts[0];
  if (text !== undefined && !text.includes(unknownPart)) {
    const path = isTop ? (text.split('.')[0] ?? text) : text;
    return { ...importedValue(run, at.module, path, depth), folded: true, byText: true };
  }
  const about = { ...at, certainty: 'widened' } as const;
  notePyTrait(run, about, 'dynamic-import', 'a module whose name is computed');
  return { ...unknownPy, qual: '*' };
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
