/**
 * Functions of Python that make and rearrange sequences, computed (library reference: built-in
 * functions, itertools).
 */

import type { Folded, MaybeFolded } from '../program.ts';
import { dictOf, isDict, itemsOf, listOf, type MethodCall, wholeOf } from './value.ts';

const items = 65_536;

/** The result of a function on sequences; undefined where it is not known. */
export function sequenceBuiltin(qual: string, call: MethodCall): MaybeFolded {
  const [first, second] = call.args;
  const list = itemsOf(first);
  const start = second ?? call.keywords.get('start');
  switch (qual) {
    case 'list':
    case 'iter':
    case 'tuple':
    case 'set':
    case 'frozenset':
    case 'itertools.chain':
    case 'itertools.chain.from_iterable':
      return sequence(qual, call);
    case 'dict':
    case 'collections.OrderedDict':
      return dictionary(call);
    case 'reversed':
      return list === undefined ? undefined : listOf([...list].reverse());
    case 'range':
      return rangeOf(call.args);
    case 'enumerate':
      return list === undefined
        ? undefined
        : listOf(
            list.map((item, at) => listOf([BigInt(at + (wholeOf(start) ?? 0)), item], 'tuple')),
          );
    case 'zip':
      return zipped(call.args, Math.min);
    case 'itertools.zip_longest': {
      const { keywords } = call;
      return zipped(
        call.args,
        Math.max,
        keywords.has('fillvalue') ? keywords.get('fillvalue') : null,
      );
    }
    case 'itertools.cycle':
      // Only ever read beside something that ends.
      return list === undefined || list.length === 0
        ? undefined
        : listOf(Array.from({ length: 4_096 }, (_, at) => list[at % list.length]));
    case 'sorted':
      return call.keywords.size > 0 || list === undefined ? undefined : sorted(list);
    case 'sum':
      return list?.every((item) => typeof item === 'bigint') &&
        (start === undefined || typeof start === 'bigint')
        ? list.reduce((all, item) => all + item, start ?? 0n)
        : undefined;
    case 'min':
    case 'max': {
      const all = call.args.length > 1 ? call.args : list;
      if (call.keywords.has('key') || !all?.every((item) => typeof item === 'bigint'))
        return undefined;
      if (all.length === 0) return undefined;
      return all.reduce((best, item) =>
        (qual === 'min' ? item < best : item > best) ? item : best,
      );
    }
    case 'next':
      return list === undefined || list.length === 0 ? second : list[0];
    default:
      return undefined;
  }
}

function sequence(qual: string, call: MethodCall): MaybeFolded {
  const kind = qual === 'tuple' ? 'tuple' : /set$/.test(qual) ? 'set' : 'list';
  const given =
    qual === 'itertools.chain.from_iterable' ? (itemsOf(call.args[0]) ?? [undefined]) : call.args;
  const lists = given.map(itemsOf);
  return lists.every((list) => list !== undefined)
    ? listOf(lists.flatMap((list) => list ?? []).slice(0, items), kind)
    : undefined;
}

function dictionary(call: MethodCall): MaybeFolded {
  const [first] = call.args;
  const named = [...call.keywords].map(([key, value]) => [key, value] as const);
  if (isDict(first))
    return dictOf([
      ...[...first.entries.values()].map(({ key, value }) => [key, value] as const),
      ...named,
    ]);
  const pairs = first === undefined ? [] : (itemsOf(first)?.map(itemsOf) ?? [undefined]);
  const known = pairs.flatMap((pair): (readonly [Folded, MaybeFolded])[] =>
    pair?.length === 2 && pair[0] !== undefined ? [[pair[0], pair[1]]] : [],
  );
  return known.length === pairs.length ? dictOf([...known, ...named]) : undefined;
}

function rangeOf(args: readonly MaybeFolded[]): MaybeFolded {
  const [a, b, c] = args.map(wholeOf);
  if (a === undefined || args.length === 0) return undefined;
  const [from, to, step] = args.length === 1 ? [0, a, 1] : [a, b, args.length > 2 ? c : 1];
  if (to === undefined || step === undefined || step === 0 || Math.abs((to - from) / step) > items)
    return undefined;
  const found: bigint[] = [];
  for (let at = from; step > 0 ? at < to : at > to; at += step) found.push(BigInt(at));
  return listOf(found);
}

function zipped(
  args: readonly MaybeFolded[],
  ending: (...lengths: number[]) => number,
  fill?: MaybeFolded,
): MaybeFolded {
  const lists = args.map(itemsOf);
  const known = lists.filter((list) => list !== undefined);
  if (known.length !== lists.length || known.length === 0) return undefined;
  const length = ending(...known.map((list) => list.length));
  return listOf(
    Array.from({ length }, (_, at) =>
      listOf(
        known.map((list) => (at < list.length ? list[at] : fill)),
        'tuple',
      ),
    ),
  );
}

function sorted(list: readonly MaybeFolded[]): MaybeFolded {
  if (list.every((item) => typeof item === 'bigint'))
    return listOf([...list].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  return list.every((item) => typeof item === 'string') ? listOf([...list].sort()) : undefined;
}
