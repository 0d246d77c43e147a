/** "Did you mean": names that differ from a mistyped word by few letters. */

/** Up to three names that differ from a word by few letters. */
export function nearest(word: string, names: readonly string[]): string[] {
  const allowed = Math.min(mistakesMax, Math.max(1, Math.floor(word.length / 3)));
  const apart = (name: string): number =>
    Math.min(distance(word, name, allowed), distance(word, name.split(' ')[0] ?? name, allowed));
  return names
    .map((name) => ({ name, letters: apart(name) }))
    .filter(({ letters }) => letters <= allowed)
    .sort((a, b) => a.letters - b.letters || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

// Each mistake more takes the search four times as long.
const mistakesMax = 3;

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

// A letter that is missing, added or wrong counts one, and so does a swap of neighbours. Texts that
// differ by more than `most` count more than `most`.
function distance(a: string, b: string, most: number): number {
  if (a === '' || b === '' || most === 0) return a === b ? 0 : Math.max(a.length, b.length);
  if (a[0] === b[0]) return distance(a.slice(1), b.slice(1), most);
  const behind = (i: number, j: number): number => distance(a.slice(i), b.slice(j), most - 1);
  const swap = a[0] === b[1] && a[1] === b[0] ? behind(2, 2) : most;
  return 1 + Math.min(behind(1, 1), behind(1, 0), behind(0, 1), swap);
}
