import { posix } from 'node:path';
import { alternativesMax } from '../../fact/shared-limits.ts';
import type { Operator } from '../../ir/ir.ts';
import type { Computation } from '../../knowledge/computation.ts';
import type { Knowledge } from '../../knowledge/row.ts';
import { own } from '../../lookup-tables/api.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { Text } from '../text.ts';
import {
  absent,
  allNodesOf,
  concat,
  dataOf,
  either,
  fieldOf,
  type HeapObject,
  isSame,
  isWhole,
  itemsOf,
  type Known,
  knownOf,
  knownText,
  listValue,
  newObject,
  objectsOf,
  partOf,
  recordIn,
  scalarValue,
  shownTexts,
  textValue,
  unknown,
  type Value,
  withNodes,
} from '../value.ts';
import { codecNamed, codeOf, letterOf, numberBytes, textOf } from './codecs.ts';
import { cutOfList } from './cuts.ts';
import { listCharsMax, ofItems, ofLists } from './lists.ts';
import { packed } from './pack.ts';
import { bytesCodec, bytesIn, ofScripts } from './scripting.ts';
import { parsedSettings } from './settings.ts';
import { byPattern, byTable, flagsIn, keeping, ofText, replacedPattern } from './text-functions.ts';

/** Whether a value is surely true or false; undefined when it may be either. */
export function truthOf(value: Value, { emptyIsFalse }: Knowledge): boolean | undefined {
  if (value.isOpen || value.nodes.length > 0) return undefined;
  const known = knownOf(value);
  if (known === undefined) {
    // A list may be filled in ways that nobody follows.
    if (emptyIsFalse === true) return undefined;
    const isThing =
      value.texts.length === 0 && value.scalars.length === 0 && value.things.length > 0;
    // What a library has or gives may be nothing.
    const isOwn = value.things.every(({ is }) => is !== 'instance' && is !== 'api');
    return (isThing && (isOwn || emptyIsFalse === undefined)) || undefined;
  }
  if (known === null || known === false) return false;
  if (!emptyIsFalse) return true;
  // PHP's `"0"` is false, that of others is not.
  const isZero = known instanceof Text && known.whole === '0' && emptyIsFalse === true;
  if (known instanceof Text) return isZero ? undefined : known.whole !== '';
  return Boolean(known);
}

/** What an operator gives. */
export function foldOperator(op: Operator, args: readonly Value[]): Value {
  const [left = unknown, right = unknown] = args;
  const isDecoded = op === '+' && args.some((one) => one.isDecoded);
  const data = (): Value => ({ ...dataOf(allNodesOf(args)), isDecoded });
  if (op === '.') return concat(args);
  if (op === 'in') return isIn(left, right) ?? data();
  const a = knownOf(left);
  const b = knownOf(right);
  if (a instanceof Text || b instanceof Text || left.texts.length > 0 || right.texts.length > 0)
    return ofTexts(op, left, right) ?? data();
  if (op === '+' || op === '<<') {
    const items = itemsOf(left);
    const more = op === '+' ? itemsOf(right) : [right];
    if (items !== undefined && more !== undefined) return listValue([...items, ...more]);
    if (op === '+' && (items ?? more ?? []).length > 0)
      return withNodes(
        items === undefined
          ? listValue([], [partOf(left), ...(more ?? [])])
          : listValue(items, [partOf(right)]),
        data().nodes,
      );
  }
  if (op === '*' && itemsOf(left) !== undefined && typeof b === 'number')
    return listValue(
      Array.from({ length: Math.min(b, listCharsMax) }, () => itemsOf(left) ?? []).flat(),
    );
  if (op === 'range' || op === 'until') return range(left, right, op === 'range') ?? data();
  if (op === 'not' && args.length === 1)
    return a === undefined ? data() : scalarValue(a === null || a === false);
  // To some languages `true` is 1.
  const isAlike = typeof a === typeof b || a === null || b === null;
  if ((op === '==' || op === '!=') && a !== undefined && b !== undefined && isAlike)
    return scalarValue((a === b) === (op === '=='));
  const number = arithmetic(op, a, args.length === 1 ? 0 : b);
  return number === undefined ? data() : scalarValue(number);
}

