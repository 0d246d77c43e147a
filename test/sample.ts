/**
 * What `npm test` takes of a list that only `npm run test:all` goes through: at each run the same
 * ones, so that a failure comes again.
 */
export const isWhole = process.env.SKILLGATE_TESTS === 'all';

/** The first of each group, and then each `every`th; all of them in `npm run test:all`. */
export function sampleOf<Item>(
  all: readonly Item[],
  every: number,
  groupOf: (item: Item) => unknown = () => '',
): readonly Item[] {
  const seen = new Set<unknown>();
  return all.filter((item, at) => {
    const isFirst = !seen.has(groupOf(item));
    seen.add(groupOf(item));
    return isWhole || isFirst || at % every === 0;
  });
}

/** How often something random is tried: in `npm test` a third of what `npm run test:all` tries. */
export const roundsOf = (all: number): number => (isWhole ? all : Math.ceil(all / 3));
