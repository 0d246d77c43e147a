/** Values that may be one of several, put side by side and one after the other. */
import { alternativesMax, foldedCharsMax } from '../../../limits.ts';
import { unknownPart } from '../../../models/egress-of.ts';
import type { PyValue } from '../program.ts';

/** Text one after the other; every combination of alternatives, up to a few. */
export function join(values: readonly PyValue[]): PyValue {
  const known = combined(values.map(({ texts }) => texts));
  const isOpen = values.some(({ otherTexts }) => otherTexts.length > 0);
  const all = isOpen
    ? combined(values.map(({ texts, otherTexts }) => [...texts, ...otherTexts]))
    : known;
  const texts = known.texts.slice(0, alternativesMax);
  return {
    ...unknownPy,
    texts,
    otherTexts:
      all.isCut || all.texts.length > 2 * alternativesMax
        ? [unknownPart]
        : all.texts.filter((one) => !texts.includes(one)),
    nodes: nodesOf(values),
    folded: values.length > 1 || values.some((value) => value.folded),
    decoded: values.some((value) => value.decoded),
    raw: values[0]?.raw,
  };
}

function combined(parts: readonly (readonly string[])[]): {
  readonly texts: readonly string[];
  readonly isCut: boolean;
} {
  let texts: string[] = [''];
  let isCut = false;
  for (const part of parts) {
    const next = part.length === 0 ? [unknownPart] : part;
    texts = texts.flatMap((text) =>
      next.map((one) => (text.length + one.length > foldedCharsMax ? unknownPart : text + one)),
    );
    isCut ||= texts.length > 4 * alternativesMax;
    texts = texts.slice(0, 4 * alternativesMax);
  }
  return { texts, isCut };
}

/** One of several values. */
export function either(values: readonly PyValue[]): PyValue {
  const [first] = values;
  if (first === undefined) return unknownPy;
  if (values.length === 1) return first;
  const known = [...new Set(values.flatMap((value) => value.texts))];
  const texts = known.slice(0, alternativesMax);
  const quals = [
    ...new Set(values.flatMap((value) => (value.qual === undefined ? [] : [value.qual]))),
  ];
  const lists = values.flatMap(({ items, otherItems }) =>
    items === undefined ? [] : [items, ...otherItems],
  );
  return {
    ...first,
    texts,
    otherTexts: othersOfTexts(values, [
      ...known.slice(alternativesMax),
      ...(lists.length > alternativesMax ? [unknownPart] : []),
    ]),
    grown: values.some((value) => value.grown),
    qual: quals[0],
    nodes: nodesOf(values),
    folded: values.some((value) => value.folded),
    decoded: values.some((value) => value.decoded),
    target: values.find((value) => value.target !== undefined)?.target,
    own: values.find((value) => value.own !== undefined)?.own,
    items: lists[0],
    otherItems: lists.slice(1, alternativesMax),
    entries: first.entries ?? values.find((value) => value.entries !== undefined)?.entries,
    others: othersOf(values, quals[0]),
    byText: values.some((value) => value.byText),
    whole: undefined,
  };
}

function othersOfTexts(values: readonly PyValue[], left: readonly string[]): readonly string[] {
  const isKnown = values.some(({ texts, items }) => texts.length > 0 || items !== undefined);
  const others = [...left, ...values.flatMap(({ otherTexts }) => otherTexts)];
  if (isKnown && values.some(isUnknownText)) others.push(unknownPart);
  return others.length > alternativesMax ? [unknownPart] : [...new Set(others)];
}

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
  return others.slice(0, alternativesMax).map((value) => ({ ...value, others: [] }));
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
  target: undefined,
  file: [],
  entries: undefined,
  own: undefined,
  others: [],
  bound: nothingGiven,
  whole: undefined,
  byText: false,
  raw: undefined,
};

/**
 * What a value gives that is asked for while it is being found: unknown, and nothing that it does
 * not hold already.
 */
export const busyPy: PyValue = { ...unknownPy };
