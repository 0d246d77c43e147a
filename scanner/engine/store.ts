/**
 * What a program changes while it is gone through, and which of it is seen and changed by the calls
 * that are going on: where nothing that a call saw has changed, it leads to the same once more.
 */
import { keep } from '../fact/remembered.ts';
import type { Value } from './value.ts';

let made = 0;

/** The time at which a store is made or changed. */
export function birth(): number {
  made += 1;
  return made;
}

/** What a store is besides its fields. */
export interface FieldsShape {
  /** What may stand at any key. */
  readonly rest: Value | undefined;
  /** Positions of a list. */
  readonly length: number;
  /** Some of the keys may be missing. */
  readonly isPartial: boolean;
  /** How many of its items were taken one by one. */
  readonly at: number | undefined;
}

function fresh(since: number): Pick<Fields, 'held' | 'clock'> {
  return { held: new Map(), clock: { since } };
}

const plain: FieldsShape = { rest: undefined, length: 0, isPartial: false, at: undefined };

/** Values by their names: variables of a function, an object, a class. */
export class Fields {
  /** When it was made; what a branch makes is nothing that others see. */
  readonly born: number;
  /** When its fields or its shape became what they are; stores with the same fields share it. */
  readonly clock: { since: number };
  readonly isVariables: boolean = false;
  readonly kind?: 'list' | 'record' | 'object';
  /** Its fields and its shape, for those who note themselves that they see them. */
  readonly held: Map<string, Value>;
  shape = plain;
  /** A trace that is kept has seen it. */
  isKept = false;
  /** The trace that has no more to note of who looks at it. */
  seenBy: Trace | undefined;

  constructor(born = birth(), { held, clock }: Pick<Fields, 'held' | 'clock'> = fresh(born)) {
    this.born = born;
    this.held = held;
    this.clock = clock;
  }

  get fields(): ReadonlyMap<string, Value> {
    saw(this);
    return this.held;
  }

  get rest(): Value | undefined {
    saw(this);
    return this.shape.rest;
  }

  set rest(rest) {
    this.become({ rest });
  }

  get length(): number {
    saw(this);
    return this.shape.length;
  }

  set length(length) {
    this.become({ length });
  }

  get isPartial(): boolean {
    saw(this);
    return this.shape.isPartial;
  }

  set isPartial(isPartial) {
    this.become({ isPartial });
  }

  get at(): number | undefined {
    saw(this);
    return this.shape.at;
  }

  /** Gives what was just made a field: nobody takes it back. */
  put(key: string, value: Value): void {
    changedUntold(this);
    this.held.set(key, value);
  }

  protected become(to: Partial<FieldsShape>): void {
    const shape = { ...this.shape, ...to };
    if (isSameShape(shape, this.shape)) return;
    changedUntold(this);
    this.shape = shape;
    this.clock.since = birth();
  }
}

/** Whether nothing was ever put into it, as far as can be seen. */
export function isBlank({ held, shape }: Fields): boolean {
  return held.size === 0 && isSameShape(shape, plain);
}

/** Whether two shapes are the same, with the very same rest. */
export function isSameShape(a: FieldsShape, b: FieldsShape): boolean {
  return a.rest === b.rest && a.length === b.length && a.isPartial === b.isPartial && a.at === b.at;
}

/** What a call that is going on sees and changes of what was there before it. */
export class Trace {
  readonly born = birth();
  readonly #outer = trace;
  /** It does more than that, and so is no more than itself. */
  isBroken = false;
  /** What it noted, it noted of this frame. */
  isOfFrame = false;
  /** Since when what it saw was what it is. */
  readonly seen = new Map<Fields, number>();
  /** What had nothing in it then. */
  readonly blank = new Set<Fields>();
  readonly variables = new Map<Fields, Map<string, Value | undefined>>();
  /** What it changed, one after the other. */
  readonly changes: FieldChange[] = [];
  /** Functions of which it was asked how often they are going on. */
  readonly active = new Set<unknown>();
  #size = 0;

  /** Begins one, inside the one that is going on. */
  static begin(): Trace {
    trace = new Trace();
    return trace;
  }

