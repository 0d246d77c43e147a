/**
 * Variables, objects and classes, and what their changes leave where it is not sure that they
 * happen. Branches change the values in place: each begins with what was there before, what it has
 * changed is taken back at its end, and the values that all of them leave are joined.
 */

import { keep, present } from '../fact/remembered.ts';
import {
  birth,
  changedForGood,
  type Fields,
  type FieldsShape,
  isSameShape,
  oldestChanged,
} from './store.ts';
import type { Text } from './text.ts';
import { countWork, either, nil, objectsOf, orOther, type Thing, type Value } from './value.ts';

/** What a store was changed to, or from; undefined for a field that was not there. */
interface Part {
  readonly fields: Map<string, Value | undefined>;
  shape: FieldsShape | undefined;
}

/** What the end of a branch leaves. */
export type Changes = ReadonlyMap<Fields, Part>;

const nothing: Changes = new Map();

/** What a field takes that a branch changes. */
const workPerField = 8;

/** A round of a loop. */
export interface LoopRound {
  readonly born: number;
  /** The number of branches around it. */
  readonly from: number;
  /** Variables that it may have used as they were before it. */
  readonly carried: Map<Fields, Set<string>>;
  /** What `oldestChanged` gave when it began: of the round around it. */
  readonly outer: number;
}

/** Several values that fields may have had. */
type Former = Map<
  Fields,
  { fields: Map<string, Set<Value | undefined>>; shapes: Set<FieldsShape> }
>;

/** Where a jump leads: the end of a loop, a round or a function, or what catches. */
interface Landing {
  readonly kind: 'next' | 'break' | 'return' | 'throw' | `break ${string}`;
  readonly born: number;
  /** What was there since something may have jumped here. */
  former: Former | undefined;
}

export class Heap {
  /** Counts the texts, and the numbers in lists and records, that were computed as a whole. */
  computed = 0;
  /** Values that were set or taken since the last loop began: to do so once more is no progress. */
  recent = new WeakSet<Value>();
  readonly #branches: { readonly born: number; before?: Map<Fields, Part> }[] = [];
  readonly #landings: Landing[] = [];
  readonly #rounds: LoopRound[] = [];
  /** The innermost landing to which something may have jumped. */
  #reached: Landing | undefined;

  set(store: Fields, key: string, value: Value): void {
    const before = store.held.get(key);
    if (before === value) return;
    if (this.#isProgress(store, before, value)) this.computed += 1;
    this.recent.add(value);
    this.#note(store, key);
    store.held.set(key, value);
  }

  // Whether a loop that does this gets anywhere by it.
  #isProgress(store: Fields, before: Value | undefined, value: Value): boolean {
    if (value.isOpen || this.recent.has(value)) return false;
    // One more item, or a text: a letter is only taken from one.
    if (store.kind === 'list' || (before === undefined && !store.isVariables))
      return value.texts.length + value.scalars.length > 0;
    const isText = value.texts.some(({ length }) => length > 1);
    return isText || isOtherFunction(value, before);
  }

  /** Notes that a program takes an item: to take one that it had not is progress. */
  takes(item: Value): void {
    if (item.texts.length === 0 || this.recent.has(item)) return;
    this.computed += 1;
    this.recent.add(item);
  }

  delete(store: Fields, key: string): void {
    if (!store.held.has(key)) return;
    this.#note(store, key);
    store.held.delete(key);
  }

  /** Changes what a store is besides its fields. */
  reshape(store: Fields, to: Partial<FieldsShape>): void {
    const shape = { ...store.shape, ...to };
    if (isSameShape(shape, store.shape)) return;
    this.#note(store);
    store.shape = shape;
  }

