/**
 * Calls of the skill's functions that lead to what the same call led to before. Nothing that it saw
 * has changed since: it changes the same once more, and what it made is made anew. A call that
 * notes something is recalled only in the frame of which it noted that, and a call that does more
 * than a trace can tell is gone through each time.
 */
import { keep, present } from '../fact/remembered.ts';
import { areSame } from './alternatives.ts';
import type { Given } from './calls.ts';
import type { Engine, Invocation } from './interpret.ts';
import {
  birth,
  type FieldChange,
  type Fields,
  isBlank,
  isSameShape,
  Trace,
  traceNow,
  untoldNow,
} from './store.ts';
import { addWork, HeapObject, type OwnFunction, type Thing, type Value } from './value.ts';

/** What a function is called with. */
export interface Call {
  readonly given: Given;
  readonly self: Value | undefined;
  /** The name of its frame. */
  readonly key: string;
}

/** One call, and what it led to. */
export interface Recall extends Call {
  readonly own: OwnFunction;
  /** How many changes nobody had told by then. */
  readonly untold: number;
  /** Whether a package was being imported. */
  readonly isImporting: boolean;
  readonly trace: Trace;
  /** How often functions that it asked about were going on. */
  readonly active: readonly (readonly [of: unknown, count: number])[];
  readonly changes: readonly FieldChange[];
  readonly thrown: readonly Value[];
  readonly raised: Value | undefined;
  readonly value: Value;
  /** What it gives goes on with the very objects that it was given. */
  readonly isFixed: boolean;
  /** What it made is newer. */
  readonly madeAt: number;
}

/** Calls of one function that are kept. */
const recallsMax = 16;

/** Goes through a call, or recalls what it led to. */
export function recall(
  engine: Engine,
  own: OwnFunction,
  call: Call,
  frame: Invocation,
  follow: () => Value,
): Value {
  // A shell has a state of its own, and a block ends the function around.
  if (engine.library !== undefined || own.func.isBlock || call.given.sent) return follow();
  const recalls = keep(engine.recalls, own.func, () => []);
  const untold = untoldNow();
  const isImporting = engine.notes.importing > 0;
  for (const one of recalls) {
    if (one.untold !== untold || one.isImporting !== isImporting) continue;
    if (one.trace.isOfFrame && one.key !== call.key) continue;
    const places = placesIn(one, engine, own, call);
    const value = places && again(engine, one, places, frame);
    if (value !== undefined) return value;
  }
  const { ended, thrown } = frame;
  const before = { thrown: thrown.length, raised: engine.raisedLast };
  const trace = Trace.begin();
  let value: Value;
  try {
    value = follow();
  } finally {
    trace.end();
  }
  if (trace.isBroken || frame.ended !== ended || engine.isExhausted) return value;
  const copies = new Copies(trace.born);
  const madeAt = birth();
  const { raisedLast } = engine;
  const one: Recall = {
    ...call,
    own,
    untold,
    isImporting,
    trace,
    active: [...trace.active].map((of) => [of, engine.active.get(of) ?? 0]),
    changes: [...trace.changes, ...endsOf(trace.changes)].map((each) => copies.ofChange(each)),
    thrown: thrown.slice(before.thrown).map((each) => copies.of(each)),
    raised: raisedLast === before.raised ? undefined : copies.of(raisedLast),
    value: copies.of(value),
    isFixed: copies.isFixed,
    madeAt,
  };
  if (!copies.isPossible) return value;
  trace.keep();
  recalls.push(one);
  if (recalls.length > recallsMax) recalls.shift();
  return value;
}

/** By the objects of a recalled call, those that stand in their places. */
type Places = Map<HeapObject, HeapObject>;

// Where the same call finds what the other one found: the objects in the places of the other's.
function placesIn(one: Recall, engine: Engine, own: OwnFunction, call: Call): Places | undefined {
  const { around, owner } = one.own;
  if (around !== own.around || owner !== own.owner) return undefined;
  if (one.active.some(([of, count]) => (engine.active.get(of) ?? 0) !== count)) return undefined;
  const places: Places = new Map();
  const before = [one.own.self, one.self, ...one.given.args, ...one.given.spread];
  const now = [own.self, call.self, ...call.given.args, ...call.given.spread];
  const isSame =
    one.given.isAnything === call.given.isAnything &&
    one.given.args.length === call.given.args.length &&
    [...one.given.named.keys()].join() === [...call.given.named.keys()].join() &&
    areAlike([...before, ...one.given.named.values()], [...now, ...call.given.named.values()], {
      places,
      taken: new Set(),
      trace: one.trace,
    });
  if (!isSame || !one.trace.isAsItWas(places)) return undefined;
  const moved = new Set([...places].flatMap(([a, b]) => (a === b ? [] : [a])));
  if (moved.size > 0 && (one.isFixed || findsElsewhere(one.trace, moved))) return undefined;
  return places;
}

