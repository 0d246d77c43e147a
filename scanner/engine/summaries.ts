/**
 * Functions that are called often: after some calls that do nothing but compute, the others are
 * gone through together, with arguments that may be any of theirs, or anything.
 */

import { keep } from '../fact/remembered.ts';
import type { Func } from '../ir/ir.ts';
import type { Given } from './calls.ts';
import { allGiven } from './effects/effects.ts';
import { type Reads, readAlso } from './heap.ts';
import type { Engine } from './interpret.ts';
import { isAlike, shapeOfValues } from './shapes.ts';
import {
  allNodesOf,
  either,
  knownOf,
  nil,
  type OwnFunction,
  type Thing,
  unknown,
  type Value,
  withNodes,
} from './value.ts';
import type { Variables } from './variables.ts';

/** Calls of one function that are gone through one by one. */
const followedMax = 8;
/** Times that further calls are gone through together, as long as they bring new objects. */
const roundsMax = 4;
/** Nodes of a function after which its calls are remembered. */
const spentMax = 4_096;
/** Calls of one function that are remembered with what they gave. */
const sameMax = 4;
/** Other texts with which calls of one function are remembered. */
const textsMax = 256;
/** Calls of one function with other texts that are gone through together. */
const shapesMax = 48;
/** All other calls are gone through as one. */
const anyShape = '';

/** What a function is called with. */
export interface Call {
  readonly given: Given;
  readonly self: Value | undefined;
}

interface Calls {
  count: number;
  /** What was gone through in its calls. */
  spent: number;
  /** It changes objects, starts or reads something: each call is followed. */
  isLoud: boolean;
  /** By what their arguments hold besides data. */
  readonly alike: Map<string, Together>;
  /** Calls that changed nothing, and what they gave. */
  readonly same: Map<string, Same[]>;
}

/** A call that gives the same again while the variables that it reads hold the same. */
interface Same {
  readonly call: Call;
  readonly result: Value;
  /** The variables that were read, and what they held. */
  readonly reads: Reads;
  readonly held: string;
}

/** Calls that are gone through together. */
interface Together extends Same {
  readonly rounds: number;
}

/** What is known of the calls of each function, in each environment around it. */
export class Summaries {
  readonly #calls = new Map<Func, Map<Variables | undefined, Calls>>();

