import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inTurn } from '../../../cli/scan/scan.ts';

const numbers = Array.from({ length: 40 }, (_, index) => index);

test('results come in the order of the items, whichever worker is faster', async () => {
  const used = new Set<string>();
  const results: number[] = [];
  const all = inTurn(numbers, ['slow', 'fast'], {
    work: async (worker, item) => {
      used.add(worker);
      for (let turns = worker === 'slow' ? 9 : 1; turns > 0; turns--) await turn();
      return item * 2;
    },
    aheadMax: 8,
  });
  for await (const result of all) results.push(result);
  expect(results).toEqual(numbers.map((item) => item * 2));
  expect(used).toEqual(new Set(['slow', 'fast']));
});

test('workers stay at most a number of items ahead of a slow caller', async () => {
  let begun = 0;
  let given = 0;
  const all = inTurn(numbers, ['a', 'b', 'c'], {
    work: async (_, item) => {
      begun++;
      return item;
    },
    aheadMax: 5,
  });
  for await (const _ of all) {
    given++;
    for (let turns = 0; turns < 3; turns++) await turn();
    expect(begun - given).toBeLessThanOrEqual(5);
  }
  expect(given).toBe(numbers.length);
});

test('a failure is thrown when its turn comes, and then nothing new begins', async () => {
  const begun: number[] = [];
  const results: number[] = [];
  const all = inTurn(numbers, ['a', 'b'], {
    work: async (_, item) => {
      begun.push(item);
      await turn();
      if (item === 3) throw new Error('third');
      return item;
    },
    aheadMax: 4,
  });
  await expect(async () => {
    for await (const result of all) results.push(result);
  }).rejects.toThrow('third');
  expect(results).toEqual([0, 1, 2]);
  const { length } = begun;
  for (let turns = 0; turns < 5; turns++) await turn();
  expect(begun).toHaveLength(length);
  expect(length).toBeLessThan(10);
});

test('no items, no results', async () => {
  const all = inTurn([], ['a'], { work: async (_, item: number) => item, aheadMax: 1 });
  expect(await all.next()).toEqual({ done: true, value: undefined });
});
