/** Values as the shell sees them: each is a text, or a list of texts. */

import type { Notes } from '../../engine/notes.ts';
import { waysWith } from '../../engine/parts.ts';
import { Text } from '../../engine/text.ts';
import {
  allNodesOf,
  concat,
  dataOf,
  either,
  itemsOf,
  newObject,
  objectsOf,
  objectValue,
  shownTexts,
  textValue,
  unknown,
  type Value,
} from '../../engine/value.ts';
import type { FlowSource } from '../../fact/fact.ts';
import { alternativesMax } from '../../fact/shared-limits.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';

export const empty = textValue('');

/** The nodes of all that a value holds. */
export function nodes(...values: readonly Value[]): readonly string[] {
  return allNodesOf(values);
}

/** What a value is known by: its first text. */
export function shown(value: Value | undefined): string {
  return value === undefined ? '' : (shownTexts(value)[0]?.whole ?? '');
}

/** All texts that a value may be. Of an unknown place below the root, nothing is known. */
export function alternatives(value: Value): readonly Text[] {
  const found = new Map<string, Text>();
  let places = 0;
  for (const text of shownTexts(value)) {
    if (text.whole.startsWith(unknownPart)) places += 1;
    const isAny = found.size > 0 && (/^[/~]+\0/.test(text.whole) || places > placesMax);
    const known = isAny ? Text.of(unknownPart, undefined, text.nodes) : text;
    if (!found.has(known.whole)) found.set(known.whole, known);
  }
  // More texts than are kept.
  if (value.isOpen && !found.has(unknownPart))
    found.set(unknownPart, Text.of(unknownPart, undefined, nodes(value)));
  return [...found.values()];
}

/** Unknown places of which the rest is told apart. */
const placesMax = 4;

export function textsIn(value: Value): readonly string[] {
  return alternatives(value).map(({ whole }) => whole);
}

export function isKnown(value: Value): boolean {
  return !shown(value).includes(unknownPart);
}

// It stands where the value stands.
function placed({ texts }: Value, text: string): Value {
  const raw = texts[0]?.pieces.find((piece) => piece.raw !== undefined)?.raw;
  return raw === undefined
    ? textValue(text)
    : textValue(new Text([{ text, raw, isFixed: true, nodes: [] }]));
}

/** A text that was computed from a value. */
export function changed(value: Value, text: string): Value {
  return {
    ...placed(value, text),
    nodes: nodes(value),
    isFolded: true,
    isDecoded: value.isDecoded,
  };
}

/** What is computed from each text of a value; undefined where it is not known. */
export function changedEach(value: Value, change: (text: string) => string | undefined): Value {
  const made = textsIn(value).map((text) => {
    const other = text.includes(unknownPart) ? undefined : change(text);
    return other === undefined ? unknown : placed(value, other);
  });
  return {
    ...either(made),
    nodes: nodes(value),
    isFolded: true,
    isDecoded: value.isDecoded,
  };
}

/** A part of each text of a value. */
export function slice(value: Value, from: number, to = Number.POSITIVE_INFINITY): Value {
  return { ...value, texts: value.texts.map((text) => text.slice(from, to)) };
}

export function joined(values: readonly Value[], by: string): Value {
  if (values.length < 2) return values[0] ?? empty;
  const between = textValue(by);
  return concat(values.flatMap((value, index) => (index === 0 ? [value] : [between, value])));
}

/** A word with one of its texts. */
export function withText(value: Value, text: Text): Value {
  return { ...value, texts: [text], scalars: [], isOpen: false };
}

