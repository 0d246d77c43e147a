/**
 * Members and items in Python: attributes, `os.environ[…]`, `vars(os)["…"]`, `globals()["…"]`,
 * slices of text.
 */

import { own } from '../../../models/api.ts';
import { unknownPart } from '../../../models/egress-of.ts';
import { powerfulModules } from '../../../models/python.ts';
import { attributeOfObject, ownAttribute } from '../changes/attributes.ts';
import { readEnvironment } from '../effects/environment.ts';
import { sliced } from '../fold/items.ts';
import type { PyNode, PythonModule, PyValue } from '../program.ts';
import { flowSource, notePyTrait, type PythonRun } from '../run.ts';
import { childrenOf, functionOf, nameOf, scopeOf, textOf } from '../syntax/nodes.ts';
import { either, nodesOf, unknownPy } from '../values/alternatives.ts';
import { basesOf, methodOf, propertyValue } from './classes.ts';
import { lookUp } from './lookup.ts';
import { memberMeaning } from './meaning.ts';
import { heldValue, memberOfModule } from './names.ts';

/** `object.name`. */
export function memberValue(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  depth: number,
): PyValue {
  const [objectNode] = childrenOf(node);
  const property = node.lastChild;
  if (objectNode === undefined || property === null) return unknownPy;
  const name = nameOf(module, property);
  if (textOf(module, objectNode) === 'self' || textOf(module, objectNode) === 'cls')
    return ownAttribute(run, module, node, name, depth);
  if (/^super\s*\(/.test(textOf(module, objectNode)))
    return inherited(run, functionOf(module, node)?.owner, name);
  const object = run.evaluate(run, module, objectNode, depth);
  if (object.others.length === 0) return memberOf(run, object, name, depth);
  return either([object, ...object.others].map((one) => memberOf(run, one, name, depth)));
}

// `super().name`: of the first class that has it.
function inherited(run: PythonRun, owner: string | undefined, name: string): PyValue {
  for (const base of owner === undefined ? [] : basesOf(run, owner)) {
    if (!base.startsWith('class '))
      return { ...unknownPy, qual: name === '__init__' ? base : `${base}().${name}` };
    const method = methodOf(run, base.slice('class '.length), name);
    if (method !== undefined) return { ...unknownPy, own: method };
  }
  return unknownPy;
}

/** A member of a value by name. */
export function memberOf(run: PythonRun, object: PyValue, name: string, depth: number): PyValue {
  const { qual } = object;
  const about = { nodes: object.nodes, target: object.target };
  const entry = qual === undefined ? object.entries?.get(name) : undefined;
  if (entry !== undefined) {
    // `options.name = x`, of any object.
    const isGiven = [...run.modules.values()].some(({ attributes }) => attributes.has(name));
    return isGiven ? { ...entry, otherTexts: [...entry.otherTexts, unknownPart] } : entry;
  }
  if (name === 'name' && object.file.length > 0)
    return { ...unknownPy, ...about, texts: object.file.map(({ path }) => path) };
  if (qual === undefined) return { ...unknownPy, ...about };
  if (qual === 'pathlib.Path()' && /^(parent|parents)$/.test(name))
    return { ...object, texts: object.texts.map((text) => text.replace(/\/[^/]*$/, '') || '/') };
  // Of a module that is not known, a member that only one module has says which it is.
  const telling = qual === '*' ? own(tellingMembers, name) : undefined;
  if (telling !== undefined)
    return { ...unknownPy, ...about, qual: `${telling}.${name}`, folded: true, byText: true };
  if (name === '__call__') return object;
  const meaning = memberMeaning(run, qual, name);
  switch (meaning.kind) {
    case 'global':
      return memberOfModule(run, meaning.module, meaning.name, depth);
    case 'method':
      return meaning.definition.property
        ? propertyValue(run, meaning.definition, depth)
        : { ...unknownPy, own: meaning.definition, nodes: object.nodes };
    case 'attribute':
      return attributeOfObject(run, object, meaning.owner, name, depth);
    case 'name':
      return { ...unknownPy, ...about, qual: meaning.qual, folded: object.folded };
  }
}

const tellingMembers: Readonly<Record<string, string>> = {
  Unpickler: 'pickle',
  Popen: 'subprocess',
  check_output: 'subprocess',
  check_call: 'subprocess',
  getoutput: 'subprocess',
  system: 'os',
  popen: 'os',
  execv: 'os',
  execve: 'os',
  execvp: 'os',
  b64decode: 'base64',
  b85decode: 'base64',
  urlopen: 'urllib.request',
  urlretrieve: 'urllib.request',
  CDLL: 'ctypes',
  FunctionType: 'types',
};

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
  const [text] = key.texts;
  const at = {
    module,
    node,
    api: object.qual ?? '',
    certainty: key.folded ? 'folded' : 'exact',
  } as const;
  const { qual } = object;
  if (qual === 'builtins' || qual === '__builtins__')
    return { ...memberOf(run, object, text ?? '*', depth), byText: true };
  if (qual === 'os.environ' || qual === 'os.environb') return readEnvironment(run, at, key);
  if (qual === 'plumbum.local' && text !== undefined)
    return { ...unknownPy, qual: `plumbum.cmd.${text}` };
  if (qual === 'sys.argv') {
    const given = flowSource(
      run,
      { ...at, api: 'sys.argv' },
      { what: 'input', name: 'sys.argv' },
      'argument of the script',
    );
    return { ...unknownPy, nodes: [...object.nodes, given] };
  }
  if (qual === 'sys.modules') {
    if (text === undefined)
      notePyTrait(
        run,
        { ...at, certainty: 'widened' },
        'dynamic-import',
        'a module whose name is computed',
      );
    return { ...unknownPy, qual: text ?? '*', folded: true, byText: true };
  }
  if (qual === 'globals()' || qual === 'locals()' || qual === 'vars()')
    return namedValue(run, module, node, key, depth);
  if (qual?.startsWith('vars ')) {
    const owner = qual.slice('vars '.length);
    if (text !== undefined)
      return {
        ...memberOf(run, { ...unknownPy, qual: owner }, text, depth),
        folded: true,
        byText: true,
      };
    if (powerfulModules.has(owner))
      notePyTrait(
        run,
        { ...at, certainty: 'widened' },
        'escape',
        `a member of ${owner} whose name is computed`,
      );
    return unknownPy;
  }
  const item =
    text === undefined ? undefined : (object.items?.at(Number(text)) ?? object.entries?.get(text));
  const isBehind = object.grown && text?.startsWith('-') === true;
  const isOpen =
    object.otherTexts.length > 0 ||
    object.otherItems.length > 0 ||
    key.texts.length > 1 ||
    isBehind;
  const nodes =
    item === undefined || isFixed(module, objectNode) ? item?.nodes : nodesOf([item, object]);
  if (item !== undefined)
    return { ...item, nodes: nodes ?? [], otherTexts: isOpen ? [unknownPart] : item.otherTexts };
  const [callable] = [...(object.items ?? []), ...(object.entries?.values() ?? [])].filter(
    (one) => one.qual !== undefined || one.own !== undefined,
  );
  if (text === undefined && callable !== undefined) {
    const all = either([...(object.items ?? []), ...(object.entries?.values() ?? [])]);
    return { ...all, nodes: nodesOf([object, key]) };
  }
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

// `globals()["ev" + "al"]`: a name of this scope or a built-in.
function namedValue(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  key: PyValue,
  depth: number,
): PyValue {
  const [name] = key.texts;
  const at = { module, node, api: 'globals', certainty: 'widened' } as const;
  if (name === undefined) {
    notePyTrait(run, at, 'escape', 'a global whose name is computed');
    return unknownPy;
  }
  const found = lookUp(module.scope, name);
  const value =
    found === undefined
      ? { ...unknownPy, qual: name }
      : heldValue(run, module, found.bindings, depth);
  return { ...value, folded: true, byText: true };
}
