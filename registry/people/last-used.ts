/** A map with a limit, in the order of the last use. */

/** The kept value, which is now the last used. */
export function recall<Key, Value>(kept: Map<Key, Value>, key: Key): Value | undefined {
  const value = kept.get(key);
  if (value === undefined) return undefined;
  kept.delete(key);
  kept.set(key, value);
  return value;
}

/** Keeps a value as the last used, and forgets the values that were not used for longest. */
export function keep<Key, Value>(kept: Map<Key, Value>, key: Key, value: Value, max: number): void {
  kept.delete(key);
  kept.set(key, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= max) return;
    kept.delete(oldest);
  }
}