/** Words, each of them with one text but those that are kept, for every combination of them. */
export function choicesOf(
  words: readonly Value[],
  isKept?: (word: Value) => boolean,
): readonly (readonly Value[])[] {
  const texts = words.map((word) =>
    word.things.length > 0 || isKept?.(word) ? [] : alternatives(word),
  );
  const count = texts.reduce((product, { length }) => product * Math.max(1, length), 1);
  const given = (word: Value, text: Text | undefined): Value =>
    text === undefined ? word : withText(word, text);
  if (count === 1) return [words.map((word, at) => given(word, texts[at]?.[0]))];
  if (count > 2 * alternativesMax)
    return [
      words.map((word, at) => given(word, texts[at]?.[0])),
      words.map((word, at) =>
        (texts[at]?.length ?? 0) > 1 ? changed(word, unknownPart) : given(word, texts[at]?.[0]),
      ),
    ];
  let rows: Value[][] = [[]];
  for (const [at, word] of words.entries()) {
    const all = texts[at]?.map((text) => [withText(word, text)]) ?? [];
    rows = waysWith(rows, all.length === 0 ? [[word]] : all, count);
  }
  return rows;
}

/** Words, of which there may be many: behind the greatest number there may be any. */
export function fewWords(words: readonly Value[], most: number): readonly Value[] {
  return words.length > most
    ? [...words.slice(0, most), dataOf(nodes(...words.slice(most)))]
    : words;
}

export const arrayItemsMax = 256;

/** An array: items by their indexes or names. */
export function arrayValue(entries: readonly (readonly [string, Value])[]): Value {
  const isCounted = entries.every(([key]) => /^\d{1,9}$/.test(key));
  const sorted = isCounted ? [...entries].sort(([a], [b]) => Number(a) - Number(b)) : entries;
  const object = newObject('record');
  for (const [key, value] of sorted.slice(0, arrayItemsMax)) object.put(key, value);
  const left = sorted.slice(arrayItemsMax).map(([, value]) => value);
  // What else the array holds is any text.
  if (left.length > 0) object.put(`${arrayItemsMax}`, dataOf(nodes(...left)));
  return objectValue(object);
}

/** The items of an array or a list; undefined for a text. */
export function membersOf(value: Value): ReadonlyMap<string, Value> | undefined {
  const objects = objectsOf(value);
  if (objects.length === 0) return undefined;
  const members = new Map<string, Value>();
  for (const { fields, rest } of objects) {
    for (const [key, one] of fields) {
      const other = members.get(key);
      members.set(key, other === undefined ? one : either([other, one]));
    }
    if (rest !== undefined) members.set(`${members.size}`, rest);
  }
  if (value.isOpen) members.set(`${members.size}`, dataOf(nodes(value)));
  const isCounted = [...members.keys()].every((key) => /^\d+$/.test(key));
  return isCounted ? new Map([...members].sort(([a], [b]) => Number(a) - Number(b))) : members;
}

/** A value as one text: of an array, its first item. */
export function plain(value: Value): Value {
  const members = membersOf(value);
  if (members === undefined) return value;
  return members.get('0') ?? members.values().next().value ?? empty;
}

export function itemsIn(value: Value): readonly Value[] {
  return itemsOf(value) ?? [...(membersOf(value)?.values() ?? [value])];
}

/** What data came from, as far as is known by now. */
export function sourcesOf(notes: Notes, values: readonly Value[]): readonly FlowSource[] {
  const all = allNodesOf(values);
  if (all.length === 0) return [];
  return notes.originsOf(all).flatMap((node) => notes.sourceAt(node) ?? []);
}

/** The address of what was downloaded. */
export function fetchedFrom(notes: Notes, values: readonly Value[]): string | undefined {
  return sourcesOf(notes, values).find(({ what }) => what === 'network')?.name;
}

/** Lists of words, for every combination of what lists among them may be. */
export function rowsOf(args: readonly Value[]): readonly (readonly Value[])[] {
  let rows: Value[][] = [[]];
  for (const arg of args) rows = waysWith(rows, wordLists(arg) ?? [[arg]], rowsMax);
  return rows;
}

const rowsMax = 16;

// What stands for several words is a list; an array among the words has a text, too.
function wordLists(arg: Value): readonly (readonly Value[])[] | undefined {
  if (arg.texts.length > 0) return undefined;
  const lists = arg.things.flatMap((one) =>
    one.is === 'object' && one.object.kind === 'list' ? [one.object] : [],
  );
  if (lists.length === 0) return undefined;
  return lists.map(({ fields }) => [...fields.values()]);
}
