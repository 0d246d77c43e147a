import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requestSender } from '../../cli/send-request.ts';
import { fetchFile } from '../../skills-index/client/blobs.ts';
import { memoryStore } from '../../skills-index/client/store.ts';

let server: Server;
let base: string;
let status: number;
let connections: number;

beforeEach(async () => {
  connections = 0;
  server = createServer((_, answer) => {
    answer.writeHead(status, { 'content-encoding': 'identity' });
    answer.end(status === 404 ? 'x'.repeat(1_000_000) : undefined);
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('asks again on the same connection after an answer without a body', async () => {
  status = 304;
  expect(await askTwice()).toEqual([304, 304]);
  expect(connections).toBe(1);
});

it('reads no body that nobody wants, at the price of the connection', async () => {
  status = 404;
  expect(await askTwice()).toEqual([404, 404]);
  expect(connections).toBe(2);
});

it('takes no body from an unchanged file', async () => {
  status = 304;
  const { signal } = new AbortController();
  const source = { fetch: requestSender(signal), store: memoryStore(), base, signal };
  await expect(fetchFile(source, '/checkpoint', 1_000)).rejects.toThrow(`${base} answered 304`);
});

it.each([
  ['is unpacked', gzipSync('x'.repeat(1_000)), 'x'.repeat(1_000)],
  [
    'is read to the limit, however large it becomes',
    gzipSync(Buffer.alloc(200_000_000)),
    'more than 1000 bytes',
  ],
  ['ends early', gzipSync('x'.repeat(1_000)).subarray(0, 20), 'does not answer'],
  ['is none', Buffer.from('x'.repeat(1_000)), 'does not answer'],
])('asks for gzip, and an answer in gzip %s', async (_, packed, expected) => {
  const asked: unknown[] = [];
  server.removeAllListeners('request').on('request', (request, answer) => {
    asked.push(request.headers['accept-encoding']);
    answer.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
  });
  const { signal } = new AbortController();
  const source = { fetch: requestSender(signal), store: memoryStore(), base, signal };
  const before = process.memoryUsage().rss;
  const found = await fetchFile(source, '/pack', 1_000).then(
    (bytes) => Buffer.from(bytes ?? '').toString(),
    (cause) => String(cause.message),
  );
  expect(found).toContain(expected);
  expect(asked).toEqual(['gzip']);
  expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
});

describe('a request that writes', () => {
  const signal = new AbortController().signal;
  const post = { method: 'POST', headers: {}, redirect: 'error', signal } as const;

  it('sends its body with its length, and reads an answer that is no success', async () => {
    server.removeAllListeners('request').on('request', async (request, answer) => {
      const { method, headers } = request;
      const body = await text(request);
      answer.writeHead(409).end(JSON.stringify([method, headers['content-length'], body]));
    });
    const send = requestSender(signal);
    for (const body of ['é', Buffer.from('é'), undefined]) {
      const answer = await send(base, { ...post, ...(body === undefined ? {} : { body }) });
      const seen = JSON.parse(await text(Readable.from(answer.body ?? [])));
      const sent = body === undefined ? ['0', ''] : ['2', 'é'];
      expect([answer.ok, answer.status, seen]).toEqual([false, 409, ['POST', ...sent]]);
    }
  });

  it('follows no redirect', async () => {
    server.removeAllListeners('request').on('request', (_, answer) => {
      answer.writeHead(307, { location: '/elsewhere' }).end();
    });
    await expect(requestSender(signal)(base, post)).rejects.toThrow('redirect (307)');
  });

  it.each([
    ['POST', 1],
    ['GET', 2],
  ])('%s arrives %i times when the registry closes the kept connection', async (method, times) => {
    let arrived = 0;
    server.removeAllListeners('request').on('request', (request, answer) => {
      if (request.url === '/first') return answer.end();
      arrived++;
      return request.socket.resetAndDestroy();
    });
    const send = requestSender(signal);
    const first = await send(`${base}/first`, { ...post, method: 'GET' });
    await text(Readable.from(first.body ?? []));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(send(`${base}/second`, { ...post, method })).rejects.toThrow();
    expect(arrived).toBe(times);
  });

  it('ends with its own signal and with that of the command', async () => {
    server.removeAllListeners('request').on('request', () => undefined);
    const ended = new AbortController();
    const asked = requestSender(ended.signal)(base, post);
    ended.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    const late = AbortSignal.timeout(20);
    await expect(requestSender(signal)(base, { ...post, signal: late })).rejects.toThrow();
    expect(late.aborted).toBe(true);
  });
});

async function askTwice(): Promise<number[]> {
  const { signal } = new AbortController();
  const get = requestSender(signal);
  const seen: number[] = [];
  for (let nth = 0; nth < 2; nth++) {
    const { status, body } = await get(base, { headers: {}, redirect: 'error', signal });
    await body?.cancel();
    // The connection is free one turn later.
    await new Promise((resolve) => setTimeout(resolve, 20));
    seen.push(status);
  }
  return seen;
}
