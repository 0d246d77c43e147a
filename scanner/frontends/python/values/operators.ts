/** Operators of Python on computed values (language reference, chapter 6). */

import { foldedCharsMax } from '../../../fact/shared-limits.ts';
import type { Folded, MaybeFolded } from '../program.ts';
import {
  areEqual,
  dictOf,
  isBytes,
  isDict,
  isList,
  itemsOf,
  keyOf,
  listOf,
  printFolded,
  wholeOf,
} from './value.ts';

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

// Formatting of Python text, computed: `%`, `str.format`, format specifications (library reference:
// printf-style, format string syntax).

/**
 * `text % values`. `hole` stands for parts that are not known; without it, one of them makes the
 * whole unknown.
 */
export function percentOf(text: string, given: MaybeFolded, hole?: string): string | undefined {
  const values = isList(given) && given.kind === 'tuple' ? given.items : [given];
  let index = 0;
  let failed = false;
  const done = text.replace(
    /%(?:\((\w{1,60})\))?([-+ #0]{0,5})(\d{0,3})(?:\.(\d{1,3}))?([sdrifxXoc%])/g,
    (
      _,
      name: string | undefined,
      flags: string,
      width: string,
      precision: string | undefined,
      kind: string,
    ) => {
      if (kind === '%') return '%';
      const value =
        name === undefined
          ? values[index++]
          : isDict(given)
            ? given.entries.get(keyOf(name))?.value
            : undefined;
      const type = kind === 's' || kind === 'r' || kind === 'i' ? '' : kind;
      const shown =
        specified(
          value,
          `${flags.includes('-') ? '<' : ''}${flags.includes('0') ? '0' : ''}${width}${precision === undefined ? '' : `.${precision}`}${type}`,
        ) ?? hole;
      failed ||= shown === undefined;
      return shown ?? '';
    },
  );
  return failed || done.length > foldedCharsMax ? undefined : done;
}

/** `text.format(…)`; `hole` as in `percentOf`. */
export function formatOf(
  text: string,
  args: readonly MaybeFolded[],
  keywords: ReadonlyMap<string, MaybeFolded>,
  hole?: string,
): string | undefined {
  let index = 0;
  let failed = false;
  const done = text.replace(
    /\{\{|\}\}|\{(\w*)((?:\[[^[\]{}]{1,60}\]){0,3})(?:!([rsa]))?(?::([^{}]{0,40}))?\}/g,
    (all, name, path, _, spec) => {
      if (all === '{{' || all === '}}') return all.charAt(0);
      let value: MaybeFolded =
        name === '' ? args[index++] : /^\d+$/.test(name) ? args[Number(name)] : keywords.get(name);
      for (const [, key = ''] of String(path).matchAll(/\[([^\]]*)\]/g))
        value = isDict(value)
          ? value.entries.get(keyOf(key))?.value
          : isList(value)
            ? value.items[Number(key)]
            : undefined;
      const shown = specified(value, spec ?? '') ?? hole;
      failed ||= shown === undefined;
      return shown ?? '';
    },
  );
  return failed || done.length > foldedCharsMax ? undefined : done;
}

/** `format(value, spec)`; undefined when it is not known or the specification is an unusual one. */
export function specified(value: MaybeFolded, spec: string): string | undefined {
  if (value === undefined) return undefined;
  if (spec === '') return printFolded(value);
  const [all, fill = ' ', align, sign, alternative, zero, width, precision, type] =
    /^(?:(.)(?=[<>^=]))?([<>^=]?)([-+ ]?)(#?)(0?)(\d{0,4})[,_]?(?:\.(\d{1,3}))?([a-zA-Z%]?)$/.exec(
      spec,
    ) ?? [];
  if (all === undefined) return undefined;
  const text = typed(value, type ?? '', precision, alternative === '#');
  if (text === undefined) return undefined;
  const signed = sign === '+' && !text.startsWith('-') ? `+${text}` : text;
  const size = Number(width);
  const isNumber = typeof value === 'bigint' || typeof value === 'number';
  const side = align || (isNumber ? '>' : '<');
  const pad = zero === '0' && isNumber && !align ? '0' : fill;
  if (side === '^')
    return signed
      .padStart(signed.length + Math.floor(Math.max(0, size - signed.length) / 2), pad)
      .padEnd(size, pad);
  return side === '<' ? signed.padEnd(size, pad) : signed.padStart(size, pad);
}

function typed(
  value: Folded,
  type: string,
  precision: string | undefined,
  prefixed: boolean,
): string | undefined {
  if (typeof value === 'bigint') {
    const base = { x: 16, X: 16, o: 8, b: 2 }[type];
    if (base !== undefined) {
      const digits = value.toString(base);
      return `${prefixed ? `0${type}` : ''}${type === 'X' ? digits.toUpperCase() : digits}`;
    }
    if (type === 'c')
      return value >= 0n && value <= 0x10ffffn ? String.fromCodePoint(Number(value)) : undefined;
    if (type === 'f') return Number(value).toFixed(Number(precision ?? 6));
  }
  if (typeof value === 'number' && type === 'f')
    return value.toFixed(Math.min(100, Number(precision ?? 6)));
  const text = printFolded(value);
  return precision === undefined || typeof value !== 'string'
    ? text
    : text?.slice(0, Number(precision));
}
