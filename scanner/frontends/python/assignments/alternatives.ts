/** Values that may be one of several, put side by side and one after the other. */

import { alternativesMax, foldedCharsMax } from '../../../fact/shared-limits.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { PyValue } from '../program.ts';

/** Items of a list that are followed one by one. */
export const pythonItemsMax = 256;

/**
 * Lists and dictionaries in a computed one, at any depth. Of a list with more, none is known; of a
 * dictionary with more, the second number.
 */
export const pythonPartsMax = 2_048;
const pythonPartsKept = 128;

/** Text one after the other, in every combination; of too many, the last parts are unknown. */
export function join(values: readonly PyValue[]): PyValue {
  const texts = combined(values.map(textsAsWord));
  const isOpen = values.some(({ otherTexts }) => otherTexts.length > 0);
  const all = isOpen
    ? combined(values.map((value) => [...textsAsWord(value), ...value.otherTexts]))
    : texts;
  return {
    ...unknownPy,
    texts,
    otherTexts: all.filter((one) => !texts.includes(one)),
    nodes: nodesOf(values),
    folded: values.length > 1 || values.some((value) => value.folded),
    decoded: values.some((value) => value.decoded),
    raw: values[0]?.raw,
  };
}

// The path of the interpreter is put into command lines.
function textsAsWord({ texts, qual }: PyValue): readonly string[] {
  return texts.length === 0 && qual === 'sys.executable' ? ['python3'] : texts;
}

function combined(parts: readonly (readonly string[])[]): readonly string[] {
  const known = parts.map((part) => (part.length === 0 ? [unknownPart] : part));
  const first = known.map(([text]) => text ?? unknownPart);
  let count = 1;
  let isCut = false;
  const kept = known.map((part) => {
    isCut ||= count * part.length > alternativesMax;
    if (isCut && part.length > 1) return [unknownPart];
    count *= part.length;
    return part;
  });
  const texts = kept.reduce<readonly string[]>(
    (before, part) => before.flatMap((text) => part.map((one) => longer(text, one))),
    [''],
  );
  return isCut ? [...new Set([first.reduce(longer, ''), ...texts])] : texts;
}

function longer(text: string, more: string): string {
  return text.length + more.length > foldedCharsMax ? unknownPart : text + more;
}

/**
 * What a value may be, as far as it is written; `unknownPart` for what only may have changed it is
 * left out.
 */
export function textsOf({ texts, otherTexts }: PyValue): readonly string[] {
  const others = otherTexts.filter((text) => text !== unknownPart);
  return others.length === 0 ? texts : [...new Set([...texts, ...others])];
}

/** Texts as a value holds them: of too many, the rest is one unknown text. */
export function fewTexts(texts: readonly string[]): readonly string[] {
  const all = [...new Set(texts)];
  return all.length > alternativesMax
    ? [...new Set([...all.slice(0, alternativesMax), unknownPart])]
    : all;
}

/**
 * Every combination of what values may be, each value with one text; of too many, the first one and
 * one without any text.
 */
export function combinations(values: readonly PyValue[]): readonly (readonly PyValue[])[] {
  const count = values.reduce((product, { texts }) => product * Math.max(1, texts.length), 1);
  const each = values.map((value) =>
    value.texts.length <= 1
      ? [value]
      : value.texts.map((text) => ({ ...value, texts: [text], whole: undefined })),
  );
  if (count > 2 * alternativesMax)
    return [
      each.map(([first]) => first ?? unknownPy),
      values.map((value) => ({ ...value, texts: [unknownPart], whole: undefined })),
    ];
  return each.reduce<readonly (readonly PyValue[])[]>(
    (before, those) => before.flatMap((row) => those.map((one) => [...row, one])),
    [[]],
  );
}

/** One of several values. */
export function either(values: readonly PyValue[]): PyValue {
  const [first] = values;
  if (first === undefined) return unknownPy;
  if (values.length === 1) return first;
  const texts = fewTexts(values.flatMap((value) => value.texts));
  const quals = [
    ...new Set(values.flatMap((value) => (value.qual === undefined ? [] : [value.qual]))),
  ];
  const lists = listsOf(values);
  return {
    ...first,
    texts,
    otherTexts: othersOfTexts(values),
    grown: values.some((value) => value.grown),
    qual: quals[0],
    nodes: nodesOf(values),
    folded: values.some((value) => value.folded),
    decoded: values.some((value) => value.decoded),
    targets: targetsOf(values),
    stream: [...new Set(values.flatMap((value) => value.stream))].slice(0, alternativesMax),
    own: values.find((value) => value.own !== undefined)?.own,
    items: lists[0],
    each: eachOf(values),
    otherItems: fewLists(lists.slice(1)),
    entries: entriesOf(values),
    others: othersOf(values, quals[0]),
    byText: values.some((value) => value.byText),
    whole: undefined,
  };
}

// The lists that values may be. One that may be anything is, beside lists, a list of which nothing
// is known but its flows.
function listsOf(values: readonly PyValue[]): readonly (readonly PyValue[])[] {
  if (values.every(({ items }) => items === undefined)) return [];
  const open = nodesOf(values.filter((value) => value.items === undefined && isUnknownText(value)));
  return [
    ...values.flatMap(({ items, otherItems }) =>
      items === undefined ? [] : [items, ...otherItems],
    ),
    ...(open.length > 0 ? [[{ ...anyText, nodes: open }]] : []),
  ];
}

// What any of several values is open on.
function targetsOf(values: readonly PyValue[]): PyValue['targets'] {
  const open = values.filter(({ targets }) => targets.length > 0);
  if (open.length < 2) return open[0]?.targets ?? [];
  return [...new Set(open.flatMap(({ targets }) => targets))].slice(0, alternativesMax);
}

