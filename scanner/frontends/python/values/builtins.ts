/**
 * Functions of Python without effects, computed (library reference: built-in functions, operator,
 * itertools, struct, string).
 */

import { foldedCharsMax } from '../../../fact/shared-limits.ts';
import type { Folded, MaybeFolded } from '../program.ts';
import { specified } from './operators.ts';
import { bytesToText, decodeBytes, fromHex, transformText } from './text.ts';
import {
  dictOf,
  isBytes,
  isDict,
  itemsOf,
  listOf,
  type MethodCall,
  printFolded,
  truthOf,
  wholeOf,
} from './value.ts';

const bytesMax = 65_536;

// Functions that turn data into what it hid.
const decodingFunctions =
  /^(chr|bytes|bytearray|(bytes|bytearray)\.fromhex|int\.from_bytes|codecs\.decode|(base64|binascii|zlib|gzip|bz2|lzma|brotli|marshal)\.\w+|str\.maketrans|struct\.\w+)$/;

/** Whether a function of this qualified name turns what it is given into what that hid. */
export function isDecoder(qual: string, { args }: MethodCall): boolean {
  return (
    decodingFunctions.test(qual) || (/^(builtins\.)?reversed$/.test(qual) && isLetters(args[0]))
  );
}

/**
 * A text letter by letter: put backwards it hides what it says. Whole words put backwards stay
 * words.
 */
export function isLetters(value: MaybeFolded): boolean {
  return (
    isBytes(value) ||
    itemsOf(value)?.every((item) => typeof item === 'string' && [...item].length <= 1) === true
  );
}

// What a function makes of an argument that is not known is not known; a dictionary holds it.
function isOpen(qual: string, { args, keywords }: MethodCall): boolean {
  const isHeld = /^(dict|collections\.OrderedDict)$/.test(qual);
  return args.includes(undefined) || (!isHeld && [...keywords.values()].includes(undefined));
}

/**
 * The result of a function by its qualified name; undefined where it is not known or has effects.
 */
export function callBuiltin(qual: string, call: MethodCall): MaybeFolded {
  if (isOpen(qual, call)) return undefined;
  const [first, second, _third] = call.args;
  const list = itemsOf(first);
  switch (qual) {
    case 'chr':
    case 'unichr': {
      const point = wholeOf(first);
      return point !== undefined && point >= 0 && point < 0x110000
        ? String.fromCodePoint(point)
        : undefined;
    }
    case 'ord':
      if (isBytes(first)) return BigInt(first[0] ?? 0);
      return typeof first === 'string' && first !== ''
        ? BigInt(first.codePointAt(0) ?? 0)
        : undefined;
    case 'len':
      return list === undefined ? undefined : BigInt(list.length);
    case 'str':
      if (isBytes(first) && typeof second === 'string') return bytesToText(first, second);
      return call.args.length === 0 ? '' : printFolded(first);
    case 'repr':
    case 'ascii':
      return printFolded(first, true);
    case 'int':
      return wholeNumber(first, second ?? call.keywords.get('base'));
    case 'bool':
      return truthOf(first);
    case 'hex':
      return typeof first === 'bigint' ? `0x${first.toString(16)}` : undefined;
    case 'oct':
      return typeof first === 'bigint' ? `0o${first.toString(8)}` : undefined;
    case 'bin':
      return typeof first === 'bigint' ? `0b${first.toString(2)}` : undefined;
    case 'abs':
      return typeof first === 'bigint' ? (first < 0n ? -first : first) : undefined;
    case 'format':
      return specified(first, typeof second === 'string' ? second : '');
    case 'bytes':
    case 'bytearray':
      return bytesOf(first, call);
    case 'bytes.fromhex':
    case 'bytearray.fromhex':
      return typeof first === 'string' ? fromHex(first) : undefined;
    case 'int.from_bytes':
      return fromBytes(first, second ?? call.keywords.get('byteorder'));
    default:
      return sequenceBuiltin(qual, call) ?? codecBuiltin(qual, call);
  }
}

function codecBuiltin(qual: string, call: MethodCall): MaybeFolded {
  const [first, second, third] = call.args;
  switch (qual) {
    case 'str.maketrans':
    case 'bytes.maketrans':
      return transTable(qual, first, second, third);
    case 'codecs.decode':
      if (typeof second !== 'string' && second !== undefined) return undefined;
      return codec(first, second ?? 'utf-8');
    case 'operator.add':
      return typeof first === 'string' && typeof second === 'string' ? first + second : undefined;
    case 'operator.xor':
      return typeof first === 'bigint' && typeof second === 'bigint' ? first ^ second : undefined;
    case 'shlex.split':
      return typeof first === 'string' ? shellWords(first) : undefined;
    case 'shlex.quote':
      return typeof first === 'string' && /^[\w@%+=:,./-]+$/.test(first) ? first : undefined;
    case 'textwrap.dedent':
    case 'inspect.cleandoc':
      return typeof first === 'string' ? dedented(first) : undefined;
    case 'builtins.str':
    case 'builtins.chr':
    case 'builtins.bytes':
      return callBuiltin(qual.slice('builtins.'.length), call);
    default:
      if (!/^(base64|binascii|zlib|gzip|brotli)\./.test(qual)) return undefined;
      return isBytes(first)
        ? decodeBytes(qual, first)
        : typeof first === 'string'
          ? decodeBytes(qual, Buffer.from(first, 'latin1'))
          : undefined;
  }
}

