/** Lists in an order: what `sorted` gives, and what sorting does to a list. */
import { Text } from '../text.ts';
import { itemsOf, type Known, knownOf, listValue, type Value, withNodes } from '../value.ts';
import { compute } from './library.ts';
import { anyOrder } from './lists.ts';

/** What a list is sorted by. */
export interface SortOrder {
  /** What a function of the program gave for each item, if there is one. */
  readonly keys: Value | undefined;
  /** Whether the last comes first. */
  readonly isReversed: Value | undefined;
}

/** The items of a list in their order; in any order where it is not known. */
export function sortedList(list: Value, { keys, isReversed }: SortOrder): Value {
  const whole = compute('list', [list]);
  const items = itemsOf(whole);
  const ranks = (keys === undefined ? items : itemsOf(keys))?.map(knownOf);
  const turn = isReversed === undefined ? false : knownOf(isReversed);
  const isKnown = ranks !== undefined && (isAll(ranks, isText) || isAll(ranks, isNumber));
  if (items === undefined || !isKnown || turn === undefined) return anyOrder(whole);
  const pairs = items.map((item, at) => ({ item, rank: ranks[at] }));
  pairs.sort((a, b) => compared(a.rank, b.rank));
  if (turn) pairs.reverse();
  return withNodes(listValue(pairs.map(({ item }) => item)), list.nodes);
}

function isAll(ranks: readonly Known[], is: (rank: Known) => boolean): boolean {
  return ranks.every(is);
}

function isText(rank: Known): boolean {
  return rank instanceof Text;
}

export function isNumber(rank: Known): boolean {
  return typeof rank === 'number' || typeof rank === 'bigint';
}

function compared(a: Known, b: Known): number {
  const [first, second] = [a, b].map((rank) => (rank instanceof Text ? rank.whole : (rank ?? 0)));
  if (first === undefined || second === undefined || first === second) return 0;
  return first < second ? -1 : 1;
}
