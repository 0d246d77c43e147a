/**
 * Methods of the skill's classes that Python calls where no call stands: operators, items, what is
 * gone through, texts of objects (Python reference: the data model).
 */
import { either, unknownPy } from '../assignments/alternatives.ts';
import { callWith, type PyNoting } from '../effects/call.ts';
import type { PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { classIn } from './canonical.ts';
import { methodOf } from './classes.ts';

/** What the first of several methods gives that an object of the skill has; undefined without. */
export function byProtocol(
  run: PythonRun,
  at: PyNoting,
  object: PyValue,
  names: readonly string[],
  args: readonly PyValue[],
): PyValue | undefined {
  const given = [object, ...object.others].flatMap((one) => {
    const className = classIn('object', one.qual);
    if (className === undefined) return [];
    for (const name of names) {
      const own = methodOf(run, className, name);
      if (own === undefined) continue;
      const call = { ...callWith({ ...at, api: name }, args), object: one, method: name };
      return [run.invoke(run, call, { ...unknownPy, own }, 1)];
    }
    return [];
  });
  return given.length === 0 ? undefined : either(given);
}

/** What an operator gives whose left or right side is an object of the skill. */
export function byOperator(
  run: PythonRun,
  at: PyNoting,
  symbol: string,
  left: PyValue,
  right: PyValue,
): PyValue | undefined {
  const name = operators.get(symbol);
  if (name === undefined) return undefined;
  const found =
    name === 'contains' ? undefined : byProtocol(run, at, left, [`__${name}__`], [right]);
  return (
    found ??
    byProtocol(run, at, right, [name === 'contains' ? '__contains__' : `__r${name}__`], [left])
  );
}

const operators: ReadonlyMap<string, string> = new Map([
  ['+', 'add'],
  ['-', 'sub'],
  ['*', 'mul'],
  ['@', 'matmul'],
  ['/', 'truediv'],
  ['//', 'floordiv'],
  ['%', 'mod'],
  ['**', 'pow'],
  ['<<', 'lshift'],
  ['>>', 'rshift'],
  ['&', 'and'],
  ['|', 'or'],
  ['^', 'xor'],
  ['==', 'eq'],
  ['!=', 'ne'],
  ['<', 'lt'],
  ['<=', 'le'],
  ['>', 'gt'],
  ['>=', 'ge'],
  ['in', 'contains'],
  ['not in', 'contains'],
]);

/** What an object of the skill gives that is gone through: one of its items. */
export function byIteration(run: PythonRun, at: PyNoting, object: PyValue): PyValue | undefined {
  const whole = byProtocol(run, at, object, ['__iter__', '__aiter__'], []);
  const next = byProtocol(run, at, whole ?? object, ['__next__', '__anext__'], []);
  return next === undefined ? whole : { ...unknownPy, nodes: next.nodes, each: next };
}

/** The text of an object of the skill. */
export function textOfObject(run: PythonRun, at: PyNoting, object: PyValue): PyValue {
  return byProtocol(run, at, object, ['__format__', '__str__', '__repr__'], []) ?? object;
}
