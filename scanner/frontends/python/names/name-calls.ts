/**
 * Calls of Python that give a name: which part of the arguments says the name, by the rules of the
 * language alone. `special.ts` and `fold/calls.ts` look at the arguments, each in its own kind of
 * value.
 */

import type { CallGiven } from '../program.ts';
import { nameTable } from './meaning.ts';

export type NameCall<Value> =
  /** `getattr(object, key)` */
  | { readonly kind: 'member'; readonly object: Value | undefined; readonly key: Value | undefined }
  /** `vars(os).get(key)`, `os.__getattribute__(key)`: an item of the table with this name. */
  | { readonly kind: 'entry'; readonly table: string; readonly key: Value | undefined }
  /** `operator.getitem(object, key)`, `itemgetter(key)(object)` */
  | { readonly kind: 'item'; readonly object: Value | undefined; readonly key: Value | undefined }
  /** `attrgetter(path)(object)` */
  | { readonly kind: 'path'; readonly object: Value | undefined; readonly path: Value | undefined }
  /** `__import__(name)`; `isTop` where `a.b` may give `a`. */
  | { readonly kind: 'import'; readonly name: Value | undefined; readonly isTop: boolean }
  /** `vars(of)` */
  | { readonly kind: 'table'; readonly of: Value }
  | { readonly kind: 'globals' }
  /** `pkgutil.resolve_name("os:system")` */
  | { readonly kind: 'named'; readonly path: Value | undefined }
  /** `methodcaller(name, …)(object)` */
  | {
      readonly kind: 'method';
      readonly object: Value | undefined;
      readonly name: Value | undefined;
      readonly given: CallGiven<Value>;
    }
  /** `partial(callee, …)` */
  | { readonly kind: 'partial'; readonly callee: Value; readonly given: CallGiven<Value> }
  /** `attrgetter(path)`: a function of this name, called with the arguments before its own. */
  | { readonly kind: 'later'; readonly qual: string };

/** What a call of a function with this qualified name gives; undefined for other functions. */
export function nameCall<Value>(
  qual: string,
  { args, keywords }: CallGiven<Value>,
): NameCall<Value> | undefined {
  const [first, second] = args;
  switch (qual.replace(/^(builtins|__builtins__)\./, '')) {
    case 'getattr':
    case 'object.__getattribute__':
    case 'object.__getattr__':
      return { kind: 'member', object: first, key: second };
    case 'operator.getitem':
      return { kind: 'item', object: first, key: second };
    case 'operator.attrgetter':
    case 'operator.itemgetter':
    case 'operator.methodcaller':
      return { kind: 'later', qual: `${qual}()` };
    case 'operator.attrgetter()':
      return { kind: 'path', object: args.at(-1), path: first };
    case 'operator.methodcaller()': {
      const given = { args: args.slice(1, -1), keywords };
      return { kind: 'method', object: args.at(-1), name: first, given };
    }
    case 'pkgutil.resolve_name':
    case 'pydoc.locate':
      return { kind: 'named', path: first };
    case 'operator.itemgetter()':
      return args.length === 2 ? { kind: 'item', object: second, key: first } : undefined;
    case '__import__':
    case 'importlib.__import__':
      // Without a list of what is wanted, `__import__("a.b")` gives `a`.
      return { kind: 'import', name: first, isTop: !keywords.has('fromlist') && args.length <= 3 };
    case 'importlib.import_module':
      return { kind: 'import', name: first, isTop: false };
    case 'vars':
      if (args.length === 0) return { kind: 'globals' };
      return first === undefined ? undefined : { kind: 'table', of: first };
    case 'globals':
    case 'locals':
      return { kind: 'globals' };
    case 'functools.partial':
    case 'functools.partialmethod':
      return first === undefined
        ? undefined
        : { kind: 'partial', callee: first, given: { args: args.slice(1), keywords } };
  }
  const [, of = '', method = ''] =
    /^(.*)\.(get|pop|__getitem__|__getattr(?:ibute)?__)$/.exec(qual) ?? [];
  if (method.startsWith('__getattr')) return { kind: 'entry', table: `vars ${of}`, key: first };
  return nameTable(of) === undefined ? undefined : { kind: 'entry', table: of, key: first };
}

/** What a call is given behind what was given before. */
export function givenAfter<Value>(
  before: CallGiven<Value>,
  { args, keywords }: CallGiven<Value>,
): CallGiven<Value> {
  return {
    args: [...before.args, ...args],
    keywords: new Map([...before.keywords, ...keywords]),
  };
}
