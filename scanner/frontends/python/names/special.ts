/**
 * Calls of Python that give names: getattr, imports by text, tables of modules, and what only
 * rearranges data.
 */

import { openClientIn } from '../../../knowledge/python/packages.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import {
  anyText,
  either,
  fewTexts,
  nodesOf,
  nothingGiven,
  unknownPy,
} from '../assignments/alternatives.ts';
import { setAttribute } from '../assignments/assignments.ts';
import { enteredValue } from '../assignments/bound.ts';
import type { PyCall, PyNoting } from '../effects/call.ts';
import {
  declaredValue,
  declaresField,
  expandedVariables,
  readEnvironment,
} from '../effects/options.ts';
import { askedRaised, asksRaised } from '../effects/raised.ts';
import { argumentsOf, functionOf, nameOf, scopeOf, textOf } from '../nodes.ts';
import { PyNode, type PythonModule, type PyValue } from '../program.ts';
import { flowEdge, flowSource, notePyTrait, type PythonRun } from '../run.ts';
import { callBuiltin } from '../values/builtins.ts';
import { pyOf } from '../values/given.ts';
import { sliced } from '../values/items.ts';
import { listOf } from '../values/value.ts';
import { classIn } from './canonical.ts';
import { anyAttribute, attributeNode } from './classes.ts';
import { contentsOf } from './handed-over.ts';
import { lookUp } from './lookup.ts';
import { type NameTable, nameTable } from './meaning.ts';
import { functionsLike, memberByText, memberOf, topFunctions } from './members.ts';
import { givenAfter, type NameCall, nameCall } from './name-calls.ts';
import { heldValue, importedValue, unboundValue } from './names.ts';
import { byProtocol } from './protocols.ts';
import { flowInto } from './shared-parts.ts';

/**
 * The value of a built-in or library function that gives names or plain data; undefined for others.
 */
export function special(
  run: PythonRun,
  call: PyCall,
  qual: string,
  depth: number,
): PyValue | undefined {
  const [first, second] = call.args;
  const shown =
    first !== undefined && /^(str|repr|format|ascii|bytes)$/.test(qual)
      ? byProtocol(run, call, first, ['__str__', '__repr__', '__bytes__', '__format__'], [])
      : undefined;
  if (shown !== undefined) return shown;
  if (asksRaised.test(qual)) return askedRaised(run, call);
  if (qual === 'os.path.expandvars') return expandedVariables(run, call);
  if (declaresField.test(qual)) return declaredValue(run, call, call.args, call.keywords);
  const asked = nameCall(qual, call);
  if (asked !== undefined) return namedByCall(run, call, asked, depth);
  switch (qual) {
    case 'setattr':
      if (
        first?.qual !== undefined &&
        /^(os|sys|builtins|subprocess|socket|requests|json|ssl)$/.test(first.qual)
      )
        notePyTrait(run, call, 'patch-builtin', `${first.qual}.${second?.texts[0] ?? '*'}`);
      setByText(run, call);
      return unknownPy;
  }
  // `settings.get(section, key)`
  if (/^configparser\.\w*ConfigParser\(\)\.get(int|float|boolean)?$/.test(qual)) {
    const section = itemOf(run, call, call.object, first ?? unknownPy, depth);
    return itemOf(run, call, section, second ?? unknownPy, depth);
  }
  return rearranged(run, call, qual, depth);
}

// `setattr(object, name, value)`: where the name is not known, any attribute of the object's class.
function setByText(run: PythonRun, call: PyCall): void {
  const [object, name, value] = call.args;
  if (object === undefined || value === undefined || !(call.node instanceof PyNode)) return;
  const { module, node } = call;
  const holder = argumentsOf(module, node).positional[0];
  const whose = selfIn(call) ?? object;
  const className = classIn('object', whose.qual) ?? classIn('class', whose.qual);
  const names = name === undefined ? [] : name.texts;
  const known = names.length > 0 && names.every((one) => !one.includes(unknownPart));
  for (const one of known ? names : className === undefined ? [] : [anyAttribute(className)]) {
    const to = attributeNode(run, module, one, node);
    for (const from of value.nodes) flowEdge(run, from, to);
    if (known) setAttribute(run, call, whose, one, value);
  }
  if (holder?.name === 'VariableName' && !/^(self|cls)$/.test(textOf(module, holder)))
    flowInto(run, module, holder, value.nodes);
}

