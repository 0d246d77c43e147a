/** What values hold besides data: two values of one shape steer what they are given to alike. */
import type { Engine } from './interpret.ts';
import { type HeapObject, knownOf, type OwnClass, type Thing, type Value } from './value.ts';

/** Values within values that are looked at; beyond, what holds them is known by its changes. */
const valuesMax = 512;

/** The shape of values. */
export function shapeOfValues(engine: Engine, values: readonly Value[]): string {
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
      for (const [name, { func }] of store.methods) parts.push(`${name}@${func.start}`);
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
  return `${parts.join(' ')}${count > valuesMax ? ` ${engine.heap.changes}` : ''}`;
}
