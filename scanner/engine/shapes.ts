/** What values hold besides data: two values of one shape steer what they are given to alike. */
import type { Engine } from './interpret.ts';
import { type HeapObject, knownOf, type OwnClass, type Thing, type Value } from './value.ts';

/** Values within values that are looked at; beyond, what holds them is known by its changes. */
const valuesMax = 512;

/** The shape of values; `withData`: with the nodes that say where their data comes from, too. */
export function shapeOfValues(engine: Engine, values: readonly Value[], withData: boolean): string {
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
    if (withData) parts.push(value.nodes.join(' '));
    for (const thing of value.things) addThing(thing);
    if (value.isOpen || knownOf(value) === undefined) parts.push('?');
    parts.push(';');
  };
  for (const value of values) add(value);
  engine.context.steps.take(count >> 3);
  return `${parts.join(' ')}${count > valuesMax ? ` ${engine.heap.changes}` : ''}`;
}

/** Whether two values are the same, with all that says where their data comes from. */
export function isAlike(a: Value, b: Value): boolean {
  if (a === b) return true;
  return (
    a.isOpen === b.isOpen &&
    a.nodes.length === b.nodes.length &&
    haveSameNodes(a, b) &&
    a.texts.length === b.texts.length &&
    a.texts.every(
      (text, at) =>
        text.whole === b.texts[at]?.whole && text.nodes.length === b.texts[at]?.nodes.length,
    ) &&
    a.scalars.length === b.scalars.length &&
    a.scalars.every((one, at) => one === b.scalars[at]) &&
    a.things.length === b.things.length &&
    a.things.every((thing, at) => isThing(thing, b.things[at]))
  );
}

function haveSameNodes({ nodes }: Value, b: Value): boolean {
  if (nodes === b.nodes) return true;
  const others = new Set(b.nodes);
  return nodes.every((node) => others.has(node));
}

function isThing(a: Thing, b: Thing | undefined): boolean {
  if (a === b) return true;
  if (b === undefined || a.is !== b.is) return false;
  if ((a.is === 'object' || a.is === 'instance') && (b.is === 'object' || b.is === 'instance'))
    return a.object === b.object || (a.is === b.is && isHandle(a) && isHandle(b) && isAsOpen(a, b));
  if (a.is === 'api' && b.is === 'api') return a.name === b.name;
  return a.is === 'class' && b.is === 'class' && a.class === b.class;
}

// An object of the library of which nothing is known but its data: one is as good as another.
function isHandle(thing: Thing): thing is Thing & { readonly is: 'instance' } {
  return (
    thing.is === 'instance' && thing.object.fields.size === 0 && thing.object.openOn.length === 0
  );
}

function isAsOpen(
  { of, object: { rest: a } }: Thing & { readonly is: 'instance' },
  { of: other, object: { rest: b } }: Thing & { readonly is: 'instance' },
): boolean {
  return of === other && (a === undefined || b === undefined ? a === b : isAlike(a, b));
}
