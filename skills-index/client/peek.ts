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

// One installation looks at the same bytes five times, and each look verifies two signatures.
const peeked = new WeakMap<Uint8Array, { readonly root: RootFile; readonly status: Status }>();

/**
 * A signed status of any age; undefined for bytes that are no signed status. `decide` judges the
 * age.
 * @param bytes that nobody changes later
 */
export function peekStatus(
  bytes: Uint8Array,
  { root, now }: { readonly root: RootFile; readonly now: number },
): Status | undefined {
  const before = peeked.get(bytes);
  if (before?.root === root) return before.status;
  const status = peek(() =>
    verifyStatus(bytes, root, now, { graceSeconds: Number.POSITIVE_INFINITY }),
  );
  if (status !== undefined) peeked.set(bytes, { root, status });
  return status;
}
