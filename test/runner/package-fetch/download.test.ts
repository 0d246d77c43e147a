import { expect, it } from 'vitest';
import { download } from '../../../runner/package-fetch/download.ts';

const wanted = { url: new URL('https://a.example/x'), bytesMax: 100, origins: new Set<string>() };

it('waits as long as the server asks before the next attempt', async () => {
  const times: number[] = [];
  const fetch: typeof globalThis.fetch = async () => {
    times.push(performance.now());
    return times.length === 1
      ? new Response('slow down', { status: 429, headers: { 'retry-after': '1' } })
      : new Response('here');
  };
  expect(String((await download({ fetch }, wanted))?.bytes)).toBe('here');
  const [first = 0, second = 0] = times;
  expect(second - first).toBeGreaterThan(900);
});

it('gives up a body that drips, and a server that asks for more time than there is', async () => {
  const drip = async (_: unknown, init?: RequestInit) =>
    new Response(
      new ReadableStream({
        start: (controller) =>
          init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason)),
      }),
    );
  const busy = async () =>
    new Response(null, { status: 503, headers: { 'retry-after': '999999' } });
  for (const fetch of [drip, busy] as (typeof globalThis.fetch)[])
    await expect(download({ fetch }, { ...wanted, secondsMax: 0.3 })).rejects.toThrow(
      'did not arrive within 0.3 seconds',
    );
});

it('takes the statuses that mean an absence from the caller', async () => {
  const fetch: typeof globalThis.fetch = async () => new Response('no', { status: 403 });
  expect(await download({ fetch }, { ...wanted, absent: new Set([403]) })).toBeUndefined();
  await expect(download({ fetch }, wanted)).rejects.toThrow('the server answers 403');
});