  of({ func, around }: OwnFunction): Calls {
    const all = keep(this.#calls, func, () => new Map<Variables | undefined, Calls>());
    return keep(all, around, () => ({
      count: 0,
      spent: 0,
      isLoud: false,
      alike: new Map<string, Together>(),
      same: new Map<string, Same[]>(),
    }));
  }
}

/**
 * Goes through a call: by itself while there are few, or together with the others. `follow` goes
 * through the function; it tells whether that changed an object.
 */
export function summarised(
  engine: Engine,
  own: OwnFunction,
  call: Call,
  follow: (call: Call) => { readonly result: Value; readonly isPure: boolean },
): Value {
  const calls = engine.summaries.of(own);
  calls.count += 1;
  const isTogether =
    engine.knowledge.isOpen === true &&
    !own.func.isGenerator &&
    calls.count > followedMax &&
    !calls.isLoud &&
    canBeAnything(call);
  if (!isTogether) return again(engine, own, calls, call, follow);
  const written = shapeOfValues(engine, valuesOf(call), false);
  const isOther = calls.alike.size >= shapesMax && !calls.alike.has(written);
  const shape = isOther ? anyShape : written;
  const known = calls.alike.get(shape);
  const before = known && heldIn(engine, known.reads) === known.held ? known : undefined;
  if (before !== undefined && !hasNew(before.call, call, before.rounds < roundsMax)) {
    readAlso(engine.heap.reads, before.reads);
    return withNodes(before.result, allNodesOf(valuesOf(call)));
  }
  return together(engine, calls, shape, before, call, follow);
}

// Goes through a call, unless it was gone through before with the same.
function again(
  engine: Engine,
  own: OwnFunction,
  calls: Calls,
  call: Call,
  follow: (call: Call) => { readonly result: Value; readonly isPure: boolean },
): Value {
  const { heap, notes, knowledge } = engine;
  const noted = notes.count;
  const isOften = calls.count > followedMax || calls.spent > spentMax;
  const isKept = knowledge.isOpen === true && isOften && !own.func.isGenerator && isPlain(call);
  const left = engine.left;
  if (!isKept) {
    const made = follow(call);
    calls.spent += left - engine.left;
    calls.isLoud ||= !made.isPure || notes.count > noted;
    return made.result;
  }
  const all = sameTexts(calls, call);
  const known = all.find(
    (one) => isSameCall(one.call, call) && heldIn(engine, one.reads) === one.held,
  );
  if (known !== undefined) {
    readAlso(heap.reads, known.reads);
    return known.result;
  }
  const outer = heap.reads;
  const reads: Reads = new Map();
  heap.reads = reads;
  const made = follow(call);
  heap.reads = outer;
  readAlso(outer, reads);
  calls.isLoud ||= !made.isPure || notes.count > noted;
  if (made.isPure && all.length < sameMax)
    all.push({ call, result: made.result, reads, held: heldIn(engine, reads) });
  return made.result;
}

// What is remembered of calls with the same texts.
function sameTexts({ same }: Calls, call: Call): Same[] {
  const key = valuesOf(call)
    .map(({ texts }) => texts[0]?.whole ?? '')
    .join('\n');
  const known = same.get(key) ?? [];
  if (same.size < textsMax) same.set(key, known);
  return known;
}

/** Whether it has nothing but arguments in their order. */
export function isPlain({ given }: Call): boolean {
  return given.named.size === 0 && given.spread.length === 0 && given.sent === undefined;
}

/** Whether two calls have the same arguments. */
export function isSameCall(a: Call, b: Call): boolean {
  const all = valuesOf(a);
  const others = valuesOf(b);
  return (
    a.given.isAnything === b.given.isAnything &&
    all.length === others.length &&
    all.every((one, at) => isAlike(one, others[at] ?? unknown))
  );
}

// Goes through a call as any of those that are like it.
function together(
  engine: Engine,
  calls: Calls,
  shape: string,
  before: Together | undefined,
  call: Call,
  follow: (call: Call) => { readonly result: Value; readonly isPure: boolean },
): Value {
  const { heap, notes } = engine;
  const outer = heap.reads;
  const reads: Reads = new Map();
  heap.reads = reads;
  const noted = notes.count;
  const one = joined(before?.call ?? call, call);
  const made = follow(one);
  heap.reads = outer;
  readAlso(outer, reads);
  calls.isLoud ||= !made.isPure || notes.count > noted;
  if (calls.isLoud) return made.result;
  const result = { ...made.result, isOpen: true };
  calls.alike.set(shape, {
    call: one,
    result,
    rounds: (before?.rounds ?? 0) + 1,
    reads,
    held: heldIn(engine, reads),
  });
  return result;
}

// What variables hold now.
function heldIn(engine: Engine, reads: Reads): string {
  const values = [...reads].flatMap(([{ fields }, names]) =>
    [...names].map((name) => fields.get(name) ?? nil),
  );
  return shapeOfValues(engine, values, true);
}

/** All values of a call. */
export function valuesOf({ given, self }: Call): readonly Value[] {
  return allGiven(self === undefined ? given : { ...given, self });
}

// What is wholly known is computed, and a function that is given is called.
function canBeAnything(call: Call): boolean {
  const values = valuesOf(call);
  return (
    call.given.sent === undefined &&
    values.some((value) => knownOf(value) === undefined) &&
    values.every(({ things }) => things.every(({ is }) => is === 'object' || is === 'instance'))
  );
}

// Whether a call has an object, or at least one of another class, that those before had not.
function hasNew(before: Call, call: Call, isExact: boolean): boolean {
  const about = isExact ? objectIn : classIn;
  const known = new Set(valuesOf(before).flatMap(({ things }) => things.map(about)));
  return valuesOf(call).some(({ things }) => things.some((one) => !known.has(about(one))));
}

function objectIn(thing: Thing): unknown {
  return thing.is === 'object' || thing.is === 'instance' ? thing.object : thing;
}

function classIn(thing: Thing): unknown {
  if (thing.is === 'instance') return thing.of;
  return thing.is === 'object' ? (thing.object.class ?? thing.object.kind) : thing;
}

function joined(before: Call, call: Call): Call {
  const any = (one: Value | undefined, other: Value | undefined): Value => ({
    ...either([one, other].filter((value) => value !== undefined)),
    isOpen: true,
  });
  const a = before.given;
  const b = call.given;
  const length = Math.max(a.args.length, b.args.length);
  const names = new Set([...a.named.keys(), ...b.named.keys()]);
  return {
    given: {
      ...b,
      args: Array.from({ length }, (_, at) => any(a.args[at], b.args[at])),
      named: new Map([...names].map((name) => [name, any(a.named.get(name), b.named.get(name))])),
      spread: [...new Set([...a.spread, ...b.spread])].slice(0, spreadMax),
    },
    self: call.self === undefined ? undefined : either([before.self ?? call.self, call.self]),
  };
}

/** Lists that are given item by item in calls that are gone through together. */
const spreadMax = 4;
