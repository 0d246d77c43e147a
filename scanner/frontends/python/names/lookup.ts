/** Where a name of Python comes from: a scope, a module of the skill, or a library. */

import type { Confidence } from '../../../../skills-index/statement/finding.ts';
import type { Fact } from '../../../fact/fact.ts';
import { pythonRows } from '../../../knowledge/python/library.ts';
import { pythonOwnModules } from '../../../lookup-tables/python-own-modules.ts';
import type { Binding, PythonModule, PythonScope } from '../program.ts';
import type { Shadow } from '../readings.ts';
import { flowNode, notePyTrait, type PythonRun } from '../run.ts';

const pythonLibraries: ReadonlySet<string> = new Set([
  ...pythonOwnModules,
  ...Object.keys(pythonRows).flatMap((api) => (api.includes('.') ? (api.split('.')[0] ?? []) : [])),
]);

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

/** Looks for the value of a name of a module. Two modules may import one name from each other. */
export function resolvedOnce<Value>(
  resolving: Set<string>,
  { module, name }: { readonly module: PythonModule; readonly name: string },
  otherwise: Value,
  look: () => Value,
): Value {
  const key = `${module.source.path} ${name}`;
  if (resolving.has(key)) return otherwise;
  resolving.add(key);
  try {
    return look();
  } finally {
    resolving.delete(key);
  }
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
  if (Object.hasOwn(pythonRows, `${library}.${name}`)) return true;
  return library === 'os' && /^(environ|path|getcwd|sep)$/.test(name);
}

/**
 * The module of the skill that an import names, by the end of its path. A library's name is a
 * module of the skill only beside the importing file, where Python looks first when the file
 * itself starts. From all other places Python may load the library.
 */
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
  const above = /^\.\.+/.exec(qual)?.[0].length ?? 1;
  if (above > 1) {
    const base = folder.split('/').slice(0, -above).concat('').join('/');
    const found = firstModule(endings.map((ending) => run.modules.get(base + ending)));
    if (found !== undefined) return found;
  }
  if (run.context.isPackage === true && !qual.startsWith('.'))
    return firstModule(endings.map((ending) => run.modules.get(ending)));
  const beside = firstModule(endings.map((ending) => run.modules.get(folder + ending)));
  const found =
    beside ??
    firstModule(endings.map((ending) => run.modules.get(ending))) ??
    (qual.includes('.')
      ? [...run.modules.values()].find((module) =>
          endings.some((ending) => module.source.path.endsWith(`/${ending}`)),
        )
      : undefined);
  if (found === undefined || qual.startsWith('.')) return found;
  const library = name.split('/')[0] ?? '';
  if (!pythonLibraries.has(library)) return found;
  // A file that imports its own name wants the library.
  if (found === from) return undefined;
  if (!run.context.files.has(`${folder}__init__.py`)) {
    noteShadowed(run, { from, library, found }, 'exact');
    return beside;
  }
  const ending = endings.find((one) => found.source.path.endsWith(one)) ?? '';
  const root = found.source.path.slice(0, -ending.length);
  const { roots, shadows } = run.reading;
  shadows.set(root, [...(shadows.get(root) ?? []), { from, library, found }]);
  return roots.has(root) ? found : undefined;
}

function firstModule(modules: readonly (PythonModule | undefined)[]): PythonModule | undefined {
  return modules.find((module) => module !== undefined);
}

/** Facts that name imports of which only the start of the program says what they give. */
export function factsOfShadows(run: PythonRun, shadows: readonly Shadow[]): readonly Fact[] {
  const { length } = run.facts;
  for (const shadow of shadows) noteShadowed(run, shadow, 'widened');
  return run.facts.slice(length);
}

function noteShadowed(
  run: PythonRun,
  { from, library, found }: Shadow,
  certainty: Confidence,
): void {
  const at = Math.max(
    0,
    from.source.text.search(new RegExp(`\\b(?:from|import)\\s+${library}\\b`)),
  );
  notePyTrait(
    run,
    { module: from, node: { from: at, to: at + 1 }, api: library, certainty },
    'shadowed-library',
    found.source.path,
  );
}
