import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CommandContext } from '../../../cli/command.ts';
import { startProgress } from '../../../cli/terminal/progress.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it.each([
  ['nothing of a short task', 20, 10, []],
  ['a line a second of a few parts', 5, 500, ['2/5 entries', '4/5 entries']],
  [
    'twenty lines of a long task',
    100,
    1_000,
    Array.from({ length: 20 }, (_, at) => `${5 * (at + 1)}/100 entries`),
  ],
])('writes to a file %s', (_, total, milliseconds, lines) => {
  const stderr = new PassThrough();
  const context = { stderr, env: {} } as unknown as CommandContext;
  const progress = startProgress(context, total, 'entries');
  for (let part = 0; part < total; part++) {
    vi.advanceTimersByTime(milliseconds);
    progress.step('x');
  }
  progress.end();
  expect(
    String(stderr.read() ?? '')
      .trim()
      .split('\n')
      .filter(Boolean),
  ).toEqual(lines);
});
