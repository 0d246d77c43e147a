import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startSecondsMax, untilStarted } from '../../../runner/sandbox/started.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('gives what comes after the sign, and nothing of what came before', async () => {
  const source = new PassThrough();
  source.write('a note\nsi');
  const stderr = untilStarted(source, 'sign');
  source.write('gn\nof the command');
  source.end();
  expect(await text(await stderr)).toBe('of the command');
  expect(vi.getTimerCount()).toBe(0);
});

it('is refused with what was said when it ends without the sign', async () => {
  const source = new PassThrough();
  const stderr = untilStarted(source, 'sign');
  source.end('does not hold here: x');
  await expect(stderr).rejects.toMatchObject({
    code: 'sandbox-refused',
    message: expect.stringContaining('does not hold here: x'),
  });
});

it('is refused when no sign comes in time', async () => {
  const stderr = untilStarted(new PassThrough(), 'sign');
  vi.advanceTimersByTime(startSecondsMax * 1000);
  await expect(stderr).rejects.toMatchObject({ code: 'sandbox-refused' });
});
