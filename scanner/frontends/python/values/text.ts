/** Methods of Python's text, computed (library reference: text sequence type). */
import { foldedCharsMax } from '../../../limits.ts';
import type { FoldedList, MaybeFolded } from '../program.ts';
import { transformText } from './codecs.ts';
import { formatOf } from './format.ts';
import { isDict, itemsOf, keyOf, listOf, type MethodCall, wholeOf } from './value.ts';

/** The result of a method of text; undefined where it is not known. */
export function textMethod(text: string, method: string, call: MethodCall): MaybeFolded {
  const [first] = call.args;
  switch (method) {
    case 'strip':
    case 'lstrip':
    case 'rstrip':
      return stripped(text, method, first);
    case 'encode':
      return encoded(text, first ?? call.keywords.get('encoding'));
    case 'decode':
      return typeof first === 'string' ? (transformText(text, first) ?? text) : text;
    case 'lower':
    case 'casefold':
      return text.toLowerCase();
    case 'upper':
      return text.toUpperCase();
    case 'title':
    case 'capitalize':
      return method === 'title'
        ? text.toLowerCase().replace(/\b[a-z]/g, (one) => one.toUpperCase())
        : text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
    case 'swapcase':
      return [...text]
        .map((one) => (one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase()))
        .join('');
    case 'replace':
      return replaced(text, call);
    case 'removeprefix':
      return typeof first !== 'string'
        ? undefined
        : text.startsWith(first)
          ? text.slice(first.length)
          : text;
    case 'removesuffix':
      return typeof first !== 'string'
        ? undefined
        : first !== '' && text.endsWith(first)
          ? text.slice(0, -first.length)
          : text;
    case 'format':
      return formatOf(text, call.args, call.keywords, call.hole);
    case 'format_map':
      return isDict(first)
        ? formatOf(
            text,
            [],
            new Map([...first.entries.values()].map(({ key, value }) => [String(key), value])),
          )
        : undefined;
    default:
      return (
        partsMethod(text, method, call) ??
        searchMethod(text, method, call) ??
        testMethod(text, method)
      );
  }
}

function replaced(text: string, { args, keywords, hole }: MethodCall): string | undefined {
  const [old, by, third] = args;
  const count = args.length > 2 ? third : keywords.has('count') ? keywords.get('count') : -1n;
  const most = wholeOf(count);
  if (typeof old !== 'string' || typeof by !== 'string' || most === undefined) return undefined;
  // A part that is not known may hold some of those that count.
  if (most >= 0 && hole !== undefined && text.includes(hole)) return undefined;
  let left = most < 0 ? Number.POSITIVE_INFINITY : most;
  return short(text.replaceAll(old, () => (left-- > 0 ? by : old)));
}

function partsMethod(text: string, method: string, call: MethodCall): MaybeFolded {
  const [first, second] = call.args;
  switch (method) {
    case 'join':
      return joined(text, first);
    case 'split':
    case 'rsplit':
      return split(text, method, first, wholeOf(second ?? call.keywords.get('maxsplit')));
    case 'splitlines':
      return call.args.length > 0 || call.keywords.size > 0
        ? undefined
        : listOf(text.split(/\r\n|\n|\r/));
    case 'partition':
    case 'rpartition': {
      if (typeof first !== 'string') return undefined;
      const at = method === 'partition' ? text.indexOf(first) : text.lastIndexOf(first);
      return at < 0
        ? listOf([text, '', ''], 'tuple')
        : listOf([text.slice(0, at), first, text.slice(at + first.length)], 'tuple');
    }
    case 'translate':
      return translated(text, first);
    case 'zfill':
    case 'rjust':
      return text.padStart(
        Math.min(wholeOf(first) ?? 0, 4_096),
        method === 'zfill' ? '0' : typeof second === 'string' ? second : ' ',
      );
    case 'ljust':
      return text.padEnd(
        Math.min(wholeOf(first) ?? 0, 4_096),
        typeof second === 'string' ? second : ' ',
      );
    default:
      return undefined;
  }
}

