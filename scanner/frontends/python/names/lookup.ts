/** Where a name of Python comes from: a scope, a module of the skill, or a library. */
import { pythonApis } from '../../../lookup-tables/python.ts';
import type { Binding, PythonModule, PythonScope } from '../program.ts';
import { flowNode, type PythonRun } from '../run.ts';

/**
 * All bindings of a name, from the scope outwards; class scopes are not seen from inside their
 * methods.
 */
export function lookUp(
  scope: PythonScope,
  name: string,
): { readonly scope: PythonScope; readonly bindings: readonly Binding[] } | undefined {
  for (let at: PythonScope | undefined = scope; at !== undefined; at = at.parent) {
    const bindings = at.kind === 'class' && at !== scope ? undefined : at.names.get(name);
    if (bindings !== undefined) return { scope: at, bindings };
  }
  return undefined;
}

/** The graph's node of a variable. */
export function variableNode(
  run: PythonRun,
  module: PythonModule,
  scope: PythonScope,
  name: string,
  node: { readonly from: number; readonly to: number },
): string {
  return flowNode(run, module, node, `${scope.id}${name}`, `held in "${name.slice(0, 40)}"`);
}

/** Whether `from os import *` gives a name; it gives os.path as `path` as well. */
export function isMemberOf(library: string, name: string): boolean {
  if (Object.hasOwn(pythonApis, `${library}.${name}`)) return true;
  return library === 'os' && /^(environ|path|getcwd|sep)$/.test(name);
}

/** The module of the skill that an import names, by the end of its path. */
export function ownModule(
  run: PythonRun,
  from: PythonModule,
  qual: string,
): PythonModule | undefined {
  const known = run.imported.get(from) ?? new Map<string, PythonModule | undefined>();
  if (known.size === 0) run.imported.set(from, known);
  if (!known.has(qual)) known.set(qual, findModule(run, from, qual));
  return known.get(qual);
}

function findModule(run: PythonRun, from: PythonModule, qual: string): PythonModule | undefined {
  const folder = from.source.path.slice(0, from.source.path.lastIndexOf('/') + 1);
  const name = qual.replace(/^\.+/, '').replaceAll('.', '/');
  if (name === '') return undefined;
  const endings = [`${name}.py`, `${name}/__init__.py`];
  for (const ending of endings) {
    const near = run.modules.get(folder + ending) ?? run.modules.get(ending);
    if (near !== undefined) return near;
  }
  if (!qual.includes('.') && !qual.startsWith('.')) return undefined;
  return [...run.modules.values()].find((module) =>
    endings.some((ending) => module.source.path.endsWith(`/${ending}`)),
  );
}