  /** Ends it: what it saw and changed, the one around saw and changed. */
  end(): void {
    trace = this.#outer;
    if (trace === undefined || this.isBroken) return;
    this.showTo(trace);
    for (const change of this.changes) trace.adds(change);
  }

  /** Another one sees and changes what it did, with other stores in the places of some. */
  showTo(other: Trace, places: ReadonlyMap<Fields, Fields> = new Map()): void {
    for (const [store, since] of this.seen) {
      const place = places.get(store) ?? store;
      other.sees(place, place === store ? since : place.clock.since, this.blank.has(store));
    }
    for (const [store, names] of this.variables)
      for (const [name, value] of names) other.reads(store, name, value);
    for (const one of this.active) other.active.add(one);
    if (this.isOfFrame) other.notes();
  }

  /** Whether all that it saw is as it was then, but for stores in whose places others stand. */
  isAsItWas(places: ReadonlyMap<Fields, Fields>): boolean {
    for (const [store, since] of this.seen)
      if (store.clock.since !== since && (places.get(store) ?? store) === store) return false;
    for (const [store, names] of this.variables)
      for (const [name, value] of names) if (store.held.get(name) !== value) return false;
    return true;
  }

  /** It is compared with what is there later. */
  keep(): void {
    for (const store of this.seen.keys()) store.isKept = true;
  }

  /** Somebody looked at a store, which has been as it is `since` then. */
  sees(store: Fields, since = store.clock.since, wasBlank?: boolean): void {
    store.seenBy = this;
    if (this.isBroken || store.born > this.born || this.seen.has(store)) return;
    this.seen.set(store, since);
    if (wasBlank ?? isBlank(store)) this.blank.add(store);
    this.#count();
  }

  /** Somebody read a variable, or found that it is not there. */
  reads(store: Fields, name: string, value = store.held.get(name)): void {
    if (this.isBroken || store.born > this.born) {
      store.seenBy = this;
      return;
    }
    const names = keep(this.variables, store, () => new Map());
    if (names.has(name)) return;
    names.set(name, value);
    this.#count();
  }

  /** Something was changed. */
  adds(change: FieldChange): void {
    if (this.isBroken || change.store.born > this.born) return;
    this.changes.push(change);
    this.#count();
  }

  /** Something was noted of a frame: calls from elsewhere have notes of their own. */
  notes(): void {
    for (let one: Trace | undefined = this; one?.isOfFrame === false; one = one.#outer)
      one.isOfFrame = true;
  }

  /** What goes on here cannot be told as what it saw and changed. */
  break(): void {
    for (let one: Trace | undefined = this; one?.isBroken === false; one = one.#outer)
      one.isBroken = true;
  }

  #count(): void {
    this.#size += 1;
    if (this.#size > tracedMax) this.break();
  }
}

/** A field that got a value, or none; or a store that got a shape. */
export interface FieldChange {
  readonly store: Fields;
  readonly key?: string;
  readonly value?: Value | undefined;
  readonly shape?: FieldsShape;
}

/** What one call may see and change. */
const tracedMax = 1_024;

let trace: Trace | undefined;
/** Counts the changes that no trace says. */
let untold = 0;

/** The innermost trace that is going on. */
export function traceNow(): Trace | undefined {
  return trace;
}

/** Notes that somebody looks at a store: at one field of it where they are variables. */
export function saw(store: Fields, key?: string): void {
  if (store.seenBy === trace) return;
  if (key !== undefined && store.isVariables) trace?.reads(store, key);
  else trace?.sees(store);
}

/** What is known of a store, or of all, is changed by nothing that can be done once more. */
export function breaksAt(store?: Fields): void {
  if (trace !== undefined && (store?.born ?? 0) <= trace.born) trace.break();
}

/** Something changes without a trace: a store, or what all programs see. */
export function changedUntold(store?: Fields): void {
  breaksAt(store);
  if (store?.isKept !== false) untold += 1;
}

/** How many such changes there were: what was kept before one of them may no longer hold. */
export function untoldNow(): number {
  return untold;
}
