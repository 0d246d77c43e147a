/** Functions of the skill that are gone through, with what they are given. */

import { digestOf } from '../../skills-index/skill/digest.ts';
import { keep, present } from '../fact/remembered.ts';
import type { Extent, Func, Param } from '../ir/ir.ts';
import { type CallSite, framesMax, type Given, recursionMax, tooDeep } from './calls.ts';
import { type ApiCall, allGiven } from './effects/effects.ts';
import type { Engine, Invocation } from './interpret.ts';
import {
  allNodesOf,
  dataOf,
  either,
  type HeapObject,
  itemsOf,
  knownOf,
  listValue,
  newObject,
  nil,
  type OwnClass,
  type OwnFunction,
  objectsOf,
  objectValue,
  partOf,
  recordValue,
  type Thing,
  unknown,
  type Value,
  withNodes,
} from './value.ts';
import { Variables } from './variables.ts';

type Site = Pick<CallSite, 'node' | 'frame'>;

/** Calls of one function inside one call of it that are followed. */
const againMax = 256;

/** What a function is called with. */
interface Call {
  readonly given: Given;
  readonly self: Value | undefined;
}

/**
 * Whether a function was called again and again inside one call of it; counts the call. Where what
 * it is given is like nothing that it was given before, it says that it is not followed.
 */
export function isCalledOften(
  engine: Engine,
  func: Func,
  frame: Invocation,
  at: Extent,
  call: Call,
): boolean {
  if (engine.activeOf(func) === 0) engine.again.delete(func);
  const calls = keep(engine.again, func, () => ({ count: -1, shapes: new Set<string>() }));
  calls.count += 1;
  if (calls.count === 0) return false;
  if (calls.count > againMax && engine.leftOut !== undefined) return true;
  const given = [...(call.self ? [call.self] : []), ...allGiven(call.given)];
  const hasData = given.map((value) => allNodesOf([value]).length > 0);
  // Shapes may be long: their digests are kept.
  const shape = digestOf(`${shapeOfValues(engine, given)} ${hasData}`);
  if (calls.count <= againMax) calls.shapes.add(shape);
  else if (!calls.shapes.has(shape))
    engine.leaveOut(`more than ${againMax} calls of a function inside itself`, frame, at);
  return calls.count > againMax;
}

/**
 * Goes through a function with what it is given, each time: what a call does depends on more than
 * its arguments. Each way to remember calls let attacks pass: `steered-calls.txt` has some.
 */
export function invoke(
  engine: Engine,
  own: OwnFunction,
  args: Given,
  site: Site,
  self: Value | undefined,
): Value {
  const { frame } = site;
  const given =
    own.takesObject && self !== undefined ? { ...args, args: [self, ...args.args] } : args;
  const { func } = own;
  const active = engine.activeOf(func);
  const isOften = isCalledOften(engine, func, frame, site.node, { given, self });
  // What the last of many calls inside one another gives, which end somewhere.
  if (active === recursionMax && engine.knowledge.isOpen && !engine.isExhausted && !isOften)
    return follow(engine, own, { given: opened(given), self }, site);
  const isTooDeep = frame.depth >= framesMax;
  if (isTooDeep) engine.leaveOut(tooDeep, frame, site.node);
  if (
    isTooDeep ||
    isOften ||
    active >= recursionMax ||
    (engine.isExhausted && engine.called.has(func))
  )
    return dataOf(allNodesOf(allGiven(given)));
  const run = (): Value => follow(engine, own, { given, self }, site);
  // Nobody knows how far it is asked to go.
  return func.isGenerator ? (engine.perhaps(frame, run) ?? unknown) : run();
}

// The same arguments, or others.
function opened(given: Given): Given {
  const any = (value: Value): Value => ({ ...value, isOpen: true });
  return {
    ...given,
    args: given.args.map(any),
    named: new Map([...given.named].map(([name, value]) => [name, any(value)])),
  };
}

// Goes through the body of a function.
function follow(
  engine: Engine,
  own: OwnFunction,
  { given, self }: Call,
  { node, frame }: Site,
): Value {
  const { func, program, around, owner } = own;
  const active = engine.activeOf(func);
  engine.called.add(func);
  engine.active.set(func, active + 1);
  const { heap } = engine;
  const yielded = func.isGenerator ? newObject('list') : undefined;
  const inner: Invocation = {
    program,
    env: new Variables(heap, around),
    self,
    owner,
    func: own,
    given,
    key: engine.keyOf(frame, node),
    ...(yielded && { yielded }),
    depth: frame.depth + 1,
    returned: [],
    thrown: [],
    ended: '',
  };
  heap.land('return');
  bind(engine, func.params, given, inner);
  const last = engine.evaluate(func.body, inner);
  heap.landed();
  engine.active.set(func, active);
  frame.thrown.push(...inner.thrown);
  if (inner.ended === 'exit') frame.ended = engine.isSure ? 'exit' : frame.ended;
  if (func.isBlock && inner.ended === 'return') frame.returned.push(...inner.returned);
  if (yielded !== undefined)
    return generated(withNodes(objectValue(yielded), allNodesOf(inner.returned)), (sent) =>
      given.sent === undefined
        ? invoke(engine, own, { ...given, sent }, { node, frame }, self)
        : unknown,
    );
  const values = [...inner.returned, ...(func.givesLast && inner.ended === '' ? [last] : [])];
  return values.length === 0 ? nil : either(values);
}

