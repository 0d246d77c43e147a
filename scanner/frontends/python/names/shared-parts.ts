/** Calls that fill an argument, or give a view of one. */
import type { EffectOf } from '../../../knowledge/row.ts';
import { nodesOf } from '../assignments/alternatives.ts';
import { type PyCall, placeOf, valuesOf } from '../effects/call.ts';
import { argumentsOf, nameOf, scopeOf } from '../nodes.ts';
import { PyNode, type PythonModule } from '../program.ts';
import { flowEdge, type PythonRun } from '../run.ts';
import { lookUp, variableNode } from './lookup.ts';

/** What is put into a buffer, or into a view of it, is in the variable that holds the buffer. */
export function sharePart(run: PythonRun, call: PyCall, effect: EffectOf<'fill' | 'view'>): void {
  const { module, node } = call;
  if (!(node instanceof PyNode) || node.name !== 'CallExpression') return;
  const { positional, keywords } = argumentsOf(module, node);
  const { at = -1, name = '' } = placeOf(effect.does === 'fill' ? effect.into : effect.of);
  const whole = positional[at] ?? keywords.get(name);
  if (whole?.name !== 'VariableName') return;
  const part = effect.does === 'view' ? nameGiven(run, module, node) : undefined;
  const held = part === undefined ? [] : [part];
  const nodes = effect.does === 'fill' ? nodesOf(valuesOf(call, [effect.with])) : held;
  flowInto(run, module, whole, nodes);
}

// The variable in `view = call` and in `with call as view`.
function nameGiven(run: PythonRun, module: PythonModule, call: PyNode): string | undefined {
  const target =
    call.parent?.name === 'AssignStatement'
      ? call.parent.firstChild
      : call.nextSibling?.name === 'as'
        ? call.nextSibling.nextSibling
        : null;
  if (target?.name !== 'VariableName') return undefined;
  const name = nameOf(module, target);
  const found = lookUp(scopeOf(module, target), name);
  return found === undefined ? undefined : variableNode(run, module, found.scope, name, target);
}

// Values that get into what a name of Python holds, by another way than an assignment.

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