// `bytes(code ^ 7 for code in codes)`
function isOfNumbers({ items, each, texts }: PyValue): boolean {
  return texts.length === 0 && (items !== undefined || each !== undefined);
}

function ofNumbers(run: PythonRun, call: PyCall, qual: string): string {
  const source = { what: 'decoded', name: qual, ofNumbers: true } as const;
  return flowSource(run, call, source, `${qual} makes it of numbers`);
}

// What only gives the same data in another form.
function rearranged(
  run: PythonRun,
  call: PyCall,
  qual: string,
  depth: number,
): PyValue | undefined {
  const [first] = call.args;
  switch (qual) {
    case 'chr': {
      const { texts } = pyOf(callBuiltin('chr', { ...nothingGiven, args: [wholeIn(first)] }));
      return texts.length > 0
        ? { ...unknownPy, texts, folded: true }
        : {
            ...unknownPy,
            nodes: [...nodesOf(call.args), ofNumbers(run, call, qual)],
            decoded: true,
          };
    }
    case 'bytes':
    case 'bytearray': {
      const numbers = first?.items?.slice(0, 4_096).map(wholeIn);
      const args = numbers === undefined ? [] : [listOf(numbers)];
      const { texts } = pyOf(callBuiltin('bytes', { ...nothingGiven, args }));
      if (numbers !== undefined && texts.length > 0)
        return { ...unknownPy, texts, folded: true, decoded: true };
      return first === undefined
        ? unknownPy
        : {
            ...unknownPy,
            texts: first.texts,
            otherTexts: first.otherTexts,
            nodes: [
              ...nodesOf(call.args),
              ...(isOfNumbers(first) ? [ofNumbers(run, call, qual)] : []),
            ],
            decoded: first.decoded,
          };
    }
    case 'str':
    case 'repr':
      return first === undefined
        ? { ...unknownPy, texts: [''] }
        : { ...first, targets: [], items: undefined };
    case 'property':
    case 'functools.cached_property':
      return first?.own === undefined ? first : { ...first, qual: 'property()' };
    case 'staticmethod':
    case 'classmethod':
    case 'functools.lru_cache':
    case 'functools.cache':
      return first ?? unknownPy;
    case 'contextlib.nullcontext':
    case 'contextlib.closing':
    case 'contextlib.aclosing':
    case 'weakref.proxy':
      return first ?? unknownPy;
    case 'contextlib.ExitStack().enter_context':
    case 'contextlib.AsyncExitStack().enter_async_context':
    case 'contextlib.AsyncExitStack().enter_context':
      return first === undefined ? unknownPy : enteredValue(run, first, depth);
    case 'sh.Command':
      return first === undefined || first.texts.length === 0
        ? undefined
        : either(first.texts.map((text) => ({ ...unknownPy, qual: `sh.${text}` })));
    case 'types.SimpleNamespace':
    case 'argparse.Namespace':
    case 'collections.namedtuple()':
      return {
        ...unknownPy,
        entries: call.keywords,
        items: call.args,
        nodes: [...nodesOf([...call.args, ...call.keywords.values()]), ...call.spread],
      };
    case 'dict':
      if (first !== undefined || call.spread.length > 0) break;
      return { ...unknownPy, entries: call.keywords, nodes: nodesOf([...call.keywords.values()]) };
    // `type(function)(code, globals())`
    case 'type':
      return first?.own === undefined ? undefined : { ...unknownPy, qual: 'types.FunctionType' };
    case 'itertools.tee':
      return first === undefined ? undefined : { ...unknownPy, items: [first, first, first] };
    // A number in another base spells a text: `int(token.hex(), 16)`.
    case 'int':
      return call.args.length > 1 || call.keywords.has('base')
        ? { ...unknownPy, nodes: nodesOf(call.args) }
        : undefined;
    case 'list':
    case 'tuple':
      return first === undefined ? { ...unknownPy, items: [] } : sameItems(first);
  }
  return undefined;
}

