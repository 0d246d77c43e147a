import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { uploadBytesMax } from '../../../registry/request-limits/spool.ts';
import { type RegistryOptions, startRegistry } from '../../../registry/serve.ts';
import { watchDisk } from '../../../registry/serving/disk-reserve.ts';
import { makeDataFolder } from '../../journey/registry-data.ts';
import { makeKey, makeRoot } from '../people.ts';
import { call, claimScope, enrol, makeSkill, publish, type Send, signIn } from '../road.ts';
import { expectAnswer } from '../steps.ts';

const trust = makeRoot();
let dir: string;
let folder: string;

beforeAll(async () => {
  dir = await makeDataFolder(trust);
  folder = mkdtempSync(join(tmpdir(), 'skillgate-access-'));
});
afterAll(() => {
  rmSync(dir, { recursive: true });
  rmSync(folder, { recursive: true });
});

async function start(options: Partial<RegistryOptions>) {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const running = await startRegistry({ dir, port: 0, ...options, log });
  onTestFinished(() => running.close());
  const send: Send = (path, init) => fetch(`${running.base}${path}`, init);
  return { ...running, send, lines };
}

async function until(what: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !what(); tries++) await sleep(20);
  expect(what()).toBe(true);
}

describe('the access log', () => {
  it('names route, status, time, size and client, and nothing that could be a secret', async () => {
    const written: string[] = [];
    const { send } = await start({ accessLog: (line) => written.push(line) });
    await send('/review/sign-in?link=TOP-SECRET-LINK');
    await send('/api/v1/versions/@acme/hidden-name/1.0.0', {
      headers: { authorization: 'Bearer TOP-SECRET-TOKEN', cookie: '__Host-skillgate=TOP-SECRET' },
    });
    await send('/nowhere/TOP-SECRET-PATH');
    await send('/api/v1/session', { method: 'POST', body: 'TOP-SECRET-BODY' });
    await until(() => written.length === 4);
    expect(written.join('')).not.toMatch(/SECRET|hidden|acme/);
    expect(written.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ method: 'GET', route: '/review/sign-in' }),
      expect.objectContaining({
        route: expect.stringContaining('/api/v1/versions/:'),
        status: 404,
      }),
      expect.objectContaining({ route: 'none', status: 404 }),
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        method: 'POST',
        route: '/api/v1/session',
        status: expect.any(Number),
        ms: expect.any(Number),
        bytes: expect.any(Number),
        address: expect.stringMatching(/127\.0\.0\.1|::1/),
      },
    ]);
    expect(JSON.parse(written[0] ?? '').bytes).toBeGreaterThan(500);
  });

  it('leaves out the polls of scanners, which come every second, while they are answered', async () => {
    const written: string[] = [];
    const { send } = await start({ accessLog: (line) => written.push(line) });
    const scanner = makeKey();
    await enrol(send, trust.administrator, { name: 'scan', roles: ['scanner'], key: scanner });
    const token = await signIn(send, scanner);
    const lease = async (given?: string) =>
      (await call(send, '/api/v1/jobs/lease', { json: {}, ...(given && { token: given }) })).status;
    expect([await lease(token), await lease()]).toEqual([200, 401]);
    const ofPolls = () => written.filter((line) => line.includes('/lease'));
    await until(() => ofPolls().length > 0);
    expect(ofPolls().map((line) => JSON.parse(line).status)).toEqual([401]);
  });

  it('names the client behind a proxy', async () => {
    const written: string[] = [];
    const { send } = await start({
      accessLog: (line) => written.push(line),
      proxies: { addresses: ['127.0.0.1', '::1'] },
    });
    await send('/healthz', { headers: { 'x-forwarded-for': '203.0.113.7' } });
    await until(() => written.length === 1);
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ address: '203.0.113.7' });
  });

  it('goes on in a new file after somebody moved the file away', async () => {
    const path = join(folder, 'access.log');
    const { send, reload } = await start({ accessLog: path });
    const linesOf = (file: string) => readFileSync(file, 'utf8').trim().split('\n');
    await send('/healthz');
    await until(() => readFileSync(path, 'utf8') !== '');
    renameSync(path, `${path}.1`);
    await reload();
    await send('/readyz');
    await until(() => readFileSync(path, 'utf8') !== '');
    expect([linesOf(`${path}.1`).length, linesOf(path).length]).toEqual([1, 1]);
  });

  it('stops the start where it cannot be written, and names the file', async () => {
    const accessLog = join(folder, 'missing', 'access.log');
    await expect(start({ accessLog })).rejects.toMatchObject({
      code: 'file-not-found',
      message: expect.stringContaining(accessLog),
    });
  });
});