// Whether the call came to an object on another way, too, where it stays what it is.
function findsElsewhere({ seen, variables }: Trace, moved: ReadonlySet<Fields>): boolean {
  const isOne = ({ things }: Value): boolean => things.some((thing) => isIn(thing));
  const isIn = (thing: Thing): boolean => {
    if (thing.is === 'object' || thing.is === 'instance') return moved.has(thing.object);
    if (thing.is === 'function') return thing.self !== undefined && isOne(thing.self);
    if (thing.is === 'bound') return isOne(thing.callee) || valuesIn(thing.given).some(isOne);
    return thing.is === 'finder' && [...thing.names, ...valuesIn(thing.given)].some(isOne);
  };
  for (const names of variables.values())
    for (const value of names.values()) if (value !== undefined && isOne(value)) return true;
  for (const store of seen.keys())
    if (!moved.has(store)) {
      const besides = store instanceof HeapObject ? present(store.base) : [];
      if (store instanceof HeapObject && store.holds.some((one) => moved.has(one))) return true;
      addWork(store.held.size);
      if ([...store.held.values(), ...present(store.shape.rest), ...besides].some(isOne))
        return true;
    }
  return false;
}

interface Likeness {
  readonly places: Places;
  /** The objects that stand in a place. */
  readonly taken: Set<HeapObject>;
  readonly trace: Trace;
}

function areAlike(
  a: readonly (Value | undefined)[],
  b: readonly (Value | undefined)[],
  how: Likeness,
): boolean {
  return a.length === b.length && a.every((value, at) => isAlike(value, b[at], how));
}

function isAlike(a: Value | undefined, b: Value | undefined, how: Likeness): boolean {
  if (a === undefined || b === undefined) return a === b;
  return isEqual(a, b, (one, other) => isInPlace(one, other, how));
}

// Whether two values are the same in all that a program can see of them, but for their objects.
function isEqual(
  a: Value,
  b: Value,
  isSameObject: (a: HeapObject, b: HeapObject) => boolean,
): boolean {
  addWork(1 + a.things.length + a.texts.length);
  return (
    (a === b && a.things.length === 0) ||
    (a.isOpen === b.isOpen &&
      a.isFolded === b.isFolded &&
      a.isDecoded === b.isDecoded &&
      a.isCut === b.isCut &&
      areSame(a.nodes, b.nodes) &&
      areSame(a.scalars, b.scalars) &&
      a.things.length === b.things.length &&
      a.texts.length === b.texts.length &&
      a.things.every((thing, at) => isEqualThing(thing, b.things[at], isSameObject)) &&
      a.texts.every((text, at) => text.isEqual(b.texts[at])))
  );
}

function isEqualThing(
  a: Thing,
  b: Thing | undefined,
  isSameObject: (a: HeapObject, b: HeapObject) => boolean,
): boolean {
  switch (a.is) {
    case 'api':
      return b?.is === 'api' && a.name === b.name;
    case 'object':
      return b?.is === 'object' && isSameObject(a.object, b.object);
    case 'instance':
      return b?.is === 'instance' && a.of === b.of && isSameObject(a.object, b.object);
    case 'class':
      return b?.is === 'class' && a.class === b.class;
    case 'module':
      return b?.is === 'module' && a.program === b.program;
    case 'function':
      return (
        b?.is === 'function' &&
        a.func === b.func &&
        a.around === b.around &&
        a.owner === b.owner &&
        a.takesObject === b.takesObject &&
        (a.self && b.self ? isEqual(a.self, b.self, isSameObject) : a.self === b.self)
      );
    default:
      return a === b;
  }
}

// Another object in the place of one that was empty, or that nobody has changed since.
function isInPlace(a: HeapObject, b: HeapObject, how: Likeness): boolean {
  const { places, taken, trace } = how;
  const known = places.get(a);
  if (known !== undefined || places.size >= copiesMax) return known === b;
  const isOther = a !== b;
  if (isOther && (trace.seen.has(b) || a.kind !== b.kind || a.class !== b.class)) return false;
  if (isOther && (taken.has(b) || !isPlain(a) || !isPlain(b))) return false;
  places.set(a, b);
  taken.add(b);
  // What was seen of it is as it was: all of it is the same.
  const since = trace.seen.get(a);
  if (!isOther || since === undefined) return true;
  if (trace.blank.has(a)) return isBlank(b);
  return (
    a.clock.since === since &&
    a.held.size === b.held.size &&
    isSameShape({ ...a.shape, rest: undefined }, { ...b.shape, rest: undefined }) &&
    [...a.held.keys()].join('\0') === [...b.held.keys()].join('\0') &&
    [...a.held].every(([key, value]) => isAlike(value, b.held.get(key), how)) &&
    isAlike(a.shape.rest, b.shape.rest, how)
  );
}

