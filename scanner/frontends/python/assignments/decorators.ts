/**
 * Decorators of Python, which are calls: from the innermost outwards, each with what the one below
 * it gave.
 */
import { callWith } from '../effects/call.ts';
import { invoke } from '../effects/calls.ts';
import { applyEffect } from '../effects/effects.ts';
import { memberOf } from '../names/members.ts';
import { variable } from '../names/names.ts';
import { childrenOf, textOf } from '../nodes.ts';
import type { PyNode, PythonModule, PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { unknownPy } from './alternatives.ts';

/** Calls the decorators of a definition. */
export function applyDecorators(run: PythonRun, module: PythonModule, node: PyNode): void {
  const definition =
    node.name === 'DecoratedStatement'
      ? (node.getChild('FunctionDefinition') ?? node.getChild('ClassDefinition'))
      : node;
  const own = definition === null ? undefined : module.functionsAt.get(definition.from);
  let value: PyValue = { ...unknownPy, own };
  const decorators = [...loose(module, node), ...node.getChildren('Decorator')];
  for (const decorator of decorators.reverse()) {
    const callee =
      decorator.name === 'Decorator'
        ? named(run, module, decorator)
        : run.evaluate(run, module, decorator);
    if (callee.qual === undefined && callee.own === undefined) return;
    const at = { module, node: decorator, api: callee.qual ?? '', certainty: 'exact' } as const;
    value = invoke(run, callWith(at, [value]), callee, 1);
    if (own !== undefined && value.own !== undefined && value.own !== own)
      run.wrappers.set(own.id, [...(run.wrappers.get(own.id) ?? []), value.own]);
  }
}

// Decorators that are no dotted names stand before as statements of their own; see `forParser` of
// python-module.ts.
function loose(module: PythonModule, node: PyNode): PyNode[] {
  const found: PyNode[] = [];
  for (let at = node.prevSibling; at !== null; at = at.prevSibling) {
    const inner = at.name === 'ExpressionStatement' ? at.firstChild : null;
    if (
      inner?.name !== 'UnaryExpression' ||
      module.source.text[inner.from] !== '@' ||
      inner.lastChild === null
    )
      break;
    found.unshift(inner.lastChild);
  }
  return found;
}

/**
 * Calls decorators that stand as statements of their own, where the last of them stands before a
 * definition.
 */
export function applyLoose(run: PythonRun, module: PythonModule, node: PyNode): void {
  if (node.firstChild?.name !== 'UnaryExpression' || module.source.text[node.from] !== '@') return;
  const { nextSibling } = node;
  if (nextSibling?.name === 'FunctionDefinition' || nextSibling?.name === 'ClassDefinition')
    applyDecorators(run, module, nextSibling);
}

// `@a.b` and `@a.b(c)`.
function named(run: PythonRun, module: PythonModule, decorator: PyNode): PyValue {
  const [first, ...rest] = childrenOf(decorator).filter((child) => child.name === 'VariableName');
  if (first === undefined) return unknownPy;
  let value = variable(run, module, first, 1);
  for (const name of rest) value = memberOf(run, value, textOf(module, name).normalize('NFKC'), 1);
  const list = decorator.getChild('ArgList');
  if (list === null) return value;
  const args = childrenOf(list)
    .filter((child) => /^\w/.test(child.name))
    .map((child) => run.evaluate(run, module, child));
  const at = { module, node: decorator, api: value.qual ?? '', certainty: 'exact' } as const;
  return invoke(run, callWith(at, args), value, 1);
}

/** Python 2: `exec "code"` stands as a name and a text behind it. */
export function noteOldExec(run: PythonRun, module: PythonModule, node: PyNode): void {
  if (textOf(module, node).trim() !== 'exec') return;
  const text = node.nextSibling?.isError ? node.nextSibling.nextSibling?.firstChild : undefined;
  if (text === null || text === undefined) return;
  const at = { module, node, api: 'exec', certainty: 'exact' } as const;
  const call = callWith(at, [run.evaluate(run, module, text)]);
  applyEffect(run, call, { does: 'code', code: { at: 0, key: '' } });
}
