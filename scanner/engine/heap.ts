/**
 * Variables, objects and classes, and what their changes leave where it is not sure that they
 * happen. Branches change the values in place: each begins with what was there before, what it has
 * changed is taken back at its end, and the values that all of them leave are joined.
 */
import { keep, present } from '../fact/remembered.ts';
import {
  birth,
  type FieldChange,
  type Fields,
  type FieldsShape,
  isSameShape,
  saw,
  traceNow,
} from './store.ts';
import { either, isSame, nil, type Value } from './value.ts';

/** What a store was changed to, or from; undefined for a field that was not there. */
interface Part {
  readonly fields: Map<string, Value | undefined>;
  shape: FieldsShape | undefined;
  readonly since: number;
}

/** What the end of a branch leaves. */
export type Changes = ReadonlyMap<Fields, Part>;

const nothing: Changes = new Map();

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
  readonly #branches: { readonly born: number; before?: Map<Fields, Part> }[] = [];
  readonly #landings: Landing[] = [];
  /** The innermost landing to which something may have jumped. */
  #reached: Landing | undefined;

  set(store: Fields, key: string, value: Value): void {
    const isNumber = value.scalars.length > 0 && !store.isVariables;
    if (!value.isOpen && (value.texts.length > 0 || isNumber)) this.computed += 1;
    saw(store, key);
    if (store.held.get(key) === value) return;
    this.#note(store, key);
    store.held.set(key, value);
    changed(store, { key, value });
  }

  delete(store: Fields, key: string): void {
    saw(store, key);
    if (!store.held.has(key)) return;
    this.#note(store, key);
    store.held.delete(key);
    changed(store, { key });
  }

  /** Changes what a store is besides its fields. */
  reshape(store: Fields, to: Partial<FieldsShape>): void {
    const shape = { ...store.shape, ...to };
    saw(store);
    if (isSameShape(shape, store.shape)) return;
    this.#noteShape(store);
    store.shape = shape;
    changed(store, { shape });
  }

  /** Changes a store once more as it was changed before. */
  change({ store, key, value, shape }: FieldChange): void {
    if (shape !== undefined) this.reshape(store, shape);
    else if (key !== undefined && value !== undefined) this.set(store, key, value);
    else if (key !== undefined) this.delete(store, key);
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
      after.set(store, { fields, shape: part.shape && store.shape, since: store.clock.since });
    }
    for (const [store, { fields, shape, since }] of before) {
      for (const [key, value] of fields)
        if (value === undefined) store.held.delete(key);
        else store.held.set(key, value);
      if (shape !== undefined) store.shape = shape;
      store.clock.since = since;
    }
    return after;
  }

  /** Changes what may have been changed; `isSure` when one of the branches is surely run. */
  join(branches: readonly Changes[], isSure: boolean): void {
    if (branches.every(({ size }) => size === 0)) return;
    const former: Former = new Map();
    for (const branch of branches) addTo(former, branch);
    for (const [store, { fields, shapes }] of former) {
      for (const [key, values] of fields)
        if (!isSure || branches.some((one) => one.get(store)?.fields.has(key) !== true))
          values.add(store.held.get(key) ?? (isSure && store.isVariables ? nil : undefined));
      if (shapes.size > 0 && (!isSure || branches.some((one) => !one.get(store)?.shape)))
        shapes.add(store.shape);
    }
    this.#become(former);
  }

  /** What was changed may have been changed otherwise, too. */
  open(changes: Changes): void {
    for (const [store, { fields }] of changes) {
      for (const key of fields.keys()) {
        const value = store.held.get(key);
        if (value !== undefined) this.set(store, key, { ...value, isOpen: true });
      }
      if (!store.isVariables)
        this.reshape(store, { rest: opened(store.shape.rest), isPartial: true });
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
      for (const [key, values] of fields) values.add(store.held.get(key));
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
          rest: opened(either([...loose, ...present(store.shape.rest)])),
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

  #note(store: Fields, key: string): void {
    const branch = this.#branches.at(-1);
    const landing = this.#reached;
    if (branch !== undefined && store.born <= branch.born) {
      const { fields } = beforeOf(branch, store);
      if (!fields.has(key)) fields.set(key, store.held.get(key));
    }
    if (landing?.former !== undefined && store.born <= landing.born)
      setAt(partOf(landing.former, store).fields, key).add(store.held.get(key));
  }

  #noteShape(store: Fields): void {
    const branch = this.#branches.at(-1);
    const landing = this.#reached;
    if (branch !== undefined && store.born <= branch.born) {
      const part = beforeOf(branch, store);
      part.shape ??= store.shape;
    }
    if (landing?.former !== undefined && store.born <= landing.born)
      partOf(landing.former, store).shapes.add(store.shape);
  }
}

function changed(store: Fields, to: Omit<FieldChange, 'store'>): void {
  store.clock.since = birth();
  traceNow()?.adds({ store, ...to });
}

function joinedShape(a: FieldsShape, b: FieldsShape): FieldsShape {
  const rests = [a.rest, b.rest].filter((rest) => rest !== undefined);
  const isSame = a.length === b.length && (a.at ?? 0) === (b.at ?? 0);
  return {
    rest: rests.length === 0 ? undefined : opened(either(rests)),
    length: Math.min(a.length, b.length),
    isPartial: a.isPartial || b.isPartial || !isSame,
    at: a.at === undefined && b.at === undefined ? undefined : Math.min(a.at ?? 0, b.at ?? 0),
  };
}

function opened(value: Value | undefined): Value | undefined {
  return value === undefined ? undefined : { ...value, isOpen: true };
}

function beforeOf(branch: { before?: Map<Fields, Part> }, store: Fields): Part {
  branch.before ??= new Map();
  const { since } = store.clock;
  return keep(branch.before, store, () => ({ fields: new Map(), shape: undefined, since }));
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

/** What was changed to something else than in the round before. */
export function changedAgain(before: Changes, now: Changes): Changes {
  const again = new Map<Fields, Part>();
  for (const [store, { fields, shape, since }] of now) {
    const first = before.get(store);
    const changed = new Map(
      [...fields].filter(([key, value]) => value && !isSame(first?.fields.get(key), value)),
    );
    if (changed.size > 0) again.set(store, { fields: changed, shape, since });
  }
  return again;
}
