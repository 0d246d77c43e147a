/** What operators and functions of texts, numbers, lists and codecs give, where that is known. */
import { posix } from 'node:path';
import { inflateRawSync, unzipSync } from 'node:zlib';
import { decodedCharsMax } from '../fact/shared-limits.ts';
import type { Operator } from '../ir/ir.ts';
import type { Computation, Knowledge } from '../knowledge/row.ts';
import { own } from '../lookup-tables/api.ts';
import { unknownPart } from '../lookup-tables/egress-of.ts';
import { packed, unpacked } from './pack.ts';
import { Text } from './text.ts';
import {
  allNodesOf,
  concat,
  dataOf,
  either,
  fieldOf,
  itemsOf,
  keyOf,
  knownOf,
  knownText,
  listValue,
  newObject,
  objectsOf,
  type Scalar,
  scalarValue,
  textsOf,
  textValue,
  thingValue,
  unknown,
  type Value,
  withNodes,
} from './value.ts';

/** Whether a value is surely true or false; undefined when it may be either. */
export function truthOf(value: Value, { emptyIsFalse }: Knowledge): boolean | undefined {
  if (value.isOpen || value.nodes.length > 0) return undefined;
  const known = knownOf(value);
  if (known === undefined) {
    const isThing =
      value.texts.length === 0 && value.scalars.length === 0 && value.things.length > 0;
    return isThing && !emptyIsFalse ? true : undefined;
  }
  if (known === null || known === false) return false;
  if (!emptyIsFalse) return true;
  if (known instanceof Text) return known.whole !== '' && known.whole !== '0';
  return Boolean(known);
}

const listCharsMax = 4_096;

/** What an operator gives. */
export function foldOperator(op: Operator, args: readonly Value[]): Value {
  const [left = unknown, right = unknown] = args;
  const data = (): Value => dataOf(allNodesOf(args));
  if (op === '.') return concat(args);
  const a = knownOf(left);
  const b = knownOf(right);
  if (a instanceof Text || b instanceof Text || left.texts.length > 0 || right.texts.length > 0)
    return ofTexts(op, left, right) ?? data();
  if (op === '+' || op === '<<') {
    const items = itemsOf(left);
    const more = op === '+' ? itemsOf(right) : [right];
    if (items !== undefined && more !== undefined) return listValue([...items, ...more]);
    if (items !== undefined || more !== undefined)
      if (op === '+' && (items ?? more ?? []).length > 0)
        return withNodes(listValue([...(items ?? []), ...(more ?? [])], true), data().nodes);
  }
  if (op === '*' && itemsOf(left) !== undefined && typeof b === 'number')
    return listValue(
      Array.from({ length: Math.min(b, listCharsMax) }, () => itemsOf(left) ?? []).flat(),
    );
  if (op === 'range' || op === 'until') return range(a, b, op === 'range') ?? data();
  if (op === 'not' && args.length === 1)
    return a === undefined ? data() : scalarValue(a === null || a === false);
  if ((op === '==' || op === '!=') && a !== undefined && b !== undefined)
    return scalarValue((a === b) === (op === '=='));
  const number = arithmetic(op, a, args.length === 1 ? 0 : b);
  return number === undefined ? data() : scalarValue(number);
}

function ofTexts(op: Operator, left: Value, right: Value): Value | undefined {
  const a = knownOf(left);
  const b = knownOf(right);
  const isText = a instanceof Text && b instanceof Text;
  if (op === '+' || op === '<<') return concat([left, right]);
  if (op === '/') return joinedPath([left, right]);
  if (op === '*' && a instanceof Text && typeof b === 'number')
    return textValue(a.whole.repeat(Math.max(0, Math.min(b, listCharsMax))));
  if (op === '%' && a instanceof Text) return formatted(a.whole, itemsOf(right) ?? [right]);
  if (op === '^' && isText) return xored(a.whole, b.whole);
  if (!isText) return undefined;
  if (op === 'range') return range(a, b, true);
  const order = a.whole < b.whole ? -1 : a.whole > b.whole ? 1 : 0;
  const answers: Partial<Record<Operator, boolean>> = {
    '==': order === 0,
    '!=': order !== 0,
    '<': order < 0,
    '<=': order <= 0,
    '>': order > 0,
    '>=': order >= 0,
  };
  const answer = answers[op];
  return answer === undefined ? undefined : scalarValue(answer);
}

// Texts are numbers and letters alike to PHP's `^`.
function xored(a: string, b: string): Value {
  const length = Math.min(a.length, b.length);
  const letters = Array.from({ length }, (_, at) => a.charCodeAt(at) ^ b.charCodeAt(at));
  return { ...textValue(String.fromCharCode(...letters)), isFolded: true, isDecoded: true };
}

