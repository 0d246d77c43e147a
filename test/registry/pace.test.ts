import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { doPaced } from '../../registry/pace.ts';

const never = new AbortController().signal;

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

it('waits as many times as long as the slice took, and never less than the least pause', async () => {
  const pace = { least: 15, times: 3 };
  // Timers may be a millisecond early.
  expect(await msOf(() => doPaced(pace, never, () => delay(30)))).toBeGreaterThan(115);
  expect(await msOf(() => doPaced(pace, never, async () => undefined))).toBeGreaterThan(13);
});

it('hands over what the slice answers, and ends the pause with the signal', async () => {
  const ended = new AbortController();
  const slice = async (): Promise<string> => {
    setTimeout(() => ended.abort(), 5);
    return 'done';
  };
  expect(await doPaced({ least: 3_600_000, times: 1 }, ended.signal, slice)).toBe('done');
});

it('passes the failure of a slice on', async () => {
  const fail = () => Promise.reject(new Error('the disk is full'));
  await expect(doPaced({ least: 1, times: 1 }, never, fail)).rejects.toThrow('the disk is full');
});
