import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openBudgetAccount, readUsed } from '../../../runner/agents/budget.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

let folder: string;
let file: string;
let time: string;
const now = (): Date => new Date(time);
beforeEach(() => {
  folder = folderWith();
  file = join(folder, 'budget.json');
  time = '2026-01-31T23:00:00.000Z';
});

const purseOf = (budget: object) => openBudgetAccount(file, { name: 'bot', budget }, now);
const spendAll = (spend: () => boolean): number => {
  let times = 0;
  while (spend() && times < 10_000) times++;
  return times;
};

describe('a budget that cannot be read any more', () => {
  afterEach(() => void vi.useRealTimers());

  it('ends the run as one that is used up, and throws nothing into the timer', () => {
    vi.useFakeTimers();
    const account = purseOf({ seconds: 900 });
    vi.advanceTimersByTime(10_000);
    expect(account.usedUp.aborted).toBe(false);
    writeFileSync(file, 'damaged');
    vi.advanceTimersByTime(120_000);
    expect(account.usedUp.aborted).toBe(true);
  });

  it('leaves no timer behind when the start is refused', () => {
    vi.useFakeTimers();
    writeFileSync(file, 'damaged', { mode: 0o600 });
    expect(() => purseOf({ seconds: 900 })).toThrow(/budget\.json/);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the budget of an identity', () => {
  it('lets through what a day has, and nothing above it, whatever the size of a part', () => {
    for (const [budget, amount, times] of [
      [{ requests: 7 }, 1, 7],
      [{ requests: 0 }, 1, 0],
      [{ requests: 1000 }, 1, 1000],
      [{ bytes: 1000 }, 300, 3],
    ] as const) {
      const kind = 'bytes' in budget ? 'bytes' : 'requests';
      const purse = purseOf(budget);
      expect(spendAll(() => purse.spend(kind, amount))).toBe(times);
      expect(purse.spend(kind === 'bytes' ? 'requests' : 'bytes', 1e9)).toBe(true);
      purse.close();
      expect(readUsed(file).used[kind]).toBe(times * amount);
      rmSync(file);
    }
  });

  it('refuses the run after the last one, by name and number', () => {
    for (let i = 0; i < 2; i++) purseOf({ runs: 2 }).close();
    expect(() => purseOf({ runs: 2 })).toThrowError(
      expect.objectContaining({
        code: 'budget-used',
        message: 'Cannot start: agent bot has used its 2 runs of today (UTC)',
      }),
    );
    expect(() => purseOf({ seconds: 0 })).toThrowError(
      expect.objectContaining({ code: 'budget-used' }),
    );
  });

  it('counts two runs at once as one', () => {
    const one = purseOf({ requests: 500 });
    const other = purseOf({ requests: 500 });
    let times = 0;
    for (let i = 0; i < 600; i++)
      times += Number(one.spend('requests', 1)) + Number(other.spend('requests', 1));
    expect(times).toBeGreaterThanOrEqual(490);
    expect(times).toBeLessThanOrEqual(500);
    one.close();
    other.close();
    expect(readUsed(file).used.requests).toBe(times);
  });

  it('has counted what a runner that was killed may have used', () => {
    const killed = purseOf({ requests: 500 });
    for (let i = 0; i < 25; i++) killed.spend('requests', 1);
    expect(readUsed(file).used.requests).toBeGreaterThanOrEqual(25);
    const next = purseOf({ requests: 500 });
    expect(spendAll(() => next.spend('requests', 1))).toBeLessThanOrEqual(475);
    next.close();
  });

  it('begins anew with a new day, also in the middle of a run, and not with a clock that goes back', () => {
    const purse = purseOf({ requests: 3 });
    expect(spendAll(() => purse.spend('requests', 1))).toBe(3);
    time = '2026-02-01T00:00:00.000Z';
    expect(spendAll(() => purse.spend('requests', 1))).toBe(3);
    time = '2026-01-31T00:00:00.000Z';
    expect(purse.spend('requests', 1)).toBe(false);
    purse.close();
    expect(readUsed(file)).toEqual({
      day: '2026-02-01',
      used: { requests: 3, bytes: 0, seconds: 0, runs: 0, paths: 0 },
    });
  });

  it('writes nothing where nothing is limited', () => {
    const purse = openBudgetAccount(file, { name: 'bot' }, now);
    expect(purse.spend('bytes', 1e12)).toBe(true);
    purse.close();
    expect(readUsed(file).day).toBe('');
  });

  it('is refused when its file is damaged, rather than begun anew', () => {
    writeFileSync(file, '{"schema":"skillgate.budget/1","day":"2026-01-31","used":{}}', {
      mode: 0o600,
    });
    expect(() => purseOf({ runs: 2 })).toThrowError(
      expect.objectContaining({ code: 'key-file-invalid' }),
    );
  });
});