  /** Begins a round of a loop, in a branch of its own. */
  beginRound(): LoopRound {
    const outer = oldestChanged();
    const round = { born: birth(), from: this.#branches.length, carried: new Map(), outer };
    this.#rounds.push(round);
    return round;
  }

  /** Ends it; whether it has changed something for good that was there before it. */
  endRound({ born, outer }: LoopRound): boolean {
    this.#rounds.pop();
    const oldest = oldestChanged();
    changedForGood(Math.min(oldest, outer));
    return oldest <= born;
  }

  /** Notes that a variable is used, for the rounds that have not set it before. */
  uses(store: Fields, key: string): void {
    if (!store.isVariables) return;
    for (let at = this.#rounds.length - 1; at >= 0; at -= 1) {
      const round = this.#rounds[at];
      if (round === undefined || store.born > round.born) return;
      const names = keep(round.carried, store, () => new Set<string>());
      if (names.has(key)) return;
      for (let branch = round.from; branch < this.#branches.length; branch += 1)
        if (this.#branches[branch]?.before?.get(store)?.fields.has(key)) return;
      names.add(key);
    }
  }

  /** Whether the round of a loop may have ended before what is done here. */
  get isSkipped(): boolean {
    const landing = this.#landings.at(-1);
    return landing?.kind === 'next' && landing.former !== undefined;
  }

  /** Begins a branch. */
  begin(): void {
    this.#branches.push({ born: birth() });
  }

  /** Ends a branch: takes back and gives what it has changed. */
  end(): Changes {
    const { before } = this.#branches.pop() ?? {};
    if (before === undefined) return nothing;
    const after = new Map<Fields, Part>();
    for (const [store, part] of before) {
      const fields = new Map<string, Value | undefined>();
      for (const key of part.fields.keys()) fields.set(key, store.held.get(key));
      after.set(store, { fields, shape: part.shape && store.shape });
    }
    for (const [store, { fields, shape }] of before) {
      for (const [key, value] of fields)
        if (value === undefined) store.held.delete(key);
        else store.held.set(key, value);
      if (shape !== undefined) store.shape = shape;
    }
    return after;
  }

  /** Does something that may happen later, or never. */
  perhaps<T>(run: () => T): T {
    this.begin();
    const made = run();
    this.join([this.end()], false);
    return made;
  }

  /** Changes what may have been changed; `isSure` when one of the branches is surely run. */
  join(branches: readonly Changes[], isSure: boolean): void {
    if (branches.every(({ size }) => size === 0)) return;
    const former: Former = new Map();
    for (const branch of branches) addTo(former, branch);
    for (const [store, { fields, shapes }] of former) {
      for (const [key, values] of fields)
        if (!isSure || branches.some((one) => one.get(store)?.fields.has(key) !== true)) {
          values.add(store.held.get(key) ?? (isSure && store.isVariables ? nil : undefined));
          this.uses(store, key);
        }
      if (shapes.size > 0 && (!isSure || branches.some((one) => !one.get(store)?.shape)))
        shapes.add(store.shape);
    }
    this.#become(former);
  }

  /**
   * What changes may put in place of what is there, if what decides it is not what it seems. What
   * is not there stays so: a name that is set hides the library's, and a field that of the class.
   */
  maySet(changes: Changes): void {
    for (const [store, { fields }] of changes)
      for (const [key, value] of fields) {
        const held = store.held.get(key);
        if (value && held && adds(value, held)) this.set(store, key, either([held, value]));
      }
  }

  /** What was changed may have been changed otherwise, too; with `numbers`, only numbers. */
  open(changes: Changes, numbers?: 'numbers'): void {
    for (const [store, { fields }] of changes) {
      for (const key of fields.keys()) {
        const value = store.held.get(key);
        if (value !== undefined && (numbers === undefined || isNumber(value)))
          this.set(store, key, orOther(value));
      }
      if (!store.isVariables && numbers === undefined)
        this.reshape(store, {
          rest: store.shape.rest && orOther(store.shape.rest),
          isPartial: true,
        });
    }
  }

  /** Begins what jumps lead behind; anything may throw, from the first change on. */
  land(kind: Landing['kind']): void {
    const former: Former | undefined = kind === 'throw' ? new Map() : undefined;
    const landing = { kind, born: birth(), former };
    this.#landings.push(landing);
    if (former !== undefined) this.#reached = landing;
  }

  /** Ends it: what was there when something may have jumped here is there, too. */
  landed(): void {
    const former = this.#leaveLanding()?.former;
    if (former === undefined) return;
    for (const [store, { fields, shapes }] of former) {
      for (const [key, values] of fields) {
        this.uses(store, key);
        values.add(store.held.get(key));
      }
      if (shapes.size > 0) shapes.add(store.shape);
    }
    this.#become(former);
  }

  /** Ends an attempt; gives what was there in the middle of it, with what its end leaves. */
  attempted(end: Changes): Former {
    const former: Former = this.#leaveLanding()?.former ?? new Map();
    addTo(former, end);
    if (this.#reached?.former !== undefined)
      for (const [store, { fields, shapes }] of former)
        if (store.born <= this.#reached.born) {
          const part = partOf(this.#reached.former, store);
          for (const [key, values] of fields) addAll(setAt(part.fields, key), values);
          addAll(part.shapes, shapes);
        }
    return former;
  }

  /** Each value may be one of the former. */
  suppose(former: Former): void {
    for (const [store, { fields }] of former)
      for (const key of fields.keys()) this.uses(store, key);
    this.#become(former);
  }

  /** Notes that a branch with these changes jumps to where such jumps lead. */
  jump(kind: string, changes: Changes): void {
    const target = this.#targetOf(kind);
    if (target !== undefined) this.#tell(target, changes);
    // On its way to the jump the branch may have passed another.
    const reached = this.#reached;
    if (reached !== undefined && reached !== target) this.#tell(reached, changes);
    if (target !== undefined) this.#findReached();
  }

  #tell(landing: Landing, changes: Changes): void {
    landing.former ??= new Map();
    addTo(landing.former, changes, landing.born);
  }

  #targetOf(kind: string): Landing | undefined {
    const index = this.#landings.findLastIndex(
      (one) => one.kind === kind || (kind !== 'throw' && one.kind === 'return'),
    );
    return kind === 'exit' ? undefined : this.#landings[index];
  }

  #leaveLanding(): Landing | undefined {
    const landing = this.#landings.pop();
    if (landing === this.#reached) this.#findReached();
    return landing;
  }

  #findReached(): void {
    this.#reached = this.#landings.findLast(({ former }) => former !== undefined);
  }

  // Sets what each field and shape is one of.
  #become(former: Former): void {
    for (const [store, { fields, shapes }] of former) {
      countWork(workPerField * fields.size);
      const [shape, ...others] = shapes;
      if (shape !== undefined) this.reshape(store, others.reduce(joinedShape, shape));
      const loose: Value[] = [];
      for (const [key, values] of fields) {
        const known = [...values].filter((value) => value !== undefined);
        if (known.length < values.size && !store.isVariables)
          this.reshape(store, { isPartial: true });
        // Items behind those that are surely there may be anywhere.
        const isBehind =
          store.kind === 'list' && shapes.size > 1 && Number(key) >= store.shape.length;
        if (isBehind) {
          loose.push(...known);
          this.delete(store, key);
        } else if (known.length > 0) this.set(store, key, either(known));
        else this.delete(store, key);
      }
      if (shapes.size > 1 && store.kind === 'list')
        loose.push(...this.#cutBehind(store, store.shape.length));
      if (loose.length > 0)
        this.reshape(store, {
          rest: orOther(either([...loose, ...present(store.shape.rest)])),
        });
    }
  }

  // Items that only some of the branches have, and did not change.
  #cutBehind(store: Fields, from: number): readonly Value[] {
    const cut: Value[] = [];
    for (let at = from; store.held.has(String(at)); at += 1) {
      const item = store.held.get(String(at));
      if (item !== undefined) cut.push(item);
      this.delete(store, String(at));
    }
    return cut;
  }

