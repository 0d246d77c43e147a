/**
 * Calls of Python, computed: helpers of the skill, pure functions, methods of data, and names that
 * are looked up by text.
 */

import { calledIn, givenIn } from '../interpret.ts';
import { givenAfter, type NameCall, nameCall } from '../names/name-calls.ts';
import { givenFor } from '../names/parameters.ts';
import { placed } from '../names/placed-arguments.ts';
import { argumentsOf, childrenOf } from '../nodes.ts';
import type {
  Folded,
  FoldedName,
  FoldedOwn,
  FoldFrame,
  MaybeFolded,
  PyNode,
  PythonModule,
} from '../program.ts';
import type { FoldPlace, PythonRun } from '../run.ts';
import { callBuiltin, isDecoder } from './builtins.ts';
import { callMethod, decodingMethods } from './methods.ts';
import { attribute, dotted, evalName, hiddenName, imported, item, namedBy } from './names.ts';
import { readOfFiles } from './own-files.ts';
import {
  boundName,
  copied,
  isList,
  isName,
  isNamed,
  itemsOf,
  keyOf,
  listOf,
  type MethodCall,
  printFolded,
  restOf,
  truthOf,
} from './value.ts';

interface Site {
  readonly module: PythonModule;
  readonly node: PyNode;
  readonly depth: number;
  /** Whether a text that names something was put together. */
  readonly hides: boolean;
}

/** The computed result of a call. */
export function callFolded(here: FoldPlace<FoldFrame | undefined>, node: PyNode): MaybeFolded {
  const callee = node.firstChild;
  const list = node.getChild('ArgList');
  if (callee === null || list === null) return undefined;
  const { run, module, frame, depth } = here;
  const [read, ...others] = readOfFiles(run, module, node);
  if (read !== undefined) {
    run.fold.guesses = true;
    return others.length > 0 ? undefined : read;
  }
  const parts = childrenOf(list).slice(1, -1);
  const call = parts.some((part) => part.name === 'for')
    ? { args: [here.comprehension(list, parts)], keywords: new Map() }
    : givenIn(here, node);
  const { object: objectNode, method } = calledIn(module, callee);
  const object = here.of(objectNode);
  if (object !== undefined && !isNamed(object)) {
    const [encoding] = call.args;
    const isOdd = typeof encoding === 'string' && !/^(utf|ascii|latin)/i.test(encoding);
    if (decodingMethods.test(method) || (method === 'decode' && isOdd)) run.fold.decodes = true;
    return callMethod(frame === undefined ? (copied(object) ?? object) : object, method, call);
  }
  const value = here.of(callee);
  if (value === undefined) return undefined;
  const { positional } = argumentsOf(module, node);
  const hides = !positional.slice(0, 2).some((one) => one.name === 'String');
  return callFoldedValue(run, value, call, { module, node, depth, hides });
}

/** The computed result of calling a value. */
export function callFoldedValue(
  run: PythonRun,
  callee: Folded,
  call: MethodCall,
  site: Site,
): MaybeFolded {
  if (typeof callee !== 'object' || callee === null || !('kind' in callee)) return undefined;
  if (callee.kind === 'own') return callOwnFolded(run, callee, call, site.depth);
  if (callee.kind === 'bound') {
    const given = givenAfter(callee, call);
    return callee.method === ''
      ? callFoldedValue(run, callee.callee, given, site)
      : callMethod(callee.callee, callee.method, given);
  }
  if (callee.kind !== 'name') return undefined;
  const all = { ...call, ...placed(callee.qual, call) };
  const found = callName(run, callee, all, site);
  if (found === undefined)
    run.fold.observe?.(site.module, site.node, callee, all.args, all.keywords);
  return found;
}

