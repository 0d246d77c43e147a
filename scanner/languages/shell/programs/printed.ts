/** What echo and printf print, with escapes as they read them. */

import { concat, dataOf, textValue, type Value } from '../../../engine/value.ts';
import type { Command } from '../shell-state.ts';
import { changed, empty, isKnown, joined, nodes, shown, slice } from '../values.ts';

/** What echo or printf prints. */
export function say({ name, args }: Command): Value {
  const [first] = args;
  const words = args.filter((arg, index) => index > 0 || !/^-[neE]+$/.test(shown(arg)));
  if (name === 'echo' || name === 'print') {
    const interprets = /^-[neE]*e[neE]*$/.test(shown(first));
    const line = joined(words, ' ');
    return interprets && isKnown(line) && shown(line).includes('\\')
      ? unescapedValue(line)
      : concat([line, textValue('\n')]);
  }
  const [format, ...rest] = words;
  if (format === undefined) return empty;
  return isKnown(format) ? formatted(format, rest) : dataOf(nodes(...words));
}

/** Parts of a format that are put together one by one. */
const partsMax = 1_000;

// The format is used again while there are arguments left (POSIX printf).
function formatted(format: Value, given: readonly Value[]): Value {
  const plain = unescapedValue(format);
  const [first = '', ...pieces] = shown(plain).split(
    /(%[-+ #0]{0,5}\d{0,4}(?:\.\d{1,4})?[sbqdiuxXoc%])/,
  );
  if (pieces.length === 0) return plain;
  const literal = (text: string): Value => ({ ...textValue(text), isDecoded: plain.isDecoded });
  const out: Value[] = [];
  const left = [...given];
  do {
    out.push(literal(first));
    for (let at = 0; at < pieces.length; at += 2) {
      const kind = pieces[at]?.at(-1) ?? 's';
      out.push(kind === '%' ? textValue('%') : argumentAs(kind, left.shift()));
      out.push(literal(pieces[at + 1] ?? ''));
    }
  } while (
    left.length > 0 &&
    out.length < partsMax &&
    pieces.some((piece, at) => at % 2 === 0 && piece !== '%%')
  );
  const isCut = left.length > 0 && out.length >= partsMax;
  return { ...concat([...out, ...(isCut ? [dataOf(nodes(...left))] : [])]), isFolded: true };
}

function argumentAs(kind: string, given: Value | undefined): Value {
  if (given === undefined || !isKnown(given)) return given ?? empty;
  if (kind === 'b') return unescapedValue(given);
  if (kind === 'c') return slice(given, 0, 1);
  const text = shown(given);
  const code = /^['"](.)/s.exec(text)?.[1]?.codePointAt(0) ?? Number(text);
  if (!/[xXo]/.test(kind) || Number.isNaN(code)) return given;
  const digits = code.toString(kind === 'o' ? 8 : 16);
  return changed(given, kind === 'X' ? digits.toUpperCase() : digits);
}

// Characters written as numbers count as decoded.
function unescapedValue(value: Value): Value {
  const text = shown(value);
  const isHidden = /\\x|\\u|\\0?[0-7]{2}/i.test(text);
  const made = unescapedText(text);
  if (made === text) return value;
  return { ...changed(value, made), isDecoded: value.isDecoded || isHidden };
}

export function unescapedText(text: string): string {
  return text.replace(
    /\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|0?[0-7]{1,3}|[abefnrtv\\"'])/g,
    (_, code: string) => {
      const plain = controls[code];
      if (plain !== undefined) return plain;
      if (!/^[xuU]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 255);
      const point = Number.parseInt(code.slice(1), 16);
      return point > 0x10ffff ? '' : String.fromCodePoint(point);
    },
  );
}

const controls: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};