  // Notes a field, or the shape, as it was: for what ends the branch, and for what jumped.
  #note(store: Fields, key?: string): void {
    const branch = this.#branches.at(-1);
    const landing = this.#reached;
    if (branch !== undefined && store.born <= branch.born) {
      const part = beforeOf(branch, store);
      if (key === undefined) part.shape ??= store.shape;
      else if (!part.fields.has(key)) part.fields.set(key, store.held.get(key));
    }
    if (landing?.former !== undefined && store.born <= landing.born) {
      const { fields, shapes } = partOf(landing.former, store);
      if (key === undefined) shapes.add(store.shape);
      else setAt(fields, key).add(store.held.get(key));
    }
  }
}

function joinedShape(a: FieldsShape, b: FieldsShape): FieldsShape {
  const rests = [a.rest, b.rest].filter((rest) => rest !== undefined);
  const isSame = a.length === b.length && (a.at ?? 0) === (b.at ?? 0);
  return {
    rest: rests.length === 0 ? undefined : orOther(either(rests)),
    length: Math.min(a.length, b.length),
    isPartial: a.isPartial || b.isPartial || !isSame,
    at: a.at === undefined && b.at === undefined ? undefined : Math.min(a.at ?? 0, b.at ?? 0),
  };
}

function beforeOf(branch: { before?: Map<Fields, Part> }, store: Fields): Part {
  branch.before ??= new Map();
  return keep(branch.before, store, () => ({ fields: new Map(), shape: undefined }));
}

function partOf(former: Former, store: Fields): NonNullable<ReturnType<Former['get']>> {
  return keep(former, store, () => ({ fields: new Map(), shapes: new Set() }));
}

function setAt<K, T>(sets: Map<K, Set<T>>, key: K): Set<T> {
  return keep(sets, key, () => new Set());
}

function addAll<T>(to: Set<T>, values: Iterable<T>): void {
  for (const value of values) to.add(value);
}

function addTo(former: Former, changes: Changes, born = Number.POSITIVE_INFINITY): void {
  for (const [store, { fields, shape }] of changes) {
    if (store.born > born) continue;
    const part = partOf(former, store);
    for (const [key, value] of fields) setAt(part.fields, key).add(value);
    if (shape !== undefined) part.shapes.add(shape);
  }
}

/**
 * What the end of a round adds to what a variable that it uses, a list or an object may have been
 * before it: the next round may do something else.
 */
