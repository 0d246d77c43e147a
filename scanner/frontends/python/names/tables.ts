/**
 * What is looked up by name in all Python modules of a skill: calls, assigned attributes, methods,
 * bases of classes.
 */

import { alternativesMax } from '../../../fact/shared-limits.ts';
import { childrenOf, nameOf } from '../nodes.ts';
import type { Binding, PyNode, PythonFunction, PythonModule } from '../program.ts';

export interface Tables {
  /** Calls of all modules, by the last part of the callee's name. */
  readonly calls: ReadonlyMap<
    string,
    readonly { readonly module: PythonModule; readonly call: PyNode }[]
  >;
  /** `object.name = value` at any place of all modules, by name. */
  readonly assigned: ReadonlyMap<
    string,
    readonly { readonly module: PythonModule; readonly one: PythonModule['assigned'][number] }[]
  >;
  /** By `Class.method`, of the first module that has it. */
  readonly methods: ReadonlyMap<string, PythonFunction>;
  /** Generators that take what is sent to them: `x = yield`. */
  readonly receiving: readonly PythonFunction[];
  /** Whether somebody looks at exceptions that the skill raises. */
  readonly catches: boolean;
  /** Functions and classes with a decorator, by the last part of its name. */
  readonly decorated: ReadonlyMap<string, readonly Decorated[]>;
  /** What classes are made from, of the first module that says it. */
  readonly bases: ReadonlyMap<string, { readonly module: PythonModule; readonly list: PyNode }>;
}

export function tablesOf(modules: readonly PythonModule[]): Tables {
  return {
    calls: callsOf(modules),
    assigned: Map.groupBy(
      modules.flatMap((module) => module.assigned.map((one) => ({ module, one }))),
      ({ one }) => one.name,
    ),
    methods: firstOf(modules.flatMap((module) => [...module.methods])),
    bases: firstOf(modules.flatMap(basesIn)),
    receiving: modules.flatMap(({ functions }) =>
      functions.filter(({ returns }) =>
        returns.some(({ parent }) => parent?.name === 'YieldExpression'),
      ),
    ),
    catches:
      modules.some(({ source }) => looksAtRaised.test(source.text)) &&
      modules.some(({ source }) => /\b(raise|assert)\b/.test(source.text)),
    decorated: Map.groupBy(modules.flatMap(decoratedIn), ({ name }) => name),
  };
}

const looksAtRaised =
  /\bexcept\b[^\n]{0,200}\bas\b|\b(format_exc|print_exc|exc_info|excepthook|__a?exit__)\b|\bsys\.exception\b/;

export interface Decorated {
  /** The last part of the decorator's name. */
  readonly name: string;
  readonly module: PythonModule;
  readonly decorator: PyNode;
  /** A function, or the name of a class. */
  readonly of: PythonFunction | string;
}

function decoratedIn(module: PythonModule): Decorated[] {
  const classes = [...module.classes].map(([name, node]) => ({ of: name, node }));
  const functions = module.functions.map((of) => ({ of, node: of.node.parent }));
  return [...classes, ...functions].flatMap(({ of, node }): Decorated[] =>
    node?.parent?.name !== 'DecoratedStatement'
      ? []
      : node.parent.getChildren('Decorator').flatMap((decorator) => {
          const name = decorator.getChildren('VariableName').at(-1);
          return name === undefined ? [] : [{ name: nameOf(module, name), module, decorator, of }];
        }),
  );
}

function firstOf<Value>(entries: readonly (readonly [string, Value])[]): Map<string, Value> {
  return new Map(entries.toReversed());
}

function basesIn(
  module: PythonModule,
): (readonly [string, { module: PythonModule; list: PyNode }])[] {
  return [...module.classes].flatMap(([name, node]) => {
    const list = node.getChild('ArgList');
    return list === null ? [] : [[name, { module, list }] as const];
  });
}

function callsOf(modules: readonly PythonModule[]): Tables['calls'] {
  const calls = modules.flatMap((module) =>
    [...module.calls].flatMap(([name, nodes]) => nodes.map((call) => ({ name, module, call }))),
  );
  const found = Map.groupBy(calls, ({ name }) => name);
  for (const [name, others] of otherNames(modules)) {
    const more = [...others]
      .flatMap((other) => found.get(other) ?? [])
      .filter(({ call }) => call.firstChild?.name === 'VariableName');
    if (more.length > 0) found.set(name, [...(found.get(name) ?? []), ...more]);
  }
  return found;
}

// `g = get`, `from tools import get as g`: what calls `g` calls the skill's `get`.
function otherNames(modules: readonly PythonModule[]): Map<string, Set<string>> {
  const own = new Set(modules.flatMap(({ functions }) => functions.map(({ name }) => name)));
  const found = new Map<string, Set<string>>();
  for (const module of modules)
    for (const { names } of [module.scope, ...module.scopes.values()])
      for (const [other, bindings] of names)
        for (const name of meantBy(module, bindings, own))
          if (name !== other) found.set(name, (found.get(name) ?? new Set()).add(other));
  return found;
}

function meantBy(
  module: PythonModule,
  bindings: readonly Binding[],
  own: ReadonlySet<string>,
): readonly string[] {
  const names = new Set(bindings.flatMap((binding) => namesIn(module, binding)));
  return [...names].filter((name) => own.has(name)).slice(0, alternativesMax);
}

function namesIn(module: PythonModule, binding: Binding): readonly string[] {
  if (binding.kind === 'import') return [binding.qual.slice(binding.qual.lastIndexOf('.') + 1)];
  if (binding.kind !== 'value') return [];
  const { node } = binding;
  // `get if online else read`, `a, b = get, post`
  const values =
    node.name === 'VariableName' ? [node] : choices.test(node.name) ? childrenOf(node) : [];
  const last = node.name === 'MemberExpression' ? node.lastChild : null;
  return [...values, ...(last === null ? [] : [last])]
    .filter(({ name }) => /^(VariableName|PropertyName)$/.test(name))
    .map((one) => nameOf(module, one));
}

const choices = /^(Conditional|Tuple|Array|Parenthesized|Binary)Expression$/;
