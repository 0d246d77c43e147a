/**
 * Data that gets from one part of a program to another where no call is seen between them: messages
 * of threads, and streams whose functions the program gives.
 */
import type { EffectOf } from '../../knowledge/row.ts';
import { type CallSite, callValue, givenArgs } from '../calls.ts';
import type { Engine } from '../interpret.ts';
import type { At } from '../notes.ts';
import { methodIn } from '../protocols.ts';
import {
  absorb,
  allNodesOf,
  dataOf,
  instanceValue,
  newObject,
  objectsOf,
  type Thing,
  thingValue,
  unknown,
  type Value,
} from '../value.ts';
import { type ApiCall, argOf } from './effects.ts';

/** All that is told on a channel, whenever and in whatever file. */
export function heardOn(engine: Engine, at: At, channel: string): Value {
  const [program = at.program] = engine.programs.values();
  const place = { ...at, program, place: { start: 0, end: 0 } };
  return dataOf([engine.notes.sharedNode(place, `told ${channel}`, `handed on by a ${channel}`)]);
}

export function tell(engine: Engine, call: ApiCall, effect: EffectOf<'tell'>): undefined {
  const content = argOf(call, effect.content);
  if (content === undefined) return undefined;
  for (const to of heardOn(engine, call.at, effect.channel).nodes)
    for (const from of allNodesOf([content])) engine.notes.edge(from, to);
  return undefined;
}

/** Calls the functions that get what is written to an object, and give what is read from it. */
export function handTo(engine: Engine, site: CallSite, into: Value, content: Value): void {
  for (const thing of into.things)
    for (const receiver of receiversOf(engine, thing)) {
      const object = newObject('object');
      // What is handed on by it is in the stream itself.
      const self = instanceValue('object', object);
      callValue(engine, site, receiver, givenArgs(content, self, self));
      for (const one of objectsOf(thingValue(thing))) absorb(one, allNodesOf([self]));
    }
}

/** The same for an object, and for those of which it is a part. */
export function handOn(
  engine: Engine,
  site: CallSite,
  into: Value | undefined,
  content: Value | undefined,
): void {
  if (engine.knowledge.receivers === undefined || into === undefined || content === undefined)
    return;
  const things = into.things.filter(({ is }) => is === 'object' || is === 'instance');
  const around = objectsOf(into).flatMap(({ holds = [] }) => holds);
  const parts = around.map((object): Thing => ({ is: 'instance', of: 'object', object }));
  handTo(engine, site, { ...into, things: [...things, ...parts] }, content);
}

function receiversOf({ knowledge }: Engine, thing: Thing): readonly Value[] {
  if (thing.is === 'function' || thing.is === 'bound') return [thingValue(thing)];
  return (knowledge.receivers ?? []).flatMap((name) => methodIn(thing, name) ?? []);
}

/** The functions by which an object of the library gets what is written to it. */
export function receiversIn({ knowledge }: Engine, given: readonly Value[]): Map<string, Value> {
  const found = new Map<string, Value>();
  for (const { kind, fields } of given.flatMap(objectsOf))
    for (const name of kind === 'record' ? (knowledge.receivers ?? []) : []) {
      const field = fields.get(name) ?? unknown;
      if (field.things.some(({ is }) => is === 'function' || is === 'bound'))
        found.set(name, field);
    }
  return found;
}
