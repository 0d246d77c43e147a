import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { containerStart, startSecondsMax, untilStarted } from '../../../runner/sandbox/started.ts';

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

it.each([
  ['docker', {}, ['/.dockerenv'], /^docker run .*systempaths=unconfined/],
  ['podman', {}, ['/run/.containerenv'], /^podman run .*unmask=ALL/],
  ['Kubernetes', { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, [], /procMount: Unmasked/],
  ['a job of GitHub Actions', { GITHUB_ACTIONS: 'true' }, ['/.dockerenv'], /container: \{options/],
])('in %s a sandbox that does not start says what to change', (_, env, files, says) => {
  expect(containerStart(env, (path) => (files as readonly string[]).includes(path))).toMatch(says);
});

it('outside of a container it does not', () => {
  expect(containerStart({ GITHUB_ACTIONS: 'true' }, () => false)).toBeUndefined();
});
