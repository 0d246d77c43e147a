/** Functions of texts, lists and records that languages of the web have. */

import { posix } from 'node:path';
import type { Computation } from '../../knowledge/computation.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { Text } from '../text.ts';
import {
  absent,
  allNodesOf,
  atKey,
  concat,
  either,
  fieldOf,
  type HeapObject,
  isWhole,
  itemsOf,
  type Known,
  keyOf,
  knownOf,
  knownText,
  listValue,
  newObject,
  objectsOf,
  objectValue,
  orOther,
  scalarValue,
  shownTexts,
  textValue,
  unknown,
  type Value,
  withNodes,
} from '../value.ts';
import { letterOf, textOf } from './codecs.ts';
import { numberOf } from './cuts.ts';
import type { Compute } from './lists.ts';

const lettersMax = 20_000;

/** What a function of one text gives; undefined for one that is not of these. */
export function ofScript(
  computation: Computation,
  text: string,
  [a, b, c]: readonly Known[],
): Value | undefined {
  const hasHole = text.includes(unknownPart);
  const part = a instanceof Text ? a.whole : undefined;
  switch (computation) {
    case 'starts-with':
      return hasHole || part === undefined ? undefined : scalarValue(text.startsWith(part));
    case 'ends-with':
      return hasHole || part === undefined ? undefined : scalarValue(text.endsWith(part));
    case 'code-at': {
      const code = text.codePointAt(numberOf(a) ?? 0);
      return hasHole || code === undefined ? undefined : scalarValue(code);
    }
    case 'pad': {
      const by = b instanceof Text ? b.whole : ' ';
      const length = Math.min(numberOf(a) ?? 0, lettersMax);
      const padded = c === null ? text.padStart(length, by) : text.padEnd(length, by);
      return hasHole ? undefined : textValue(padded);
    }
    case 'address-part':
      return part === undefined ? undefined : partOfAddress(text, part);
    default:
      return undefined;
  }
}

// `path` is what a library of addresses calls `pathname`.
function partOfAddress(address: string, name: string): Value | undefined {
  const [, scheme = '', host = '', path = '', query = '', hash = ''] =
    /^([a-z][a-z0-9+.-]*:)\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/is.exec(address) ?? [];
  if (scheme === '') return undefined;
  const plain = host.replace(/^[^@]*@/, '');
  const parts: Readonly<Record<string, string>> = {
    protocol: scheme,
    origin: `${scheme}//${plain}`,
    host: plain,
    hostname: plain.replace(/:\d+$/, ''),
    port: /:(\d+)$/.exec(plain)?.[1] ?? '',
    pathname: path || '/',
    search: query,
    hash,
  };
  const part = parts[name];
  return part === undefined ? undefined : textValue(part);
}

