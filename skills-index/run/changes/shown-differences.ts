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
  const isEnd = endsOf(named);
  return (path) => {
    if (hidesUnusual && !/^[ !#-[\]-~]*$/.test(path)) return false;
    return !isEnd(`${path} differ`) && !isEnd(`${path} and /dev/null differ`);
  };
}

// A run can make millions of pairs of a path and a line, so the lines are sorted from their ends.
function endsOf(lines: readonly string[]): (end: string) => boolean {
  const reversed = lines.map(reverse).sort();
  return (end) => {
    const wanted = reverse(end);
    let low = 0;
    let high = reversed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((reversed[middle] ?? '') < wanted) low = middle + 1;
      else high = middle;
    }
    return reversed[low]?.startsWith(wanted) === true;
  };
}

function reverse(text: string): string {
  return text.split('').reverse().join('');
}
