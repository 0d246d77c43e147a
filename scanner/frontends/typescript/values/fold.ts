/**
 * Constant folding: the language's own functions over known values. Names and results only; nothing
 * of the skill runs.
 */
import { posix } from 'node:path';
import { foldedCharsMax } from '../../../fact/shared-limits.ts';
import { own } from '../../../lookup-tables/api.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { groupsOf, patternOf, replaced, splitBy } from './patterns.ts';
import {
  alternatives,
  concatenated,
  isWhole,
  type JsValue,
  listItemsMax,
  listOf,
  numberOf,
  text,
  textOr,
  unionOf,
  unknown,
} from './values.ts';

// Constant folding of encodings, JSON, paths and URLs.

/** Percent-decoding. */
function decoded(value: string): JsValue | undefined {
  try {
    return text(decodeURIComponent(value), true);
  } catch {
    return undefined;
  }
}

/** The value that a JSON text holds. */
export function jsonText(value: string): JsValue | undefined {
  try {
    return jsonValue(JSON.parse(value));
  } catch {
    return undefined;
  }
}

function jsonValue(parsed: unknown): JsValue {
  if (typeof parsed === 'string') return text(parsed);
  if (typeof parsed === 'number') return { kind: 'number', number: parsed };
  if (Array.isArray(parsed)) return listOf(parsed.slice(0, listItemsMax + 1).map(jsonValue));
  return typeof parsed === 'object' && parsed !== null ? { kind: 'data', data: parsed } : unknown;
}

/** The member of an object from JSON; undefined where the object lacks the member. */
export function memberOfData(data: object, name: string): JsValue | undefined {
  return Object.hasOwn(data, name) ? jsonValue(Reflect.get(data, name)) : undefined;
}

/** `Object.keys`, `values` and `entries` of an object from JSON. */
export function membersOfData(data: object, which: string): JsValue {
  const pairs = Object.entries(data).slice(0, listItemsMax + 1);
  return listOf(
    pairs.map(([key, value]): JsValue => {
      if (which === 'keys') return text(key);
      return which === 'values' ? jsonValue(value) : listOf([text(key), jsonValue(value)]);
    }),
  );
}

const encodings = new Set([
  'base64',
  'base64url',
  'hex',
  'utf8',
  'utf-8',
  'latin1',
  'binary',
  'ascii',
]);

/** `Buffer.from` of a text in an encoding, or of numbers. */
function bytesFrom(value: JsValue | undefined, encoding: JsValue | undefined): JsValue | undefined {
  if (value?.kind === 'array') {
    const codes = value.items.map(numberOf);
    return codes.some((code) => code === undefined)
      ? undefined
      : {
          kind: 'bytes',
          text: String.fromCharCode(...codes.slice(0, 20_000).map((code) => (code ?? 0) & 255)),
        };
  }
  const name = encoding === undefined ? 'utf8' : textOr(encoding);
  if (!encodings.has(name)) return undefined;
  if (value === undefined || !isWhole(value)) return undefined;
  return {
    kind: 'bytes',
    text: Buffer.from(value.text, name as BufferEncoding).toString('latin1'),
  };
}

/** `toString` of bytes. */
function encodedBytes(bytes: string, encoding: JsValue | undefined): JsValue | undefined {
  const name = encoding === undefined ? 'utf8' : textOr(encoding);
  return encodings.has(name)
    ? text(Buffer.from(bytes, 'latin1').toString(name as BufferEncoding), true)
    : undefined;
}

/**
 * A function of node:path over known parts. A part with several alternatives gives as many paths.
 */
function pathOf(args: readonly JsValue[], join: (...parts: string[]) => string): JsValue {
  if (args.length === 0) return text('.');
  let ways: string[][] = [[]];
  for (const value of args) {
    const all = alternatives(value);
    // Alternatives with an unknown one among them tell less than they seem to.
    const options =
      all.length === 1 || all.every(isWhole)
        ? all.map((each) => (each.kind === 'text' ? each.text : unknownPart))
        : [unknownPart];
    const grown = ways.flatMap((before) => options.map((option) => [...before, option]));
    ways = grown.length <= waysMax ? grown : ways.map((before) => [...before, unknownPart]);
  }
  return unionOf([...new Set(ways.map((parts) => join(...parts)))].map((path) => text(path, true)));
}