function addressWith(address: Value, name: Value, given: Value): Text {
  const part = knownText(given) ?? unknownPart;
  const { whole = '', nodes = [] } = address.texts[0] ?? {};
  const [, before = '', host = '', behind = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?)([^/?#]*)(.*)$/is.exec(whole) ?? [];
  const port = knownText(name) === 'hostname' ? (/:\d+$/.exec(host)?.[0] ?? '') : '';
  const text = knownText(name) === 'href' ? part : `${before}${part}${port}${behind}`;
  return Text.of(text, undefined, [...nodes, ...allNodesOf([given])]);
}

/** Functions of lists and records, and of several values. */
export const ofScripts: Partial<Record<Computation, Compute>> = {
  'address-with': ([address = unknown, name = unknown, part = unknown]) =>
    textValue(addressWith(address, name, part)),
  'from-codes': ([first = unknown]) => {
    const codes = itemsOf(first)?.map(knownOf);
    return codes?.every((one) => typeof one === 'number' && one >= 0 && one < 0x11_00_00)
      ? textValue(codes.map((one) => letterOf(Math.trunc(Number(one)))).join(''))
      : undefined;
  },
  radix: ([first = unknown, second = absent]) => {
    const number = knownOf(first);
    const given = knownOf(second);
    const base = given === null ? 10 : numberOf(given);
    const isBase = base !== undefined && base >= 2 && base <= 36;
    return isBase && (typeof number === 'number' || typeof number === 'bigint')
      ? textValue(number.toString(base))
      : undefined;
  },
  lists: ([first = unknown, second = absent]) => {
    const all = [first, ...(itemsOf(second) ?? [second])];
    const isList = (one: Value): boolean => objectsOf(one).some(({ kind }) => kind === 'list');
    const items = all.map(
      (one, at) => itemsOf(one) ?? (isList(one) || at === 0 ? undefined : [one]),
    );
    if (!isList(first)) return undefined;
    const known = items.indexOf(undefined);
    if (known < 0) return listValue(items.flatMap((one) => one ?? []));
    const list = listValue(items.slice(0, known).flatMap((one) => one ?? []));
    const rest = all
      .slice(known)
      .flatMap(
        (one, at) =>
          items[known + at] ?? objectsOf(one).flatMap((object) => fieldOf(object, undefined) ?? []),
      );
    for (const object of objectsOf(list)) object.rest = orOther(either([unknown, ...rest]));
    return list;
  },
  'from-entries': ([first = unknown]) => {
    const pairs = itemsOf(first);
    if (pairs === undefined) return undefined;
    const object = newObject('record');
    const loose = putPairs(object, pairs);
    if (loose.length > 0) object.rest = orOther(either(loose));
    return objectValue(object);
  },
  'json-text': ([first = unknown]) => concat(jsonParts(first, 0)),
  'type-name': ([first = unknown]) => {
    const name = typeName(first);
    return name === undefined ? undefined : textValue(name);
  },
  'is-list': ([first = unknown]) => {
    if (first.isOpen || first.nodes.length > 0) return undefined;
    const isOther = first.things.length === 0;
    if (isOther && first.texts.length + first.scalars.length > 0) return scalarValue(false);
    const kinds = new Set(objectsOf(first).map(({ kind }) => kind === 'list'));
    const [isList, ...others] = kinds;
    const isKnown = objectsOf(first).length === first.things.length && others.length === 0;
    return isOther || !isKnown || isList === undefined ? undefined : scalarValue(isList);
  },
  address: ([first = unknown, second = absent]) => addressBelow(first, second),
};

// What `typeof` says; undefined where it may be one or another.
function typeName({ texts, scalars, things, isOpen }: Value): string | undefined {
  if (isOpen) return undefined;
  const names = new Set<string | undefined>([
    ...texts.map(() => 'string'),
    // Nothing is `undefined` or an object.
    ...scalars.map((one) => (one === null ? undefined : typeof one)),
    ...things.map(({ is }) => {
      if (is === 'object') return 'object';
      return is === 'function' || is === 'class' || is === 'bound' ? 'function' : undefined;
    }),
  ]);
  const [name, ...others] = names;
  return others.length === 0 ? name : undefined;
}

/** Puts pairs into a record; gives what has no key that is known. */
export function putPairs(record: HeapObject, pairs: readonly Value[]): readonly Value[] {
  return pairs.flatMap((pair) => {
    const [key, one = unknown] = itemsOf(pair) ?? [];
    const name = key === undefined ? undefined : keyOf(key);
    // Whoever goes through the entries gets the keys as well.
    if (name === undefined) return [withNodes(one, allNodesOf([pair]))];
    record.put(name, atKey(record, name, one, true));
    return [];
  });
}

const jsonDepthMax = 6;

// What is not known is a text with an unknown part.
function jsonParts(value: Value, depth: number): readonly Value[] {
  const items = itemsOf(value);
  const listed = (parts: readonly (readonly Value[])[], open: string, close: string): Value[] => [
    textValue(open),
    ...parts.flatMap((part, at) => (at === 0 ? part : [textValue(','), ...part])),
    textValue(close),
  ];
  if (depth > jsonDepthMax) return [textValue(unknownPart)];
  if (items !== undefined)
    return listed(
      items.map((item) => jsonParts(item, depth + 1)),
      '[',
      ']',
    );
  const [object, ...others] = objectsOf(value);
  if (object?.kind === 'record' && others.length === 0 && !value.isOpen) {
    const entries = [...object.fields].map(([key, one]) => [
      textValue(`${JSON.stringify(key)}:`),
      ...jsonParts(one, depth + 1),
    ]);
    const any = textValue(Text.of(unknownPart, undefined, object.rest?.nodes ?? []));
    const others = isWhole(object) ? [] : [[textValue(`"${unknownPart}":"`), any, textValue('"')]];
    return listed([...others, ...entries], '{', '}');
  }
  const known = knownOf(value);
  if (known === null || typeof known === 'number' || typeof known === 'boolean')
    return [textValue(String(known))];
  const texts = shownTexts(value).map((text) => {
    const whole = JSON.stringify(text.whole).replaceAll('\\u0000', unknownPart);
    return textValue(Text.of(whole, undefined, text.nodes));
  });
  return [either(texts)];
}

// `new URL(path, base)`: bytes that the program may change, since parts are set later.
function addressBelow(path: Value, base: Value): Value | undefined {
  const roots = base === unknown ? [] : shownTexts(base);
  const made = shownTexts(path).flatMap((text) => {
    if (roots.length === 0 || /^[a-z][a-z0-9+.-]*:/i.test(text.whole)) return [text];
    return roots.map((root) =>
      Text.of(joined(text.whole, root.whole), undefined, [...text.nodes, ...root.nodes]),
    );
  });
  return either(made.map((text) => textValue(text.buffer())));
}

function joined(path: string, root: string): string {
  if (root.startsWith('/'))
    return posix.join(root.endsWith('/') ? root : posix.dirname(root), path);
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(root)?.[0] ?? unknownPart;
  if (path.startsWith('//')) return `https:${path}`;
  return path.startsWith('/') ? origin + path : `${root.replace(/[^/]*$/, '')}${path}`;
}

/** The codec by which bytes are made of a text, or a text of bytes; `same` for letters. */
export function bytesCodec(
  computation: 'bytes-from' | 'bytes-text',
  name: Value,
): Computation | undefined {
  if (knownOf(name) === null) return 'same';
  const known = knownText(name)?.toLowerCase() ?? '';
  const [, codec] = /^(base64|hex)(?:url)?$/.exec(known) ?? [];
  const way = computation === 'bytes-from' ? 'decode' : 'encode';
  if (codec !== undefined) return `${codec as 'hex'}-${way}`;
  return /^(utf-?8|latin1|binary|ascii)$/.test(known) ? 'same' : undefined;
}

/** Bytes that are given as numbers. */
export function bytesIn(value: Value): Value | undefined {
  const numbers = itemsOf(value)?.map(knownOf);
  if (!numbers?.every((one) => typeof one === 'number')) return undefined;
  return textValue(textOf(Buffer.from(numbers.slice(0, lettersMax) as number[])));
}