describe('the metrics', () => {
  it('count requests, queues, log and disk on a port of this machine alone', async () => {
    const { send, metricsPort, registry } = await start({ metricsPort: 0 });
    const author = makeKey();
    await claimScope(send, 'acme', author);
    await expectAnswer(publish(send, makeSkill('@acme/count', '1.0.0'), author), 201);
    await send('/nowhere');
    const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4');
    const text = await answer.text();
    const value = (name: string): number =>
      Number(new RegExp(`^${name.replace(/[{}"/.]/g, '\\$&')} (.*)$`, 'm').exec(text)?.[1]);
    expect(value('skillgate_ready')).toBe(1);
    expect(value('skillgate_scan_queue_jobs')).toBe(1);
    expect(value('skillgate_review_queue_versions')).toBe(0);
    expect(value('skillgate_stored_bytes')).toBeGreaterThan(100);
    expect(value('skillgate_waiting_bytes')).toBe(value('skillgate_stored_bytes'));
    expect(value('skillgate_log_size')).toBeGreaterThan(1);
    expect(value('skillgate_disk_free_bytes')).toBeGreaterThan(1_000_000);
    expect(value('skillgate_requests_total{method="GET",route="none",status="404"}')).toBe(1);
    expect(text).not.toMatch(/acme/);
    // Prometheus refuses a text with a line of any other form.
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(
        /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="([^"\\\n]|\\.)*",?)+\})? -?[\d.e+-]+)$/,
      );
    expect(registry.config.hosts).not.toContain(`127.0.0.1:${metricsPort}`);
  });

  it('are not on the port for clients, and not for a web page under another name', async () => {
    const { send, metricsPort } = await start({ metricsPort: 0 });
    await expectAnswer(send('/metrics'), 404);
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      request({ port: metricsPort, path: '/metrics', headers: { host: 'evil.example' } })
        .once('response', (response) => resolve(response.resume().statusCode))
        .once('error', reject)
        .end();
    });
    expect(status).toBe(404);
  });
});

describe('readiness', () => {
  it('is what the figures say, also where proxies are named and one is missing', async () => {
    const proxies = { addresses: ['10.0.0.1'] };
    const { send, metricsPort, lines } = await start({ metricsPort: 0, proxies });
    const figures = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect([figures, lines]).toEqual([expect.stringMatching(/^skillgate_ready 1$/m), []]);
    await send('/readyz', { headers: { 'x-forwarded-for': '203.0.113.7' } });
    expect(lines).toEqual([expect.stringContaining('the setting trusted-proxies does not name')]);
  });

  it('says that the data folder cannot be written', async () => {
    const { send } = await start({});
    await expectAnswer(send('/readyz'), 200);
    const disk = watchDisk(
      join(folder, 'gone'),
      () => new Date(),
      () => undefined,
    );
    onTestFinished(() => disk.stop());
    expect(await disk.whyFull()).toMatch(/cannot be written: ENOENT/);
  });

  it('says that the disk has no room for an upload, and looks again', async () => {
    let free = uploadBytesMax - 1;
    let time = 0;
    const disk = watchDisk(
      folder,
      () => new Date(time),
      () => undefined,
      async () => free,
    );
    onTestFinished(() => disk.stop());
    expect(await disk.whyFull()).toMatch(/25 MiB left/);
    free = uploadBytesMax;
    expect(await disk.whyFull()).toMatch(/25 MiB left/);
    time += 5_000;
    expect(await disk.whyFull()).toBeUndefined();
  });

  it('answers 503 with the reason where the registry’s disk is full', async () => {
    const { createApp } = await import('../../../registry/app.ts');
    const { registry } = await start({});
    const app = createApp(registry, {
      logError: () => undefined,
      whyFull: async () => 'the disk has 3 MiB left',
    });
    const answer = await app.request(`${registry.config.base}/readyz`);
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { ok: false, disk: 'the disk has 3 MiB left' },
    ]);
  });
});
