/** Objects that stand before others: functions of the skill give what is read from them. */
import { callValue, nothingGiven } from '../calls.ts';
import type { Engine } from '../interpret.ts';
import {
  either,
  newObject,
  nil,
  objectsOf,
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
  const callers = [...named('apply'), ...named('construct')].map((callee): Thing => {
    const given = { ...nothingGiven, args: [target, unknown] };
    return { is: 'bound', callee, given };
  });
  const before = getter === undefined ? target : beforeTarget(engine, call, target, getter);
  return either([before, ...callers.map(thingValue)]);
}

function beforeTarget(engine: Engine, call: ApiCall, target: Value, getter: Value): Value {
  const object = newObject('record');
  const proxy = thingValue({ is: 'object', object });
  object.base = target;
  const args = [target, unknown, proxy];
  const given = callValue(engine, siteOf(call), getter, { ...nothingGiven, args });
  object.rest = { ...given, isOpen: true };
  return proxy;
}

/** `Proxy.revocable(target, handlers)` */
export function revocable(engine: Engine, call: ApiCall): Value {
  const object = newObject('record');
  object.fields.set('proxy', proxied(engine, call));
  object.fields.set('revoke', nil);
  return thingValue({ is: 'object', object });
}
