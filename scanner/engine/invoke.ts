/** Functions of the skill that are gone through, with what they are given. */

import { keep, present } from '../fact/remembered.ts';
import type { Param } from '../ir/ir.ts';
import { type CallSite, framesMax, type Given, recursionMax, tooDeep } from './calls.ts';
import { type ApiCall, allGiven } from './effects/effects.ts';
import { isOther } from './heap.ts';
import type { Engine, Invocation } from './interpret.ts';
import {
  allNodesOf,
  dataOf,
  either,
  itemsOf,
  listValue,
  newObject,
  nil,
  type OwnFunction,
  objectsOf,
  objectValue,
  orOther,
  partOf,
  recordValue,
  thingValue,
  unknown,
  type Value,
  withNodes,
} from './value.ts';
import { Variables } from './variables.ts';

type Site = Pick<CallSite, 'node' | 'frame'>;

/** Goes through a function with what it is given, once more for each call. */
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
  const what = [thingValue({ ...own, self }), ...allGiven(given)];
  const going = engine.going.get(func) ?? [];
  // What none of the calls around it got, it may hand on.
  const isNew =
    going.length >= recursionMax &&
    what.some((one, at) =>
      isOther(
        one,
        going.flatMap((was) => was[at] ?? []),
      ),
    );
  const active = isNew ? 0 : going.length;
  // What the last of many calls inside one another gives, which end somewhere.
  const isLast = active === recursionMax && engine.knowledge.isOpen && !engine.isExhausted;
  const isTooDeep = frame.depth >= framesMax;
  if (isTooDeep && !isLast) engine.leaveOut(tooDeep, frame, site.node);
  if (
    !isLast &&
    (isTooDeep || active >= recursionMax || (engine.isExhausted && engine.called.has(func)))
  )
    return dataOf(allNodesOf(allGiven(given)));
  // All that are the last have one frame.
  const key = isLast ? engine.keyOf({ key: '' }, func) : engine.keyOf(frame, site.node);
  const call = { given: isLast ? othersOf(given) : given, self, key };
  const run = (): Value => follow(engine, own, call, site, what);
  const isAwaited = site.node.kind === 'call' && site.node.isAwaited;
  if (func.isAsync && !isAwaited) return engine.heap.perhaps(run);
  // Nobody knows how far it is asked to go.
  return func.isGenerator && !isLast ? (engine.perhaps(frame, run) ?? unknown) : run();
}

// The same arguments, or others.
function othersOf(given: Given): Given {
  return {
    ...given,
    args: given.args.map(orOther),
    named: new Map([...given.named].map(([name, value]) => [name, orOther(value)])),
  };
}

// Goes through the body of a function.
function follow(
  engine: Engine,
  own: OwnFunction,
  { given, self, key }: Pick<Invocation, 'self' | 'key'> & { given: Given },
  { node, frame }: Site,
  what: readonly Value[],
): Value {
  const { func, program, around, owner } = own;
  engine.called.add(func);
  const going = engine.going.get(func) ?? [];
  engine.going.set(func, [...going, what]);
  const { heap } = engine;
  const yielded = func.isGenerator ? newObject('list') : undefined;
  const inner: Invocation = {
    program,
    env: new Variables(heap, around),
    self,
    owner,
    func: own,
    given,
    key,
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
  engine.going.set(func, going);
  frame.thrown.push(...inner.thrown);
  if (inner.ended === 'exit') frame.ended = engine.isSure ? 'exit' : frame.ended;
  if (func.isBlock && inner.ended === 'return') frame.returned.push(...inner.returned);
  if (yielded !== undefined)
    return generated(withNodes(objectValue(yielded), allNodesOf(inner.returned)), (sent) =>
      given.sent === undefined
        ? invoke(engine, own, { ...given, sent }, { node, frame }, self)
        : unknown,
    );
  // Who comes to the end without a return gives nothing.
  if (inner.ended === '') inner.returned.push(func.givesLast ? last : nil);
  return inner.returned.length === 0 ? nil : either(inner.returned);
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
    return withNodes(
      listValue(args.slice(at), given.isAnything ? [unknown] : []),
      allNodesOf(spread),
    );
  if (param.rest === 'record') {
    const names = new Set(params.flatMap(({ name, isPositional }) => (isPositional ? [] : [name])));
    const record = recordValue([...given.named].filter(([name]) => !names.has(name)));
    if (given.isAnything) for (const object of objectsOf(record)) object.rest = unknown;
    return record;
  }
  const fallback = (): Value | undefined => fallbackOf(engine, param, frame);
  const value =
    (param.isPositional ? undefined : given.named.get(param.name)) ??
    (param.isKeyword ? undefined : args[at]);
  // Where nothing may be given for something, the fallback stands in for it.
  const isNothing = engine.knowledge.callsBack && value?.scalars.includes(null);
  if (value !== undefined)
    return given.isAnything || isNothing ? either([value, ...present(fallback())]) : value;
  const usual = fallback();
  if (param.isInjected && usual !== undefined) return usual;
  if (spread.length > 0) return either([...spread, ...present(usual)]);
  if (given.isAnything) return usual === undefined ? unknown : orOther(usual);
  return usual ?? nil;
}

function fallbackOf(engine: Engine, param: Param, frame: Invocation): Value | undefined {
  const { fallback } = param;
  if (fallback === undefined) return undefined;
  // `def f(all=[])`: all calls have one list.
  const isKept = engine.knowledge.isOpen && /^(list|record)$/.test(fallback.kind);
  const made = (): Value => engine.evaluate(fallback, frame);
  return isKept ? keep(engine.kept, param, made) : made();
}

function generated(list: Value, resume: (sent: Value) => Value): Value {
  for (const object of objectsOf(list)) object.resume = resume;
  return list;
}
