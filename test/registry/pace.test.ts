import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { doPaced, noteRequest } from '../../registry/pace.ts';

const never = new AbortController().signal;

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

it('waits as many times as long as the slice took, and never less than the least pause', async () => {
  const pace = { least: 15, times: 3, busy: 0 };
  // Timers may be a millisecond early.
  expect(await msOf(() => doPaced(pace, never, () => delay(30)))).toBeGreaterThan(115);
  expect(await msOf(() => doPaced(pace, never, async () => undefined))).toBeGreaterThan(13);
});

it('waits longer while requests come, and no longer than the pace says', async () => {
  const pace = { least: 1, times: 0, busy: 60 };
  const nothing = async () => undefined;
  expect(await msOf(() => doPaced(pace, never, nothing))).toBeLessThan(55);
  noteRequest();
  expect(await msOf(() => doPaced(pace, never, nothing))).toBeGreaterThan(57);
  const asking = setInterval(noteRequest, 5);
  try {
    expect(await msOf(() => doPaced(pace, never, nothing))).toBeLessThan(3_000);
  } finally {
    clearInterval(asking);
  }
});

it('hands over what the slice answers, and ends the pause with the signal', async () => {
  const ended = new AbortController();
  const slice = async (): Promise<string> => {
    setTimeout(() => ended.abort(), 5);
    return 'done';
  };
  expect(await doPaced({ least: 3_600_000, times: 1, busy: 0 }, ended.signal, slice)).toBe('done');
});

it('passes the failure of a slice on', async () => {
  const fail = () => Promise.reject(new Error('the disk is full'));
  await expect(doPaced({ least: 1, times: 1, busy: 0 }, never, fail)).rejects.toThrow(
    'the disk is full',
  );
});
