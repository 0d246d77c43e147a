import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tracesOf } from '../../../cli/serve/traces-target.ts';
import { startRegistry } from '../../../registry/serve.ts';
import { spansWaitingMax } from '../../../registry/tracing/limits.ts';
import { SpanExporter } from '../../../registry/tracing/span-exporter.ts';
import { parseTraceParent } from '../../../registry/tracing/trace-context.ts';
import { Tracer } from '../../../registry/tracing/tracer.ts';
import { makeDataFolder } from '../../journey/registry-data.ts';
import { makeKey, makeRoot } from '../people.ts';
import { claimScope, makeSkill, publish, type Send } from '../road.ts';

interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

/** A collector that speaks OTLP/HTTP in JSON. */
async function startCollector(status: () => number | 'hang' = () => 200) {
  const spans: ReceivedSpan[] = [];
  const bodies: string[] = [];
  const server = createServer((request, answer) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const now = status();
      if (now === 'hang') return;
      if (now === 200) {
        const body = Buffer.concat(chunks).toString();
        bodies.push(body);
        expect(request.headers['content-type']).toBe('application/json');
        for (const { scopeSpans } of JSON.parse(body).resourceSpans)
          for (const scope of scopeSpans) spans.push(...scope.spans);
      }
      answer.writeHead(now).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1/traces`, spans, bodies };
}

describe('traces of a registry', () => {
  it('show a request with its wait, its batch and its objects, and nothing of its content', async () => {
    const collector = await startCollector();
    const dir = await makeDataFolder(makeRoot());
    const traces = { url: collector.url, headers: {}, pauseMs: 20 };
    const running = await startRegistry({ dir, port: 0, traces });
    const author = makeKey();
    const traceId = 'a'.repeat(32);
    const traceparent = `00-${traceId}-${'b'.repeat(16)}-01`;
    const send: Send = (path, init) => fetch(`${running.base}${path}`, init);
    const traced: Send = (path, init) => {
      const headers = new Headers(init?.headers);
      headers.set('traceparent', traceparent);
      return fetch(`${running.base}${path}?secret=s3cret`, { ...init, headers });
    };
    await claimScope(send, 'hidden-scope', author);
    const skill = makeSkill('@hidden-scope/count', '1.0.0');
    expect((await publish(traced, skill, author)).status).toBe(201);
    await running.close();

    const mine = collector.spans.filter((span) => span.traceId === traceId);
    const request = mine.find(({ kind }) => kind === 2);
    expect(request).toMatchObject({ name: 'POST', parentSpanId: 'b'.repeat(16) });
    expect(request?.attributes).toContainEqual({
      key: 'http.route',
      value: { stringValue: '/api/v1/versions' },
    });
    expect(request?.attributes).toContainEqual({
      key: 'http.response.status_code',
      value: { intValue: '201' },
    });
    const append = mine.find(({ name }) => name === 'log append');
    expect(append?.parentSpanId).toBe(request?.spanId);
    expect(mine.map(({ name }) => name)).toContain('objects put all');
    const batch = collector.spans.find(
      ({ name, links }) =>
        name === 'log batch' && links.some(({ spanId }) => spanId === append?.spanId),
    );
    const commit = collector.spans.find(
      ({ name, parentSpanId }) => name === 'log commit' && parentSpanId === batch?.spanId,
    );
    expect(commit?.traceId).toBe(batch?.traceId);
    for (const { startTimeUnixNano: from, endTimeUnixNano: to, spanId } of collector.spans) {
      expect(spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(BigInt(to) >= BigInt(from)).toBe(true);
    }
    const text = collector.bodies.join('\n');
    for (const secret of ['hidden-scope', 's3cret', 'count', author.keyId, skill.packed.digest])
      expect(text).not.toContain(secret);
  });

  it('are off by default, and a header alone changes nothing', async () => {
    const dir = await makeDataFolder(makeRoot());
    const running = await startRegistry({ dir, port: 0 });
    expect(running.registry.tracer).toBeUndefined();
    const headers = { traceparent: 'nonsense' };
    expect((await fetch(`${running.base}/readyz`, { headers })).status).toBe(200);
    await running.close();
  });
});

describe('a collector', () => {
  const end = (exporter: SpanExporter): void =>
    new Tracer((span) => exporter.take(span)).begin('GET', {}).end();
  const options = { headers: {}, service: {}, pauseMs: 1 };

  it('that is down costs nothing: spans wait up to a limit, are dropped, and counted', async () => {
    const said: string[] = [];
    const url = 'http://127.0.0.1:9/v1/traces';
    const exporter = new SpanExporter({ ...options, url, say: (line) => said.push(line) });
    for (let at = 0; at < spansWaitingMax + 5; at++) end(exporter);
    expect(exporter.dropped).toBe(5);
    await delay(100);
    await exporter.close();
    expect(exporter.sent).toBe(0);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('Requests go on');
  });

  it('that hangs does not keep the registry from ending', async () => {
    const { url } = await startCollector(() => 'hang');
    const exporter = new SpanExporter({ ...options, url, pauseMs: 60_000, say: () => undefined });
    end(exporter);
    const begun = Date.now();
    await exporter.close();
    expect(Date.now() - begun).toBeLessThan(5_000);
  });

  it('that hangs with a request on its way does not keep the registry from ending', async () => {
    let asked = 0;
    const { url } = await startCollector(() => {
      asked++;
      return 'hang';
    });
    const said: string[] = [];
    const say = (line: string) => void said.push(line);
    const exporter = new SpanExporter({ ...options, url: `${url}?key=secret`, say });
    end(exporter);
    for (let tries = 0; tries < 100 && asked === 0; tries++) await delay(20);
    const begun = Date.now();
    await exporter.close();
    expect(Date.now() - begun).toBeLessThan(5_000);
    expect(said.join()).toContain(`${url}: `);
    expect(said.join()).not.toContain('secret');
  });

  it('that is busy gets the same spans again; one that refuses them does not', async () => {
    let status = 503;
    const { url, spans } = await startCollector(() => status);
    const exporter = new SpanExporter({ ...options, url, say: () => undefined });
    end(exporter);
    await delay(50);
    expect([exporter.sent, exporter.dropped]).toEqual([0, 0]);
    status = 200;
    for (let tries = 0; tries < 100 && exporter.sent === 0; tries++) await delay(20);
    expect(spans).toHaveLength(1);
    status = 400;
    end(exporter);
    for (let tries = 0; tries < 100 && exporter.dropped === 0; tries++) await delay(20);
    expect(exporter.dropped).toBe(1);
    await exporter.close();
  });
});

describe('traceparent', () => {
  it.each([
    ['00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01', true],
    ['cc-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01-later', true],
    ['00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01-later', false],
    ['ff-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01', false],
    ['00-00000000000000000000000000000000-bbbbbbbbbbbbbbbb-01', false],
    ['00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-0000000000000000-01', false],
    ['00-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-bbbbbbbbbbbbbbbb-01', false],
    ['', false],
  ])('%s', (header, isTaken) => {
    expect(parseTraceParent(header) !== undefined).toBe(isTaken);
  });
});

describe('the address of a collector', () => {
  it('is the base address of OTLP, or the address for traces', () => {
    for (const [given, url] of [
      ['http://127.0.0.1:4318', 'http://127.0.0.1:4318/v1/traces'],
      ['http://127.0.0.1:4318/', 'http://127.0.0.1:4318/v1/traces'],
      ['https://c.example/otlp', 'https://c.example/otlp/v1/traces'],
      ['https://c.example/otlp/?key=a', 'https://c.example/otlp/v1/traces?key=a'],
      ['https://c.example/otlp/v1/traces', 'https://c.example/otlp/v1/traces'],
      ['https://c.example/v1/traces/', 'https://c.example/v1/traces/'],
    ])
      expect(tracesOf(given)?.url).toBe(url);
  });

  it('is plain HTTP only without a key, or on this machine', () => {
    expect(tracesOf('http://collector:4318/v1/traces')?.headers).toEqual({});
    expect(tracesOf('https://c.example/v1/traces', 'api-key=a%20b, x=1')?.headers).toEqual({
      'api-key': 'a b',
      x: '1',
    });
    expect(tracesOf('http://127.0.0.1:4318/', 'k=v')?.headers).toEqual({ k: 'v' });
    expect(tracesOf('http://127.0.0.1:4318/?k=v')?.url).toContain('?k=v');
    for (const [url, headers] of [
      ['http://collector:4318/v1/traces', 'k=v'],
      ['http://collector:4318/v1/traces?key=secret', ''],
      ['ftp://c.example', ''],
      ['https://c.example', 'nonsense'],
      ['https://:secret@c.example', ''],
    ] as const)
      expect(() => tracesOf(url, headers)).toThrow(/^(?!.*secret)/);
  });
});