function bind(engine: Engine, params: readonly Param[], given: Given, frame: Invocation): void {
  let args = [...given.args, ...looseNames(params, given)];
  const plain = params.filter(({ rest, isKeyword, isBlock }) => !rest && !isKeyword && !isBlock);
  // A block with several parameters takes a list apart.
  const [only] = args;
  if (frame.func?.func.isBlock && args.length === 1 && plain.length > 1 && only !== undefined)
    args = [...(itemsOf(only) ?? plain.map(() => partOf(only)))];
  let at = 0;
  for (const param of params) {
    const value = valueFor(engine, param, params, given, args, at, frame);
    if (!param.isKeyword && !param.isBlock) at += param.rest === 'list' ? args.length : 1;
    const about = engine.at(frame, { ...param, kind: 'self' }, param.name);
    frame.env.declare(param.name, heldBy(engine, about, value, param));
    if (param.parts !== undefined) engine.assign(param.parts, value, frame);
  }
}

// Keywords that no parameter takes are one record behind the other arguments.
function looseNames(params: readonly Param[], { named }: Given): readonly Value[] {
  const names = new Set(params.map(({ name }) => name));
  const loose = [...named].filter(([name]) => name !== '&' && !names.has(name));
  if (loose.length === 0 || params.some(({ rest }) => rest === 'record')) return [];
  return [recordValue(loose)];
}

function heldBy(engine: Engine, at: ApiCall['at'], value: Value, { name, start }: Param): Value {
  if (value.nodes.length === 0) return value;
  const node = engine.notes.node(at, `parameter@${start}`, `parameter "${name.slice(0, 60)}"`);
  for (const from of value.nodes) engine.notes.edge(from, node);
  return { ...value, nodes: [node] };
}

function valueFor(
  engine: Engine,
  param: Param,
  params: readonly Param[],
  given: Given,
  args: readonly Value[],
  at: number,
  frame: Invocation,
): Value {
  const spread = given.spread.map(partOf);
  if (param.isBlock) return given.named.get('&') ?? (given.isAnything ? unknown : nil);
  if (param.rest === 'list')
    return withNodes(listValue(args.slice(at), given.isAnything), allNodesOf(spread));
  if (param.rest === 'record') {
    const names = new Set(params.flatMap(({ name, isPositional }) => (isPositional ? [] : [name])));
    const record = recordValue([...given.named].filter(([name]) => !names.has(name)));
    if (given.isAnything) for (const object of objectsOf(record)) object.rest = unknown;
    return record;
  }
  const value =
    (param.isPositional ? undefined : given.named.get(param.name)) ??
    (param.isKeyword ? undefined : args[at]);
  if (value !== undefined && given.isAnything && param.fallback !== undefined)
    return either([value, engine.evaluate(param.fallback, frame)]);
  if (value !== undefined) return value;
  const fallback =
    param.fallback === undefined ? undefined : engine.evaluate(param.fallback, frame);
  if (param.isInjected && fallback !== undefined) return fallback;
  if (spread.length > 0) return either([...spread, ...present(fallback)]);
  if (given.isAnything) return fallback === undefined ? unknown : { ...fallback, isOpen: true };
  return fallback ?? nil;
}

function generated(list: Value, resume: (sent: Value) => Value): Value {
  for (const object of objectsOf(list)) object.resume = resume;
  return list;
}

/** Values within values that are looked at; beyond, what holds them is known by its changes. */
const valuesMax = 512;

/** What values hold besides data: two of one shape steer what they are given to alike. */
function shapeOfValues(engine: Engine, values: readonly Value[]): string {
  const parts: string[] = [];
  const seen = new Set<HeapObject | OwnClass>();
  let count = 0;
  const addThing = (thing: Thing): void => {
    if (thing.is === 'object' || thing.is === 'instance') addStore(thing.object, thing);
    else if (thing.is === 'class') addStore(thing.class, thing);
    else if (thing.is === 'api') parts.push(thing.name);
    else if (thing.is === 'function')
      parts.push(`${thing.program.source.path}@${thing.func.start}`);
    else if (thing.is === 'module') parts.push(thing.program.source.path);
    else parts.push(thing.is, String(engine.heap.changes));
  };
  const addStore = (store: HeapObject | OwnClass, thing: Thing): void => {
    parts.push(
      thing.is === 'instance' ? thing.of : thing.is,
      'class' in store ? (store.class?.name ?? '') : '',
    );
    if (seen.has(store)) return;
    seen.add(store);
    for (const [key, value] of store.fields) {
      if (count > valuesMax) break;
      parts.push(key);
      add(value);
    }
    if (store.rest !== undefined) add(store.rest);
    const of = 'class' in store ? store.class : undefined;
    if (of !== undefined) addStore(of, { is: 'class', class: of });
    // A method that another has taken the place of.
    if ('methods' in store)
      for (const [name, { things }] of store.methods.fields)
        for (const one of things)
          if (one.is === 'function') parts.push(`${name}@${one.func.start}`);
  };
  const add = (value: Value): void => {
    count += 1;
    if (count > valuesMax) return;
    for (const { whole } of value.texts) parts.push(JSON.stringify(whole));
    for (const scalar of value.scalars) parts.push(String(scalar));
    for (const thing of value.things) addThing(thing);
    if (value.isOpen || knownOf(value) === undefined) parts.push('?');
    parts.push(';');
  };
  for (const value of values) add(value);
  engine.context.steps.take(count >> 3);
  engine.left -= parts.length >> 2;
  return `${parts.join(' ')}${count > valuesMax ? ` ${engine.heap.changes}` : ''}`;
}
