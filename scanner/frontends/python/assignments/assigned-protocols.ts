/**
 * Methods of the skill's classes that Python calls for an assignment: `__setitem__`, setters of
 * properties, `__set__` of descriptors, `__iadd__` (Python reference: the data model).
 */
import type { PyNoting } from '../effects/call.ts';
import { callWith } from '../effects/call.ts';
import { classIn } from '../names/canonical.ts';
import { basesOf } from '../names/classes.ts';
import { byProtocol } from '../names/protocols.ts';
import { childrenOf, textOf } from '../nodes.ts';
import type { PyNode, PythonFunction, PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { unknownPy } from './alternatives.ts';

/** `object[key] = value` */
export function setItem(
  run: PythonRun,
  at: PyNoting,
  object: PyValue,
  key: PyNode | undefined,
  value: PyValue,
): void {
  const given = key === undefined ? unknownPy : run.evaluate(run, at.module, key);
  byProtocol(run, at, object, ['__setitem__'], [given, value]);
}

/** `object.name = value` */
export function setAttribute(
  run: PythonRun,
  at: PyNoting,
  object: PyValue,
  name: string,
  value: PyValue,
): void {
  const className = classIn('object', object.qual);
  if (className === undefined) return;
  byProtocol(run, at, object, ['__setattr__'], [{ ...unknownPy, texts: [name] }, value]);
  for (const own of settersOf(run, className, name))
    run.invoke(
      run,
      { ...callWith({ ...at, api: name }, [value]), object },
      { ...unknownPy, own },
      1,
    );
  for (const module of run.modules.values()) {
    const node = module.classes.get(className);
    const bindings = node && module.scopes.get(node.from)?.names.get(name);
    for (const binding of bindings?.filter(({ kind }) => kind === 'value') ?? [])
      byProtocol(run, at, run.boundValue(run, module, binding, 1), ['__set__'], [object, value]);
  }
}

// `@name.setter`
function settersOf(run: PythonRun, className: string, name: string): readonly PythonFunction[] {
  const classes = [
    className,
    ...basesOf(run, className).flatMap((base) => classIn('class', base) ?? []),
  ];
  return (run.decorated.get('setter') ?? []).flatMap(({ of }) =>
    typeof of !== 'string' && of.name === name && classes.includes(of.owner ?? '') ? [of] : [],
  );
}

/** `object += value` */
export function updateInPlace(
  run: PythonRun,
  at: PyNoting & { readonly node: PyNode },
  object: PyValue,
  value: PyValue,
): void {
  const symbol = childrenOf(at.node).find(({ name }) => name === 'UpdateOp');
  const written = symbol === undefined ? '' : textOf(at.module, symbol);
  const name = operators.get(written);
  if (name !== undefined) byProtocol(run, at, object, [`__i${name}__`, `__${name}__`], [value]);
}

const operators: ReadonlyMap<string, string> = new Map([
  ['+=', 'add'],
  ['-=', 'sub'],
  ['*=', 'mul'],
  ['/=', 'truediv'],
  ['//=', 'floordiv'],
  ['%=', 'mod'],
  ['**=', 'pow'],
  ['@=', 'matmul'],
  ['&=', 'and'],
  ['|=', 'or'],
  ['^=', 'xor'],
  ['<<=', 'lshift'],
  ['>>=', 'rshift'],
]);
