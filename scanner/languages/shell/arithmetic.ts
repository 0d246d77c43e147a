/** Arithmetic of the shell (Bash manual §6.5): scripts use it to count through letters. */

import type { ApiCall } from '../../engine/effects/effects.ts';
import { dataOf, either, scalarValue, textValue, unknown, type Value } from '../../engine/value.ts';
import type { Shell } from './shell-state.ts';
import { isKnown, membersOf, nodes, plain, shown } from './values.ts';

/**
 * The number that a text is: digits in any base the shell knows, a variable's name, or `${#name}`.
 */
export function numberOf(shell: Shell, text: string, hops = 0): number | undefined {
  const word = text.trim();
  if (/^[+-]?\d{1,9}$/.test(word))
    return /^0\d/.test(word) ? Number.parseInt(word, 8) : Number(word);
  if (/^0x[0-9a-f]{1,8}$/i.test(word)) return Number(word);
  const based = /^(\d{1,2})#(\w{1,9})$/.exec(word);
  if (based !== null) return Number.parseInt(based[2] ?? '', Number(based[1]));
  const counted = /^\$\{#(\w+)(\[[@*]\])?\}$/.exec(word);
  if (counted !== null) {
    const value = shell.get(counted[1] ?? '');
    if (counted[2] !== undefined) return value === undefined ? 0 : membersOf(value)?.size;
    if (value === undefined) return undefined;
    return isKnown(plain(value)) ? shown(plain(value)).length : undefined;
  }
  const sum = /^(.{1,40}?)\s*([+*-])\s*(\w{1,20})$/.exec(word);
  if (sum !== null && hops < 4)
    return calculated(
      sum[2] ?? '',
      numberOf(shell, sum[1] ?? '', hops + 1),
      numberOf(shell, sum[3] ?? '', hops + 1),
    );
  const name = /^\$?\{?([A-Za-z_]\w*|\d)\}?$/.exec(word)?.[1];
  const held = name === undefined || hops > 8 ? undefined : shell.get(name);
  const value = held && plain(held);
  if (value === undefined || !isKnown(value) || value.isOpen || shown(value) === text)
    return undefined;
  return value.texts.length + value.scalars.length > 1
    ? undefined
    : numberOf(shell, shown(value), hops + 1);
}

function numberValue(number: number | undefined, ...from: readonly Value[]): Value {
  if (number === undefined) return dataOf(nodes(...from));
  return { ...textValue(`${number}`), isFolded: true };
}

function numberIn(shell: Shell, value: Value | undefined): number | undefined {
  return value === undefined || value.isOpen ? undefined : numberOf(shell, shown(value));
}

export function number(shell: Shell, { args: [written = unknown] }: ApiCall): Value {
  const found = numberOf(shell, shown(written));
  const held = shell.get(shown(written).replace(/^\$?\{?|\}$/g, ''));
  return numberValue(found, ...(held === undefined ? [] : [held]));
}

export function calculate(shell: Shell, { args: [operator, left, right] }: ApiCall): Value {
  if (shown(operator) === ',') return right ?? unknown;
  return numberValue(
    calculated(shown(operator), numberIn(shell, left), numberIn(shell, right)),
    left ?? unknown,
    right ?? unknown,
  );
}

export function sign(shell: Shell, { args: [operator, value] }: ApiCall): Value {
  const one = numberIn(shell, value);
  if (one === undefined) return value ?? unknown;
  const signs: Readonly<Record<string, number>> = { '-': -one, '!': Number(one === 0), '~': ~one };
  return numberValue(signs[shown(operator)] ?? one);
}

/** Whether a number is not 0. */
export function truth(shell: Shell, { args: [value] }: ApiCall): Value {
  const one = numberIn(shell, value);
  return one === undefined ? unknown : scalarValue(one !== 0);
}

export function choose(shell: Shell, { args: [test, one, other] }: ApiCall): Value {
  const truth = numberIn(shell, test);
  const both = [one ?? unknown, other ?? unknown] as const;
  return truth === undefined ? either(both) : truth === 0 ? both[1] : both[0];
}

/** Gives a number to a variable, and to the expression. */
export function setNumber(shell: Shell, { args: [name, value = unknown] }: ApiCall): Value {
  shell.set(shown(name), value);
  return value;
}

function calculated(
  operator: string,
  a: number | undefined,
  b: number | undefined,
): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  const result = operations[operator]?.(a, b);
  return result === undefined || !Number.isFinite(result) ? undefined : Math.trunc(result);
}

const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '||': (a, b) => Number(a !== 0 || b !== 0),
};
