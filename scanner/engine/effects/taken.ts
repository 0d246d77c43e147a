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
  const items = itemsOf(of);
  const [object] = objectsOf(of);
  const own = of.things.flatMap((thing) =>
    thing.is === 'object' && thing.object.class !== undefined
      ? [callMethod(engine, siteOf(call), thingValue(thing), '__next__', nothingGiven)]
      : [],
  );
  if (own.length > 0) return either(own);
  if (items === undefined || object === undefined)
    return either([partOf(of), ...(usual === undefined ? [] : [usual])]);
  const at = object.at ?? 0;
  engine.heap.reshape(object, { at: at + 1 });
  return items[at] ?? usual ?? partOf(of);
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
  object.fields.set(member, withNodes({ ...value, isOpen: true }, of.nodes));
  object.rest = unknown;
  return thingValue({ is: 'object', object });
}
