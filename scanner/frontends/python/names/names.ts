/**
 * Names of Python: what they are bound to, in their scopes, by imports and in other modules of the
 * skill.
 */

import { unknownPart } from '../../../models/egress-of.ts';
import { pythonApis } from '../../../models/python.ts';
import { flowEdge, flowNode, type PythonRun, type PyValue, unknownPy } from '../run.ts';
import { parameterValue } from '../syntax/arguments.ts';
import { type PyNode, walk } from '../syntax/tree.ts';
import { either, nodesOf } from '../values/alternatives.ts';
import { evaluate } from '../values/values.ts';
import { canonicalName } from './canonical.ts';
import { heldValue } from './held.ts';
import { methodOf } from './members.ts';
import { type Binding, nameOf, type PythonModule, type Scope, scopeOf, textOf } from './module.ts';

/** The value that a binding gives. */
export function boundValue(
  run: PythonRun,
  module: PythonModule,
  binding: Binding,
  depth: number,
): PyValue {
  switch (binding.kind) {
    case 'import':
      return importedValue(run, module, binding.qual, depth);
    case 'function':
      return { ...unknownPy, own: binding.definition };
    case 'class':
      return { ...unknownPy, qual: `class ${binding.name}` };
    case 'raised': {
      const raised: PyValue[] = [];
      const body = binding.node.getChild('Body');
      if (body !== null)
        walk(body, (node) => {
          if (node.name === 'RaiseStatement' && node.lastChild !== null)
            raised.push(evaluate(run, module, node.lastChild, depth));
          return true;
        });
      return { ...unknownPy, nodes: raised.flatMap((one) => one.nodes) };
    }
    case 'each': {
      const value = evaluate(run, module, binding.node, depth);
      if (value.items === undefined) return { ...unknownPy, nodes: value.nodes, qual: value.qual };
      const items = [value.items, ...value.otherItems]
        .flat()
        .map((item) => partOf(item, binding.place) ?? unknownPy);
      const more = value.grown || value.otherTexts.length > 0 ? [unknownPy] : [];
      return { ...either([...items, ...more]), nodes: value.nodes, raw: undefined };
    }
    case 'value': {
      const value = evaluate(run, module, binding.node, depth);
      if (binding.entered) return enteredValue(run, value, depth);
      if (binding.place === undefined) return value;
      const part = {
        ...unknownPy,
        nodes: value.nodes,
        target: value.target,
        qual: value.qual?.endsWith('()') ? value.qual : undefined,
      };
      return partOf(value, binding.place) ?? part;
    }
    case 'parameter':
      return parameterValue(run, binding.definition, binding.index, depth);
    case 'update':
      return unknownPy;
  }
}

// A part of a list, or of the lists in it.
function partOf(value: PyValue, place: readonly number[] = []): PyValue | undefined {
  return place.reduce<PyValue | undefined>((at, index) => {
    if (at !== undefined && index < 0)
      return { ...unknownPy, nodes: nodesOf([at, ...(at.items ?? [])]) };
    if (at?.items === undefined) return undefined;
    const part = either([at.items, ...at.otherItems].map((items) => items[index] ?? unknownPy));
    return at.otherTexts.length > 0 ? { ...part, otherTexts: [unknownPart] } : part;
  }, value);
}

// `with Box() as b`: what `__enter__` gives, mostly the object itself.
function enteredValue(run: PythonRun, value: PyValue, depth: number): PyValue {
  const method = value.qual?.startsWith('object ')
    ? methodOf(run, value.qual.slice('object '.length), '__enter__')
    : undefined;
  if (method === undefined) return value;
  const given = method.returns.filter((node) => textOf(method.module, node) !== 'self');
  if (given.length < method.returns.length || given.length === 0) return value;
  return either(given.map((node) => evaluate(run, method.module, node, depth)));
}

/**
 * All bindings of a name, from the scope outwards; class scopes are not seen from inside their
 * methods.
 */
export function lookUp(
  scope: Scope,
  name: string,
): { readonly scope: Scope; readonly bindings: readonly Binding[] } | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const bindings = at.kind === 'class' && at !== scope ? undefined : at.names.get(name);
    if (bindings !== undefined) return { scope: at, bindings };
  }
  return undefined;
}

export function variable(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  depth: number,
): PyValue {
  const name = nameOf(module, node);
  const found = lookUp(scopeOf(module, node), name);
  if (found === undefined)
    return (
      starred(run, module, name, depth) ?? {
        ...unknownPy,
        qual: name === '__file__' ? undefined : name,
        ...(name === '__file__' && { texts: [`/skills/@self/${module.source.file}`] }),
      }
    );
  const value = eitherBound(run, module, found.bindings, depth);
  return {
    ...value,
    folded: value.folded || value.texts.length > 0,
    nodes: [variableNode(run, module, found.scope, name, node)],
  };
}

