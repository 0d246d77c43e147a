/** Operators of PowerShell on known values; what is not known keeps where it comes from. */
import { searchLinearly } from './patterns.ts';
import {
  changed,
  joined,
  knownText,
  listValue,
  nothing,
  textValue,
  unknown,
  type Value,
} from './values.ts';

/** The value of an operation. */
export function operate(operator: string, left: Value | undefined, right: Value): Value {
  const known = knownText(right);
  switch (operator) {
    case '+':
      if (left === undefined) return right;
      if (left.items !== undefined)
        return listValue([...left.items, ...(right.items ?? [right])].slice(0, itemsMax));
      return bothNumbers(left, right, (a, b) => a + b) ?? joined([left, right]);
    case '-join':
      return left === undefined
        ? joined(right.items ?? [right])
        : known === undefined
          ? changed([left, right])
          : joined(left.items ?? [left], known);
    case '-split':
      return left === undefined ? split(right, '\\s+') : split(left, known?.replace(/ .*$/s, ''));
    case '-replace':
      return left === undefined ? unknown : replaced(left, right);
    case '-f':
      return left === undefined ? unknown : formatted(left, right.items ?? [right]);
    case '..':
      return left === undefined ? unknown : range(left, right);
    case '*':
      return left === undefined ? unknown : repeated(left, right);
    case '-as':
    case ',':
      return operator === ',' ? listValue([right]) : (left ?? right);
    case '-bxor':
    case '-band':
    case '-bor':
      return (
        (left &&
          bothNumbers(left, right, (a, b) =>
            operator === '-bxor' ? a ^ b : operator === '-band' ? a & b : a | b,
          )) ?? { ...changed(left === undefined ? [right] : [left, right]), decoded: true }
      );
    case '-':
      if (left === undefined && known !== undefined && /^\d+$/.test(known))
        return textValue(`-${known}`);
      return (
        (left && bothNumbers(left, right, (a, b) => a - b)) ??
        changed(left ? [left, right] : [right])
      );
    case '-and':
    case '-or':
      return unknown;
    default:
      return changed(left === undefined ? [right] : [left, right]);
  }
}

const itemsMax = 2_000;

function bothNumbers(
  left: Value,
  right: Value,
  made: (a: number, b: number) => number,
): Value | undefined {
  const a = numberOf(left);
  const b = numberOf(right);
  return a === undefined || b === undefined || left.items || right.items
    ? undefined
    : textValue(`${made(a, b)}`);
}

/** A value that is a whole number. */
export function numberOf(value: Value): number | undefined {
  if (value.parts.length !== 1) return undefined;
  const text = knownText(value);
  return text !== undefined && text.length < 12 && /^-?(?:\d{1,9}|0x[0-9a-f]{1,8})$/i.test(text)
    ? Number(text)
    : undefined;
}

function split(value: Value, pattern: string | undefined): Value {
  const text = knownText(value);
  if (text === undefined || pattern === undefined) return changed([value]);
  const pieces = searchLinearly(pattern, (form) => text.split(form));
  if (pieces === undefined) return changed([value]);
  return listValue(
    pieces
      .filter((piece) => piece !== undefined)
      .slice(0, itemsMax)
      .map((piece) => ({ ...textValue(piece), ...(value.decoded && { decoded: true as const }) })),
  );
}

function replaced(left: Value, right: Value): Value {
  const [from, to] = right.items ?? [right];
  const pattern = from && knownText(from);
  const by = to === undefined ? '' : knownText(to);
  if (left.items !== undefined)
    return listValue(left.items.slice(0, itemsMax).map((item) => replaced(item, right)));
  const text = knownText(left);
  if (text === undefined || pattern === undefined || by === undefined)
    return changed([left, right]);
  const made = searchLinearly(pattern, (form) => text.replace(form, by));
  return made === undefined ? changed([left]) : { ...left, parts: [{ text: made }] };
}

function formatted(left: Value, given: readonly Value[]): Value {
  const format = knownText(left);
  if (format === undefined) return changed([left, ...given]);
  const made: Value[] = [];
  let last = 0;
  for (const found of format.matchAll(
    /\{(\d{1,3})(?:,-?\d{1,3})?(?::([^{}]{0,40}))?\}|\{\{|\}\}/g,
  )) {
    made.push(textValue(format.slice(last, found.index)));
    const [all, index, style] = found;
    if (index === undefined) made.push(textValue(all[0] ?? ''));
    else {
      const value = given[Number(index)] ?? nothing;
      made.push(style === undefined ? value : changed([value]));
    }
    last = found.index + all.length;
  }
  return joined([...made, textValue(format.slice(last))]);
}

function range(left: Value, right: Value): Value {
  const from = numberOf(left);
  const to = numberOf(right);
  if (from === undefined || to === undefined || Math.abs(to - from) > itemsMax) return unknown;
  const step = from <= to ? 1 : -1;
  return listValue(
    Array.from({ length: Math.abs(to - from) + 1 }, (_, at) => textValue(`${from + at * step}`)),
  );
}

function repeated(left: Value, right: Value): Value {
  const count = numberOf(right);
  const text = knownText(left);
  if (count === undefined || text === undefined || /^-?\d+$/.test(text) || count < 0)
    return changed([left]);
  return text.length * count > 2_000 ? changed([left]) : textValue(text.repeat(count));
}

/** An element of a list or a table, or letters of a text. */
export function indexed(of: Value, at: Value): Value {
  const key = knownText(at);
  if (of.fields !== undefined) {
    const found = key === undefined ? undefined : of.fields.get(key.toLowerCase());
    if (found !== undefined) return found;
    const all = [...of.fields.values()];
    const blocks = all.flatMap((value) => value.blocks ?? []);
    return { ...changed([of]), ...(blocks.length > 0 && { blocks }) };
  }
  const items = of.items ?? letters(of);
  const places = (at.items ?? [at]).map(numberOf);
  if (items === undefined || places.some((place) => place === undefined)) return changed([of, at]);
  const chosen = places.flatMap((place) => items.at(place ?? 0) ?? []);
  return at.items === undefined ? (chosen[0] ?? nothing) : listValue(chosen);
}

function letters(value: Value): readonly Value[] | undefined {
  const text = knownText(value);
  return text === undefined || text.length > itemsMax ? undefined : [...text].map(textValue);
}

/** A value as another type. */
export function cast(to: string, value: Value): Value {
  const text = knownText(value);
  if (to === 'char') {
    const code = numberOf(value);
    return code === undefined
      ? changed([value])
      : { ...textValue(String.fromCodePoint(Math.min(Math.max(code, 0), 0xffff))), decoded: true };
  }
  if (to === 'char[]') {
    if (value.items !== undefined) return listValue(value.items.map((item) => cast('char', item)));
    const found = letters(value);
    return found === undefined ? changed([value]) : listValue(found);
  }
  if (to === 'scriptblock') return { ...value, type: 'scriptblock' };
  if (/^(?:u?int(?:16|32|64)?|long|byte)$/.test(to))
    return text === undefined ? changed([value]) : value;
  if (
    /^(?:string|string\[\]|array|object|psobject|pscustomobject|ordered|hashtable|uri|void|switch|bool|mailaddress|io\.fileinfo|xml|object\[\]|securestring|regex|version|guid|datetime|timespan|double|decimal|float|single|byte\[\]|int\[\]|collections\.[\w.`[\]]+|ipaddress|net\.ipaddress|consolecolor|ref|math|environment|convert|cmdletbinding|parameter)$/.test(
      to,
    )
  )
    return value;
  return { ...value, type: to };
}
