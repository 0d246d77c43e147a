/**
 * Requests as proxies and `fetch` really send them, to each route through the real Node shell:
 * chunked, and without a length.
 */
import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../registry/app.ts';
import { type RunningRegistry, startRegistry } from '../../registry/serve.ts';
import { makeRoot } from '../registry/people.ts';
import { makeDataFolder } from './registry-data.ts';

const values: Readonly<Record<string, string>> = {
  scope: '@acme',
  name: 'x',
  version: '1.0.0',
  digest: `sha256:${'0'.repeat(64)}`,
};

describe('each route that takes a body, over HTTP', () => {
  const errors: string[] = [];
  let dir: string;
  let running: RunningRegistry;
  beforeAll(async () => {
    dir = await makeDataFolder(makeRoot());
    running = await startRegistry({ dir, port: 0, log: (line) => errors.push(line) });
  });
  afterAll(async () => {
    await running.close();
    await rm(dir, { recursive: true });
  });

  const routes = (): { method: string; path: string }[] => {
    const all = createApp(running.registry, { logError: () => undefined }).routes;
    const writing = all.filter(({ method }) => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method));
    const filled = writing.map(({ method, path }) => ({
      method,
      path: path
        .replace(/:(\w+)(\{[^}]*\})?/g, (_, name: string) => values[name] ?? 'x')
        .replace('*', 'x'),
    }));
    return [...new Map(filled.map((one) => [`${one.method} ${one.path}`, one])).values()];
  };
  const send = (
    { method, path }: { method: string; path: string },
    headers: Record<string, string>,
    body?: string,
  ) =>
    new Promise<number>((resolve, reject) => {
      const sent = request(`${running.base}${path}`, { method, headers }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
      });
      sent.once('error', reject);
      // Without a length, Node's client sends a body in chunks.
      if (body !== undefined) sent.write(body);
      sent.end();
    });

  it('is answered when its body comes in chunks', async () => {
    const json = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    expect(routes().length).toBeGreaterThan(20);
    for (const route of routes())
      expect([route, await send(route, json, '{"a":1}')]).not.toEqual([route, 500]);
    expect(errors).toEqual([]);
  });

  it('is answered when it has neither a body nor a length', async () => {
    for (const route of routes())
      expect([route, (await send(route, {})) < 500]).toEqual([route, true]);
    const answer = await fetch(`${running.base}/api/v1/mailbox/messages/x`, { method: 'DELETE' });
    expect([answer.status, await answer.json()]).toEqual([200, { ok: true }]);
    expect(errors).toEqual([]);
  });

  it('reads a body in chunks as it would read one with a length', async () => {
    const body = JSON.stringify({ keyId: 'abc' });
    const route = { method: 'POST', path: '/api/v1/session/challenge' };
    const json = { 'content-type': 'application/json' };
    const counted = await send(route, { ...json, 'content-length': String(body.length) }, body);
    expect([counted, await send(route, { ...json, 'transfer-encoding': 'chunked' }, body)]).toEqual(
      [400, 400],
    );
    const large = JSON.stringify({ keyId: 'x'.repeat(65 * 1024) });
    expect(await send(route, { ...json, 'transfer-encoding': 'chunked' }, large)).toBe(413);
  });
});
