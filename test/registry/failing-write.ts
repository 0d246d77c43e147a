/** A storage that fails for a moment. */
import type { Registry } from '../../registry/context.ts';

/**
 * Lets one of the writes to come fail, in the database or among the objects.
 * @param options `forGood`: all that follow it, too
 */
export function failWrite(
  registry: Registry,
  nth: number,
  { forGood = false } = {},
): { readonly failed: () => boolean; mend(): void } {
  const { db, objects } = registry;
  let writes = 0;
  const turn = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    const at = writes++;
    if (at === nth || (forGood && at > nth)) throw new Error('the storage is busy');
    return act();
  };
  Object.assign(registry, {
    db: {
      read: db.read,
      batch: (all: Parameters<typeof db.batch>[0]) => turn(() => db.batch(all)),
    },
    objects: {
      ...objects,
      put: (name: string, bytes: Uint8Array) => turn(() => objects.put(name, bytes)),
      putOver: (...given: Parameters<typeof objects.putOver>) =>
        turn(() => objects.putOver(...given)),
      putAll: (all: ReadonlyMap<string, Uint8Array>) => turn(() => objects.putAll(all)),
    },
  });
  return { failed: () => writes > nth, mend: () => Object.assign(registry, { db, objects }) };
}
