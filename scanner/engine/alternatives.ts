/** Which of many alternatives of a value are kept. */

import { keep, present } from '../fact/remembered.ts';
import { alternativesMax, foldedCharsMax } from '../fact/shared-limits.ts';
import { isBlank } from './store.ts';
import type { Text } from './text.ts';
import { countWork, type Thing, type Value } from './value.ts';

/** Things of which a value may be one. */
export const thingsMax = 512;

/**
 * As many alternatives as are kept of each sort, and all that are called in ways of their own, up
 * to a number; what is left out beyond it may do what none of the others does.
 */
export function fewThings(things: readonly Thing[]): { few: readonly Thing[]; isCut: boolean } {
  if (things.length <= alternativesMax) return { few: things, isCut: false };
  const alike = new Map<unknown, number>();
  const different = things.filter((thing) => {
    const sort = sortOf(thing) ?? thing;
    const count = alike.get(sort) ?? 0;
    alike.set(sort, count + 1);
    return count < alternativesMax;
  });
  const few = different.slice(0, thingsMax);
  return { few: few.length === things.length ? things : few, isCut: few.length < different.length };
}

// What things do in the same way, as far as they are called.
function sortOf(thing: Thing): string | undefined {
  if (thing.is === 'instance' && thing.object.openOn.length === 0 && isBlank(thing.object))
    return thing.of;
  if (thing.is !== 'object' || !isPlain(thing, 0)) return undefined;
  const { kind, class: of } = thing.object;
  return `${kind} ${of?.program.source.path} ${of?.node.start}`;
}

/** Objects inside one another that are searched for functions. */
const searchedMax = 4;

// No functions are in it, however deep.
function isPlain(thing: Thing, depth: number): boolean {
  if (thing.is !== 'object' || depth >= searchedMax) return false;
  const { held, shape } = thing.object;
  countWork(held.size);
  return [...held.values(), ...present(shape.rest)].every(({ things }) =>
    things.every((one) => isPlain(one, depth + 1)),
  );
}

/** The texts of values, each once with each data. */
export function differentTexts(values: readonly Value[]): readonly Text[] {
  const lists = values.flatMap(({ texts }) => (texts.length > 0 ? [texts] : []));
  const [only = [], ...others] = lists;
  if (others.length === 0) return only;
  const byWhole = new Map<string, Text[]>();
  const different = lists.flat().filter((text) => {
    const { whole, nodes } = text;
    const alike = keep(byWhole, whole, () => []);
    // As many as are kept are enough.
    if (alike.length > alternativesMax) return false;
    if (alike.some((one) => areSame(one.nodes, nodes))) return false;
    alike.push(text);
    return true;
  });
  return different.length === only.length ? only : different;
}

/** Whether two lists have the same items. */
function areSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a === b || (a.length === b.length && a.every((one, at) => one === b[at]));
}

/** What is in any of the lists, once; most of them are empty. */
export function union<T>(lists: readonly (readonly T[])[]): readonly T[] {
  let only: readonly T[] = [];
  let all: Set<T> | undefined;
  for (const list of lists) {
    if (list.length === 0 || list === only) continue;
    if (only.length === 0) {
      only = list;
      continue;
    }
    all ??= new Set(only);
    for (const one of list) all.add(one);
  }
  return all === undefined || all.size === only.length ? only : [...all];
}

/** As many alternatives as are kept, and no more letters in all than one text may have. */
export function fewTexts(texts: readonly Text[]): readonly Text[] {
  let left = foldedCharsMax;
  const kept = texts.slice(0, alternativesMax).filter(({ length }) => {
    left -= length;
    return left >= 0;
  });
  if (kept.length === texts.length) return texts;
  return kept.length === 0 ? texts.slice(0, 1) : kept;
}
