/** Lists of Python of which the items are known, with what else they may be. */

import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { PyNode, PyValue } from '../program.ts';
import { anyText, fewLists, join, nodesOf, pythonItemsMax, unknownPy } from './alternatives.ts';

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

// Lists and dictionaries of Python that something changes by another way than the name that they
// were given: by a second name, out of another list, through a parameter, by a method that was
// taken as a value. Objects flow from expressions into cells (names, attributes, parameters,
// results), and changes go the way back.

/** How many of the first items stay what they were: none, the first one, or all. */
export type Kept = 0 | 1 | 2;
const unchanged = 3;

/**
 * `same`: the object itself. `owned`: the same, where the analysis of names sees the changes at the
 * target by itself. `into`: the object gets into another one. `out`: what the object holds. `copy`:
 * another object with the same items.
 */
export type FlowKind = 'same' | 'owned' | 'into' | 'out' | 'copy';

export interface Cell {
  /** Changes by the name itself. */
  direct: number;
  /** Changes of the object by other ways, and of the objects in it. */
  own: number;
  inner: number;
  /** A second name or object holds it, too. */
  isShared: boolean;
  readonly from: { readonly cell: Cell; readonly kind: FlowKind }[];
}

export class Aliases {
  readonly #cells = new Map<string, Cell>();
  readonly #places = new Map<PyNode, Cell>();
  readonly #all: Cell[] = [];
  readonly #steps: { take(count?: number): void };

  constructor(steps: { take(count?: number): void }) {
    this.#steps = steps;
  }

  /** The cell of a name, made once. */
  named(name: string): Cell {
    const known = this.#cells.get(name) ?? this.newCell();
    this.#cells.set(name, known);
    return known;
  }

  /** The cell of an expression, made once; `isNew` where nothing flows into it yet. */
  at(node: PyNode): { readonly cell: Cell; readonly isNew: boolean } {
    const known = this.#places.get(node);
    if (known !== undefined) return { cell: known, isNew: false };
    const cell = this.newCell();
    this.#places.set(node, cell);
    return { cell, isNew: true };
  }

  newCell(): Cell {
    this.#steps.take();
    const cell: Cell = {
      direct: unchanged,
      own: unchanged,
      inner: unchanged,
      isShared: false,
      from: [],
    };
    this.#all.push(cell);
    return cell;
  }

  flow(cell: Cell, to: Cell, kind: FlowKind): void {
    this.#steps.take();
    if (cell !== to) to.from.push({ cell, kind });
  }

  /**
   * Expressions whose objects are changed by ways that the analysis of names does not see, with
   * what stays of them.
   */
  changed(): Map<PyNode, Kept> {
    for (const cell of this.#all) if (cell.isShared) cell.own = Math.min(cell.own, cell.direct);
    const waiting = this.#all.filter(isChanged);
    for (let cell = waiting.pop(); cell !== undefined; cell = waiting.pop())
      for (const { cell: source, kind } of cell.from) {
        this.#steps.take();
        if (pass(cell, source, kind)) waiting.push(source);
      }
    const found = new Map<PyNode, Kept>();
    for (const [node, { own }] of this.#places)
      if (own === 0 || own === 1 || own === 2) found.set(node, own);
    return found;
  }
}

function isChanged({ direct, own, inner }: Cell): boolean {
  return Math.min(direct, own, inner) < unchanged;
}

// Gives the changes at a cell to a source of what it holds; true where they are new there.
function pass(cell: Cell, source: Cell, kind: FlowKind): boolean {
  const whole = Math.min(cell.own, cell.direct);
  const own = { same: whole, owned: cell.own, into: cell.inner, out: unchanged, copy: unchanged }[
    kind
  ];
  const inner = kind === 'out' ? Math.min(whole, cell.inner) : cell.inner;
  if (own >= source.own && inner >= source.inner) return false;
  source.own = Math.min(source.own, own);
  source.inner = Math.min(source.inner, inner);
  return true;
}
