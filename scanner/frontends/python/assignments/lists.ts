/** Lists of Python of which the items are known, with what else they may be. */
import { pythonItemsMax } from '../../../limits.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { PyValue } from '../program.ts';
import type { Kept } from './aliases.ts';
import { anyText, fewLists, join, nodesOf, unknownPy } from './alternatives.ts';

/**
 * A list or dictionary that something changes by another way than its name: what stays of it is its
 * beginning, or nothing.
 */
export function changedList(value: PyValue, kept: Kept | undefined): PyValue {
  if (kept === undefined) return value;
  // Bytes: a view of them or another name changes them in their place.
  if (value.items === undefined && value.entries === undefined)
    return value.texts.length === 0
      ? value
      : { ...value, otherTexts: [unknownPart], whole: undefined };
  if (kept === 2) return { ...value, grown: true, whole: undefined };
  const items = kept === 1 ? value.items?.slice(0, 1) : value.items;
  return {
    ...value,
    items,
    grown: true,
    whole: undefined,
    otherTexts: kept === 1 ? value.otherTexts : [unknownPart],
  };
}

interface Part {
  readonly value: PyValue;
  readonly isStarred: boolean;
}

/** `[a, *b]`, given what its parts are. */
export function display(parts: readonly Part[]): PyValue {
  const items = itemsOf(parts);
  const open = parts.findIndex(({ value, isStarred }) => isStarred && value.otherTexts.length > 0);
  return {
    ...unknownPy,
    items,
    otherTexts: open === 0 ? [unknownPart] : [],
    otherItems: otherLists(parts),
    grown:
      open > 0 ||
      parts.some(({ value, isStarred }) => isStarred && (value.items === undefined || value.grown)),
    nodes: nodesOf(items),
    folded: items.some((item) => item.folded),
    decoded: items.some((item) => item.decoded),
  };
}

// `[*command, "-q"]`: the items of a list that is known, one by one.
function itemsOf(parts: readonly Part[]): PyValue[] {
  return parts.flatMap(({ value, isStarred }) => (isStarred ? (value.items ?? [value]) : [value]));
}

// The same list with what else a list in it may be.
function otherLists(parts: readonly Part[]): PyValue['otherItems'] {
  const others = parts.flatMap(({ value, isStarred }, at) =>
    isStarred
      ? value.otherItems.map((items) => parts.with(at, { value: { ...value, items }, isStarred }))
      : [],
  );
  return fewLists(others.map(itemsOf));
}

/** Items as a list holds them: of too many, the rest is one unknown item. */
export function fewItems(items: readonly PyValue[]): readonly PyValue[] {
  return items.length > pythonItemsMax ? [...items.slice(0, pythonItemsMax), anyText] : items;
}

/** `first + second`, of lists with these items. */
export function joinedLists(
  a: PyValue,
  b: PyValue,
  first: readonly PyValue[],
  second: readonly PyValue[],
): PyValue {
  const isOpen = b.otherTexts.length > 0;
  return {
    ...join([a, b]),
    texts: [],
    otherTexts: a.otherTexts.length > 0 || (isOpen && first.length === 0) ? [unknownPart] : [],
    items: fewItems([...first, ...second]),
    otherItems: fewLists([
      ...a.otherItems.map((items) => fewItems([...items, ...second])),
      ...b.otherItems.map((items) => fewItems([...first, ...items])),
    ]),
    grown: a.grown || b.grown || isOpen,
  };
}