// An item of any of several values.
function eachOf(values: readonly PyValue[]): PyValue | undefined {
  const each = values.flatMap((value) => value.each ?? []);
  return each.length === 0 ? undefined : either(each);
}

function othersOfTexts(values: readonly PyValue[]): readonly string[] {
  const isKnown = values.some(({ texts, items }) => texts.length > 0 || items !== undefined);
  const others = values.flatMap(({ otherTexts }) => otherTexts);
  if (isKnown && values.some(isUnknownText)) others.push(unknownPart);
  return fewTexts(others);
}

/** Lists as a value holds them: of too many, the rest is one of which nothing is known. */
export function fewLists(lists: readonly (readonly PyValue[])[]): readonly (readonly PyValue[])[] {
  return lists.length > alternativesMax ? [...lists.slice(0, alternativesMax), [anyText]] : lists;
}

// Under a key, a dictionary that is one of several holds what any of them holds; one whose keys are
// not known may hold all of its own there.
function entriesOf(values: readonly PyValue[]): PyValue['entries'] {
  const all = values.flatMap(({ entries }) => (entries === undefined ? [] : [entries]));
  const open = nodesOf(values.filter(({ entries }) => entries === undefined));
  if (all.length === 0 || (all.length === 1 && open.length === 0)) return all[0];
  const held = new Map<string, PyValue[]>();
  for (const entries of all)
    for (const [key, value] of entries) {
      const those = held.get(key);
      if (those === undefined) held.set(key, [value]);
      else those.push(value);
    }
  return fewEntries(
    new Map(
      [...held].map(([key, those]) => {
        const value = either(those);
        return [key, { ...value, nodes: [...new Set([...value.nodes, ...open])] }];
      }),
    ),
  );
}

/**
 * Entries as a value holds them. Where they have too many parts, the entries of the largest are not
 * known: a dictionary that has the one before it twice doubles the parts with each line of a
 * program. Those that name something are forgotten last.
 */
export function fewEntries(entries: ReadonlyMap<string, PyValue>): ReadonlyMap<string, PyValue> {
  const parts = entries.values().reduce((sum, value) => sum + partsIn(value), 0);
  if (parts <= pythonPartsMax) return entries;
  let inside = parts - entries.size;
  const few = new Map(entries);
  const rank = (value: PyValue): number => {
    const own = partsIn(value);
    return own <= pythonPartsKept && namesSomething(value) ? 0 : own;
  };
  for (const [key, value] of [...entries].sort(([, one], [, other]) => rank(other) - rank(one))) {
    if (inside <= pythonPartsKept) break;
    inside -= partsIn(value) - 1;
    few.set(key, { ...value, entries: undefined });
  }
  return few;
}

function namesSomething({ entries }: PyValue): boolean {
  return (
    entries?.values().some(({ qual, own }) => qual !== undefined || own !== undefined) === true
  );
}

function partsIn({ entries }: PyValue): number {
  if (entries === undefined) return 1;
  const known = partsOf.get(entries);
  if (known !== undefined) return known;
  const parts = entries.values().reduce((sum, value) => sum + partsIn(value), 1);
  partsOf.set(entries, parts);
  return parts;
}

const partsOf = new WeakMap<ReadonlyMap<string, PyValue>, number>();

/** Whether a value may be any text. */
function isUnknownText({ texts, items, entries, own, whole, qual }: PyValue): boolean {
  const isData =
    texts.length > 0 || items !== undefined || entries !== undefined || whole !== undefined;
  return !isData && own === undefined && qual !== 'sys.executable';
}

// The first name and the first function stand for the value; a name that is given to something else
// is called as well.
function othersOf(values: readonly PyValue[], qual: string | undefined): readonly PyValue[] {
  const own = values.find((value) => value.own !== undefined)?.own;
  const all = values.flatMap((value) => [value, ...value.others]);
  const others = all.filter(
    (value) =>
      (value.qual !== undefined && value.qual !== qual) ||
      (value.own !== undefined && value.own !== own),
  );
  return others.slice(0, pythonItemsMax).map((value) => ({ ...value, others: [] }));
}

export function nodesOf(values: readonly PyValue[]): readonly string[] {
  return values.length === 1
    ? (values[0]?.nodes ?? [])
    : [...new Set(values.flatMap((value) => value.nodes))];
}

/** Without arguments that were given before. */
export const nothingGiven = { args: [], keywords: new Map<string, never>() } as const;

export const unknownPy: PyValue = {
  texts: [],
  otherTexts: [],
  otherItems: [],
  grown: false,
  qual: undefined,
  nodes: [],
  folded: false,
  decoded: false,
  items: undefined,
  each: undefined,
  targets: [],
  file: [],
  stream: [],
  entries: undefined,
  own: undefined,
  others: [],
  bound: nothingGiven,
  whole: undefined,
  byText: false,
  raw: undefined,
};

/** A text of which nothing is known, beside others that are. */
export const anyText: PyValue = { ...unknownPy, texts: [unknownPart] };

/**
 * A value that is asked for while it is being found: nothing is known of it but the flow that will
 * come out of it.
 */
export function busyValue(node: string): PyValue {
  const value = { ...unknownPy, nodes: [node] };
  busyValues.add(value);
  return value;
}

/** Whether a value is as such one that is being found, not one that was made of such a value. */
export function isBusy(value: PyValue): boolean {
  return busyValues.has(value);
}

const busyValues = new WeakSet<PyValue>();