function callName(run: PythonRun, callee: FoldedName, call: MethodCall, site: Site): MaybeFolded {
  const [first, second] = call.args;
  const { qual } = callee;
  // What an iterator that has a name gives next depends on what it gave before.
  if (qual === 'next' && argumentsOf(site.module, site.node).positional[0]?.name === 'VariableName')
    return undefined;
  const asked = nameCall(qual, call);
  if (asked !== undefined) return namedByCall(run, asked, call, site);
  const printed = /^(\w{1,20})\.__(?:str|repr)__$/.exec(qual)?.[1];
  if (printed !== undefined) return printFolded({ ...callee, qual: printed });
  switch (qual) {
    case 'codecs.getdecoder':
      return boundName('codecs.decoded pair', call);
    case 'codecs.decoded pair':
      run.fold.decodes = true;
      return listOf(
        [callBuiltin('codecs.decode', { args: [second, first], keywords: new Map() }), undefined],
        'tuple',
      );
  }
  const applied = callHigher(run, callee, call, site);
  if (applied !== undefined) return applied;
  if (qual.startsWith('class '))
    return { kind: 'name', qual: `object ${qual.slice('class '.length)}`, hidden: false };
  const [, type, method] = /^(str|bytes|list|dict|int)\.(\w+)$/.exec(qual) ?? [];
  if (
    type !== undefined &&
    method !== undefined &&
    !/^(maketrans|fromhex|from_bytes)$/.test(method) &&
    first !== undefined
  )
    return callMethod(first, method, { args: call.args.slice(1), keywords: call.keywords });
  if (isDecoder(qual, call)) run.fold.decodes = true;
  return callBuiltin(qual, call);
}

// Functions that call a function.
function callHigher(
  run: PythonRun,
  { qual }: FoldedName,
  call: MethodCall,
  site: Site,
): MaybeFolded {
  const [first, second, ...rest] = call.args;
  const again = (one: Folded, args: readonly MaybeFolded[]): MaybeFolded =>
    callFoldedValue(run, one, { args, keywords: new Map() }, site);
  switch (qual) {
    case 'map': {
      const lists = [second, ...rest].map(itemsOf);
      if (first === undefined || lists.length === 0 || lists.includes(undefined)) return undefined;
      const length = Math.min(...lists.map((list) => list?.length ?? 0));
      return listOf(
        Array.from({ length }, (_, at) =>
          again(
            first,
            lists.map((list) => list?.[at]),
          ),
        ),
      );
    }
    case 'filter': {
      const list = itemsOf(second);
      const truths = list?.map((one) =>
        truthOf(first === null || first === undefined ? one : again(first, [one])),
      );
      return list === undefined || truths?.includes(undefined)
        ? undefined
        : listOf(list.filter((_, at) => truths?.[at]));
    }
    case 'functools.reduce':
    case 'reduce': {
      const list = itemsOf(second);
      if (first === undefined || list === undefined) return undefined;
      const all = rest.length > 0 ? [rest[0], ...list] : list;
      return all.slice(1).reduce((sum, one) => again(first, [sum, one]), all[0]);
    }
    case 'sorted': {
      const by = call.keywords.get('key');
      const list = itemsOf(first);
      if (by === undefined || list === undefined) break;
      const isReversed = call.keywords.has('reverse') && truthOf(call.keywords.get('reverse'));
      const keyed = list.map((one) => ({ one, key: again(by, [one]) }));
      if (isReversed === undefined || !keyed.every(({ key }) => typeof key === 'bigint'))
        return undefined;
      const ordered = keyed
        .sort((a, b) => Number(a.key ?? 0) - Number(b.key ?? 0))
        .map(({ one }) => one);
      return listOf(isReversed ? ordered.reverse() : ordered);
    }
    case 'isinstance':
      return isName(second)
        ? {
            str: typeof first === 'string',
            bytes: first instanceof Uint8Array,
            int: typeof first === 'bigint',
            list: isList(first),
          }[second.qual]
        : undefined;
    case 'eval':
      return typeof first === 'string' ? evalName(run, site.module, first) : undefined;
  }
  return undefined;
}

