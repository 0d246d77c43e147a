/** What is cut out of texts and lists. */
import type { Computation } from '../../knowledge/computation.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { Text } from '../text.ts';
import {
  fieldOf,
  itemsOf,
  type Known,
  knownOf,
  listValue,
  objectsOf,
  textValue,
  unknown,
  type Value,
} from '../value.ts';

/** Where it begins and ends, from the end where below 0, and how far it goes at once. */
type Bounds = readonly [from: number | undefined, to: number | undefined, by: number];

/** The number that a value is; a row writes its own numbers as texts. */
export function numberOf(known: Known): number | undefined {
  const number = known instanceof Text ? Number(known.whole) : known;
  return typeof number === 'number' && !Number.isNaN(number) ? number : undefined;
}

function boundsOf(how: Computation, given: readonly Known[], size: number): Bounds | undefined {
  const numbers = given.map(numberOf);
  // Anything else that is given is no place, or is one that nobody computes here.
  if (given.some((one, at) => one !== null && numbers[at] === undefined)) return undefined;
  const [from, to, by = 1] = numbers.map((one) => one && Math.trunc(one));
  if (by !== (numbers[2] ?? 1)) return undefined;
  if (how === 'part' || how === 'between') return [from, to, by];
  if (how === 'substring') {
    const ends = [from ?? 0, to ?? Infinity].map((end) => Math.max(0, end));
    return [Math.min(...ends), Math.max(...ends), 1];
  }
  if (how !== 'slice') return undefined;
  const start = Math.max(-size, from ?? 0);
  if (to === undefined || to < 0) return [start, to, 1];
  // Behind a start that is counted from the end, it goes no further than to that.
  return [start, start < 0 && start + to >= 0 ? undefined : start + to, 1];
}

function cut<T>(items: readonly T[], [from, to, by]: Bounds): readonly T[] {
  const { length } = items;
  const place = (at: number): number => (at < 0 ? Math.max(-1, length + at) : Math.min(at, length));
  const [first = by < 0 ? length - 1 : 0, last = by < 0 ? -1 : length] = [from, to].map(
    (one) => one && place(one),
  );
  const taken =
    by < 0
      ? items.slice(last + 1, first + 1).reverse()
      : items.slice(Math.max(0, first), Math.max(0, last));
  return taken.filter((_, at) => at % by === 0);
}

/**
 * What is cut out of a text. What is not known may be any number of letters: only a place before
 * it is told, or one behind it that is counted from the end.
 */
export function cutOfText(
  how: Computation,
  text: string,
  given: readonly Known[],
): Value | undefined {
  // JavaScript counts units of UTF-16.
  const letters = how === 'part' ? [...text] : text.split('');
  const bounds = boundsOf(how, given, letters.length);
  if (bounds === undefined) return undefined;
  const [from, to, by] = bounds;
  const before = letters.indexOf(unknownPart);
  const behind = letters.length - 1 - letters.lastIndexOf(unknownPart);
  const isTold = (at = 0): boolean => (at < 0 ? -at <= behind : at <= before);
  const isWhole = by === 1 || (by === -1 && (from ?? to) === undefined);
  if (before >= 0 && !(isWhole && isTold(from) && isTold(to))) return undefined;
  return textValue(cut(letters, bounds).join(''));
}

/** What is cut out of a list; undefined for what is none, or not told. */
export function cutOfList(
  how: Computation,
  [first = unknown, ...given]: readonly Value[],
): Value | undefined {
  const items = itemsOf(first);
  const bounds = boundsOf(how, given.map(knownOf), items?.length ?? 0);
  if (bounds === undefined) return undefined;
  const [from = 0, to, by] = bounds;
  // Nothing stands between a place and itself, whatever the text is.
  if (from === to && by > 0 && first.things.length === 0) return textValue('');
  if (items !== undefined) return listValue(cut(items, bounds));
  const [object, ...others] = objectsOf(first);
  if (how !== 'between' || object?.kind !== 'list' || others.length > 0) return undefined;
  // What stands behind the items that are known stays there.
  if (from < 0 || (to ?? Infinity) !== Infinity) return undefined;
  const { length, rest } = object;
  const known = Array.from({ length }, (_, at) => fieldOf(object, String(at)) ?? unknown);
  const list = listValue(known.slice(from));
  for (const one of objectsOf(list)) one.rest = rest;
  return { ...list, nodes: first.nodes };
}