/**
 * What these bindings give. A generated text may bind one name thousands of times, and use it as
 * often: it is put together once.
 */
export function eitherBound(
  run: PythonRun,
  module: PythonModule,
  bindings: readonly Binding[],
  depth: number,
): PyValue {
  const known = run.bound.get(bindings);
  if (known !== undefined) return known;
  const isOpen =
    bindings.length <= boundOftenMin ||
    bindings.some((one) => 'node' in one && one.node.value === 'busy');
  const value = heldValue(run, module, bindings, depth);
  if (!isOpen) run.bound.set(bindings, value);
  return value;
}

const boundOftenMin = 32;

/** The graph's node of a variable. */
export function variableNode(
  run: PythonRun,
  module: PythonModule,
  scope: Scope,
  name: string,
  node: { readonly from: number; readonly to: number },
): string {
  return flowNode(run, module, node, `${scope.id}${name}`, `held in "${name.slice(0, 40)}"`);
}

/**
 * Where a name may come from by `from os import *`: a module of the skill that has it, or a library
 * whose table has it.
 */
export function starredQual(
  run: PythonRun,
  module: PythonModule,
  name: string,
):
  | { readonly kind: 'own'; readonly module: PythonModule }
  | { readonly kind: 'library'; readonly qual: string }
  | undefined {
  for (const star of module.stars) {
    const own = ownModule(run, module, star);
    if (own !== undefined && own !== module && own.scope.names.has(name))
      return { kind: 'own', module: own };
    const through =
      own === undefined || own === module
        ? undefined
        : own.stars.find((one) => isMemberOf(one, name));
    const library = own === undefined && isMemberOf(star, name) ? star : through;
    if (library !== undefined) return { kind: 'library', qual: `${library}.${name}` };
  }
  return undefined;
}

// `from os import *` also gives os.path as `path` and so on.
function isMemberOf(library: string, name: string): boolean {
  if (Object.hasOwn(pythonApis, `${library}.${name}`)) return true;
  return library === 'os' && /^(environ|path|getcwd|sep)$/.test(name);
}

function starred(
  run: PythonRun,
  module: PythonModule,
  name: string,
  depth: number,
): PyValue | undefined {
  const star = starredQual(run, module, name);
  if (star === undefined) return undefined;
  return star.kind === 'own'
    ? memberOfModule(run, star.module, name, depth)
    : { ...unknownPy, qual: star.qual };
}

export function importedValue(
  run: PythonRun,
  module: PythonModule,
  qual: string,
  depth: number,
): PyValue {
  const own = ownModule(run, module, qual);
  if (own !== undefined) return { ...unknownPy, qual: `own ${own.source.path}` };
  const dot = qual.lastIndexOf('.');
  const parent =
    dot <= 0 && !qual.startsWith('.')
      ? undefined
      : ownModule(run, module, dot === 0 ? '.' : qual.slice(0, dot));
  if (parent !== undefined) return memberOfModule(run, parent, qual.slice(dot + 1), depth);
  return { ...unknownPy, qual: canonicalName(qual) };
}

/** A name at the top of a module of the skill. */
export function memberOfModule(
  run: PythonRun,
  module: PythonModule,
  name: string,
  depth: number,
): PyValue {
  const bindings = module.scope.names.get(name);
  const given = assignedFromOutside(run, module, name, depth);
  if (bindings === undefined && given.length === 0)
    return starred(run, module, name, depth) ?? unknownPy;
  const value = either([
    ...(bindings === undefined ? [] : [heldValue(run, module, bindings, depth)]),
    ...given,
  ]);
  const at = variableNode(run, module, module.scope, name, { from: 0, to: 0 });
  for (const from of given.flatMap((one) => one.nodes)) flowEdge(run, from, at);
  return { ...value, nodes: [variableNode(run, module, module.scope, name, { from: 0, to: 0 })] };
}

// `state.key = x` in another file.
function assignedFromOutside(
  run: PythonRun,
  module: PythonModule,
  name: string,
  depth: number,
): PyValue[] {
  return (run.assigned.get(name) ?? []).flatMap(({ module: other, one }) =>
    evaluate(run, other, one.object, depth).qual === `own ${module.source.path}`
      ? [boundValue(run, other, one.binding, depth)]
      : [],
  );
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
