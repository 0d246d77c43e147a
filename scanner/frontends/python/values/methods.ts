/**
 * Methods of Python's data types, computed: text, bytes, lists, dictionaries, whole numbers
 * (library reference: built-in types).
 */

import { foldedCharsMax } from '../../../fact/shared-limits.ts';
import type { Folded, FoldedDict, FoldedList, MaybeFolded } from '../program.ts';
import { bytesToText, fromHex, textMethod } from './text.ts';
import {
  areEqual,
  dictOf,
  givenTo,
  isBytes,
  isDict,
  isList,
  itemsOf,
  keyOf,
  listOf,
  type MethodCall,
  wholeOf,
} from './value.ts';

/** Methods that turn one text into another that is harder to see through. */
export const decodingMethods = /^(translate|swapcase|fromhex|to_bytes|decompress)$/;

// These put what they are given into what they make, or say themselves what is not known.
const takesUnknown = /^(format|format_map|append|add|extend|update|setdefault|get)$/;

// A method does something else for each value that an argument may have.
function isOpen({ args, keywords }: MethodCall): boolean {
  return args.includes(undefined) || [...keywords.values()].includes(undefined);
}

/**
 * The result of a method; undefined where it is not known. Lists and dictionaries are changed in
 * place.
 */
export function callMethod(object: Folded, method: string, call: MethodCall): MaybeFolded {
  if (!takesUnknown.test(method) && isOpen(call)) return undefined;
  if (typeof object === 'string') return textMethod(object, method, call);
  if (isBytes(object)) return bytesMethod(object, method, call);
  if (isList(object)) return listMethod(object, method, call);
  if (isDict(object)) return dictMethod(object, method, call);
  if (typeof object === 'bigint') return numberMethod(object, method, call);
  return undefined;
}

function bytesMethod(bytes: Uint8Array, method: string, call: MethodCall): MaybeFolded {
  const [first] = call.args;
  const latin = Buffer.from(bytes).toString('latin1');
  switch (method) {
    case 'decode':
      return bytesToText(
        bytes,
        typeof first === 'string' ? first : String(call.keywords.get('encoding') ?? 'utf-8'),
      );
    case 'hex':
      return Buffer.from(bytes).toString('hex');
    case 'join': {
      const items = itemsOf(first);
      return items?.every(isBytes)
        ? Buffer.from(
            items.map((item) => Buffer.from(item).toString('latin1')).join(latin),
            'latin1',
          )
        : undefined;
    }
    case 'translate':
      return isBytes(first) && first.length === 256
        ? bytes.map((one) => first[one] ?? one)
        : undefined;
    case 'fromhex':
      return typeof first === 'string' ? fromHex(first) : undefined;
    default:
      return likeText.test(method) ? asBytes(textMethod(latin, method, asText(call))) : undefined;
  }
}

// Methods of bytes that do what those of text do.
const likeText =
  /^([lr]?strip|upper|lower|swapcase|replace|removeprefix|removesuffix|r?split|r?partition|r?find|r?index|count|startswith|endswith)$/;

function latinOf(value: MaybeFolded): MaybeFolded {
  return isBytes(value) ? Buffer.from(value).toString('latin1') : value;
}

function asText({ args, keywords }: MethodCall): MethodCall {
  return { args: args.map(latinOf), keywords };
}

function asBytes(value: MaybeFolded): MaybeFolded {
  if (isList(value)) return listOf(value.items.map(asBytes), value.kind);
  return typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
}

function listMethod(list: FoldedList, method: string, call: MethodCall): MaybeFolded {
  const [first, second] = call.args;
  switch (method) {
    case 'append':
    case 'add':
      list.items.push(givenTo(list, first));
      return null;
    case 'extend':
    case 'update':
      list.items.push(...(itemsOf(first) ?? [undefined]).map((item) => givenTo(list, item)));
      return null;
    case 'insert':
      list.items.splice(wholeOf(first) ?? 0, 0, givenTo(list, second));
      return null;
    case 'reverse':
      list.items.reverse();
      return null;
    case 'pop':
      return first === undefined ? list.items.pop() : list.items.splice(wholeOf(first) ?? -1, 1)[0];
    case 'copy':
      return listOf(list.items, list.kind);
    case 'index':
      return indexIn(list.items, call.args);
    case '__getitem__': {
      const at = wholeOf(first);
      return at === undefined ? undefined : list.items.at(at);
    }
    default:
      return undefined;
  }
}

// Where an item stands between two bounds; an item before that may be equal leaves it open.
function indexIn(items: readonly MaybeFolded[], args: readonly MaybeFolded[]): bigint | undefined {
  const [sought, ...given] = args;
  const [start = 0, end] = given.map(wholeOf);
  const from = start < 0 ? Math.max(0, items.length + start) : start;
  const found = items.slice(from, end).findIndex((item) => areEqual(item, sought) !== false);
  return found >= 0 && areEqual(items[from + found], sought) ? BigInt(from + found) : undefined;
}

function dictMethod(dict: FoldedDict, method: string, call: MethodCall): MaybeFolded {
  const [first, second] = call.args;
  switch (method) {
    case 'get':
    case 'setdefault':
    case 'pop':
    case '__getitem__':
      return first === undefined
        ? undefined
        : (dict.entries.get(keyOf(first)) ?? { value: call.args.length > 1 ? second : null }).value;
    case 'items':
      return listOf(
        [...dict.entries.values()].map(({ key, value }) => listOf([key, value], 'tuple')),
      );
    case 'keys':
      return listOf([...dict.entries.values()].map(({ key }) => key));
    case 'values':
      return listOf([...dict.entries.values()].map(({ value }) => value));
    case 'copy':
      return dictOf([...dict.entries.values()].map(({ key, value }) => [key, value] as const));
    case 'update':
      if (isDict(first))
        for (const [key, entry] of first.entries)
          dict.entries.set(key, { ...entry, value: givenTo(dict, entry.value) });
      return null;
    default:
      return undefined;
  }
}

function numberMethod(value: bigint, method: string, call: MethodCall): MaybeFolded {
  if (method === 'bit_length') return BigInt((value < 0n ? -value : value).toString(2).length);
  if (method !== 'to_bytes' || value < 0n) return undefined;
  const length = wholeOf(call.args[0] ?? call.keywords.get('length') ?? 1n);
  const order = call.args[1] ?? call.keywords.get('byteorder') ?? 'big';
  if (length === undefined || length < 0 || length > foldedCharsMax) return undefined;
  const digits = value.toString(16).padStart(length * 2, '0');
  if (digits.length > length * 2) return undefined;
  const bytes = Buffer.from(digits, 'hex');
  return order === 'little' ? bytes.reverse() : bytes;
}
