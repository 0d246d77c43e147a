/**
 * Calls that do what a call before them did: they are not gone through again. What the first one
 * changed is changed again, in the objects of the new one, and what it made is made again.
 */

import { digestOf } from '../../skills-index/skill/digest.ts';
import { keep } from '../fact/remembered.ts';
import type { Func } from '../ir/ir.ts';
import type { Given } from './calls.ts';
import { allGiven } from './effects/effects.ts';
import { birth, type Changes, type Reads, readAlso, touching } from './heap.ts';
import type { Engine, Invocation } from './interpret.ts';
import { type Holder, Moved, shapeOfValues } from './shapes.ts';
import { nil, type OwnFunction, type Value } from './value.ts';

/** Nodes of a function after which its calls are remembered. */
const spentMax = 4_096;
/** Nodes of a call, in the mean, that are less work than to remember it. */
const cheapMax = 48;
/** Calls with the same arguments that are remembered: what else they read differs. */
const sameMax = 4;
/** Calls with other arguments that are remembered. */
const othersMax = 256;

/** What a function is called with. */
export interface Call {
  readonly given: Given;
  readonly self: Value | undefined;
}

/** What is known of the calls of a function, in one environment around it. */
export interface Calls {
  count: number;
  /** Nodes that were gone through in them. */
  spent: number;
  /** By what they were given; the last of those that were given the same comes first. */
  readonly done: Map<string, Done[]>;
}

/** What a call did, which it does again while the variables that it reads hold the same. */
interface Done {
  readonly result: Value;
  readonly thrown: readonly Value[];
  readonly changes: Changes;
  readonly began: number;
  readonly reads: Reads;
  /** The digest of what it was given and of what these variables held, with the objects in it. */
  readonly held: string;
  readonly stores: readonly Holder[];
  /** Functions that it did not follow deeper, and how deep they were when it began. */
  readonly cuts: ReadonlyMap<Func, number>;
}

/** Goes through a call, or does what the same call did before; `follow` goes through it. */
export function summarised(
  engine: Engine,
  own: OwnFunction,
  call: Call,
  frame: Invocation,
  follow: () => Value,
): Value {
  const calls = keep(
    keep(engine.calls, own.func, () => new Map()),
    own.around,
    (): Calls => ({ count: 0, spent: 0, done: new Map() }),
  );
  const isKept =
    engine.knowledge.isOpen === true &&
    calls.spent > Math.max(spentMax, calls.count * cheapMax) &&
    !engine.isExhausted &&
    !own.func.isGenerator &&
    call.given.sent === undefined;
  const { left } = engine;
  calls.count += 1;
  const result = isKept ? again(engine, calls, call, frame, follow) : follow();
  calls.spent += left - engine.left;
  return result;
}

function again(
  engine: Engine,
  calls: Calls,
  call: Call,
  frame: Invocation,
  follow: () => Value,
): Value {
  const { heap } = engine;
  const same = sameCalls(engine, calls, call);
  for (const known of same) {
    const stores = sameStores(engine, known, call);
    if (stores === undefined) continue;
    const moved = new Moved(known.began, known.stores, stores);
    heap.redo(known.changes, moved);
    frame.thrown.push(...known.thrown.map((one) => moved.value(one)));
    noteReads(engine, known.reads, known.cuts.keys());
    return moved.value(known.result);
  }
  const outer = { reads: heap.reads, cuts: engine.cuts };
  const reads: Reads = new Map();
  const cuts = new Set<Func>();
  const thrown = frame.thrown.length;
  const began = birth();
  heap.reads = reads;
  engine.cuts = cuts;
  heap.begin();
  const { made: result, touched } = touching(follow);
  const changes = heap.end();
  heap.reads = outer.reads;
  engine.cuts = outer.cuts;
  // What the call itself made is the same in the same call.
  for (const store of reads.keys()) if (store.born > began) reads.delete(store);
  const stores: Holder[] = [];
  const done: Done = {
    result,
    thrown: frame.thrown.slice(thrown),
    changes,
    began,
    reads,
    held: digestOf(shapeOfValues(engine, [...valuesOf(call), ...heldIn(reads)], stores)),
    stores,
    cuts: new Map([...cuts].map((func) => [func, engine.activeOf(func)])),
  };
  if (touched > began && frame.ended === '' && canMove(done)) same.unshift(done);
  same.splice(sameMax);
  heap.redo(changes);
  noteReads(engine, reads, cuts);
  return result;
}

function noteReads({ heap, cuts }: Engine, reads: Reads, cut: Iterable<Func>): void {
  readAlso(heap.reads, reads);
  for (const func of cut) cuts?.add(func);
}

// What is remembered of calls with the same arguments.
function sameCalls(engine: Engine, { done }: Calls, call: Call): Done[] {
  const { named, isAnything, spread } = call.given;
  const given = shapeOfValues(engine, valuesOf(call), []);
  const names = [...named.keys()].join(' ');
  const where = `${engine.isRepeating} ${engine.notes.importing > 0}`;
  const key = digestOf(`${given} ${names} ${spread.length} ${isAnything} ${where}`);
  const known = done.get(key) ?? [];
  if (done.size < othersMax) done.set(key, known);
  return known;
}

// The objects of a call in the place of those of another one, if it does the same.
function sameStores(engine: Engine, { reads, held, cuts }: Done, call: Call): Holder[] | undefined {
  // What was not followed deeper is not followed here either.
  for (const [func, active] of cuts) if (engine.activeOf(func) < active) return undefined;
  const stores: Holder[] = [];
  const now = shapeOfValues(engine, [...valuesOf(call), ...heldIn(reads)], stores);
  return digestOf(now) === held ? stores : undefined;
}

// Whether all that a call made can be made again.
function canMove({ began, result, thrown, changes }: Done): boolean {
  const moved = new Moved(began, [], []);
  for (const value of [result, ...thrown]) moved.value(value);
  for (const { fields, shape } of changes.values())
    for (const value of [...fields.values(), shape?.rest]) if (value) moved.value(value);
  return moved.isWhole;
}

// What variables hold now.
function heldIn(reads: Reads): readonly Value[] {
  return [...reads].flatMap(([{ fields }, names]) =>
    [...names].map((name) => fields.get(name) ?? nil),
  );
}

/** All values of a call. */
export function valuesOf({ given, self }: Call): readonly Value[] {
  return allGiven(self === undefined ? given : { ...given, self });
}
