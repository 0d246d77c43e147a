/**
 * Calls of Python that give names: getattr, imports by text, tables of modules, and what only
 * rearranges data.
 */

import { powerfulModules } from '../../../models/python.ts';
import type { PyCall } from '../effects/call.ts';
import { noteReaching } from '../effects/escapes.ts';
import { callBuiltin } from '../fold/builtins.ts';
import { pyOf } from '../fold/given.ts';
import { topOf } from '../fold/lookups.ts';
import { listOf } from '../fold/value.ts';
import type { PyNode, PyValue } from '../program.ts';
import { notePyTrait, type PythonRun } from '../run.ts';
import { nodesOf, unknownPy } from '../values/alternatives.ts';
import { memberOf } from './members.ts';
import { importedValue } from './names.ts';

/**
 * The value of a built-in or library function that gives names or plain data; undefined for others.
 */
export function special(
  run: PythonRun,
  call: PyCall,
  qual: string,
  depth: number,
): PyValue | undefined {
  const [first, second, third] = call.args;
  const text = first?.texts[0];
  const looked = lookedUp(run, call, qual, depth);
  if (looked !== undefined) return looked;
  switch (qual) {
    case 'getattr': {
      const name = second?.texts[0];
      if (first === undefined) return unknownPy;
      if (name !== undefined) noteReaching(run, call.module, call.node as PyNode, name, first);
      const isPlain = name !== undefined && !name.includes('\0');
      if (isPlain) return { ...memberOf(run, first, name, depth), folded: true, byText: true };
      if (first.qual !== undefined && powerfulModules.has(first.qual)) {
        notePyTrait(
          run,
          { ...call, certainty: 'widened' },
          'escape',
          `a member of ${first.qual} whose name is computed`,
        );
        return { ...unknownPy, qual: `${first.qual}.*` };
      }
      return { ...unknownPy, nodes: nodesOf([first, ...(third === undefined ? [] : [third])]) };
    }
    case 'setattr':
      if (
        first?.qual !== undefined &&
        /^(os|sys|builtins|subprocess|socket|requests|json|ssl)$/.test(first.qual)
      )
        notePyTrait(run, call, 'patch-builtin', `${first.qual}.${second?.texts[0] ?? '*'}`);
      return unknownPy;
    case 'pkgutil.resolve_name':
    case 'pydoc.locate':
      return text === undefined ? undefined : named(run, call, text.replace(':', '.'), depth);
    case 'operator.attrgetter':
    case 'operator.methodcaller':
      return { ...unknownPy, qual: `${qual}()`, bound: call.args };
    case 'operator.attrgetter()': {
      const object = call.args.at(-1) ?? unknownPy;
      return (text ?? '')
        .split('.')
        .reduce((one, name) => ({ ...memberOf(run, one, name, depth), byText: true }), object);
    }
    case 'operator.methodcaller()': {
      const callee = memberOf(run, call.args.at(-1) ?? unknownPy, text ?? '*', depth);
      return run.invoke(
        run,
        { ...call, args: call.args.slice(1, -1) },
        { ...callee, byText: true },
        depth,
      );
    }
    case 'sys.modules.get':
    case 'sys.modules.__getitem__':
    case 'sys.modules.pop':
      if (text === undefined) break;
      return { ...importedValue(run, call.module, text, depth), byText: true };
    case '__import__':
    case 'importlib.import_module':
    case 'importlib.__import__': {
      if (text === undefined || text.includes('\0')) {
        notePyTrait(
          run,
          { ...call, certainty: 'widened' },
          'dynamic-import',
          'a module whose name is computed',
        );
        return { ...unknownPy, qual: '*' };
      }
      return {
        ...importedValue(run, call.module, qual === '__import__' ? topOf(text, call) : text, depth),
        folded: true,
        byText: true,
      };
    }
    case 'vars':
      return first?.qual === undefined
        ? { ...unknownPy, nodes: first?.nodes ?? [] }
        : { ...unknownPy, qual: `vars ${first.qual}` };
    case 'globals':
    case 'locals':
      return { ...unknownPy, qual: 'globals()' };
    case 'functools.partial':
      return first === undefined
        ? unknownPy
        : { ...first, bound: [...first.bound, ...call.args.slice(1)], nodes: nodesOf(call.args) };
  }
  return rearranged(call, qual);
}

