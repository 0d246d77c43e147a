/** What echo and printf print, with escapes as they read them. */

import { unescaped } from '../../../engine/library/codecs.ts';
import { concat, dataOf, textValue, type Value } from '../../../engine/value.ts';
import type { ShellCommand } from '../shell-state.ts';
import { changed, empty, isKnown, joined, nodes, shown, slice } from '../values.ts';

/** What echo or printf prints. */
export function say({ name, args }: ShellCommand): Value {
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
  const marks = [...shown(plain).matchAll(/%[-+ #0]{0,5}\d{0,4}(?:\.\d{1,4})?([sbqdiuxXoc%])/g)];
  if (marks.length === 0) return plain;
  const out: Value[] = [];
  const left = [...given];
  do {
    let from = 0;
    for (const { 0: mark, 1: kind = 's', index } of marks) {
      out.push(slice(plain, from, index));
      out.push(kind === '%' ? textValue('%') : argumentAs(kind, left.shift()));
      from = index + mark.length;
    }
    out.push(slice(plain, from));
  } while (left.length > 0 && out.length < partsMax && marks.some(([mark]) => mark !== '%%'));
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

// Characters written as numbers count as decoded. What has no escapes stays where it is written.
function unescapedValue(value: Value): Value {
  const text = shown(value);
  const found = [...text.matchAll(escapes)];
  if (found.length === 0) return value;
  let from = 0;
  const parts = found.flatMap(({ 0: whole, index }) => {
    const before = slice(value, from, index);
    from = index + whole.length;
    return [before, textValue(unescapedText(whole))];
  });
  const isHidden = /\\x|\\u|\\0?[0-7]{2}/i.test(text);
  const made = concat([...parts, slice(value, from)]);
  return { ...made, isDecoded: value.isDecoded || isHidden };
}

const escapes = /\\(?:[xuU][\da-fA-F]{1,8}|[0-7]{1,4}|.)/gs;

export function unescapedText(text: string): string {
  // `\0101` has four digits.
  const others: Readonly<Record<string, string>> = { '\\e': '\x1b', '\\0': '\\' };
  return unescaped(text.replace(/\\(?:\\|e|0(?=[0-7]{3}))/g, (all) => others[all] ?? all));
}
