/** Lists of Python of which the items are known, with what else they may be. */
import { alternativesMax, pythonItemsMax } from '../limits.ts';
import { join, nodesOf } from './python-alternatives.ts';
import { type PyValue, unknownPy } from './python-run.ts';
import type { PyNode } from './python-tree.ts';

/** `[a, *b]`, given what its operands are. */
export function display(operands: readonly PyNode[], given: readonly PyValue[]): PyValue {
  const items = itemsOf(operands, given);
  return {
    ...unknownPy,
    items,
    otherItems: otherLists(operands, given),
    grown: given.some((value, at) => isStarred(operands[at]) && (value.items === undefined || value.grown)),
    nodes: nodesOf(items),
    folded: items.some((item) => item.folded),
    decoded: items.some((item) => item.decoded),
  };
}

// `[*command, "-q"]`: the items of a list that is known, one by one.
function itemsOf(operands: readonly PyNode[], values: readonly PyValue[]): PyValue[] {
  return values.flatMap((value, at) => (isStarred(operands[at]) ? (value.items ?? [value]) : [value]));
}

// The same list with what else a list in it may be.
function otherLists(operands: readonly PyNode[], values: readonly PyValue[]): PyValue[][] {
  const others = values.flatMap((value, at) =>
    isStarred(operands[at]) ? value.otherItems.map((items) => values.with(at, { ...value, items })) : [],
  );
  return others.slice(0, alternativesMax).map((other) => itemsOf(operands, other));
}

function isStarred(operand: PyNode | undefined): boolean {
  return operand?.prevSibling?.name === '*';
}

/** `first + second`, of lists with these items. */
export function joinedLists(a: PyValue, b: PyValue, first: readonly PyValue[], second: readonly PyValue[]): PyValue {
  return {
    ...join([a, b]),
    texts: [],
    otherTexts: [],
    items: [...first, ...second].slice(0, pythonItemsMax),
    otherItems: [...a.otherItems.map((items) => [...items, ...second]), ...b.otherItems.map((items) => [...first, ...items])],
    grown: a.grown || b.grown,
  };
}