function codec(value: MaybeFolded, name: string): MaybeFolded {
  const text = isBytes(value) ? Buffer.from(value).toString('latin1') : value;
  if (typeof text !== 'string') return undefined;
  const changed = transformText(text, name);
  if (changed !== undefined) return /rot/i.test(name) ? changed : Buffer.from(changed, 'latin1');
  return isBytes(value) ? bytesToText(value, name) : undefined;
}

function shellWords(text: string): MaybeFolded {
  if (/[\\$`]/.test(text)) return undefined;
  const words = text.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? [];
  return listOf(words.map((word) => word.replace(/['"]/g, '')));
}

function dedented(text: string): string {
  const indents = text
    .split('\n')
    .flatMap((line) => (line.trim() === '' ? [] : [/^[ \t]*/.exec(line)?.[0].length ?? 0]));
  const least = indents.length === 0 ? 0 : Math.min(...indents);
  return text
    .split('\n')
    .map((line) => line.slice(least))
    .join('\n');
}

function wholeNumber(value: MaybeFolded, base: MaybeFolded): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number')
    return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
  const text = isBytes(value) ? Buffer.from(value).toString('latin1') : value;
  if (typeof text !== 'string' || text.length > 20_000) return undefined;
  const digits = text.trim().replaceAll('_', '').toLowerCase();
  const radix = wholeOf(base) ?? 10;
  const prefix = { 16: '0x', 8: '0o', 2: '0b' }[radix];
  if (prefix !== undefined && /^(0[xob])?[\da-f]+$/.test(digits)) {
    const bare = digits.startsWith(prefix) ? digits.slice(2) : digits;
    const known = { 16: /^[\da-f]+$/, 8: /^[0-7]+$/, 2: /^[01]+$/ }[radix];
    return known?.test(bare) ? BigInt(prefix + bare) : undefined;
  }
  if (radix === 10) return /^[-+]?\d+$/.test(digits) ? BigInt(digits.replace('+', '')) : undefined;
  const number = Number.parseInt(digits, radix);
  return Number.isSafeInteger(number) ? BigInt(number) : undefined;
}

function bytesOf(first: MaybeFolded, call: MethodCall): Uint8Array | undefined {
  if (call.args.length === 0) return new Uint8Array();
  if (typeof first === 'string') return Buffer.from(first);
  if (typeof first === 'bigint')
    return first >= 0n && first < BigInt(bytesMax) ? new Uint8Array(Number(first)) : undefined;
  const numbers = itemsOf(first)?.map(wholeOf);
  return numbers?.every((one) => one !== undefined && one >= 0 && one < 256)
    ? Uint8Array.from(numbers.filter((one) => one !== undefined))
    : undefined;
}

function fromBytes(value: MaybeFolded, order: MaybeFolded): bigint | undefined {
  if (!isBytes(value) || value.length === 0 || value.length > 8_192) return undefined;
  const bytes = Buffer.from(value);
  if (order === 'little') bytes.reverse();
  return BigInt(`0x${bytes.toString('hex')}`);
}

function transTable(
  qual: string,
  first: MaybeFolded,
  second: MaybeFolded,
  third: MaybeFolded,
): MaybeFolded {
  if (qual === 'bytes.maketrans' || (isBytes(first) && isBytes(second))) {
    if (!isBytes(first) || !isBytes(second)) return undefined;
    const table = Uint8Array.from({ length: 256 }, (_, at) => at);
    first.forEach((one, at) => {
      table[one] = second[at] ?? one;
    });
    return table;
  }
  const code = (one: Folded): Folded =>
    typeof one === 'string' ? BigInt(one.codePointAt(0) ?? 0) : one;
  if (isDict(first))
    return dictOf([...first.entries.values()].map(({ key, value }) => [code(key), value] as const));
  if (typeof first !== 'string' || typeof second !== 'string' || first.length > foldedCharsMax)
    return undefined;
  const to = [...second];
  const gone = typeof third === 'string' ? [...third].map((one) => [code(one), null] as const) : [];
  return dictOf([...[...first].map((one, at) => [code(one), to[at] ?? null] as const), ...gone]);
}

// Functions of Python that make and rearrange sequences, computed (library reference: built-in
// functions, itertools).

const items = 65_536;

/** The result of a function on sequences; undefined where it is not known. */
function sequenceBuiltin(qual: string, call: MethodCall): MaybeFolded {
  const [first, second] = call.args;
  const list = itemsOf(first);
  const start = second ?? call.keywords.get('start');
  switch (qual) {
    case 'list':
    case 'iter':
    case 'tuple':
    case 'set':
    case 'frozenset':
    case 'itertools.chain':
    case 'itertools.chain.from_iterable':
      return sequence(qual, call);
    case 'dict':
    case 'collections.OrderedDict':
      return dictionary(call);
    case 'reversed':
      return list === undefined ? undefined : listOf([...list].reverse());
    case 'range':
      return rangeOf(call.args);
    case 'enumerate':
      return list === undefined
        ? undefined
        : listOf(
            list.map((item, at) => listOf([BigInt(at + (wholeOf(start) ?? 0)), item], 'tuple')),
          );
    case 'zip':
      return zipped(call.args, Math.min);
    case 'itertools.zip_longest': {
      const { keywords } = call;
      return zipped(
        call.args,
        Math.max,
        keywords.has('fillvalue') ? keywords.get('fillvalue') : null,
      );
    }
    case 'itertools.cycle':
      // Only ever read beside something that ends.
      return list === undefined || list.length === 0
        ? undefined
        : listOf(Array.from({ length: 4_096 }, (_, at) => list[at % list.length]));
    case 'sorted':
      return call.keywords.size > 0 || list === undefined ? undefined : sorted(list);
    case 'sum':
      return list?.every((item) => typeof item === 'bigint') &&
        (start === undefined || typeof start === 'bigint')
        ? list.reduce((all, item) => all + item, start ?? 0n)
        : undefined;
    case 'min':
    case 'max': {
      const all = call.args.length > 1 ? call.args : list;
      if (call.keywords.has('key') || !all?.every((item) => typeof item === 'bigint'))
        return undefined;
      if (all.length === 0) return undefined;
      return all.reduce((best, item) =>
        (qual === 'min' ? item < best : item > best) ? item : best,
      );
    }
    case 'next':
      return list === undefined || list.length === 0 ? second : list[0];
    default:
      return undefined;
  }
}

function sequence(qual: string, call: MethodCall): MaybeFolded {
  const kind = qual === 'tuple' ? 'tuple' : /set$/.test(qual) ? 'set' : 'list';
  const given =
    qual === 'itertools.chain.from_iterable' ? (itemsOf(call.args[0]) ?? [undefined]) : call.args;
  const lists = given.map(itemsOf);
  return lists.every((list) => list !== undefined)
    ? listOf(lists.flatMap((list) => list ?? []).slice(0, items), kind)
    : undefined;
}

function dictionary(call: MethodCall): MaybeFolded {
  const [first] = call.args;
  const named = [...call.keywords].map(([key, value]) => [key, value] as const);
  if (isDict(first))
    return dictOf([
      ...[...first.entries.values()].map(({ key, value }) => [key, value] as const),
      ...named,
    ]);
  const pairs = first === undefined ? [] : (itemsOf(first)?.map(itemsOf) ?? [undefined]);
  const known = pairs.flatMap((pair): (readonly [Folded, MaybeFolded])[] =>
    pair?.length === 2 && pair[0] !== undefined ? [[pair[0], pair[1]]] : [],
  );
  return known.length === pairs.length ? dictOf([...known, ...named]) : undefined;
}

function rangeOf(args: readonly MaybeFolded[]): MaybeFolded {
  const [a, b, c] = args.map(wholeOf);
  if (a === undefined || args.length === 0) return undefined;
  const [from, to, step] = args.length === 1 ? [0, a, 1] : [a, b, args.length > 2 ? c : 1];
  if (to === undefined || step === undefined || step === 0 || Math.abs((to - from) / step) > items)
    return undefined;
  const found: bigint[] = [];
  for (let at = from; step > 0 ? at < to : at > to; at += step) found.push(BigInt(at));
  return listOf(found);
}

function zipped(
  args: readonly MaybeFolded[],
  ending: (...lengths: number[]) => number,
  fill?: MaybeFolded,
): MaybeFolded {
  const lists = args.map(itemsOf);
  const known = lists.filter((list) => list !== undefined);
  if (known.length !== lists.length || known.length === 0) return undefined;
  const length = ending(...known.map((list) => list.length));
  return listOf(
    Array.from({ length }, (_, at) =>
      listOf(
        known.map((list) => (at < list.length ? list[at] : fill)),
        'tuple',
      ),
    ),
  );
}

function sorted(list: readonly MaybeFolded[]): MaybeFolded {
  if (list.every((item) => typeof item === 'bigint'))
    return listOf([...list].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  return list.every((item) => typeof item === 'string') ? listOf([...list].sort()) : undefined;
}