// What only gives the same data in another form.
function rearranged(call: PyCall, qual: string): PyValue | undefined {
  const [first] = call.args;
  const text = first?.texts[0];
  switch (qual) {
    case 'chr': {
      const { texts } = pyOf(callBuiltin('chr', { args: [wholeIn(first)], keywords: new Map() }));
      return texts.length > 0
        ? { ...unknownPy, texts, folded: true }
        : { ...unknownPy, nodes: nodesOf(call.args), decoded: true };
    }
    case 'bytes':
    case 'bytearray': {
      const numbers = first?.items?.slice(0, 4_096).map(wholeIn);
      const args = numbers === undefined ? [] : [listOf(numbers)];
      const { texts } = pyOf(callBuiltin('bytes', { args, keywords: new Map() }));
      if (numbers !== undefined && texts.length > 0)
        return { ...unknownPy, texts, folded: true, decoded: true };
      return first === undefined
        ? unknownPy
        : {
            ...unknownPy,
            texts: first.texts,
            otherTexts: first.otherTexts,
            nodes: nodesOf(call.args),
            decoded: first.decoded,
          };
    }
    case 'str':
    case 'repr':
      return first === undefined
        ? { ...unknownPy, texts: [''] }
        : { ...first, target: undefined, items: undefined };
    case 'staticmethod':
    case 'classmethod':
    case 'property':
    case 'functools.lru_cache':
    case 'functools.cache':
      return first ?? unknownPy;
    case 'sh.Command':
      return text === undefined ? undefined : { ...unknownPy, qual: `sh.${text}` };
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
function sameItems({ items, otherItems, otherTexts, grown, nodes }: PyValue): PyValue {
  return items === undefined
    ? { ...unknownPy, nodes }
    : { ...unknownPy, items, otherItems, otherTexts, grown, nodes };
}

// `vars(os).get("…")`, `globals().get("…")`, `os.__getattribute__("…")`.
function lookedUp(run: PythonRun, call: PyCall, qual: string, depth: number): PyValue | undefined {
  const [, owner, method] =
    /^(?:vars )?(.*)\.(get|pop|__getitem__|__getattribute__|__getattr__)$/.exec(qual) ?? [];
  const isTable = qual.startsWith('vars ') || qual.startsWith('globals()');
  if (owner === undefined || (!isTable && !method?.startsWith('__getattr'))) return undefined;
  const [first, second] = call.args;
  const [object, key] =
    owner === 'object' ? [first ?? unknownPy, second] : [{ ...unknownPy, qual: owner }, first];
  const [name] = key?.texts ?? [];
  if (name === undefined) {
    if (object.qual !== undefined && powerfulModules.has(object.qual))
      notePyTrait(
        run,
        { ...call, certainty: 'widened' },
        'escape',
        `a member of ${object.qual} whose name is computed`,
      );
    return object.qual !== undefined && powerfulModules.has(object.qual)
      ? { ...unknownPy, qual: `${object.qual}.*` }
      : undefined;
  }
  const isGlobal = owner === 'globals()';
  return {
    ...(isGlobal ? named(run, call, name, depth) : memberOf(run, object, name, depth)),
    folded: true,
    byText: true,
  };
}

// What a dotted name stands for, as an import would find it.
function named(run: PythonRun, call: PyCall, path: string, depth: number): PyValue {
  const [first = '', ...rest] = path.split('.');
  const start = importedValue(run, call.module, first, depth);
  return { ...rest.reduce((one, name) => memberOf(run, one, name, depth), start), byText: true };
}
