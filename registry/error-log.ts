/**
 * What an operator reads about unexpected errors. Each kind is written once with its stack and then
 * counted, so that a client that repeats a request does not fill the disk.
 */

const errorKindsMax = 100;

/**
 * Unexpected errors: how long the same error is only counted, and how many kinds are remembered.
 */
export const errorRepeatMs = 10 * 60_000;

interface Kind {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly repeats: number;
}

/**
 * @returns a function that writes an error, unless the same error was written within
 * `errorRepeatMs`
 */
export function makeErrorLog(
  write: (line: string) => void,
  now: () => Date,
): (error: unknown) => void {
  const kinds = new Map<string, Kind>();
  return (error) => {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    // The message may hold data from the client, and the first code location does not, so the
    // location identifies the kind.
    const kind = /^\s+at .*$/m.exec(stack)?.[0] ?? stack.slice(0, 200);
    const at = now().getTime();
    const before = kinds.get(kind);
    if (before !== undefined && at - before.at < errorRepeatMs) {
      kinds.set(kind, { at: before.at, repeats: before.repeats + 1 });
      return;
    }
    kinds.delete(kind);
    if (kinds.size >= errorKindsMax) kinds.delete(kinds.keys().next().value ?? '');
    kinds.set(kind, { at, repeats: 0 });
    write(
      before === undefined || before.repeats === 0
        ? stack
        : `${stack}\n    (and ${before.repeats} more since the last time)`,
    );
  };
}
