/** What iterators give: a list that is taken item by item, and its next item. */

import { nothingGiven } from '../calls.ts';
import type { Engine } from '../interpret.ts';
import { compute } from '../library/library.ts';
import { callMethod } from '../methods.ts';
import {
  either,
  itemsOf,
  listValue,
  newObject,
  objectsOf,
  objectValue,
  orOther,
  partOf,
  thingValue,
  unknown,
  type Value,
  withNodes,
} from '../value.ts';
import { type ApiCall, siteOf } from './effects.ts';

/** Takes the next item, or gives what items can be taken from. */
export function taken(engine: Engine, call: ApiCall, gives: 'iterator' | 'next'): Value {
  const { iteration } = engine.knowledge;
  if (gives === 'next' && iteration !== undefined && call.self !== undefined)
    return stepOf(engine, call, call.self, iteration.value);
  const [of = unknown, usual] = call.args;
  if (gives === 'iterator') {
    const items = itemsOf(compute('list', [of]));
    return items === undefined ? of : withNodes(listValue(items), of.nodes);
  }
  const all = engine.each(of, call.frame, (thing): readonly Value[] => {
    const one = thingValue(thing);
    if (thing.is === 'object' && thing.object.class !== undefined)
      return [callMethod(engine, siteOf(call), one, '__next__', nothingGiven)];
    const items = itemsOf(one);
    if (items === undefined || thing.is !== 'object')
      return usual === undefined ? [partOf(one)] : [partOf(one), usual];
    const at = thing.object.at ?? 0;
    engine.heap.reshape(thing.object, { at: at + 1 });
    return [items[at] ?? usual ?? partOf(one)];
  });
  const isMore = of.isOpen || all.length === 0;
  return withNodes(either([...all.flat(), ...(isMore ? [unknown] : [])]), of.nodes);
}

// An object with what a generator gives next, which may get a value itself.
function stepOf(engine: Engine, call: ApiCall, of: Value, member: string): Value {
  const [sent] = call.args;
  const { self: _, ...taking } = { ...call, args: [of] };
  const next = taken(engine, taking, 'next');
  const answers = objectsOf(of).flatMap(({ resume }) =>
    sent === undefined ? [] : (resume?.(sent) ?? []),
  );
  const value = either([next, ...answers.map(partOf)]);
  const object = newObject('record');
  object.put(member, withNodes(orOther(value), of.nodes));
  object.rest = unknown;
  return objectValue(object);
}
