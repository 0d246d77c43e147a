/**
 * What is looked up by name in all Python modules of a skill: calls, assigned attributes, methods,
 * bases of classes.
 */

import type { PyNode, PythonFunction, PythonModule } from '../program.ts';

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
  };
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
  return Map.groupBy(calls, ({ name }) => name);
}
