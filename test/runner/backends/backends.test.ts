import { afterEach, expect, it } from 'vitest';
import { probeHost } from '../../../cli/host/toolchains.ts';
import { backendOf, findBackends } from '../../../runner/backends/backends.ts';

const own = Object.getOwnPropertyDescriptor(process, 'platform') ?? {};
afterEach(() => Object.defineProperty(process, 'platform', own));

it.each(['darwin', 'win32'])('on %s, a run says at once what works and where runs work', (name) => {
  Object.defineProperty(process, 'platform', { ...own, value: name });
  expect(() => backendOf({ backend: 'bubblewrap' })).toThrow(
    expect.objectContaining({
      code: 'sandbox-missing',
      message: 'Cannot start the backend bubblewrap, which host policy names: it needs Linux',
      hint: expect.stringMatching(/^scan, manifest, .* work on this system\. .*WSL 2/),
    }),
  );
});

it.each(['darwin', 'win32'])('on %s, doctor says so without a line for Linux', async (name) => {
  Object.defineProperty(process, 'platform', { ...own, value: name });
  expect(findBackends().filter((found) => 'type' in found)).toEqual([]);
  expect(await probeHost({ backend: 'bubblewrap' })).toEqual([
    {
      name: 'a sandbox starts',
      holds: false,
      detail: expect.stringMatching(
        /^host policy wants bubblewrap: it needs Linux\. scan, manifest, .* in WSL 2/,
      ),
    },
  ]);
});

it('on Linux, the sandbox is the one that host policy names', () => {
  expect(backendOf({ backend: 'bubblewrap' }).name).toBe('bubblewrap');
});
