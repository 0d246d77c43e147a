/** Values that get into what a name of Python holds, by another way than an assignment. */
import { nameOf, scopeOf } from '../nodes.ts';
import type { PyNode, PythonModule } from '../program.ts';
import { flowEdge, type PythonRun } from '../run.ts';
import { lookUp, variableNode } from './lookup.ts';

/** Values that get into what a name holds. */
export function flowInto(
  run: PythonRun,
  module: PythonModule,
  node: PyNode,
  given: readonly string[],
): void {
  const name = nameOf(module, node);
  const found = lookUp(scopeOf(module, node), name);
  if (found === undefined) return;
  const to = variableNode(run, module, found.scope, name, node);
  for (const from of given) flowEdge(run, from, to);
}
