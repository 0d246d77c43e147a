/** Patterns of a program, applied where they are certain to take linear time. */

/** Applies a pattern without repetitions of groups; undefined for any other pattern. */
export function searchLinearly<Result>(
  pattern: string,
  apply: (form: RegExp) => Result,
): Result | undefined {
  // Letters, classes, one group of letters, and one repetition.
  const isPlain =
    pattern.length <= 60 &&
    /^(?:\\[\\.dDwWsSnrt|()[\]{}$^*+?\-/"']|\[\^?[^\]\\]{1,40}\]|[^\\[\](){}*+?])+[+*?]?$|^\(\.{1,4}\)$|^\(\?<=\\G\.{1,4}\)$/.test(
      pattern,
    );
  if (!isPlain) return undefined;
  try {
    return apply(new RegExp(pattern, 'gi'));
  } catch {
    return undefined;
  }
}
