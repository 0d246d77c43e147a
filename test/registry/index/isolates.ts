/** Processes that write to one storage at once, as the isolates of a Worker do. */
import type { Registry } from '../../../registry/context.ts';
import type { Objects } from '../../../registry/store/objects.ts';
import { memoryObjects, type World } from '../world.ts';

export class Dead extends Error {}

/** The n-th time that an isolate reaches its storage is its last; absent for one that lives. */
export type Death = number | undefined;

/**
 * A process of many over one storage, as on Workers: nothing but the storage itself orders what
 * they do.
 */
export function isolate(world: World, turn: () => Promise<unknown>, death: Death): Registry {
  let calls = 0;
  const reach = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    await turn();
    if (death !== undefined && calls++ >= death) throw new Dead();
    const result = await act();
    // The answer takes its time, too: others may write between the act and what follows.
    await turn();
    return result;
  };
  // An isolate may not keep an index file in memory: others write it as well.
  const { known: _, ...registry } = world.registry;
  const stored = memoryObjects(world.stored);
  const objects: Objects = {
    get: (name) => reach(() => stored.get(name)),
    getTagged: (name) => reach(() => stored.getTagged(name)),
    has: (name) => reach(() => stored.has(name)),
    put: (name, bytes) => reach(() => stored.put(name, bytes)),
    putOver: (name, bytes, tag) => reach(() => stored.putOver(name, bytes, tag)),
    putAll: (all) => reach(() => stored.putAll(all)),
    remove: (names) => reach(() => stored.remove(names)),
  };
  const db = {
    read: registry.db.read,
    batch: (writes: Parameters<typeof registry.db.batch>[0]) =>
      reach(() => registry.db.batch(writes)),
  };
  return { ...registry, db, objects, exclusive: (_, task) => task() };
}

/** Others may write between a query and what its reader does with the rows. */
export function answeringLate<Part extends object>(part: Part, turn: () => Promise<unknown>): Part {
  return new Proxy(part, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      if (key === 'then')
        return (onRows: (rows: unknown) => unknown, onError: (error: unknown) => unknown) =>
          value.call(target, (rows: unknown) => turn().then(() => onRows(rows)), onError);
      return (...args: unknown[]) => {
        const next: unknown = value.apply(target, args);
        return typeof next === 'object' && next !== null ? answeringLate(next, turn) : next;
      };
    },
  });
}
