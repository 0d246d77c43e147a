/** What functions of lists and records give, where that is known. */
import { present } from '../../fact/remembered.ts';
import type { Computation } from '../../knowledge/computation.ts';
import { Text } from '../text.ts';
import {
  absent,
  allNodesOf,
  dataOf,
  either,
  isSame,
  isWhole,
  itemsOf,
  keyOf,
  knownOf,
  knownText,
  listValue,
  newObject,
  objectsOf,
  objectValue,
  orOther,
  partOf,
  recordValue,
  scalarValue,
  textValue,
  unknown,
  type Value,
} from '../value.ts';

/** Items of a list that is computed, and letters of a text that is repeated. */
export const listCharsMax = 4_096;

export type Compute = (of: readonly Value[]) => Value | undefined;

/** Functions of lists and records. */
export const ofLists: Partial<Record<Computation, Compute>> = {
  list: ([first = unknown]) => listed(first),
  entries: ([first = unknown]) => entriesOf(first),
  'any-pair': ([first = unknown]) => partOf(entriesOf(first) ?? unknown),
  pairs: ([first = unknown, second = absent]) => numbered(first, second),
  zip: ([first = unknown]) => zipped(first),
  'zip-longest': ([first = unknown, second = absent]) => zippedLongest(first, second),
  range: stepped,
  cycle: ([first = unknown]) => cycled(first),
  'index-of': ([first = unknown, second = absent, third = absent]) => indexOf(first, second, third),
  'letter-table': ([first = unknown, second = absent]) => letterTable(first, second),
  first: ([first = unknown]) => itemsOf(first)?.[0],
  last: ([first = unknown]) => itemsOf(first)?.at(-1),
  flatten: ([first = unknown]) => {
    const items = itemsOf(first);
    return items && listValue(items.flatMap((item) => itemsOf(item) ?? [item]));
  },
  values: ([first = unknown]) => (itemsOf(first) === undefined ? ofRecord('values', first) : first),
  keys: ([first = unknown]) => ofRecord('keys', first),
  'reversed-pairs': ([first = unknown]) => ofRecord('reversed-pairs', first),
};

/** Functions of texts and lists alike: what they give for a list. */
export const ofItems: Partial<Record<Computation, Compute>> = {
  reverse: ([first = unknown]) => {
    const items = itemsOf(first);
    if (items !== undefined) return listValue(items.toReversed());
    return objectsOf(first)[0]?.kind === 'list' ? anyOrder(first) : undefined;
  },
  length: ([first = unknown]) => {
    const items = itemsOf(first);
    return items && scalarValue(items.length);
  },
};

// The items of a list, the letters of a text, the keys of a record.
function listed(first: Value): Value | undefined {
  const items = itemsOf(first);
  if (items !== undefined && objectsOf(first)[0]?.isEndless) return first;
  if (items !== undefined) return listValue(items);
  const known = knownOf(first);
  if (known instanceof Text) return listValue([...known.whole].map((letter) => textValue(letter)));
  const [object] = objectsOf(first);
  if (object?.kind === 'record' && isWhole(object) && !first.isOpen)
    return listValue([...object.fields.keys()].map((key) => textValue(key)));
  return object?.kind === 'list' ? anyOrder(first) : undefined;
}

function entriesOf(first: Value): Value | undefined {
  const [record] = objectsOf(first);
  if (record === undefined) return undefined;
  const pairs = [...record.fields].map(([key, value]) => listValue([textValue(key), value]));
  if (isWhole(record) && !first.isOpen) return listValue(pairs);
  return listOfAny(either([...pairs, listValue([unknown, record.rest ?? unknown])]));
}

function numbered(first: Value, start: Value): Value | undefined {
  const list = listed(first);
  const from = knownOf(start);
  if (list === undefined) return undefined;
  const items = itemsOf(list);
  if (items === undefined) return listOfAny(listValue([unknown, partOf(list)]));
  return listValue(
    items.map((item, at) =>
      listValue([from === undefined ? unknown : scalarValue(at + Number(from)), item]),
    ),
  );
}