// A number that a value may be.
function wholeIn(value: PyValue | undefined): bigint | undefined {
  const text = value?.texts[0] ?? '';
  return /^\d{1,15}$/.test(text) ? BigInt(text) : undefined;
}

// `list(x)` holds what x holds, and what else x may hold.
function sameItems({ items, otherItems, otherTexts, grown, nodes, each }: PyValue): PyValue {
  return items === undefined
    ? { ...unknownPy, nodes, each }
    : { ...unknownPy, items, otherItems, otherTexts, grown, nodes };
}

function namedByCall(
  run: PythonRun,
  call: PyCall,
  asked: NameCall<PyValue>,
  depth: number,
): PyValue {
  switch (asked.kind) {
    case 'member': {
      const object = selfIn(call) ?? asked.object ?? unknownPy;
      const value = memberByText(run, call, object, asked.key, depth);
      const isPlain = value.byText || value.qual !== undefined;
      return isPlain ? value : { ...value, nodes: nodesOf([value, ...call.args.slice(2)]) };
    }
    case 'entry': {
      const table = nameTable(asked.table);
      return table === undefined ? unknownPy : namedItem(run, call, table, asked.key, depth);
    }
    case 'item':
      return itemOf(run, call, asked.object ?? unknownPy, asked.key ?? unknownPy, depth);
    case 'path':
      return eachText(asked.path, '', (path) =>
        path
          .split('.')
          .reduce(
            (one, name) => ({ ...memberOf(run, one, name, depth), byText: true }),
            asked.object ?? unknownPy,
          ),
      );
    case 'import':
      return moduleByText(run, call, asked.name, asked.isTop, depth);
    case 'table':
      return asked.of.qual === undefined
        ? { ...unknownPy, nodes: asked.of.nodes }
        : {
            ...unknownPy,
            qual: `vars ${asked.of.qual}`,
            nodes: [...asked.of.nodes, ...contentsOf(run, asked.of)],
          };
    case 'globals':
      return { ...unknownPy, qual: 'globals()' };
    case 'named': {
      if (asked.path === undefined || asked.path.texts.length === 0) return unknownPy;
      return eachText(asked.path, '', (path) => named(run, call, path.replace(':', '.'), depth));
    }
    case 'method': {
      const object = asked.object ?? unknownPy;
      const given = { ...call, ...asked.given };
      return eachText(asked.name, '*', (name) => {
        const callee = memberOf(run, object, name, depth);
        return run.invoke(run, given, { ...callee, byText: true }, depth);
      });
    }
    case 'partial': {
      const { callee, given } = asked;
      return { ...callee, bound: givenAfter(callee.bound, given), nodes: nodesOf(allOf(call)) };
    }
    case 'later':
      return { ...unknownPy, qual: asked.qual, bound: call };
  }
}

// `getattr(self, name)`: an object of the class around.
function selfIn({ module, node, args }: PyCall): PyValue | undefined {
  const [first] = node instanceof PyNode ? argumentsOf(module, node).positional : [];
  if (!(node instanceof PyNode) || first === undefined || textOf(module, first) !== 'self')
    return undefined;
  const owner = functionOf(module, node)?.owner;
  return owner === undefined ? undefined : { ...(args[0] ?? unknownPy), qual: `object ${owner}` };
}

function eachText(
  value: PyValue | undefined,
  usual: string,
  give: (text: string) => PyValue,
): PyValue {
  const texts = value === undefined || value.texts.length === 0 ? [usual] : value.texts;
  return either(texts.map(give));
}

function allOf({ args, keywords }: PyCall): PyValue[] {
  return [...args, ...keywords.values()];
}

// What a dotted name stands for, as an import would find it.
function named(run: PythonRun, call: PyCall, path: string, depth: number): PyValue {
  const [first = '', ...rest] = path.split('.');
  const start = importedValue(run, call.module, first, depth);
  return { ...rest.reduce((one, name) => memberOf(run, one, name, depth), start), byText: true };
}

// Items in Python: `os.environ[…]`, `vars(os)["…"]`, `globals()["…"]`, of lists and of texts.

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
function namedItem(
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
function moduleByText(
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
