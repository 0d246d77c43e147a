/** Lists of Python of which the items are known, with what else they may be. */
import { alternativesMax, pythonItemsMax } from '../../../limits.ts';
import { unknownPart } from '../../../models/egress-of.ts';
import type { Kept } from '../changes/aliases.ts';
import type { PyNode, PyValue } from '../program.ts';
import { join, nodesOf, unknownPy } from './alternatives.ts';

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

/** `[a, *b]`, given what its operands are. */
export function display(operands: readonly PyNode[], given: readonly PyValue[]): PyValue {
  const items = itemsOf(operands, given);
  const open = given.findIndex(
    (value, at) => isStarred(operands[at]) && value.otherTexts.length > 0,
  );
  return {
    ...unknownPy,
    items,
    otherTexts: open === 0 ? [unknownPart] : [],
    otherItems: otherLists(operands, given),
    grown:
      open > 0 ||
      given.some(
        (value, at) => isStarred(operands[at]) && (value.items === undefined || value.grown),
      ),
    nodes: nodesOf(items),
    folded: items.some((item) => item.folded),
    decoded: items.some((item) => item.decoded),
  };
}

// `[*command, "-q"]`: the items of a list that is known, one by one.
function itemsOf(operands: readonly PyNode[], values: readonly PyValue[]): PyValue[] {
  return values.flatMap((value, at) =>
    isStarred(operands[at]) ? (value.items ?? [value]) : [value],
  );
}

// The same list with what else a list in it may be.
function otherLists(operands: readonly PyNode[], values: readonly PyValue[]): PyValue[][] {
  const others = values.flatMap((value, at) =>
    isStarred(operands[at])
      ? value.otherItems.map((items) => values.with(at, { ...value, items }))
      : [],
  );
  return others.slice(0, alternativesMax).map((other) => itemsOf(operands, other));
}

function isStarred(operand: PyNode | undefined): boolean {
  return operand?.prevSibling?.name === '*';
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
    items: [...first, ...second].slice(0, pythonItemsMax),
    otherItems: [
      ...a.otherItems.map((items) => [...items, ...second]),
      ...b.otherItems.map((items) => [...first, ...items]),
    ],
    grown: a.grown || b.grown || isOpen,
  };
}