function isPlain({ openOn, holds, base, resume, path, isEndless, isMap, content }: HeapObject) {
  const besides = [base, resume, path, isEndless, isMap, content];
  return openOn.length + holds.length === 0 && besides.every((one) => one === undefined);
}

function again(engine: Engine, one: Recall, places: Places, frame: Invocation): Value | undefined {
  const { trace, changes, madeAt } = one;
  const copies = new Copies(madeAt, places);
  const todo = changes.map((each) => copies.ofChange(each));
  const thrown = one.thrown.map((each) => copies.of(each));
  const raised = one.raised && copies.of(one.raised);
  const value = copies.of(one.value);
  if (!copies.isPossible) return undefined;
  const outer = traceNow();
  if (outer !== undefined) trace.showTo(outer, places);
  for (const change of todo) engine.heap.change(change);
  frame.thrown.push(...thrown);
  if (raised !== undefined) engine.raised = raised;
  return value;
}

// What fields and shapes are in the end, where that is another: a branch may have taken a change
// back.
function endsOf(changes: readonly FieldChange[]): readonly FieldChange[] {
  return changes.flatMap(({ store, key, value, shape }): readonly FieldChange[] => {
    if (key === undefined) return store.shape === shape ? [] : [{ store, shape: store.shape }];
    const last = store.held.get(key);
    return last === value ? [] : [{ store, key, value: last }];
  });
}

/** Objects that are copied for one call. */
const copiesMax = 256;
/** Making an object or a change is as much work as joining so many alternatives. */
const workPerCopy = 12;

/** Values with copies of all objects that are newer than a time. */
class Copies {
  /** Whether what a copy does is what the value does. */
  isPossible = true;
  /** Something in it goes on with the very objects that the call was given. */
  isFixed = false;
  readonly #after: number;
  readonly #copies: Places;
  #count = 0;

  constructor(after: number, places: Places = new Map()) {
    this.#after = after;
    this.#copies = new Map(places);
  }

  ofChange({ store, value, shape, ...change }: FieldChange): FieldChange {
    addWork(workPerCopy);
    return {
      ...change,
      store: this.#ofStore(store),
      value: value && this.of(value),
      ...(shape && { shape: { ...shape, rest: shape.rest && this.of(shape.rest) } }),
    };
  }

  of(value: Value): Value {
    if (value.texts.some(({ isBuffer }) => isBuffer)) this.isPossible = false;
    const things = value.things.map((thing) => this.#ofThing(thing));
    const isSame = things.every((thing, at) => thing === value.things[at]);
    return isSame ? value : { ...value, things };
  }

  #ofStore(store: Fields): Fields {
    return store instanceof HeapObject ? this.#ofObject(store) : store;
  }

  #ofThing(thing: Thing): Thing {
    if (thing.is === 'object' || thing.is === 'instance') {
      const object = this.#ofObject(thing.object);
      return object === thing.object ? thing : { ...thing, object };
    }
    if (thing.is === 'function') {
      if ((thing.around?.born ?? 0) > this.#after) this.isPossible = false;
      const self = thing.self && this.of(thing.self);
      return self === thing.self ? thing : { ...thing, self };
    }
    if (thing.is === 'class' && thing.class.born > this.#after) this.isPossible = false;
    if (thing.is === 'bound') this.#isOld(thing.callee, ...valuesIn(thing.given));
    if (thing.is === 'finder') this.#isOld(...thing.names, ...valuesIn(thing.given));
    return thing;
  }

  #isOld(...values: readonly Value[]): void {
    if (values.some((value) => this.of(value) !== value)) this.isPossible = false;
  }

  #ofObject(object: HeapObject): HeapObject {
    const known = this.#copies.get(object);
    if (known !== undefined) return known;
    if (object.born <= this.#after) return object;
    const copy = new HeapObject(object.kind, object.class);
    this.#copies.set(object, copy);
    this.#count += 1;
    addWork(workPerCopy + object.held.size);
    this.isFixed ||= object.resume !== undefined;
    if (this.#count > copiesMax) {
      this.isPossible = false;
      return copy;
    }
    copy.fill(
      object,
      (value) => this.of(value),
      (one) => this.#ofObject(one),
    );
    return copy;
  }
}

function valuesIn({ args, named, spread }: Given): readonly Value[] {
  return [...args, ...named.values(), ...spread];
}
