import { expect, it } from 'vitest';
import { outageFailures, watchOutage } from '../../../scanner/worker/work.ts';

function watch(children: number) {
  const lines: string[] = [];
  return { lines, ...watchOutage(children, (line) => lines.push(line)) };
}

const times = (count: number, task: () => void): void => {
  for (let done = 0; done < count; done++) task();
};

it('says nothing about a registry that restarts', () => {
  const { lines, failed, ended } = watch(1);
  times(3, () => {
    times(outageFailures - 1, () => failed('down'));
    ended();
  });
  expect(lines).toEqual([]);
});

it('names a long outage once, and its end once', () => {
  const { lines, failed, ended } = watch(1);
  times(outageFailures * 10, () => failed('Cannot reach the registry'));
  times(2, ended);
  expect(lines).toEqual([
    'the registry gives no work: Cannot reach the registry; the scanner goes on asking',
    'the registry gives work again',
  ]);
  times(outageFailures, () => failed('again'));
  expect(lines).toHaveLength(3);
});

it('waits longer where several scans ask at the same time', () => {
  const { lines, failed } = watch(4);
  times(outageFailures * 4 - 1, () => failed('down'));
  expect(lines).toEqual([]);
  failed('down');
  expect(lines).toHaveLength(1);
});
