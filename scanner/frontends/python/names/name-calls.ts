/**
 * Calls of Python that give a name: which part of the arguments says the name, by the rules of the
 * language alone. `special.ts` and `fold/calls.ts` look at the arguments, each in its own kind of
 * value.
 */

export type NameCall<Value> =
  /** `getattr(object, key)` */
  | { readonly kind: 'member'; readonly object: Value | undefined; readonly key: Value | undefined }
  /** `vars(os).get(key)`, `globals().get(key)`, `os.__getattribute__(key)` */
  | { readonly kind: 'entry'; readonly owner: string; readonly key: Value | undefined }
  /** `attrgetter(path)(object)` */
  | { readonly kind: 'path'; readonly object: Value | undefined; readonly path: Value | undefined }
  /** `__import__(name)`; `isTop` where `a.b` may give `a`. */
  | { readonly kind: 'import'; readonly name: Value | undefined; readonly isTop: boolean }
  /** `vars(of)` */
  | { readonly kind: 'table'; readonly of: Value }
  | { readonly kind: 'globals' }
  /** `partial(callee, *args)` */
  | { readonly kind: 'partial'; readonly callee: Value; readonly args: readonly Value[] }
  /** `attrgetter(path)`: a function of this name, called with the arguments before its own. */
  | { readonly kind: 'later'; readonly qual: string };

/** What a call of a function with this qualified name gives; undefined for other functions. */
export function nameCall<Value>(qual: string, args: readonly Value[]): NameCall<Value> | undefined {
  const [first, second] = args;
  switch (qual.replace(/^(builtins|__builtins__)\./, '')) {
    case 'getattr':
    case 'object.__getattribute__':
    case 'object.__getattr__':
      return { kind: 'member', object: first, key: second };
    case 'operator.attrgetter':
    case 'operator.methodcaller':
      return { kind: 'later', qual: `${qual}()` };
    case 'operator.attrgetter()':
      return { kind: 'path', object: args.at(-1), path: first };
    case '__import__':
    case 'importlib.__import__':
      return { kind: 'import', name: first, isTop: true };
    case 'importlib.import_module':
    case 'sys.modules.get':
    case 'sys.modules.pop':
    case 'sys.modules.__getitem__':
      return { kind: 'import', name: first, isTop: false };
    case 'vars':
      if (args.length === 0) return { kind: 'globals' };
      return first === undefined ? undefined : { kind: 'table', of: first };
    case 'globals':
    case 'locals':
      return { kind: 'globals' };
    case 'functools.partial':
      return first === undefined
        ? undefined
        : { kind: 'partial', callee: first, args: args.slice(1) };
  }
  const [, table, object] =
    /^(?:(?:vars (.*)|globals\(\))\.(?:get|pop|__getitem__)|(.*)\.__getattr(?:ibute)?__)$/.exec(
      qual,
    ) ?? [];
  const owner = table ?? object ?? (qual.startsWith('globals().') ? 'globals()' : undefined);
  return owner === undefined ? undefined : { kind: 'entry', owner, key: first };
}
