/** Items in Python: `os.environ[…]`, `vars(os)["…"]`, `globals()["…"]`, of lists and of texts. */

import { unknownPart } from '../../../models/egress-of.ts';
import type { PyNoting } from '../effects/call.ts';
import { readEnvironment } from '../effects/environment.ts';
import { sliced } from '../fold/items.ts';
import type { PyNode, PythonModule, PyValue } from '../program.ts';
import { flowSource, notePyTrait, type PythonRun } from '../run.ts';
import { childrenOf, nameOf, scopeOf, textOf } from '../syntax/nodes.ts';
import { either, nodesOf, unknownPy } from '../values/alternatives.ts';
import { lookUp } from './lookup.ts';
import { type NameTable, nameTable } from './meaning.ts';
import { memberByText } from './members.ts';
import { heldValue, importedValue, unboundValue } from './names.ts';

/** `object[key]`. */
export function subscriptValue(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  depth: number,
): PyValue {
  const children = childrenOf(node);
  const [objectNode] = children;
  const open = children.findIndex((child) => child.name === '[');
  const inner = children.slice(open + 1, -1);
  if (objectNode === undefined) return unknownPy;
  const object = run.evaluate(run, module, objectNode, depth);
  if (inner.some((child) => child.name === ':'))
    return sliceValue(run, module, object, inner, depth);
  const key = inner[0] === undefined ? unknownPy : run.evaluate(run, module, inner[0], depth);
  const certainty = key.folded ? 'folded' : 'exact';
  const at = { module, node, api: object.qual ?? '', certainty } as const;
  return itemOf(run, at, object, key, depth, isFixed(module, objectNode));
}

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

// Of a table that never changes, one part holds what was put there.
function isFixed(module: PythonModule, object: PyNode): boolean {
  if (object.name !== 'VariableName') return true;
  return (
    lookUp(scopeOf(module, object), nameOf(module, object))?.bindings.some(
      ({ kind }) => kind === 'update',
    ) !== true
  );
}

function sliceValue(
  run: PythonRun,
  module: PythonModule,
  object: PyValue,
  inner: readonly PyNode[],
  depth: number,
): PyValue {
  const bounds: (number | undefined)[] = [undefined];
  for (const child of inner) {
    if (child.name === ':') bounds.push(undefined);
    else
      bounds[bounds.length - 1] = numberOf(
        run.evaluate(run, module, child, depth),
        textOf(module, child),
      );
  }
  const [from, to, step = 1] = bounds;
  const texts = object.texts
    .filter((text) => !text.includes(unknownPart))
    .map((text) => sliced([...text], from, to, step).join(''));
  const otherTexts = object.otherTexts.length > 0 ? [unknownPart] : [];
  return {
    ...unknownPy,
    texts,
    otherTexts,
    nodes: object.nodes,
    folded: true,
    decoded: object.decoded,
  };
}

function numberOf(value: PyValue, written: string): number | undefined {
  const text = value.texts[0] ?? written.replace(/\s/g, '');
  return /^-?\d+$/.test(text) ? Number(text) : undefined;
}
