/** What values hold besides data: two values of one shape steer what they are given to alike. */
import type { Fields } from './heap.ts';
import type { Engine } from './interpret.ts';
import {
  type HeapObject,
  knownOf,
  newObject,
  type OwnClass,
  type Thing,
  type Value,
} from './value.ts';

/** Values within values that are looked at; beyond, what holds them is known by its changes. */
const valuesMax = 2048;
/** Objects that one call made which are made again. */
const movedMax = 512;

/** What things of values are kept in. */
export type Holder = HeapObject | OwnClass;

/**
 * The shape of values. With a list of `stores` it is exact: it says which of them are the same
 * object and where their data comes from; the objects and classes get into the list.
 */
export function shapeOfValues(engine: Engine, values: readonly Value[], stores?: Holder[]): string {
  const parts: string[] = [];
  const seen = new Map<Holder, number>();
  let count = 0;
  const addThing = (thing: Thing): void => {
    if (thing.is === 'object' || thing.is === 'instance') addStore(thing.object, thing);
    else if (thing.is === 'class') addStore(thing.class, thing);
    else if (thing.is === 'api') parts.push(thing.name);
    else if (thing.is === 'function') {
      parts.push(`${thing.program.source.path}@${thing.func.start}`);
      if (!stores) return;
      parts.push(String(thing.around?.born));
      const fields = engine.functionFields.get(thing.func);
      if (fields !== undefined) addFields(fields);
      if (thing.self !== undefined) add(thing.self);
    } else if (thing.is === 'module') parts.push(thing.program.source.path);
    else parts.push(thing.is, String(engine.heap.changes));
  };
  const addStore = (store: Holder, thing: Thing): void => {
    const of = 'class' in store ? store.class : undefined;
    parts.push(thing.is === 'instance' ? thing.of : thing.is, of?.name ?? '');
    const number = seen.get(store) ?? seen.size;
    if (stores) parts.push(`#${number}`);
    if (seen.has(store)) return;
    seen.set(store, number);
    stores?.push(store);
    addFields(store);
    if (of !== undefined) addStore(of, { is: 'class', class: of });
    if (stores) addState(store);
    // A method that another has taken the place of.
    if ('methods' in store)
      for (const [name, { func }] of store.methods) parts.push(`${name}@${func.start}`);
  };
  const addFields = (store: Fields): void => {
    for (const [key, value] of store.fields) {
      if (count > valuesMax) break;
      parts.push(key);
      add(value);
    }
    if (store.rest !== undefined) add(store.rest);
  };
  const addState = (store: Holder): void => {
    if ('supers' in store)
      for (const one of store.supers)
        if (typeof one === 'string') parts.push(one);
        else addStore(one, { is: 'class', class: one });
    if (!('openOn' in store)) return;
    parts.push(`${store.length} ${store.isPartial} ${store.at} ${store.openOn.length}`);
    for (const value of [store.base, store.path, store.content]) if (value) add(value);
    for (const one of store.holds ?? []) addStore(one, { is: 'object', object: one });
    if (store.resume !== undefined) parts.push(String(engine.heap.changes));
  };
  const add = (value: Value): void => {
    count += 1;
    if (count > valuesMax) return;
    for (const { whole, nodes } of value.texts)
      parts.push(JSON.stringify(whole), stores ? nodes.join(' ') : '');
    for (const scalar of value.scalars) parts.push(String(scalar));
    if (stores) parts.push(value.nodes.join(' '), `${value.isFolded} ${value.isDecoded}`);
    for (const thing of value.things) addThing(thing);
    if (value.isOpen || knownOf(value) === undefined) parts.push('?');
    parts.push(';');
  };
  for (const value of values) add(value);
  engine.spend(count);
  return `${parts.join(' ')}${count > valuesMax ? ` ${engine.heap.changes}` : ''}`;
}

/**
 * What one call did as what the same call does with other objects: these stand in the place of its
 * own, and what it made is made again.
 */
export class Moved {
  /** Whether all that it gives can be made again. */
  isWhole = true;
  readonly #began: number;
  readonly #to: Map<Fields, Fields>;
  #made = 0;

  constructor(began: number, from: readonly Holder[], to: readonly Holder[]) {
    this.#began = began;
    this.#to = new Map(from.map((one, at) => [one, to[at] ?? one]));
  }

  store(store: Fields): Fields {
    return this.#to.get(store) ?? store;
  }

  value(value: Value): Value {
    if (value.texts.some(({ isBuffer }) => isBuffer)) this.isWhole = false;
    if (value.things.length === 0) return value;
    return { ...value, things: value.things.map((thing) => this.#thing(thing)) };
  }

  #thing(thing: Thing): Thing {
    switch (thing.is) {
      case 'object':
      case 'instance':
        return { ...thing, object: this.#object(thing.object) };
      case 'class':
        if (thing.class.born > this.#began) this.isWhole = false;
        return { ...thing, class: this.store(thing.class) as OwnClass };
      case 'function':
        if ((thing.around?.born ?? 0) > this.#began) this.isWhole = false;
        return thing.self === undefined ? thing : { ...thing, self: this.value(thing.self) };
      case 'bound':
      case 'finder':
        this.isWhole = false;
        return thing;
      default:
        return thing;
    }
  }

  #object(object: HeapObject): HeapObject {
    const known = this.#to.get(object);
    if (known !== undefined) return known as HeapObject;
    if (object.born <= this.#began) return object;
    this.#made += 1;
    if (this.#made > movedMax || object.resume !== undefined) this.isWhole = false;
    const { born, fields, ...state } = object;
    const made = Object.assign(newObject(object.kind, object.class), state);
    this.#to.set(object, made);
    if (!this.isWhole) return made;
    for (const [key, one] of fields) made.fields.set(key, this.value(one));
    for (const name of ['rest', 'base', 'path', 'content'] as const) {
      const one = object[name];
      if (one !== undefined) made[name] = this.value(one);
    }
    if (object.holds !== undefined) made.holds = object.holds.map((one) => this.#object(one));
    return made;
  }
}