function isIn(part: Value, whole: Value): Value | undefined {
  const one = knownText(part);
  const text = knownText(whole);
  if (text !== undefined) return one === undefined ? undefined : scalarValue(text.includes(one));
  const record = recordIn(whole);
  // A number and its text are the same key here.
  const isPlain = one !== undefined && !/^([-\d.]+|true|false|null)$/.test(one);
  if (record !== undefined)
    return isPlain && isWhole(record) ? scalarValue(record.fields.has(one)) : undefined;
  const answers = itemsOf(whole)?.map((item) => isSame(part, item));
  if (answers?.includes(true)) return scalarValue(true);
  return answers?.every((is) => is === false) ? scalarValue(false) : undefined;
}

function ofTexts(op: Operator, left: Value, right: Value): Value | undefined {
  const a = knownOf(left);
  const b = knownOf(right);
  const isText = a instanceof Text && b instanceof Text;
  const isNumber = typeof a === 'number' || typeof b === 'number';
  if ((op === '+' && !isNumber) || op === '<<') return concat([left, right]);
  if (op === '/') return joinedPath([left, right]);
  const numbers = [a, b].map((one) =>
    one instanceof Text && one.whole.length === 1 ? codeOf(one.whole) : one,
  );
  // A byte of a text with a number.
  if (op === '+' && isNumber && !numbers.every((one) => typeof one === 'number'))
    return concat([left, right]);
  if (/^[-+^&|]$/.test(op) && !isText && numbers.every((one) => typeof one === 'number'))
    return scalarValue(arithmetic(op, numbers[0], numbers[1]) ?? null);
  if (op === '*' && typeof a === 'number') return ofTexts(op, right, left);
  if (op === '*' && a instanceof Text && typeof b === 'number')
    return a.length * b > listCharsMax ? undefined : textValue(a.whole.repeat(Math.max(0, b)));
  if (op === '%' && a instanceof Text) return formatted(a.whole, itemsOf(right) ?? [right]);
  if (op === '^' && isText) return xored(a.whole, b.whole);
  if (!isText) return undefined;
  if (op === 'range') return range(left, right, true);
  const answer = compared(op, a.whole, b.whole);
  return answer === undefined ? undefined : scalarValue(answer);
}

function compared<T extends string | number>(op: Operator, a: T, b: T): boolean | undefined {
  switch (op) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return undefined;
  }
}

// Texts are numbers and letters alike to PHP's `^`.
function xored(a: string, b: string): Value {
  const length = Math.min(a.length, b.length);
  const letters = Array.from({ length }, (_, at) =>
    letterOf(codeOf(a.charAt(at)) ^ codeOf(b.charAt(at))),
  );
  return { ...textValue(letters.join('')), isFolded: true, isDecoded: true };
}

function range(left: Value, right: Value, isClosed: boolean): Value | undefined {
  const from = byteOf(left);
  const to = byteOf(right);
  if (from === undefined || to === undefined) return undefined;
  const length = Math.max(0, to - from + (isClosed ? 1 : 0));
  const made = left.texts.length > 0 ? (code: number) => textValue(letterOf(code)) : scalarValue;
  if (length > listCharsMax) return undefined;
  return listValue(Array.from({ length }, (_, at) => made(from + at)));
}

// What every language gives alike: some have longer whole numbers, others shorter ones for bits.
function arithmetic(op: Operator, a: Known, b: Known): number | boolean | undefined {
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  if (/^([&|^~]|<<|>>)$/.test(op) && [a, b].some((one) => (one | 0) !== one)) return undefined;
  const made = arithmeticOf(op, a, b);
  const isLong = (one: number): boolean => Math.abs(one) > Number.MAX_SAFE_INTEGER;
  return [a, b, Number(made)].some(isLong) ? undefined : made;
}

