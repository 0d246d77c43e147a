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
