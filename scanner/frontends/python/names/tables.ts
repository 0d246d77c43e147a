/**
 * What is looked up by name in all Python modules of a skill: calls, assigned attributes, methods,
 * bases of classes.
 */

import type { PythonRun } from '../run.ts';
import type { PyNode } from '../syntax/tree.ts';
import type { PythonModule } from './module.ts';

export function tablesOf(
  modules: readonly PythonModule[],
): Pick<PythonRun, 'calls' | 'assigned' | 'methods' | 'bases'> {
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

function callsOf(modules: readonly PythonModule[]): PythonRun['calls'] {
  const calls = modules.flatMap((module) =>
    [...module.calls].flatMap(([name, nodes]) => nodes.map((call) => ({ name, module, call }))),
  );
  return Map.groupBy(calls, ({ name }) => name);
}
