/** Works on several items at once, and gives the results in the order of the items. */

/**
 * Each worker takes the next item when it is free, at most `aheadMax` items ahead of the caller, so
 * that no more results wait in memory. The workers stop when the caller does.
 */
export async function* inTurn<Item, Worker, Result>(
  items: readonly Item[],
  workers: readonly Worker[],
  { work, aheadMax }: InTurnOptions<Item, Worker, Result>,
): AsyncGenerator<Result> {
  const results = items.map(() => Promise.withResolvers<Result>());
  // A failure is thrown when its turn comes, and may come never.
  for (const { promise } of results) promise.catch(() => undefined);
  let taken = 0;
  let given = 0;
  let isOver = false;
  let moved = Promise.withResolvers<void>();
  const workOn = async (worker: Worker): Promise<void> => {
    while (!isOver && taken < items.length) {
      if (taken >= given + aheadMax) {
        await moved.promise;
        continue;
      }
      const at = taken++;
      const [item] = items.slice(at, at + 1);
      if (item === undefined) return;
      await work(worker, item).then(results[at]?.resolve, results[at]?.reject);
    }
  };
  for (const worker of workers) void workOn(worker);
  try {
    for (const { promise } of results) {
      yield await promise;
      given++;
      moved.resolve();
      moved = Promise.withResolvers<void>();
    }
  } finally {
    isOver = true;
    moved.resolve();
  }
}

interface InTurnOptions<Item, Worker, Result> {
  readonly work: (worker: Worker, item: Item) => Promise<Result>;
  readonly aheadMax: number;
}