// Methods that search a text, or its part between two bounds.
function searchMethod(text: string, method: string, call: MethodCall): MaybeFolded {
  const [sought, start, end] = call.args;
  if (typeof sought !== 'string' || ![start, end].every(isBound)) return undefined;
  // The empty text stands at some bounds and not at others.
  if (sought === '' && call.args.length > 1) return undefined;
  const letters = [...text];
  const from = wholeOf(start ?? undefined) ?? 0;
  const part = letters.slice(from, wholeOf(end ?? undefined)).join('');
  switch (method) {
    case 'index':
    case 'find':
    case 'rindex':
    case 'rfind': {
      const at = method.startsWith('r') ? part.lastIndexOf(sought) : part.indexOf(sought);
      if (at < 0) return method.endsWith('find') ? -1n : undefined;
      const skipped = from < 0 ? Math.max(0, letters.length + from) : from;
      return BigInt(skipped + [...part.slice(0, at)].length);
    }
    case 'count':
      return sought === '' ? undefined : BigInt(part.split(sought).length - 1);
    case 'startswith':
      return part.startsWith(sought);
    case 'endswith':
      return part.endsWith(sought);
    default:
      return undefined;
  }
}

function isBound(value: MaybeFolded): boolean {
  return value === undefined || value === null || wholeOf(value) !== undefined;
}

function testMethod(text: string, method: string): MaybeFolded {
  switch (method) {
    case 'isalpha':
      return /^[A-Za-z]+$/.test(text);
    case 'isdigit':
      return /^\d+$/.test(text);
    case 'isupper':
      return text !== text.toLowerCase() && text === text.toUpperCase();
    case 'islower':
      return text !== text.toUpperCase() && text === text.toLowerCase();
    case 'isalnum':
      return /^[A-Za-z0-9]+$/.test(text);
    case 'isspace':
      return /^\s+$/.test(text);
    default:
      return undefined;
  }
}

function stripped(text: string, method: string, given: MaybeFolded): string {
  const letters = typeof given === 'string' ? new Set(given) : undefined;
  const gone = (one: string | undefined): boolean =>
    one !== undefined && (letters === undefined ? /\s/.test(one) : letters.has(one));
  const list = [...text];
  let start = 0;
  let end = list.length;
  if (method !== 'rstrip') while (start < end && gone(list[start])) start++;
  if (method !== 'lstrip') while (end > start && gone(list[end - 1])) end--;
  return list.slice(start, end).join('');
}

function encoded(text: string, encoding: MaybeFolded): Uint8Array | undefined {
  const name = typeof encoding === 'string' ? encoding.toLowerCase() : 'utf-8';
  if (/^utf-?8$|^ascii$/.test(name)) return Buffer.from(text);
  if (/^latin|^iso-?8859-1/.test(name)) return Buffer.from(text, 'latin1');
  return /^utf-?16/.test(name) ? Buffer.from(text, 'utf16le') : undefined;
}

function joined(separator: string, list: MaybeFolded): string | undefined {
  const items = itemsOf(list);
  if (items === undefined || !items.every((item) => typeof item === 'string')) return undefined;
  return short(items.join(separator));
}

function split(
  text: string,
  method: string,
  separator: MaybeFolded,
  most: number | undefined,
): FoldedList | undefined {
  if (separator !== undefined && separator !== null && typeof separator !== 'string')
    return undefined;
  const parts =
    typeof separator === 'string'
      ? separator === ''
        ? [text]
        : text.split(separator)
      : text.trim().split(/\s+/).filter(Boolean);
  if (most === undefined || most < 0 || parts.length <= most + 1) return listOf(parts);
  const glue = typeof separator === 'string' ? separator : ' ';
  return method === 'split'
    ? listOf([...parts.slice(0, most), parts.slice(most).join(glue)])
    : listOf([parts.slice(0, parts.length - most).join(glue), ...parts.slice(parts.length - most)]);
}

function translated(text: string, table: MaybeFolded): string | undefined {
  if (!isDict(table)) return undefined;
  const done = [...text].map((letter) => {
    const entry = table.entries.get(keyOf(BigInt(letter.codePointAt(0) ?? 0)));
    if (entry === undefined) return letter;
    const { value } = entry;
    return typeof value === 'bigint'
      ? String.fromCodePoint(Number(value))
      : value === null
        ? ''
        : value;
  });
  return done.every((one) => typeof one === 'string') ? done.join('') : undefined;
}

function short(text: string): string | undefined {
  return text.length > foldedCharsMax ? undefined : text;
}
