/**
 * Functions of a skill in whose place another one may be called: decorators, classes made from
 * theirs, attributes of the same name.
 */

import { lookUp } from '../names/lookup.ts';
import { childrenOf, nameOf, scopeOf, textOf } from '../nodes.ts';
import type { PyNode, PythonFunction, PythonModule } from '../program.ts';

/** The ids of functions of which a call by name may reach another function. */
export function replacedFunctions(modules: ReadonlyMap<string, PythonModule>): Set<string> {
  const all = [...modules.values()];
  const derived = derivedClasses(all);
  const methods = new Set(all.flatMap((module) => [...module.methods.keys()]));
  const isOverridden = ({ owner, name }: PythonFunction): boolean =>
    owner !== undefined &&
    name !== '__init__' &&
    (all.some(({ attributes }) => attributes.has(name)) ||
      [...(derived.get(owner) ?? [])].some((one) => methods.has(`${one}.${name}`)));
  const replaced = all.flatMap((module) =>
    module.functions.filter((one) => isOverridden(one) || isDecorated(module, one)),
  );
  return new Set(replaced.map(({ id }) => id));
}

// Classes that are made from a class, by its name.
function derivedClasses(modules: readonly PythonModule[]): Map<string, Set<string>> {
  const bases = new Map<string, readonly string[]>();
  for (const module of modules)
    for (const [name, node] of module.classes) {
      const list = node.getChild('ArgList');
      const names =
        list === null
          ? []
          : childrenOf(list).filter((child) =>
              /^(VariableName|MemberExpression)$/.test(child.name),
            );
      bases.set(
        name,
        names.map((one) => textOf(module, one).split('.').at(-1) ?? ''),
      );
    }
  const derived = new Map<string, Set<string>>();
  for (const name of bases.keys()) {
    const waiting = [...(bases.get(name) ?? [])];
    const seen = new Set<string>();
    for (let base = waiting.pop(); base !== undefined; base = waiting.pop()) {
      if (seen.has(base)) continue;
      seen.add(base);
      derived.set(base, (derived.get(base) ?? new Set()).add(name));
      waiting.push(...(bases.get(base) ?? []));
    }
  }
  return derived;
}

// A decorator that the skill defines, or one that is no name.
function isDecorated(module: PythonModule, { node }: PythonFunction): boolean {
  const statement = node.parent?.parent;
  if (statement?.name !== 'DecoratedStatement') return isLoose(node.parent ?? node);
  return isLoose(statement) || statement.getChildren('Decorator').some((one) => isOwn(module, one));
}

function isLoose({ prevSibling }: PyNode): boolean {
  return (
    prevSibling?.firstChild?.name === 'UnaryExpression' &&
    prevSibling.firstChild.firstChild?.isError === true
  );
}

function isOwn(module: PythonModule, decorator: PyNode): boolean {
  const first = decorator.getChild('VariableName');
  const found = first === null ? undefined : lookUp(scopeOf(module, first), nameOf(module, first));
  return (
    found?.bindings.some(
      (one) =>
        one.kind === 'function' ||
        one.kind === 'class' ||
        (one.kind === 'value' && /^(LambdaExpression|VariableName)$/.test(one.node.name)),
    ) === true
  );
}
