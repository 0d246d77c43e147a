import { performance } from 'node:perf_hooks';
import { describe, expect, it, vi } from 'vitest';
import { keepOn, untilDone } from '../../registry/keep-on.ts';

/** Work that the embedded database answers at once: it waits for nothing but microtasks. */
async function work(): Promise<void> {
  for (let step = 0; step < 10; step++) await Promise.resolve();
}

/** Turns of the event loop since the process began. */
function turns(): number {
  return performance.nodeTiming.uvMetricsInfo.loopCount;
}

describe('slices of work', () => {
  it('that are due at once each begin in a turn of their own', async () => {
    const end = new AbortController();
    const begun: number[] = [];
    const slice = async (): Promise<boolean> => {
      begun.push(turns());
      await work();
      return false;
    };
    const options = { signal: end.signal, onFailure: () => undefined };
    const kept = Array.from({ length: 5 }, () => keepOn(slice, 1, options));
    await expect.poll(() => begun.length).toBeGreaterThan(50);
    end.abort();
    await Promise.all(kept);
    expect(new Set(begun).size).toBe(begun.length);
  });

  it('let others go on between them, also while everything waits for their end', async () => {
    const before = turns();
    let left = 100;
    await untilDone(async () => {
      await work();
      return --left > 0;
    });
    expect(left).toBe(0);
    expect(turns() - before).toBeGreaterThanOrEqual(99);
  });

  it('end with the signal', async () => {
    const end = new AbortController();
    let done = 0;
    await untilDone(async () => {
      done++;
      if (done === 3) end.abort();
      return true;
    }, end.signal);
    expect(done).toBe(3);
  });

  it('pause longer after one that failed', async () => {
    const end = new AbortController();
    const failures: unknown[] = [];
    const slice = vi.fn(() => Promise.reject<boolean>(new Error('the first fails')));
    const kept = keepOn(slice, 1, {
      signal: end.signal,
      onFailure: (error) => failures.push(error),
    });
    await expect.poll(() => failures).toEqual([new Error('the first fails')]);
    expect(slice).toHaveBeenCalledTimes(1);
    end.abort();
    await kept;
  });
});