export function addedBy(changes: Changes, { born, carried }: LoopRound): Changes {
  const added = new Map<Fields, Part>();
  for (const [store, { fields, shape }] of changes) {
    if (!store.isVariables && store.used.at < born) continue;
    const more = new Map(
      [...fields].filter(
        ([key, value]) =>
          (!store.isVariables || carried.get(store)?.has(key)) &&
          (value === undefined ? store.kind !== 'list' : adds(value, store.held.get(key))),
      ),
    );
    const isOther = shape !== undefined && isOtherShape(shape, store.shape);
    if (isOther || more.size > 0) added.set(store, { fields: more, shape });
  }
  return added;
}

// A list that has become shorter, or that may hold something else.
function isOtherShape({ rest, length, isPartial, at }: FieldsShape, before: FieldsShape): boolean {
  if (rest !== undefined) return adds(rest, before.rest);
  return length < before.length || at !== before.at || (isPartial && !before.isPartial);
}

/** Whether a value may be something that another is not. */
export function adds(value: Value, to: Value | undefined): boolean {
  if (to === undefined) return true;
  const { isOpen } = to;
  return (
    (value.isOpen && !isOpen) ||
    isMore(value.nodes, to.nodes) ||
    isMore(value.things, to.things) ||
    (!isOpen &&
      (isMore(value.scalars, to.scalars) ||
        isMore(value.texts.map(wholeOf), to.texts.map(wholeOf))))
  );
}

const wholeOf = ({ whole }: Text): string => whole;

function isMore<T>(all: readonly T[], than: readonly T[]): boolean {
  countWork(all.length);
  const known = new Set(than);
  return all !== than && all.some((one) => !known.has(one));
}

/** Whether a value is a number, or one of some. */
export function isNumber({ scalars, texts, things }: Value): boolean {
  const isOne = texts.length + things.length === 0 && scalars.length > 0;
  return isOne && scalars.every((one) => typeof one === 'number');
}

function isOtherFunction({ things }: Value, before: Value | undefined): boolean {
  if (things.length === 0) return false;
  const names = new Set(before?.things.map(nameIn));
  return things.some((one) => isCallable(one) && !names.has(nameIn(one)));
}

/** Stores inside one another, and fields in all, that are compared. */
const insideMax = 8;
const comparedMax = 4_096;

/** Whether a value is or holds a function or written text that no other has at that place. */
export function isOther(value: Value, others: readonly Value[]): boolean {
  let left = comparedMax;
  const differs = (one: Value, all: readonly Value[], around: readonly Fields[]): boolean => {
    const other = either(all);
    if (isOtherFunction(one, other)) return true;
    // A list that only grows brings no text to another place.
    if (all.length === 0) return false;
    const texts = new Set(other.texts.map(wholeOf));
    if (one.texts.some((text) => text.isPlain && !texts.has(text.whole))) return true;
    const before = new Set(other.things.flatMap(storesIn));
    left -= 1 + one.things.length + before.size;
    if (before.size === 0) return false;
    return one.things.some((thing) =>
      storesIn(thing).some((store) => {
        if (around.includes(store) || before.has(store)) return false;
        if (around.length === insideMax) return thing.is !== 'instance';
        const inside = [...around, store];
        return [...store.held].some(([key, item]) => {
          const there = [...before].flatMap(({ held }) => held.get(key) ?? []);
          return left < 0 || differs(item, there, inside);
        });
      }),
    );
  };
  const isIt = differs(value, others, []);
  countWork(workPerField * (comparedMax - left));
  return isIt;
}

// An object, or the object and the variables of the function in which a function was made.
function storesIn(thing: Thing): readonly Fields[] {
  if (thing.is === 'object' || thing.is === 'instance') return [thing.object];
  if (thing.is !== 'function') return [];
  const { around, program, self } = thing;
  return [...(around === program.env ? [] : present(around)), ...(self ? objectsOf(self) : [])];
}

/** Whether a thing is something that a program calls. */
export function isCallable({ is }: Thing): boolean {
  return /^(api|function|class|bound|finder)$/.test(is);
}

function nameIn(thing: Thing): unknown {
  if (thing.is === 'api') return thing.name;
  if (thing.is === 'function') return thing.func;
  if (thing.is === 'bound') return thing.callee.things.map(nameIn)[0];
  return thing.is === 'class' ? thing.class : thing.is;
}

/**
 * Whether something that a round uses, and that was there before a time, may hold a text or a
 * function that it did not hold, or becomes open; one that is open gets no further texts.
 */
export function handsOn(added: Changes, since: number): boolean {
  const moves = (value: Value | undefined, before: Value | undefined): boolean =>
    value !== undefined &&
    (adds({ ...value, things: [], nodes: [], scalars: [] }, before) ||
      isOther(value, present(before)));
  return [...added].some(
    ([store, { fields, shape }]) =>
      store.born < since &&
      (moves(shape?.rest, store.shape.rest) ||
        [...fields].some(([key, value]) => moves(value, store.held.get(key)))),
  );
}
