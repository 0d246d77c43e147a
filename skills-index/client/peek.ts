/** Reads evidence that no decision relies on yet, and that may be broken. */
import { Problem } from '../skill/problem.ts';
import { type Status, verifyStatus } from '../trust/index-files/status-file.ts';
import type { RootFile } from '../trust/root/root.ts';

/**
 * The result of a parser; undefined when the parser throws a Problem. `decide` reports the fault
 * later.
 */
export function peek<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}

/**
 * A signed status of any age; undefined for bytes that are no signed status. `decide` judges the
 * age.
 */
export function peekStatus(
  bytes: Uint8Array,
  { root, now }: { readonly root: RootFile; readonly now: number },
): Status | undefined {
  return peek(() => verifyStatus(bytes, root, now, { graceSeconds: Number.POSITIVE_INFINITY }));
}
