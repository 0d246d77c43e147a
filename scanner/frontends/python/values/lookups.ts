/** Names of Python that are looked up by a text, computed. */

import { nameTable } from '../names/meaning.ts';
import type { Folded, MaybeFolded, PythonModule } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { memberOfName } from './members.ts';
import { imported, staticGlobal } from './names.ts';
import { boundMethod, isBytes, isDict, isList, isName, isOwn, keyOf, wholeOf } from './value.ts';

/** A member of a member, by a dotted path. */
export function dotted(run: PythonRun, object: MaybeFolded, path: readonly string[]): MaybeFolded {
  const value = path.reduce(
    (at, name) => (isName(at) ? memberOfName(run, at, name) : undefined),
    object,
  );
  return hiddenName(value, true);
}

/** What a dotted name stands for, as an import would find it. */
export function namedBy(run: PythonRun, module: PythonModule, path: string): MaybeFolded {
  const [first = '', ...rest] = path.split('.');
  return dotted(run, imported(run, module, first), rest);
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
  return isOwn(object) ? undefined : boundMethod(object, key);
}

/** What the text in `eval("os.system")` names. */
export function evalName(run: PythonRun, module: PythonModule, text: string): MaybeFolded {
  const [, loaded, first, path] =
    /^\s*(?:__import__\(['"]([\w.]{1,60})['"]\)|([A-Za-z_]\w{0,60}))((?:\.\w{1,60}){0,6})\s*$/.exec(
      text,
    ) ?? [];
  if (path === undefined) return undefined;
  const start =
    loaded === undefined
      ? staticGlobal(run, module, first ?? '', true)
      : imported(run, module, loaded);
  return dotted(run, start, path.split('.').slice(1));
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
  if (isName(value)) return named(run, module, value.qual, key, hides);
  const index = wholeOf(key);
  if (index === undefined) return undefined;
  if (typeof value === 'string') return [...value].at(index);
  if (isBytes(value))
    return value.at(index) === undefined ? undefined : BigInt(value.at(index) ?? 0);
  return isList(value) ? value.items.at(index) : undefined;
}

// `vars(os)["system"]`, and items of other tables of names.
function named(
  run: PythonRun,
  module: PythonModule,
  qual: string,
  key: MaybeFolded,
  hides: boolean,
): MaybeFolded {
  const table = nameTable(qual);
  if (table === undefined || typeof key !== 'string') return undefined;
  if (table.kind === 'members')
    return memberOfName(run, { kind: 'name', qual: table.owner, hidden: hides }, key);
  return table.kind === 'globals'
    ? staticGlobal(run, module, key, hides)
    : hiddenName(imported(run, module, key), hides);
}
