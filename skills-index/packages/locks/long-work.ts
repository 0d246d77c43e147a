/**
 * Work of many short steps. A program with nothing else to do finishes the work at once; a server
 * lets others go on between the steps.
 */
export type LongWork<Result> = Generator<undefined, Result>;

/** Does all steps, one after the other. */
export function finishWork<Result>(steps: LongWork<Result>): Result {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
  }
}
