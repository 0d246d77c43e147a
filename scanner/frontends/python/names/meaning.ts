/** What names stand for, by the rules of the language alone: nobody looks at a value for that. */
import type { PythonFunction, PythonModule } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { canonicalName } from './canonical.ts';
import { methodOf } from './classes.ts';
import { isMemberOf, ownModule } from './lookup.ts';

export type NameMeaning =
  /** Something of a library, a built-in, or a module of the skill: `own PATH`. */
  | { readonly kind: 'name'; readonly qual: string }
  /** A name at the top of a module of the skill. */
  | { readonly kind: 'global'; readonly module: PythonModule; readonly name: string }
  | { readonly kind: 'method'; readonly definition: PythonFunction }
  /** What a class of the skill, or its objects, hold under a name. */
  | { readonly kind: 'attribute'; readonly owner: string };

/** What an import in a module binds. */
export function importMeaning(run: PythonRun, module: PythonModule, qual: string): NameMeaning {
  const own = ownModule(run, module, qual);
  if (own !== undefined) return { kind: 'name', qual: `own ${own.source.path}` };
  const dot = qual.lastIndexOf('.');
  const isMember = dot > 0 || qual.startsWith('.');
  const parent = isMember ? ownModule(run, module, qual.slice(0, dot) || '.') : undefined;
  return parent === undefined
    ? { kind: 'name', qual: canonicalName(qual) }
    : { kind: 'global', module: parent, name: qual.slice(dot + 1) };
}

/**
 * Where a name may come from by `from os import *`: a module of the skill that has it, or a library
 * whose table has it.
 */
export function starredMeaning(
  run: PythonRun,
  module: PythonModule,
  name: string,
): Extract<NameMeaning, { kind: 'name' | 'global' }> | undefined {
  for (const star of module.stars) {
    const found = ownModule(run, module, star);
    const own = found === module ? undefined : found;
    if (own?.scope.names.has(name)) return { kind: 'global', module: own, name };
    const through = own?.stars.find((one) => isMemberOf(one, name));
    const library = found === undefined && isMemberOf(star, name) ? star : through;
    if (library !== undefined) return { kind: 'name', qual: `${library}.${name}` };
  }
  return undefined;
}

/** A table that gives names by text: the members of something, modules, or global names. */
export type NameTable =
  | { readonly kind: 'members'; readonly owner: string }
  | { readonly kind: 'modules' | 'globals' };

/** The table that something with this qualified name is; undefined for what is none. */
export function nameTable(qual: string): NameTable | undefined {
  if (qual === 'sys.modules') return { kind: 'modules' };
  if (qual === 'globals()') return { kind: 'globals' };
  if (qual === 'builtins' || qual === '__builtins__') return { kind: 'members', owner: qual };
  return qual.startsWith('vars ')
    ? { kind: 'members', owner: qual.slice('vars '.length) }
    : undefined;
}

/** What a member of something with a qualified name is. */
export function memberMeaning(run: PythonRun, qual: string, name: string): NameMeaning {
  const module = qual.startsWith('own ') ? run.modules.get(qual.slice('own '.length)) : undefined;
  if (module !== undefined) return { kind: 'global', module, name };
  if (name === '__globals__' || name === 'f_globals') return { kind: 'name', qual: 'globals()' };
  if (name === '__builtins__' || name === 'f_builtins') return { kind: 'name', qual: 'builtins' };
  if (name === '__dict__') return { kind: 'name', qual: `vars ${qual}` };
  if (qual === 'builtins' || qual === '__builtins__') return { kind: 'name', qual: name };
  const [, owner] = /^(?:class|object) (.*)$/.exec(qual) ?? [];
  if (owner !== undefined) {
    const definition = methodOf(run, owner, name);
    return definition === undefined ? { kind: 'attribute', owner } : { kind: 'method', definition };
  }
  return { kind: 'name', qual: name === '__call__' ? qual : canonicalName(`${qual}.${name}`) };
}
