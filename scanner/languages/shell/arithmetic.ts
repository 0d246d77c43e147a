/** Numbers of the shell (Bash manual §6.5): scripts use them to count through letters. */

import type { ApiCall } from '../../engine/effects/effects.ts';
import { dataOf, scalarValue, unknown, type Value } from '../../engine/value.ts';
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
  if (counted !== null) return lengthOf(shell.get(counted[1] ?? ''), counted[2] !== undefined);
  const sum = /^(.{1,40}?)\s*([+*-])\s*(\w{1,20})$/.exec(word);
  if (sum !== null && hops < 4) {
    const [a, b] = [sum[1], sum[3]].map((one) => numberOf(shell, one ?? '', hops + 1));
    if (a === undefined || b === undefined) return undefined;
    return sum[2] === '+' ? a + b : sum[2] === '-' ? a - b : a * b;
  }
  const name = /^\$?\{?([A-Za-z_]\w*|\d)\}?$/.exec(word)?.[1];
  const held = name === undefined || hops > 8 ? undefined : shell.get(name);
  const value = held && plain(held);
  if (value === undefined || !isKnown(value) || value.isOpen || shown(value) === text)
    return undefined;
  return value.texts.length + value.scalars.length > 1
    ? undefined
    : numberOf(shell, shown(value), hops + 1);
}

function lengthOf(value: Value | undefined, isOfArray: boolean): number | undefined {
  if (isOfArray) return value === undefined ? 0 : membersOf(value)?.size;
  return value !== undefined && isKnown(plain(value)) ? shown(plain(value)).length : undefined;
}

export function number(shell: Shell, { args: [written = unknown] }: ApiCall): Value {
  const found = numberOf(shell, shown(written));
  if (found !== undefined) return { ...scalarValue(found), isFolded: true };
  const held = shell.get(shown(written).replace(/^\$?\{?|\}$/g, ''));
  return dataOf(held === undefined ? [] : nodes(held));
}

/** Gives a number to a variable, and to the expression. */
export function setNumber(shell: Shell, { args: [name, value = unknown] }: ApiCall): Value {
  shell.set(shown(name), value);
  return value;
}