function range(a: Known, b: Known, isClosed: boolean): Value | undefined {
  if (a instanceof Text && b instanceof Text && a.whole.length === 1 && b.whole.length === 1) {
    const from = a.whole.charCodeAt(0);
    const length = Math.max(0, b.whole.charCodeAt(0) - from + (isClosed ? 1 : 0));
    return listValue(Array.from({ length }, (_, at) => textValue(String.fromCharCode(from + at))));
  }
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  const length = b - a + (isClosed ? 1 : 0);
  if (length > listCharsMax) return undefined;
  return listValue(Array.from({ length: Math.max(0, length) }, (_, at) => scalarValue(a + at)));
}

type Known = Text | Scalar | undefined;

function arithmetic(op: Operator, a: Known, b: Known): number | boolean | undefined {
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0
        ? undefined
        : Number.isInteger(a) && Number.isInteger(b)
          ? Math.floor(a / b)
          : a / b;
    case '%':
      return b === 0 ? undefined : a - b * Math.floor(a / b);
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
      return a << b;
    case '>>':
      return a >> b;
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

/** `printf`, with what is not known as unknown parts. */
function formatted(format: string, given: readonly Value[]): Value {
  const parts: Value[] = [];
  let at = 0;
  let next = 0;
  for (const match of format.matchAll(
    /%(?:%|(?:<(\w+)>)?[-+ 0#']*(?:\d+|\*)?(?:\.\d+)?([a-zA-Z])|\{(\w+)(?:[,:][^{}]{0,40})?\})/g,
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
  const nodes = allNodesOf(of);
  const found = computed(computation, of);
  if (found === undefined) {
    const data = dataOf(nodes);
    const isDecoder = decoders.has(computation) || of.some(({ isDecoded }) => isDecoded);
    return isDecoder ? { ...data, isDecoded: true } : data;
  }
  const isDecoded = decoders.has(computation) || of.some((value) => value.isDecoded);
  return withNodes({ ...found, isDecoded, isFolded: true }, nodes);
}

const decoders: ReadonlySet<Computation> = new Set([
  'base64-decode',
  'hex-decode',
  'rot13',
  'inflate',
  'chr',
  'reverse',
]);

function computed(computation: Computation, of: readonly Value[]): Value | undefined {
  const [first = unknown, second = unknown, third = unknown] = of;
  switch (computation) {
    case 'same':
      return first;
    case 'concat':
      return concat(of);
    case 'text':
      return first.texts.length > 0 || first.scalars.length > 0 ? concat([first]) : undefined;
    case 'join': {
      const items = itemsOf(first);
      if (items === undefined) return undefined;
      const by = second === unknown ? textValue('') : second;
      return concat(items.flatMap((item, at) => (at === 0 ? [item] : [by, item])));
    }
    case 'path-join':
      return joinedPath(of);
    case 'sum': {
      const items = of.flatMap((value) => itemsOf(value) ?? [value]);
      return items.reduce((sum, item) => foldOperator('+', [sum, item]));
    }
    case 'format': {
      const format = knownText(first);
      const values = of.slice(1).flatMap((value) => itemsOf(value) ?? [value]);
      return format === undefined ? undefined : formatted(format, values);
    }
    case 'first':
    case 'last':
    case 'keys':
    case 'values':
    case 'flatten':
    case 'reversed-pairs':
      return ofCollection(computation, first);
    case 'replace-pattern':
      return replacedPattern(first, second);
    case 'pack': {
      const items = itemsOf(first)?.map(knownOf);
      const format = knownText(second);
      return items === undefined || format === undefined ? undefined : packed(items, format);
    }
    case 'reverse': {
      const items = itemsOf(first);
      if (items !== undefined) return listValue(items.toReversed());
      break;
    }
    case 'slice': {
      const items = itemsOf(first);
      const from = knownOf(second);
      const length = knownOf(third);
      if (items !== undefined && typeof from === 'number')
        return listValue(items.slice(from, typeof length === 'number' ? from + length : undefined));
      break;
    }
    case 'length': {
      const items = itemsOf(first);
      if (items !== undefined) return scalarValue(items.length);
      break;
    }
    case 'chr':
    case 'number':
      return ofScalars(computation, first, second);
    default:
      break;
  }
  return ofEachText(computation, first, [second, third]);
}

function ofCollection(computation: Computation, value: Value): Value | undefined {
  const items = itemsOf(value);
  switch (computation) {
    case 'first':
      return items?.[0];
    case 'last':
      return items?.at(-1);
    case 'flatten':
      return items === undefined
        ? undefined
        : listValue(items.flatMap((item) => itemsOf(item) ?? [item]));
    case 'values':
      if (items !== undefined) return value;
      break;
    default:
      break;
  }
  const [object] = objectsOf(value);
  if (object === undefined || object.rest !== undefined || value.isOpen) return undefined;
  const entries = [...object.fields];
  if (computation === 'keys') return listValue(entries.map(([key]) => textValue(key)));
  if (computation === 'values') return listValue(entries.map(([, one]) => one));
  const exchanged = newObject('record');
  for (const [key, one] of entries) exchanged.fields.set(keyOf(one) ?? '*', textValue(key));
  return thingValue({ is: 'object', object: exchanged });
}

function ofScalars(computation: Computation, first: Value, second: Value): Value | undefined {
  const known = knownOf(first);
  if (computation === 'chr')
    return typeof known === 'number' && known >= 0 && known < 0x11_00_00
      ? textValue(String.fromCodePoint(known))
      : undefined;
  const text = known instanceof Text ? known.whole.trim() : undefined;
  const base = knownOf(second);
  const number =
    text === undefined
      ? known
      : typeof base === 'number'
        ? Number.parseInt(text, base)
        : Number.parseFloat(text);
  return typeof number === 'number' ? scalarValue(Number.isNaN(number) ? 0 : number) : undefined;
}

// `text -replace 'a', 'b'`, for patterns that surely take linear time.
function replacedPattern(value: Value, given: Value): Value | undefined {
  const items = itemsOf(value);
  if (items !== undefined)
    return listValue(items.map((item) => replacedPattern(item, given) ?? unknown));
  const [from, to] = (itemsOf(given) ?? [given]).map(knownText);
  const text = knownText(value);
  if (text === undefined || from === undefined || !plainPattern.test(from)) return undefined;
  return textValue(text.replace(new RegExp(from, 'gi'), to ?? ''));
}

// Letters, classes, one group of letters, and one repetition.
const plainPattern =
  /^(?=.{1,60}$)(?:(?:\\[\\.dDwWsSnrt|()[\]{}$^*+?\-/"']|\[\^?[^\]\\]{1,40}\]|[^\\[\](){}*+?])+[+*?]?|\(\.{1,4}\))$/;

function joinedPath(of: readonly Value[]): Value {
  const parts = of.flatMap((value) => itemsOf(value) ?? [value]);
  const joined = concat(parts.flatMap((part, at) => (at === 0 ? [part] : [textValue('/'), part])));
  const texts = joined.texts.map((text) =>
    text.whole.includes('//')
      ? Text.of(text.whole.replace(/(?<!:)\/{2,}/g, '/'), undefined, text.nodes)
      : text,
  );
  return { ...joined, texts };
}

// A function of one text, for each text that it may be.
function ofEachText(
  computation: Computation,
  first: Value,
  others: readonly Value[],
): Value | undefined {
  if (first.texts.length === 0) return undefined;
  const given = others.map((other) => (other === unknown ? undefined : knownOf(other)));
  const results = textsOf({ ...first, isOpen: false }).map(
    (text) => keeping(computation, text) ?? ofText(computation, text.whole, given),
  );
  if (!results.every((result) => result !== undefined)) return undefined;
  return { ...either(results), isOpen: first.isOpen };
}

// These change nothing that stands in the text.
function keeping(computation: Computation, text: Text): Value | undefined {
  if (computation !== 'strip') return undefined;
  const from = text.whole.length - text.whole.trimStart().length;
  return textValue(text.slice(from, text.whole.trimEnd().length));
}

function ofText(
  computation: Computation,
  text: string,
  [a, b]: readonly Known[],
): Value | undefined {
  const hasHole = text.includes(unknownPart);
  const other = a instanceof Text ? a.whole : undefined;
  const third = b instanceof Text ? b.whole : undefined;
  switch (computation) {
    case 'lower':
      return textValue(text.toLowerCase());
    case 'upper':
      return textValue(text.toUpperCase());
    case 'reverse':
      return textValue([...text].reverse().join(''));
    case 'replace':
      if (other === undefined || other === '') return undefined;
      return textValue(text.replaceAll(other, () => third ?? (b === undefined ? unknownPart : '')));
    case 'host':
      return textValue(/^[a-z][\w+.-]*:\/\/(?:[^@/]*@)?([^/?#]*)/i.exec(text)?.[1] ?? text);
    case 'windows-folder':
      return windowsFolder(text);
    case 'translate':
      return other === undefined || third === undefined
        ? undefined
        : textValue(translated(text, other, third));
    case 'split':
      if (hasHole) return undefined;
      return listValue(
        (other === undefined ? text.trim().split(/\s+/) : text.split(other)).map((part) =>
          textValue(part),
        ),
      );
    case 'slice': {
      if (typeof a !== 'number') return undefined;
      const from = a < 0 ? Math.max(0, text.length + a) : a;
      const to = typeof b === 'number' ? (b < 0 ? text.length + b : from + b) : text.length;
      return textValue(text.slice(from, to));
    }
    case 'repeat':
      return typeof a === 'number'
        ? textValue(text.repeat(Math.max(0, Math.min(a, listCharsMax))))
        : undefined;
    case 'length':
      return hasHole ? undefined : scalarValue(text.length);
    case 'letters':
      return hasHole ? undefined : listValue([...text].map((letter) => textValue(letter)));
    case 'bytes':
      return hasHole ? undefined : listValue([...Buffer.from(text)].map(scalarValue));
    case 'ord':
      return hasHole || text === '' ? undefined : scalarValue(text.codePointAt(0) ?? 0);
    case 'unpack':
      return hasHole || other === undefined ? undefined : unpacked(text, other);
    case 'path-folder':
      return textValue(posix.dirname(text));
    case 'path-name':
      return textValue(posix.basename(text, other === '.*' ? posix.extname(text) : (other ?? '')));
    case 'path-absolute':
      return textValue(absolute(text, other));
    default:
      return hasHole ? undefined : ofCodec(computation, text);
  }
}

// `[Variables]::GetFolderPath(…)`
function windowsFolder(name: string): Value | undefined {
  const folders: Readonly<Record<string, string>> = {
    userprofile: '~',
    applicationdata: '~/AppData/Roaming',
    localapplicationdata: '~/AppData/Local',
    mydocuments: '~/Documents',
    personal: '~/Documents',
    desktop: '~/Desktop',
    desktopdirectory: '~/Desktop',
    commonapplicationdata: '/c/ProgramData',
    startup: '~/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup',
    commonstartup: '/c/ProgramData/Microsoft/Windows/Start Menu/Programs/Startup',
  };
  const folder = own(folders, name.toLowerCase());
  return folder === undefined ? undefined : textValue(folder);
}

// `tr('a-z', 'n-za-m')`: letters by their places in two lists, the last of the second again.
function translated(text: string, from: string, to: string): string {
  const before = spread(from);
  const after = spread(to);
  return [...text]
    .map((letter) => {
      const at = before.indexOf(letter);
      return at < 0 ? letter : (after[at] ?? after.at(-1) ?? '');
    })
    .join('');
}

function spread(letters: string): readonly string[] {
  return [
    ...letters.replace(/(.)-(.)/gs, (_, first: string, last: string) => {
      const from = first.charCodeAt(0);
      const length = Math.max(0, Math.min(last.charCodeAt(0) - from + 1, 256));
      return Array.from({ length }, (_, at) => String.fromCharCode(from + at)).join('');
    }),
  ];
}

function absolute(path: string, below: string | undefined): string {
  if (/^[~/]/.test(path) || path.startsWith(unknownPart)) return posix.normalize(path);
  return posix.join(below ?? '.', path);
}

function ofCodec(computation: Computation, text: string): Value | undefined {
  const decoded = decode(computation, text);
  if (decoded === undefined || decoded.length > decodedCharsMax) return undefined;
  return textValue(decoded);
}

function decode(computation: Computation, text: string): string | undefined {
  switch (computation) {
    case 'base64-decode':
      return textOf(Buffer.from(text, 'base64'));
    case 'base64-encode':
      return Buffer.from(text).toString('base64');
    case 'hex-decode':
      return /^[\da-f\s]*$/i.test(text)
        ? textOf(Buffer.from(text.replace(/\s/g, ''), 'hex'))
        : undefined;
    case 'hex-encode':
      return Buffer.from(text).toString('hex');
    case 'url-decode':
      return percentDecoded(text);
    case 'url-encode':
      return encodeURIComponent(text.toWellFormed());
    case 'rot13':
      return translated(text, 'A-Za-z', 'N-ZA-Mn-za-m');
    case 'inflate':
      return inflated(Buffer.from(text, 'latin1'));
    default:
      return undefined;
  }
}

/** Bytes as the text that they are in UTF-8, else each as a letter. */
export function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? bytes.toString('latin1') : text;
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function inflated(bytes: Buffer): string | undefined {
  for (const open of [unzipSync, inflateRawSync])
    try {
      return textOf(open(bytes, { maxOutputLength: decodedCharsMax }));
    } catch {
      // Not this form.
    }
  return undefined;
}
