import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import {
  parseTrustedProxies,
  warnOfUntrustedProxy,
} from '../../../registry/serving/trusted-proxies.ts';
import { expectAnswer } from '../steps.ts';

/** Sends requests from these addresses; the lines that the operator reads. */
async function linesFor(...requests: (readonly [string, Record<string, string>, object?])[]) {
  const lines: string[] = [];
  const proxies = parseTrustedProxies({ addresses: ['10.9.9.9'] });
  const app = new Hono()
    .use(warnOfUntrustedProxy(proxies, (line) => lines.push(line)))
    .get('/', (context) => context.text('here'));
  for (const [remoteAddress, headers, env] of requests) {
    const incoming = { socket: { remoteAddress, remotePort: 1, remoteFamily: 'IPv4' } };
    await expectAnswer(app.request('/', { headers }, { incoming, ...env }), 200);
  }
  return lines;
}

describe('a proxy that the operator did not name', () => {
  const header = { 'x-forwarded-for': '203.0.113.7' };

  it('is named once, with the setting', async () => {
    expect(await linesFor(['127.0.0.1', header], ['10.0.0.2', header])).toEqual([
      expect.stringMatching(/^warning: 127\.0\.0\.1 .*trusted-proxies = \["127\.0\.0\.1"\]$/),
    ]);
    expect(await linesFor(['10.0.0.2', { forwarded: 'for=203.0.113.7' }])).toHaveLength(1);
  });

  it('is not a client without the header, a named proxy, a stranger, or the scanner', async () => {
    expect(
      await linesFor(
        ['127.0.0.1', {}],
        ['10.9.9.9', header],
        ['8.8.8.8', header],
        ['127.0.0.1', header, { isInner: true }],
      ),
    ).toEqual([]);
  });
});
