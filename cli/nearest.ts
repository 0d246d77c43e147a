/** "Did you mean": names that differ from a mistyped word by few letters. */

/** Up to three names that differ from a word by few letters. */
export function nearest(word: string, names: readonly string[]): string[] {
  const allowed = Math.max(1, Math.floor(word.length / 3));
  return names
    .map((name) => ({
      name,
      letters: Math.min(distance(word, name), distance(word, name.split(' ')[0] ?? name)),
    }))
    .filter(({ letters }) => letters <= allowed)
    .sort((a, b) => a.letters - b.letters || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

/**
 * What follows a word that is no known key: `; did you mean url?`, or the keys where none is near.
 */
export function insteadOf(
  word: string,
  keys: readonly string[],
  near: readonly string[] = nearest(word, keys),
): string {
  return near.length > 0
    ? `; did you mean ${near.join(' or ')}?`
    : `; the keys are ${keys.join(', ')}`;
}

// Optimal string alignment: a swap of neighbours counts one.
function distance(a: string, b: string): number {
  if (a.length > 40 || b.length > 40) return Math.max(a.length, b.length);
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? (before[j - 2] ?? 0) + 1
          : change;
      next[j] = Math.min((last[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change, swap);
    }
    before = last;
    last = next;
  }
  return last[b.length] ?? 0;
}