function arithmeticOf(op: Operator, a: number, b: number): number | boolean | undefined {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      // Languages have ways of their own to round what is not whole.
      return Number.isInteger(a / b) ? a / b : undefined;
    case '//':
      return b === 0 ? undefined : Math.floor(a / b);
    case '%':
      return b === 0 || a * b < 0 ? undefined : a % b;
    case '**':
      return a ** b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '~':
      return ~a;
    case '<<':
      return a << b === a * 2 ** b ? a << b : undefined;
    case '>>':
      return a >> b === Math.floor(a / 2 ** b) ? a >> b : undefined;
    default:
      return compared(op, a, b);
  }
}

/** `printf`, with what is not known as unknown parts. */
function formatted(format: string, given: readonly Value[]): Value {
  const parts: Value[] = [];
  let at = 0;
  let next = 0;
  for (const match of format.matchAll(
    /%(?:%|(?:[<(](\w+)[>)])?[-+ 0#']*(?:\d+|\*)?(?:\.\d+)?([a-zA-Z])|\{(\w+)(?:[,:][^{}]{0,40})?\})/g,
  )) {
    parts.push(textValue(format.slice(at, match.index)));
    at = match.index + match[0].length;
    if (match[0] === '%%') {
      parts.push(textValue('%'));
      continue;
    }
    const name = match[1] ?? match[3];
    const isPlace = name !== undefined && /^\d+$/.test(name);
    const value = isPlace
      ? given[Number(name)]
      : name === undefined
        ? given[next++]
        : fieldOf(objectsOf(given[0] ?? unknown)[0] ?? empty, name);
    const known = value === undefined ? undefined : knownOf(value);
    if (match[2] === 'c' && typeof known === 'number')
      parts.push(textValue(String.fromCodePoint(known)));
    else if (/[xX]/.test(match[2] ?? '') && typeof known === 'number')
      parts.push(textValue(known.toString(16)));
    else parts.push(value ?? unknown);
  }
  parts.push(textValue(format.slice(at)));
  return concat(parts);
}

const empty = newObject('record');

/** What a computing function gives for what it is given. */
export function compute(computation: Computation, of: readonly Value[]): Value {
  // The name of a file that was found in a folder tells nothing of what it holds.
  const nodes =
    computation === 'path-title'
      ? of.flatMap(({ texts }) => texts.flatMap((text) => text.nodes))
      : /^(length|range|includes|(starts|ends)-with|type-name|is-list)$/.test(computation)
        ? []
        : allNodesOf(of);
  if (computation === 'integer' && (of[1] ?? absent) === absent)
    return { ...whole(computed('number', of) ?? unknown), isFolded: true };
  const found = computed(computation === 'integer' ? 'number' : computation, of);
  if (found === undefined) {
    const data = dataOf(nodes);
    const isDecoder =
      decoders.has(computation) || isDecodingBytes(computation, of) || of.some(isDecodedIn);
    return isDecoder ? { ...data, isDecoded: true } : data;
  }
  // What is a text already was only given as bytes.
  const isSame = computation === 'from-bytes' && found === of[0];
  const isTurned = computation === 'part' && knownOf(of[3] ?? unknown) === -1;
  const isDecoded =
    isTurned || found.isDecoded || (decoders.has(computation) && !isSame) || of.some(isDecodedIn);
  // A function that is handed on is named where it stands.
  const isHanded = computation === 'same' && found.texts.length === 0 && found.things.length > 0;
  return withNodes({ ...found, isDecoded, isFolded: found.isFolded || !isHanded }, nodes);
}

// `Buffer.from(text, 'base64')`
function isDecodingBytes(computation: Computation, [, encoding]: readonly Value[]): boolean {
  return computation === 'bytes-from' && isCodec(encoding);
}

/** Whether an encoding says a text by other letters. */
export function isCodec(name: Value | undefined): boolean {
  return /^(base64(url)?|hex)$/.test(knownText(name) ?? '');
}

function isDecodedIn(value: Value): boolean {
  const isIn = ({ fields, rest }: HeapObject): boolean =>
    rest?.isDecoded === true || [...fields.values()].some(({ isDecoded }) => isDecoded);
  const isChanged = value.texts.some((text) => text.isChanged);
  return value.isDecoded || isChanged || objectsOf(value).some(isIn);
}

function whole(value: Value): Value {
  const scalars = value.scalars.map((one) => (typeof one === 'number' ? Math.trunc(one) : one));
  return { ...value, scalars };
}

const decoders: ReadonlySet<Computation> = new Set([
  'base64-decode',
  'base32-decode',
  'base85-decode',
  'ascii85-decode',
  'hex-decode',
  'escape-decode',
  'utf-7-decode',
  'utf-16-decode',
  'rot13',
  'inflate',
  'chr',
  'by-table',
  'from-bytes',
  'from-codes',
  'to-bytes',
  'reverse',
]);

const ofPaths: Readonly<Partial<Record<Computation, (of: readonly Value[]) => Value>>> = {
  'path-join': joinedPath,
  'path-resolve': resolvedPath,
  'plain-path-join': (of) => withoutDots(joinedPath(of)),
  'plain-path-resolve': (of) => withoutDots(resolvedPath(of)),
};

function computed(computation: Computation, of: readonly Value[]): Value | undefined {
  const [first = unknown, second = absent, third = absent, fourth = absent] = of;
  const list = own(ofLists, computation);
  if (list !== undefined) return list(of);
  const items =
    own(ofItems, computation)?.(of) ??
    own(ofScripts, computation)?.(of) ??
    cutOfList(computation, of);
  if (items !== undefined) return items;
  const isOfBytes = computation === 'bytes-from' || computation === 'bytes-text';
  if (isOfBytes) return ofBytes(computation, first, second);
  const path = own(ofPaths, computation);
  if (path !== undefined) return path(of);
  switch (computation) {
    case 'same':
      return first;
    case 'includes':
      return isIn(second, first);
    case 'concat':
      return concat(of.flatMap((value) => itemsOf(value) ?? [value]));
    case 'text':
      return first.texts.length > 0 || first.scalars.length > 0 ? concat([first]) : undefined;
    case 'join': {
      const letters = ofLists.list?.([first]);
      const items = itemsOf(first) ?? (letters && itemsOf(letters));
      if (items === undefined) return undefined;
      const by = second === absent ? textValue('') : second;
      return concat(items.flatMap((item, at) => (at === 0 ? [item] : [by, item])));
    }
    case 'sum': {
      const items = of.flatMap((value) => itemsOf(value) ?? [value]);
      return items.reduce((sum, item) => foldOperator('+', [sum, item]));
    }
    case 'format': {
      const format = knownText(first);
      const values = of.slice(1).flatMap((value) => itemsOf(value) ?? [value]);
      return format === undefined ? undefined : formatted(format, values);
    }
    case 'replace-pattern':
      return replacedPattern(first, second);
    case 'pack': {
      const items = itemsOf(first)?.map(knownOf);
      const format = knownText(second);
      return items === undefined || format === undefined ? undefined : packed(items, format);
    }
    case 'json-parse':
    case 'toml-parse':
    case 'yaml-parse':
    case 'ini-parse': {
      const contents = [first, ...objectsOf(first).flatMap(({ content }) => content ?? [])];
      const texts = contents.flatMap((content) => content.texts);
      const found = texts.flatMap(({ isKnown, whole }) =>
        isKnown ? (parsedSettings(computation, whole) ?? []) : [],
      );
      const isOpen = first.isOpen || found.length < texts.length;
      return found.length === 0 ? undefined : { ...either(found), isOpen };
    }
    case 'from-bytes': {
      const numbers = itemsOf(first)?.map(byteOf);
      if (numbers === undefined || !numbers.every((one) => one !== undefined))
        return first.texts.length > 0 ? first : undefined;
      return textValue(textOf(Buffer.from(numbers.slice(0, listCharsMax))));
    }
    case 'by-table':
      return first.texts.length === 1 && first.texts[0]?.isKnown
        ? byTable(first.texts[0].whole, second)
        : undefined;
    case 'match-regex':
    case 'split-regex':
    case 'replace-regex':
      return byPattern(computation, first, second, third, flagsIn(of.at(-1)));
    case 'codec-decode':
    case 'codec-encode':
      return ofNamedCodec(computation, first, second);
    case 'bit-length':
      return bitLength(knownOf(first));
    case 'to-bytes': {
      const isBig = knownText(third) !== 'little';
      const text = numberBytes(knownOf(first), knownOf(second), isBig);
      return text === undefined ? undefined : textValue(text);
    }
    case 'chr':
    case 'number':
      return ofScalars(computation, first, second);
    default:
      break;
  }
  return ofEachText(computation, first, [second, third, fourth]);
}

function ofScalars(computation: Computation, first: Value, second: Value): Value | undefined {
  const known = knownOf(first);
  if (computation === 'chr') {
    const code = byteOf(first);
    return code !== undefined && code >= 0 && code < 0x11_00_00
      ? textValue(letterOf(code))
      : undefined;
  }
  const text = known instanceof Text ? known.whole.trim() : undefined;
  const base = knownOf(second);
  // Not all languages read `0x10` and `1_000`.
  if (base === undefined || /^[-+]?0[box]|_/i.test(text ?? '')) return undefined;
  const number =
    text === undefined
      ? known
      : typeof base === 'number'
        ? Number.parseInt(text, base)
        : Number.parseFloat(text);
  return typeof number === 'number' && !Number.isNaN(number) ? scalarValue(number) : undefined;
}

function bitLength(number: Known): Value | undefined {
  if (typeof number !== 'bigint' && !Number.isInteger(number)) return undefined;
  const size = BigInt(number as number | bigint)
    .toString(2)
    .replace('-', '');
  return scalarValue(size === '0' ? 0 : size.length);
}

/** A byte: a number, or the letter that stands for it where bytes are kept as a text. */
export function byteOf(value: Value): number | undefined {
  const known = knownOf(value);
  if (known instanceof Text) return known.whole.length === 1 ? codeOf(known.whole) : undefined;
  return typeof known === 'number' ? known : undefined;
}

// `..` behind what is not known may lead out of all of it, or out of one of its folders only.
function normalPaths(path: string): readonly string[] {
  const normal = posix.normalize(path);
  const hole = path.lastIndexOf(unknownPart);
  const at = path.indexOf('/..', hole);
  if (hole < 0 || at < 0 || normal.startsWith('..')) return [normal];
  return [normal, posix.normalize(path.slice(0, at)) + path.slice(at)];
}

// A path without `.` and `..`.
function withoutDots(path: Value): Value {
  const texts = path.texts.flatMap((text) =>
    /(^|\/)\.{1,2}(\/|$)/.test(text.whole)
      ? normalPaths(text.whole).map((one) => Text.of(one, undefined, text.nodes))
      : text,
  );
  return { ...path, texts };
}

function joinedPath(of: readonly Value[]): Value {
  const all = of.flatMap((value) => itemsOf(value) ?? [value]).map(withoutNothing);
  const parts = knownText(all[0]) === '' && all.length > 1 ? all.slice(1) : all;
  const joined = concat(parts.flatMap((part, at) => (at === 0 ? [part] : [textValue('/'), part])));
  const texts = joined.texts.map((text) =>
    text.whole.includes('//')
      ? Text.of(text.whole.replace(/(?<!:)\/{2,}/g, '/'), undefined, text.nodes)
      : text,
  );
  return { ...joined, texts };
}

// Nothing is no part of a path: what may be nothing is something where it is one.
function withoutNothing(value: Value): Value {
  const scalars = value.scalars.filter((one) => one !== null);
  return value.texts.length > 0 || value.isOpen ? { ...value, scalars } : value;
}

// Python's paths: what stands before an absolute part counts for nothing.
function resolvedPath(of: readonly Value[]): Value {
  const parts = of.flatMap((value) => itemsOf(value) ?? [value]);
  const absolute = parts.map(({ texts }) => texts.filter(({ whole }) => whole.startsWith('/')));
  const from = parts.findLastIndex(
    ({ texts, isOpen }, at) => !isOpen && texts.length > 0 && absolute[at]?.length === texts.length,
  );
  const rest = parts.slice(Math.max(0, from));
  const others = rest.flatMap((part, at) => {
    const texts = absolute[Math.max(0, from) + at] ?? [];
    return at === 0 || texts.length === 0
      ? []
      : [joinedPath([{ ...part, texts, isOpen: false }, ...rest.slice(at + 1)])];
  });
  return either([joinedPath(rest), ...others]);
}

// A function of one text, for each text that it may be.
function ofEachText(
  computation: Computation,
  first: Value,
  others: readonly Value[],
): Value | undefined {
  if (first.texts.length === 0) return undefined;
  const all = shownTexts({ ...first, isOpen: false, scalars: [], things: [] });
  const texts = all.filter(({ whole }) => whole === '' || whole.replaceAll(unknownPart, '') !== '');
  const results = (texts.length === 0 ? all.slice(0, 1) : texts).flatMap((text) =>
    choicesOf(others).map((given) =>
      given.includes(undefined) && computation !== 'replace'
        ? undefined
        : (keeping(computation, text, given) ?? ofText(computation, text.whole, given)),
    ),
  );
  if (!results.every((result) => result !== undefined)) return undefined;
  // How often a part is replaced may be anything: also not at all.
  const isSome = computation === 'replace' && !isOne(others[2]);
  const isOther = first.things.length > 0 || texts.length < all.length;
  return {
    ...either(isSome ? [...results, first] : results),
    isOpen: first.isOpen || isOther,
  };
}

function isOne(value: Value | undefined): boolean {
  return value !== undefined && knownOf(value) !== undefined;
}

// What is given besides a text: each alternative with each of the others, as many as are kept.
function choicesOf(values: readonly Value[]): readonly (readonly Known[])[] {
  const each = values.map((value): readonly Known[] => {
    const isWhole = !value.isOpen && value.things.length === 0;
    const all = [...value.texts.filter(({ isKnown }) => isKnown), ...value.scalars];
    return isWhole && all.length > 1 ? all : [knownOf(value)];
  });
  const count = each.reduce((product, one) => product * one.length, 1);
  if (count > alternativesMax) return [values.map((value) => knownOf(value))];
  return each.reduce<(readonly Known[])[]>(
    (all, one) => all.flatMap((before) => one.map((known) => [...before, known])),
    [[]],
  );
}

// `Buffer.from(text, 'base64')`, `bytes.toString('hex')`
function ofBytes(
  computation: 'bytes-from' | 'bytes-text',
  first: Value,
  encoding: Value,
): Value | undefined {
  const numbers = computation === 'bytes-from' ? bytesIn(first) : undefined;
  if (numbers !== undefined) return { ...numbers, isDecoded: true };
  const codec = bytesCodec(computation, encoding);
  if (codec === undefined || codec === 'same') return codec && first;
  const made = computed(codec, [first]);
  return made && { ...made, isDecoded: computation === 'bytes-from' };
}

// `codecs.decode(text, 'rot13')`
function ofNamedCodec(
  computation: 'codec-decode' | 'codec-encode',
  text: Value,
  given: Value,
): Value | undefined {
  const name = knownText(given) ?? (knownOf(given) === null ? 'utf-8' : '');
  const found = codecNamed(name);
  if (found === 'same') return text;
  // The text is kept as it was before it was encoded; what turns letters turns them back.
  if (found === undefined || (computation === 'codec-encode' && found !== 'rot13'))
    return undefined;
  return { ...compute(found, [text]), isDecoded: true };
}
