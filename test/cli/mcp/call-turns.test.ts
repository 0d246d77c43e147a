import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  callsAtOnceMax,
  callsBurst,
  callsPerSecond,
  callsToldMillis,
  callTurns,
  refusedCallCost,
} from '../../../cli/mcp/call-turns.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start() {
  let time = 0;
  const told: number[] = [];
  const gone = new AbortController();
  const turns = callTurns({
    now: () => time,
    tell: (count) => told.push(count),
    signal: gone.signal,
  });
  /** Makes calls one after the other; answers with how many were begun. */
  const flood = async (
    calls: number,
    call: () => Promise<void> = async () => undefined,
  ): Promise<number> => {
    let begun = 0;
    for (let i = 0; i < calls; i++)
      await turns
        .take(() => {
          begun += 1;
          return call();
        })
        .catch((thrown) => expect(thrown).toMatchObject({ name: 'Problem' }));
    return begun;
  };
  const wait = (milliseconds: number): void => {
    time += milliseconds;
  };
  return { flood, gone, told, turns, wait };
}
const refused = (): Promise<void> => Promise.reject(new Problem('plan-refused', 'Cannot use it'));

describe('the turns of an agent', () => {
  it('begin so many calls at once, whichever of its streams they come from', async () => {
    const { turns, told } = start();
    const going = Array.from({ length: callsAtOnceMax }, () =>
      turns.take(() => new Promise(() => undefined)),
    );
    await expect(turns.take(async () => 1)).rejects.toMatchObject({ code: 'run-limit' });
    expect([going.length, told]).toEqual([callsAtOnceMax, [1]]);
  });

  it('begin so many in a short time, and more as time goes by', async () => {
    const { flood, wait } = start();
    expect(await flood(10 * callsBurst)).toBe(callsBurst);
    wait(5_000);
    expect(await flood(10 * callsBurst)).toBe(5 * callsPerSecond);
    wait(3_600_000);
    expect(await flood(10 * callsBurst)).toBe(callsBurst);
  });

  it('begin fewer of those that are refused', async () => {
    const { flood, wait } = start();
    expect(await flood(10 * callsBurst, refused)).toBe(callsBurst / refusedCallCost);
    wait(60_000);
    expect(await flood(10 * callsBurst, refused)).toBe((60 * callsPerSecond) / refusedCallCost);
  });

  it('tell of a flood in one line at its begin, and one with a count each minute', async () => {
    const { flood, gone, told } = start();
    await flood(callsBurst + 5_000);
    expect(told).toEqual([1]);
    vi.advanceTimersByTime(callsToldMillis);
    expect(told).toEqual([1, 4_999]);
    vi.advanceTimersByTime(10 * callsToldMillis);
    expect(told).toEqual([1, 4_999]);
    await flood(3);
    gone.abort();
    expect(told).toEqual([1, 4_999, 1, 2]);
  });
});
