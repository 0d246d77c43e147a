/**
 * Memos of pure functions: scans of two versions share the facts and sources of unchanged files.
 */

/**
 * A pure function that keeps its answer about a thing for as long as somebody has the thing. No
 * caller can see it.
 */
export function remembered<Thing extends WeakKey, Answer>(
  find: (thing: Thing) => Answer,
): (thing: Thing) => Answer {
  const known = new WeakMap<Thing, { readonly answer: Answer }>();
  return (thing) => {
    const held = known.get(thing);
    if (held !== undefined) return held.answer;
    const answer = find(thing);
    known.set(thing, { answer });
    return answer;
  };
}

/** The item of a key, made when the key has none yet. */
export function keep<Key, Item>(
  map: { get(key: Key): Item | undefined; set(key: Key, item: Item): unknown },
  key: Key,
  make: () => Item,
): Item {
  const known = map.get(key);
  if (known !== undefined) return known;
  const item = make();
  map.set(key, item);
  return item;
}

/** A list of the value, if there is one. */
export function present<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