const waysMax = 32;

/** The parts that count for `path.resolve`: all from the last absolute part on. */
function fromLastAbsolute(parts: readonly string[]): string[] {
  const from = parts.findLastIndex((part) => part.startsWith('/') || part.startsWith('~'));
  return parts.slice(Math.max(0, from));
}

/** A part of an address. */
export function partOfUrl(address: string, name: string): JsValue {
  const [, scheme = '', host = '', path = ''] =
    /^([a-z][a-z0-9+.-]*:)\/\/([^/?#]*)([^?#]*)/i.exec(address) ?? [];
  if (scheme === '') return { kind: 'method', of: text(address), name, built: false };
  const parts: Record<string, string> = {
    protocol: scheme,
    origin: `${scheme}//${host}`,
    host,
    pathname: path || '/',
  };
  return text(parts[name] ?? host.replace(/:\d+$/, ''), true);
}

/** A part of a path, as `path.parse` names the parts. */
export function partOfPath(path: string, name: string): JsValue {
  const parts = posix.parse(path);
  const { base, dir, ext } = parts;
  return text({ dir, ext, name: parts.name }[name] ?? base, true);
}

/** `new URL(path, base)`. */
function joinedUrl(value: JsValue, base: JsValue): JsValue {
  const path = textOr(value);
  const root = textOr(base);
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return value;
  if (root.startsWith('/'))
    return text(posix.join(root.endsWith('/') ? root : posix.dirname(root), path), true);
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(root)?.[0] ?? unknownPart;
  if (path.startsWith('//')) return text(`https:${path}`, true);
  return text(path.startsWith('/') ? origin + path : `${root.replace(/[^/]*$/, '')}${path}`, true);
}

type Fold = (args: readonly JsValue[]) => JsValue | undefined;
type Method = (self: string, args: readonly JsValue[]) => JsValue | undefined;

/** Functions by qualified name; undefined when they cannot be folded. */
export const foldedFunctions: Readonly<Record<string, Fold>> = {
  String: ([value]) => (value === undefined ? text('') : plainText(value)),
  'String.fromCharCode': (args) => characters(args),
  'String.fromCodePoint': (args) => characters(args),
  'String.raw': ([parts, ...values]) =>
    parts?.kind === 'array'
      ? concatenated(
          parts.items.flatMap((part, i) => (i === 0 ? [part] : [values[i - 1] ?? text(''), part])),
        )
      : parts,
  Number: ([value]) => toNumber(value),
  parseInt: ([value, radix]) =>
    whole(value, (digits) => number(Number.parseInt(digits, numberOf(radix) ?? 10))),
  parseFloat: ([value]) => toNumber(value),
  atob: ([value]) =>
    whole(value, (base64) => text(Buffer.from(base64, 'base64').toString('latin1'), true)),
  btoa: ([value]) =>
    whole(value, (bytes) => text(Buffer.from(bytes, 'latin1').toString('base64'), true)),
  unescape: ([value]) =>
    whole(value, (encoded) =>
      text(
        encoded.replace(/%([0-9a-f]{2})/gi, (_, hex) =>
          String.fromCharCode(Number.parseInt(hex, 16)),
        ),
        true,
      ),
    ),
  decodeURIComponent: ([value]) => whole(value, decoded),
  decodeURI: ([value]) => whole(value, decoded),
  encodeURIComponent: ([value]) =>
    whole(value, (plain) =>
      text(plain.isWellFormed() ? encodeURIComponent(plain) : unknownPart, true),
    ),
  'Buffer.from': ([value, encoding]) => bytesFrom(value, encoding),
  'JSON.parse': ([value]) =>
    unionOf(alternatives(value ?? unknown).map((each) => whole(each, jsonText) ?? unknown)),
  'path.join': (args) => pathOf(args, posix.join),
  'path.resolve': (args) => pathOf(args, (...parts) => posix.join(...fromLastAbsolute(parts))),
  'path.normalize': (args) => pathOf(args, posix.join),
  'path.dirname': (args) => pathOf(args, (path = '') => posix.dirname(path)),
  'path.basename': ([value, ending]) =>
    whole(value, (path) => text(posix.basename(path, ending && textOr(ending, '')), true)),
  // Texts have no members of the names that its parts have.
  'path.parse': ([value]) => value,
  'path/posix.join': (args) => pathOf(args, posix.join),
  'url.fileURLToPath': ([value]) =>
    whole(value, (url) => text(url.replace(/^file:\/\//, ''), true)),
  'url.pathToFileURL': ([value]) => value,
  'os.homedir': () => text('~', true),
  'os.tmpdir': () => text('/tmp', true),
  'process.cwd': () => text('.', true),
  'Array.from': ([value]) => value,
  Set: ([value]) => value,
  'Array.of': (items) => ({ kind: 'array', items }),
  'Object.freeze': ([value]) => value,
  'Promise.resolve': ([value]) => value,
  'Promise.all': ([value]) => value,
  Request: ([value]) => value,
  RegExp: ([source, flags]) => patternOf(source, flags),
  URL: ([value, base]) =>
    base === undefined ? value : value === undefined ? base : joinedUrl(value, base),
};

const textMethods: Readonly<Record<string, Method>> = {
  toString: (self: string) => text(self, true),
  valueOf: (self: string) => text(self, true),
  trim: (self) => text(self.trim(), true),
  trimEnd: (self) => text(self.trimEnd(), true),
  trimStart: (self) => text(self.trimStart(), true),
  toLowerCase: (self) => text(self.toLowerCase(), true),
  toUpperCase: (self) => text(self.toUpperCase(), true),
  normalize: (self) => text(self.normalize('NFKC'), true),
  concat: (self, args) => concatenated([text(self), ...args]),
  slice: (self, [a, b]) => numbers(a, b, (from, to) => text(self.slice(from, to), true)),
  substring: (self, [a, b]) =>
    numbers(a, b, (from, to) => text(self.substring(from ?? 0, to), true)),
  substr: (self, [a, b]) =>
    numbers(a, b, (from = 0, count) =>
      text(count === undefined ? self.slice(from) : self.slice(from).slice(0, count), true),
    ),
  charAt: (self, [a]) => numbers(a, undefined, (at = 0) => text(self.charAt(at), true)),
  at: (self, [a]) => (a?.kind === 'number' ? letter(self.at(a.number)) : undefined),
  charCodeAt: (self, [a]) => numbers(a, undefined, (at = 0) => number(self.charCodeAt(at))),
  codePointAt: (self, [a]) =>
    numbers(a, undefined, (at = 0) => number(self.codePointAt(at) ?? Number.NaN)),
  repeat: (self, [a]) => {
    const count = numberOf(a) ?? -1;
    return count < 0 || count * self.length > foldedCharsMax
      ? undefined
      : text(self.repeat(count), true);
  },
  padStart: (self, [a, b]) =>
    text(self.padStart(Math.min(numberOf(a) ?? 0, foldedCharsMax), textOr(b ?? text(' '))), true),
  split: (self, [separator]) => splitBy(self, separator),
  match: (self, [pattern]) => groupsOf(self, pattern),
  replace: (self, [from, to]) => replaced(self, from, to, false),
  replaceAll: (self, [from, to]) => replaced(self, from, to, true),
};

const arrayMethods: Readonly<
  Record<string, (items: readonly JsValue[], args: readonly JsValue[]) => JsValue | undefined>
> = {
  join: (items, [separator]) =>
    concatenated(items.flatMap((item, i) => (i === 0 ? [item] : [separator ?? text(','), item]))),
  reverse: (items) => ({ kind: 'array', items: [...items].reverse() }),
  toReversed: (items) => ({ kind: 'array', items: [...items].reverse() }),
  slice: (items, [a, b]) => ({ kind: 'array', items: items.slice(numberOf(a), numberOf(b)) }),
  concat: (items, args) =>
    listOf([
      ...items,
      ...args.flatMap((value) => (value.kind === 'array' ? value.items : [value])),
    ]),
  at: (items, [a]) =>
    a === undefined || a.kind === 'number'
      ? items.at(numberOf(a) ?? 0)
      : unionOf(a.kind === 'count' ? items : [...items, unknown]),
  // In a loop, each round takes another one.
  pop: (items) => unionOf(items),
  shift: (items) => unionOf(items),
  flat: (items) =>
    listOf(items.flatMap((value) => (value.kind === 'array' ? value.items : [value]))),
  find: (items) => unionOf(items),
  filter: (items) => ({ kind: 'array', items }),
  values: (items) => ({ kind: 'array', items }),
  toString: (items: readonly JsValue[]) =>
    concatenated(items.flatMap((item, i) => (i === 0 ? [item] : [text(','), item]))),
};

/** A method of a text, bytes, number or array; undefined when it cannot be folded. */
export function foldMethod(
  self: JsValue,
  name: string,
  args: readonly JsValue[],
): JsValue | undefined {
  switch (self.kind) {
    case 'text': {
      const folded =
        keepsHoles.has(name) || !self.text.includes(unknownPart)
          ? own(textMethods, name)?.(self.text, args)
          : undefined;
      return folded?.kind === 'text' && isCutAtEnds(self, name, folded)
        ? { ...folded, built: false }
        : folded;
    }
    case 'bytes':
      return name === 'toString' ? encodedBytes(self.text, args[0]) : undefined;
    case 'pattern':
      return name === 'exec' && args[0]?.kind === 'text' && isWhole(args[0])
        ? groupsOf(args[0].text, self)
        : undefined;
    case 'number':
      return name === 'toString'
        ? text(self.number.toString(Math.min(36, Math.max(2, numberOf(args[0]) ?? 10))), true)
        : undefined;
    case 'array':
      return own(arrayMethods, name)?.(self.items, args);
    case 'growing':
      return name === 'slice' ? sliceOfGrowing(self, args) : undefined;
    default:
      return undefined;
  }
}

// A text without its quotes still stands in the code in one piece, where a search finds it.
function isCutAtEnds(
  whole: Extract<JsValue, { kind: 'text' }>,
  method: string,
  part: { readonly text: string },
): boolean {
  return (
    /^(slice|substring|substr)$/.test(method) &&
    !whole.built &&
    whole.text.length - part.text.length <= 2
  );
}

// A negative index cannot be resolved when the end is unknown.
function sliceOfGrowing(
  list: Extract<JsValue, { kind: 'growing' }>,
  [start, ...end]: readonly JsValue[],
): JsValue | undefined {
  const from = start === undefined ? 0 : numberOf(start);
  if (from === undefined || !(from >= 0) || end.length > 0) return undefined;
  return { kind: 'growing', items: list.items.slice(from), pushed: list.pushed };
}

const keepsHoles = new Set(['toString', 'trim', 'trimEnd', 'trimStart', 'concat', 'valueOf']);

/** Arithmetic of two known numbers. */
export function foldNumbers(operator: string, a: number, b: number): JsValue {
  switch (operator) {
    case '+':
      return number(a + b);
    case '-':
      return number(a - b);
    case '*':
      return number(a * b);
    case '/':
      return number(a / b);
    case '%':
      return number(a % b);
    case '^':
      return number(a ^ b);
    case '&':
      return number(a & b);
    case '|':
      return number(a | b);
    case '<<':
      return number(a << b);
    case '>>':
      return number(a >> b);
    default:
      return unknown;
  }
}

// There is no character behind the end.
function letter(value: string | undefined): JsValue {
  return value === undefined ? unknown : text(value, true);
}

function number(value: number): JsValue {
  return { kind: 'number', number: value };
}

function whole(
  value: JsValue | undefined,
  fold: (text: string) => JsValue | undefined,
): JsValue | undefined {
  return value !== undefined && isWhole(value) ? fold(value.text) : undefined;
}

function plainText(value: JsValue): JsValue {
  return value.kind === 'text' ? value : text(textOr(value), true);
}

function toNumber(value: JsValue | undefined): JsValue | undefined {
  return value?.kind === 'number' ? value : whole(value, (digits) => number(Number(digits)));
}

function numbers(
  a: JsValue | undefined,
  b: JsValue | undefined,
  fold: (a?: number, b?: number) => JsValue,
): JsValue | undefined {
  if ((a !== undefined && a.kind !== 'number') || (b !== undefined && b.kind !== 'number'))
    return undefined;
  return fold(numberOf(a), numberOf(b));
}

function characters(args: readonly JsValue[]): JsValue | undefined {
  const codes = args
    .flatMap((value) => (value.kind === 'array' ? value.items : [value]))
    .map(numberOf);
  if (codes.some((code) => code === undefined || !(code >= 0 && code <= 0x10ffff)))
    return undefined;
  return text(codes.map((code) => String.fromCodePoint(Math.trunc(code ?? 0))).join(''), true);
}
