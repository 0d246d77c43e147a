/** Constant folding of encodings, JSON, paths and URLs. */
import { posix } from 'node:path';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import {
  alternatives,
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

/** Percent-decoding. */
export function decoded(value: string): JsValue | undefined {
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
export function bytesFrom(
  value: JsValue | undefined,
  encoding: JsValue | undefined,
): JsValue | undefined {
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
export function encodedBytes(bytes: string, encoding: JsValue | undefined): JsValue | undefined {
  const name = encoding === undefined ? 'utf8' : textOr(encoding);
  return encodings.has(name)
    ? text(Buffer.from(bytes, 'latin1').toString(name as BufferEncoding), true)
    : undefined;
}

/**
 * A function of node:path over known parts. A part with several alternatives gives as many paths.
 */
export function pathOf(args: readonly JsValue[], join: (...parts: string[]) => string): JsValue {
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
export function fromLastAbsolute(parts: readonly string[]): string[] {
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
export function joinedUrl(value: JsValue, base: JsValue): JsValue {
  const path = textOr(value);
  const root = textOr(base);
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return value;
  if (root.startsWith('/'))
    return text(posix.join(root.endsWith('/') ? root : posix.dirname(root), path), true);
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(root)?.[0] ?? unknownPart;
  if (path.startsWith('//')) return text(`https:${path}`, true);
  return text(path.startsWith('/') ? origin + path : `${root.replace(/[^/]*$/, '')}${path}`, true);
}
