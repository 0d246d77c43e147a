import { expect, it, vi } from 'vitest';
import { startWatchdog } from '../../../scanner/worker/watchdog.ts';

const send = (): void => undefined;

it('gives a request the answer of the scanner, and reports an answer without a request', async () => {
  const kill = vi.fn();
  const watchdog = startWatchdog<string>(kill);
  const asked = watchdog.ask(send, 60);
  expect(watchdog.answer('report')).toBe(true);
  expect(await asked).toEqual({ answer: 'report' });
  expect(watchdog.answer('another report')).toBe(false);
  expect(kill).not.toHaveBeenCalled();
});

it('kills a scanner that does not answer in time', async () => {
  const kill = vi.fn();
  const watchdog = startWatchdog<string>(kill);
  expect(await watchdog.ask(send, 0)).toEqual({ killed: 'it took more than 0 s' });
  expect(kill).toHaveBeenCalledTimes(1);
  expect(watchdog.alive).toBe(false);
});

it('keeps the first reason, and gives it to each later request without sending it', async () => {
  const kill = vi.fn();
  const watchdog = startWatchdog<string>(kill);
  const asked = watchdog.ask(send, 60);
  watchdog.end('it ended with 1');
  watchdog.end('it ended by SIGKILL');
  const later = vi.fn();
  expect(await asked).toEqual({ killed: 'it ended with 1' });
  expect(await watchdog.ask(later, 60)).toEqual({ killed: 'it ended with 1' });
  expect(later).not.toHaveBeenCalled();
  expect(kill).toHaveBeenCalledTimes(1);
});
