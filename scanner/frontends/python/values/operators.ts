/** Operators of Python on computed values (language reference, chapter 6). */
import { foldedCharsMax } from '../../../limits.ts';
import type { MaybeFolded } from '../program.ts';
import { percentOf } from './format.ts';
import { areEqual, dictOf, isBytes, isDict, isList, itemsOf, listOf, wholeOf } from './value.ts';

/** The result of an operator on two known values. */
export function operate(symbol: string, a: MaybeFolded, b: MaybeFolded): MaybeFolded {
  if (/^(==|!=|is|is not)$/.test(symbol))
    return negated(areEqual(a, b), symbol === '!=' || symbol === 'is not');
  if (symbol === 'in' || symbol === 'not in') return negated(isAmong(a, b), symbol === 'not in');
  if (typeof a === 'bigint' && typeof b === 'bigint') return wholeNumbers(symbol, a, b);
  if (symbol === '+') {
    if (typeof a === 'string' && typeof b === 'string')
      return a.length + b.length > foldedCharsMax ? undefined : a + b;
    if (isBytes(a) && isBytes(b))
      return a.length + b.length > foldedCharsMax ? undefined : Buffer.concat([a, b]);
    return isList(a) && isList(b) ? listOf([...a.items, ...b.items], a.kind) : undefined;
  }
  if (symbol === '%' && typeof a === 'string') return percentOf(a, b);
  if (symbol === '|' && isDict(a) && isDict(b))
    return dictOf(
      [...a.entries.values(), ...b.entries.values()].map(({ key, value }) => [key, value] as const),
    );
  const times = wholeOf(b);
  if (symbol === '*' && times !== undefined && times >= 0 && times < 10_000) {
    if (typeof a === 'string')
      return a.length * times > foldedCharsMax ? undefined : a.repeat(times);
    if (isBytes(a))
      return a.length * times > foldedCharsMax
        ? undefined
        : Buffer.concat(Array.from({ length: times }, () => a));
    if (isList(a))
      return a.items.length * times > 65_536
        ? undefined
        : listOf(Array.from({ length: times }, () => a.items).flat(), a.kind);
  }
  if (typeof a === 'string' && typeof b === 'string')
    return symbol === '<' ? a < b : symbol === '>' ? a > b : undefined;
  return undefined;
}

function negated(truth: boolean | undefined, isNegated: boolean): boolean | undefined {
  return truth === undefined ? undefined : truth !== isNegated;
}

function isAmong(a: MaybeFolded, b: MaybeFolded): boolean | undefined {
  if (typeof a === 'string' && typeof b === 'string') return b.includes(a);
  const found = itemsOf(b)?.map((item) => areEqual(item, a));
  if (found === undefined || found.includes(true)) return found?.includes(true);
  return found.includes(undefined) ? undefined : false;
}

function wholeNumbers(symbol: string, a: bigint, b: bigint): MaybeFolded {
  const small = b >= 0n && b < 4_096n;
  switch (symbol) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a.toString().length + b.toString().length > 5_000 ? undefined : a * b;
    case '^':
      return a ^ b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '<<':
      return small ? a << b : undefined;
    case '>>':
      return small ? a >> b : undefined;
    case '//':
      return b === 0n ? undefined : a / b - (a % b !== 0n && a < 0n !== b < 0n ? 1n : 0n);
    case '%':
      return b === 0n ? undefined : ((a % b) + b) % b;
    case '**':
      return small && a.toString().length * Number(b) < 5_000 ? a ** b : undefined;
    case '/':
      return b === 0n ? undefined : Number(a) / Number(b);
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    default:
      return undefined;
  }
}
