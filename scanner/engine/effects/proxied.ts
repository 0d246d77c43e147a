/** Objects that stand before others: functions of the skill give what is read from them. */
import { anySetter } from '../assigned.ts';
import { callValue, givenArgs } from '../calls.ts';
import type { Engine } from '../interpret.ts';
import {
  either,
  newObject,
  nil,
  objectsOf,
  objectValue,
  orOther,
  recordValue,
  type Thing,
  thingValue,
  unknown,
  type Value,
} from '../value.ts';
import { type ApiCall, siteOf } from './effects.ts';

/** `new Proxy(target, { get: … })` */
export function proxied(engine: Engine, call: ApiCall): Value {
  const [target = unknown, handlers = unknown] = call.args;
  const named = (name: string): readonly Value[] =>
    objectsOf(handlers).flatMap(({ fields }) => fields.get(name) ?? []);
  const [getter] = named('get');
  const boundTo =
    (args: readonly Value[]) =>
    (callee: Value): Thing => {
      return { is: 'bound', callee, given: givenArgs(...args) };
    };
  const callers = [
    ...named('apply').map(boundTo([target, unknown])),
    ...named('construct').map(boundTo([target])),
  ];
  const [setter] = named('set').map(boundTo([target]));
  const isBefore = getter !== undefined || setter !== undefined;
  const before = isBefore ? beforeTarget(engine, call, target, getter) : target;
  if (setter !== undefined)
    for (const object of objectsOf(before)) object.put(anySetter, thingValue(setter));
  return either([before, ...callers.map(thingValue)]);
}

function beforeTarget(
  engine: Engine,
  call: ApiCall,
  target: Value,
  getter: Value | undefined,
): Value {
  const object = newObject('record');
  const proxy = objectValue(object);
  object.base = target;
  if (getter === undefined) return proxy;
  const args = [target, unknown, proxy];
  const given = callValue(engine, siteOf(call), getter, givenArgs(...args));
  object.rest = orOther(given);
  return proxy;
}

/** `Proxy.revocable(target, handlers)` */
export function revocable(engine: Engine, call: ApiCall): Value {
  return recordValue(Object.entries({ proxy: proxied(engine, call), revoke: nil }));
}
