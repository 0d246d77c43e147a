/** Names of Python that are looked up by a text, computed. */

import type { PyCall } from '../effects/call.ts';
import type { Folded, FoldedName, MaybeFolded, PythonModule } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { memberOfName } from './members.ts';
import { imported, staticGlobal } from './names.ts';
import { isBytes, isDict, isList, isName, keyOf, type MethodCall, wholeOf } from './value.ts';

/** Without a list of what is wanted, `__import__("a.b")` gives `a`. */
export function topOf(name: string, call: Pick<PyCall, 'args' | 'keywords'> | MethodCall): string {
  return call.keywords.has('fromlist') || call.args.length > 3
    ? name
    : (name.split('.')[0] ?? name);
}

/** A member of a member, by a dotted path. */
export function dotted(run: PythonRun, object: FoldedName, path: string): MaybeFolded {
  let value: MaybeFolded = object;
  for (const name of path.split('.'))
    value = isName(value) ? memberOfName(run, value, name) : undefined;
  return hiddenName(value, true);
}

/** `getattr(object, key)`; `hides` when the key was put together. */
export function attribute(
  run: PythonRun,
  object: MaybeFolded,
  key: MaybeFolded,
  hides: boolean,
): MaybeFolded {
  if (typeof key !== 'string' || object === undefined || object === null) return undefined;
  if (isName(object)) return hiddenName(memberOfName(run, object, key), hides);
  return typeof object === 'object' && 'kind' in object && object.kind === 'own'
    ? undefined
    : { kind: 'bound', callee: object, method: key, args: [] };
}

/** What the text in `eval("os.system")` names. */
export function evalName(run: PythonRun, module: PythonModule, text: string): MaybeFolded {
  const [, loaded, first, path] =
    /^\s*(?:__import__\(['"]([\w.]{1,60})['"]\)|([A-Za-z_]\w{0,60}))((?:\.\w{1,60}){0,6})\s*$/.exec(
      text,
    ) ?? [];
  if (path === undefined) return undefined;
  let value =
    loaded === undefined
      ? staticGlobal(run, module, first ?? '', true)
      : imported(run, module, loaded);
  for (const name of path.split('.').slice(1))
    value = isName(value) ? memberOfName(run, value, name) : undefined;
  return hiddenName(value, true);
}

/** Marks a name that was looked up by a text that was put together. */
export function hiddenName(value: MaybeFolded, hidden: boolean): MaybeFolded {
  return isName(value) && hidden ? { ...value, hidden } : value;
}

/** `value[key]`; `hides` when the key was put together. */
export function item(
  run: PythonRun,
  module: PythonModule,
  value: Folded,
  key: MaybeFolded,
  hides: boolean,
): MaybeFolded {
  if (key === undefined) return undefined;
  if (isDict(value)) return value.entries.get(keyOf(key))?.value;
  if (isName(value) && typeof key === 'string') {
    if (value.qual === 'sys.modules') return { kind: 'name', qual: key, hidden: hides };
    if (value.qual === 'builtins' || value.qual === '__builtins__')
      return memberOfName(run, { ...value, hidden: hides }, key);
    if (value.qual === 'globals()') return staticGlobal(run, module, key, hides);
    if (value.qual.startsWith('vars '))
      return memberOfName(
        run,
        { ...value, qual: value.qual.slice('vars '.length), hidden: hides },
        key,
      );
    return undefined;
  }
  const index = wholeOf(key);
  if (index === undefined) return undefined;
  if (typeof value === 'string') return [...value].at(index);
  if (isBytes(value))
    return value.at(index) === undefined ? undefined : BigInt(value.at(index) ?? 0);
  return isList(value) ? value.items.at(index) : undefined;
}