function namedByCall(
  run: PythonRun,
  asked: NameCall<MaybeFolded>,
  call: MethodCall,
  site: Site,
): MaybeFolded {
  const { module, hides } = site;
  switch (asked.kind) {
    case 'member':
      return attribute(run, asked.object, asked.key, hides);
    case 'entry':
      return item(
        run,
        module,
        { kind: 'name', qual: asked.table, hidden: false },
        asked.key,
        hides,
      );
    case 'item':
      return asked.object === undefined || asked.object === null
        ? undefined
        : item(run, module, asked.object, asked.key, hides);
    case 'path':
      return isName(asked.object) && typeof asked.path === 'string' && call.args.length === 2
        ? dotted(run, asked.object, asked.path.split('.'))
        : undefined;
    case 'import': {
      if (typeof asked.name !== 'string') return undefined;
      const name = asked.isTop ? (asked.name.split('.')[0] ?? asked.name) : asked.name;
      return hiddenName(imported(run, module, name), hides);
    }
    case 'table':
      return isName(asked.of) ? { ...asked.of, qual: `vars ${asked.of.qual}` } : undefined;
    case 'globals':
      return { kind: 'name', qual: 'globals()', hidden: false };
    case 'named':
      return typeof asked.path === 'string'
        ? namedBy(run, module, asked.path.replace(':', '.'))
        : undefined;
    case 'method': {
      const callee = attribute(run, asked.object, asked.name, true);
      return callee === undefined || callee === null
        ? undefined
        : callFoldedValue(run, callee, asked.given, site);
    }
    case 'partial':
      return asked.callee === undefined
        ? undefined
        : { kind: 'bound', callee: asked.callee, method: '', ...asked.given };
    case 'later':
      return boundName(asked.qual, call);
  }
}

/** The result of a function of the skill for these arguments. */
export function callOwnFolded(
  run: PythonRun,
  { module, definition, frame }: FoldedOwn,
  call: MethodCall,
  depth: number,
): MaybeFolded {
  if (depth > 40 || run.fold.level > 80) return undefined;
  if (
    run.fold.isHopeless(definition.id) ||
    (run.replaced.has(definition.id) && run.fold.observe === undefined)
  )
    return undefined;
  const all = [...call.args, ...call.keywords.values()];
  if (all.length > 0 && all.every((arg) => arg === undefined)) return undefined;
  const names = new Map<string, MaybeFolded>();
  const isBound = definition.bound;
  definition.parameters.forEach((parameter, index) => {
    const at = isBound ? index - 1 : index;
    const given = givenFor(definition, index, call.args, call.keywords);
    const isLeftOut = at >= call.args.length && !call.keywords.has(parameter.name);
    if (parameter.star)
      names.set(
        parameter.name,
        parameter.star === '*'
          ? listOf(call.args.slice(at), 'tuple')
          : restOf(call.keywords, definition),
      );
    else if (isLeftOut && parameter.fallback !== undefined)
      names.set(parameter.name, run.foldNode(run, module, parameter.fallback));
    else names.set(parameter.name, given);
  });
  const inner: FoldFrame = { names, outer: frame, scope: definition.scope.id };
  if (definition.name.startsWith('lambda@')) {
    const [body] = definition.returns;
    return body === undefined ? undefined : run.foldingAt(run, module, inner, depth + 1).of(body);
  }
  const body = definition.node.parent?.getChild('Body');
  if (body === null || body === undefined) return undefined;
  if (definition.returns.length === 0 && !definition.yields && run.fold.observe === undefined)
    return undefined;
  const perhaps: MaybeFolded[] = [];
  const ending = run.foldingAt(run, module, inner).block(childrenOf(body), perhaps);
  if (definition.yields)
    return body.parent?.getChild('async') === null ? listOf(perhaps) : undefined;
  if (typeof ending === 'object') perhaps.push(ending.value);
  const given = perhaps.filter((one) => one !== null);
  const known = given.filter((one) => one !== undefined);
  if (known.length === 0) run.fold.failed(definition.id);
  if (new Set(given.map(keyOf)).size > 1) run.fold.guesses = true;
  return known.at(-1) ?? (perhaps.length > 0 ? perhaps.at(-1) : null);
}
