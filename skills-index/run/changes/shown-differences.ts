/** Which files the stored differences of a reference show. Pure. */

/** The last line of differences that are too long to store whole. */
export const goesOn = '(the differences go on)';

/**
 * Returns whether the differences show a path's content. Differences that are cut show no path for
 * certain, and git only names a file with a NUL byte, a large file, and a file that the host's
 * attributes call binary.
 * @param patch differences by git: no line of a file or message begins at the margin
 * @returns takes the UTF-8 path in the work tree
 */
export function showsIn(patch: string): (path: string) => boolean {
  const lines = patch.split('\n');
  const unnamed = 'Binary files differ';
  if (lines.includes(goesOn) || lines.includes(unnamed)) return () => false;
  const named = lines.filter((line) => line.startsWith('Binary files '));
  // Git quotes names with unusual signs.
  const hidesUnusual = named.some((line) => line.includes('"'));
  return (path) => {
    if (hidesUnusual && !/^[ !#-[\]-~]*$/.test(path)) return false;
    const ends = [`${path} differ`, `${path} and /dev/null differ`];
    return !named.some((line) => ends.some((end) => line.endsWith(end)));
  };
}