// The first items of all lists, then the second; a list without end begins anew.
function zipped(first: Value): Value | undefined {
  const given = itemsOf(first) ?? [];
  const lists = given.map((one) => itemsOf(listed(one) ?? unknown));
  if (lists.length === 0) return undefined;
  if (!lists.every((one) => one !== undefined)) return listOfAny(listValue(given.map(partOf)));
  const isEndless = given.map((one) => objectsOf(one).some((object) => object.isEndless));
  const length = Math.min(
    listCharsMax,
    ...lists.flatMap((one, at) => (isEndless[at] ? [] : [one.length])),
  );
  return listValue(
    Array.from({ length }, (_, at) =>
      listValue(lists.map((one) => one[at % Math.max(1, one.length)] ?? unknown)),
    ),
  );
}

function zippedLongest(first: Value, filler: Value): Value | undefined {
  const lists = (itemsOf(first) ?? []).map((one) => itemsOf(listed(one) ?? unknown));
  if (!lists.every((one) => one !== undefined) || lists.length === 0) return undefined;
  const length = Math.max(...lists.map((one) => one.length));
  return listValue(
    Array.from({ length }, (_, at) => listValue(lists.map((one) => one[at] ?? filler))),
  );
}

function stepped(of: readonly Value[]): Value | undefined {
  const numbers = of.map(knownOf);
  if (!numbers.every((one) => typeof one === 'number')) return undefined;
  const [from, to, step = 1] = numbers.length === 1 ? [0, numbers[0]] : numbers;
  if (from === undefined || to === undefined || step === 0) return undefined;
  const length = Math.max(0, Math.ceil((to - from) / step));
  return length > listCharsMax
    ? undefined
    : listValue(Array.from({ length }, (_, at) => scalarValue(from + at * step)));
}

function cycled(first: Value): Value | undefined {
  const items = itemsOf(listed(first) ?? unknown);
  if (items === undefined) return undefined;
  const list = listValue(items);
  for (const object of objectsOf(list)) object.isEndless = true;
  return list;
}

function indexOf(first: Value, sought: Value, start: Value): Value | undefined {
  const items = itemsOf(listed(first) ?? unknown);
  const from = knownOf(start);
  if (items === undefined || from === undefined) return undefined;
  const left = items.slice(Number(from)).map((one) => isSame(one, sought));
  const at = left.findIndex((is) => is !== false);
  return left[at] ? scalarValue(items.length - left.length + at) : undefined;
}

// `str.maketrans(from, to)`
function letterTable(first: Value, second: Value): Value | undefined {
  const from = knownText(first);
  const to = knownText(second);
  if (from === undefined) return first.things.length > 0 ? first : undefined;
  if (to === undefined) return undefined;
  const letters = [...to];
  return recordValue([...from].map((letter, at) => [letter, textValue(letters[at] ?? '')]));
}

function ofRecord(
  computation: 'keys' | 'values' | 'reversed-pairs',
  value: Value,
): Value | undefined {
  const [object] = objectsOf(value);
  // Data that stands at keys which are not known may be that of the keys.
  if (object === undefined || !isWhole(object) || value.isOpen)
    return object?.rest && object.isMap ? dataOf(allNodesOf([object.rest])) : undefined;
  // Nobody knows what an object of a library has.
  if (value.things.some(({ is }) => is === 'instance')) return undefined;
  const entries = [...object.fields];
  if (computation === 'keys') return listValue(entries.map(([key]) => textValue(key)));
  if (computation === 'values') return listValue(entries.map(([, one]) => one));
  return recordValue(entries.map(([key, one]) => [keyOf(one) ?? '*', textValue(key)]));
}

/** A list of any number of items like this one. */
export function listOfAny(item: Value): Value {
  const object = newObject('list');
  object.rest = orOther(item);
  return objectValue(object);
}

/** The items of lists that are not wholly known, in any order. */
export function anyOrder(value: Value): Value {
  const object = newObject('list');
  object.rest = value.isOpen
    ? partOf(value)
    : either(
        objectsOf(value).flatMap(({ fields, rest }) => [...fields.values(), ...present(rest)]),
      );
  return { ...objectValue(object), isOpen: value.isOpen };
}
