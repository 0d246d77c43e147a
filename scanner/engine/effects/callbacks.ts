import type { EffectOf } from '../../knowledge/row.ts';
import type { ObservedThing } from '../../lookup-tables/observations.ts';
import { callValue, finderOf, givenArgs, nothingGiven } from '../calls.ts';
import type { Engine } from '../interpret.ts';
import { numberOf } from '../library/cuts.ts';
import { compute } from '../library/library.ts';
import { anyTimes } from '../loops.ts';
import {
  absorb,
  allNodesOf,
  dataOf,
  instanceValue,
  isWhole,
  itemsOf,
  knownOf,
  knownText,
  listValue,
  newObject,
  nil,
  objectsOf,
  partOf,
  recordIn,
  scalarValue,
  type Thing,
  textValue,
  unknown,
  type Value,
} from '../value.ts';
import { type ApiCall, argOf, observed, siteOf } from './effects.ts';
import { eachMax } from './results.ts';

/** A function that the library calls with what it has. */
export function callBack(
  engine: Engine,
  call: ApiCall,
  { isLater, ...effect }: EffectOf<'call'>,
): Value | undefined {
  const { callee, given = [], each, spread, pairs, numbered, isMaybe, observes } = effect;
  const called = argOf(call, callee);
  if (called === undefined) return undefined;
  const self = effect.self === undefined ? undefined : argOf(call, effect.self);
  const target = self === undefined ? called : methodOn(called, self);
  if (isLater) {
    const run = (): Value => callBack(engine, call, effect) ?? unknown;
    engine.callLater(call.frame, run);
    // Nobody knows how much of the program has run by then.
    return engine.perhaps(call.frame, run);
  }
  const site = siteOf(call);
  if (observes !== undefined) return changeRequests(engine, call, target, observes);
  const args: Value[] = [];
  const named = new Map<string, Value>();
  const loose: Value[] = [];
  const { isOpen } = engine.knowledge;
  for (const one of given) {
    const value = (one === 'raised' ? engine.raised : argOf(call, one)) ?? unknown;
    const isRest = typeof one === 'object' && one.rest !== undefined;
    if (isOpen && spread && value === unknown) continue;
    if (isOpen && isRest) for (const [name, held] of call.named) named.set(name, held);
    const record = isOpen && spread ? recordIn(value) : undefined;
    const items = spread || isRest ? itemsOf(value) : undefined;
    if (record !== undefined) for (const [name, held] of record.fields) named.set(name, held);
    else if (items !== undefined) args.push(...items);
    else if (isOpen && (spread || isRest)) loose.push(value);
    else args.push(value);
  }
  const over = each === undefined ? undefined : argOf(call, each);
  if (over === undefined)
    return callValue(engine, site, target, { args, named, spread: [...call.spread, ...loose] });
  const items = entriesOf(engine, over, each !== 'self');
  if (items === undefined || items.length > eachMax) {
    const any = [partOf(over), ...(pairs ? [partOf(over)] : []), ...args];
    const run = (): Value => callValue(engine, site, target, { ...nothingGiven, args: any });
    return anyTimes(engine, site, run);
  }
  const takes = Math.max(...target.things.map(parametersOf));
  const results = items.map((item, at) => {
    const first = spread ? item.flatMap((one) => itemsOf(one) ?? [one]) : item;
    const place = numbered ? [scalarValue(at), over].slice(0, takes - 1) : [];
    const own = pairs ? [...first, ...first] : [...first, ...place];
    const run = (): Value =>
      callValue(engine, site, target, { ...nothingGiven, args: [...own, ...args], named });
    return isMaybe ? (engine.perhaps(call.frame, run) ?? unknown) : run();
  });
  return listValue(results);
}

// A function that sees each request, and may put something into it.
function changeRequests(
  engine: Engine,
  call: ApiCall,
  hook: Value,
  what: ObservedThing,
): Value | undefined {
  const object = newObject('object');
  const seen = observed(engine, call, what);
  object.rest = seen;
  const request = instanceValue('request', object);
  const made = callValue(engine, siteOf(call), hook, givenArgs(request));
  const own = new Set(seen.nodes);
  const put = allNodesOf([made, request]).filter(
    (node) => !engine.notes.originsOf([node]).every((origin) => own.has(origin)),
  );
  for (const one of objectsOf(call.self ?? unknown)) absorb(one, put);
  if (call.self === undefined && put.length > 0)
    engine.heap.set(engine.globals, hooksOf(call), dataOf(put));
  return undefined;
}

// What is sent with each request that the package makes.
function hooksOf({ at }: ApiCall): string {
  const owner = /^(?:@[^/]+\/)?[^.#]+/.exec(at.api)?.[0] ?? at.api;
  return `${owner}.defaults.hooks@${at.place.start}`;
}

/** How many arguments a function looks at. */
export function parametersOf(thing: Thing): number {
  if (thing.is !== 'function') return Number.POSITIVE_INFINITY;
  const { params } = thing.func;
  return params.some(({ rest }) => rest !== undefined) ? Number.POSITIVE_INFINITY : params.length;
}

/** A function of the skill gets the object; a method of the library is that of the object. */
export function methodOn(callee: Value, self: Value): Value {
  const found = new Set<string>();
  const things = callee.things.flatMap((one): Thing | readonly Thing[] => {
    if (one.is === 'function') return self.things.length > 0 ? { ...one, self } : one;
    const name =
      one.is === 'api'
        ? /\.(?:prototype\.\w+|call|apply|bind)$/.exec(one.name)?.[0].replace(/^.*\./, '')
        : one.is === 'bound'
          ? one.callee.things
              .flatMap((of) => (of.is === 'finder' ? of.names : []))
              .map(knownText)[0]
          : undefined;
    if (name === undefined) return one;
    if (found.has(name)) return [];
    found.add(name);
    const names = [textValue(name)];
    const method = finderOf('call', names);
    return { is: 'bound', callee: method, given: givenArgs(self) };
  });
  return { ...callee, things };
}

/** What a function is called with that is called for each item; undefined where nobody knows. */
export function entriesOf(
  engine: Engine,
  value: Value,
  isFirst: boolean,
): readonly (readonly Value[])[] | undefined {
  const letters = value.texts.length === 1 ? compute('list', [value]) : value;
  const items = itemsOf(letters);
  if (items !== undefined) return items.map((item) => [item]);
  const [object] = objectsOf(value);
  // `Array.from({ length: 3 }, …)`; the entries of a map have any names.
  const length = numberOf(knownOf(object?.fields.get('length') ?? unknown));
  if (engine.knowledge.itemsAreMembers && isFirst && length !== undefined)
    return Array.from({ length: Math.min(length, eachMax + 1) }, () => [nil]);
  if (object?.kind !== 'record' || !isWhole(object) || value.isOpen) return undefined;
  return [...object.fields].map(([key, item]) => [textValue(key), item]);
}
