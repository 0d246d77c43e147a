import { mkdtempSync, rmSync, statSync } from 'node:fs';
import {
  createServer as createHttp,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EgressProxy, startEgress } from '../../../runner/egress/egress.ts';
import { leakDetector } from '../../../runner/egress/leaks.ts';
import { watchedPlaceholder } from '../../../runner/egress/placeholder.ts';
import type { SecretValues } from '../../../runner/egress/secrets.ts';
import type { AuditEvent } from '../../../skills-index/run/audit/audit-entry.ts';
import { fixedValues } from '../egress-stage.ts';

const placeholder = 'skillgate-secret-00112233445566778899aabbccddeeff';
const value = 'real-token-0123456789';
const plain = { scheme: 'http', mode: 'intercept', reason: '' } as const;
const leaks = leakDetector(
  [watchedPlaceholder({ name: 'CRM_TOKEN', placeholder })],
  () => undefined,
);
let folder: string;
let upstream: Server;
let seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let proxy: EgressProxy;
let log: AuditEvent[];
let floods: number;
let { known, reveal }: SecretValues = fixedValues([], () => '');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-egress-'));
  seen = [];
  log = [];
  floods = 0;
  answer = (_, response) => response.end('fine');
  upstream = createHttp(async (request, response) => {
    seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: await text(request).catch(() => ''),
    });
    answer(request, response);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const pinned = {
    'api.crm.example': { address: '127.0.0.1', port: (upstream.address() as AddressInfo).port },
  };
  const secrets = [
    { name: 'CRM_TOKEN', placeholder, hosts: ['api.crm.example'], as: 'bearer' },
    { name: 'OTHER', placeholder: 'skillgate-secret-ff', hosts: ['other.example'], as: 'bearer' },
  ] as const;
  const values = fixedValues(secrets, () => value);
  ({ known, reveal } = values);
  proxy = await startEgress({
    folder: join(folder, 'proxy'),
    rules: {
      egress: [
        {
          ...plain,
          host: 'api.crm.example',
          port: 80,
          methods: ['GET', 'POST'],
          path: '/v2/*',
          pinned,
        },
      ],
      secrets,
    },
    reveal: (name) => reveal(name),
    known: () => known(),
    leaks,
    record: (event) => log.push(event),
    onFlood: () => floods++,
  });
});
afterEach(async () => {
  await proxy.close();
  upstream.close();
  rmSync(folder, { recursive: true });
});

/** Sends bytes as they are and gives all that comes back. */
function send(...lines: readonly string[]): Promise<string> {
  const socket = connect(join(folder, 'proxy', 'proxy.sock'));
  socket.write(lines.join('\r\n'));
  socket.on('error', () => undefined);
  return text(socket).catch(() => '');
}
const host = 'Host: api.crm.example';
const end = ['Connection: close', '', ''];
const why = (): unknown[] =>
  log.map((event) => (event.event === 'egress' ? event.why : event.event));

describe('what leaves', () => {
  it('is the request, with the secret in its place and nothing of the hop', async () => {
    const got = await send(
      'POST http://api.crm.example/v2/deals?q=1 HTTP/1.1',
      host,
      `Authorization: Bearer ${placeholder}`,
      'Proxy-Authorization: x',
      'Connection: close, X-Hop',
      'X-Hop: 1',
      'Range: bytes=0-3',
      'Accept-Encoding: gzip',
      'X-Kept: yes',
      'X-HTTP-Method-Override: DELETE',
      'X_Method_Override: DELETE',
      'X-Original-URL: /admin',
      'X-Rewrite-URL: /admin',
      'Content-Length: 2',
      '',
      'ab',
    );
    expect(got).toMatch(/^HTTP\/1.1 200 [\s\S]*fine/);
    expect(seen).toMatchObject([{ method: 'POST', url: '/v2/deals?q=1', body: 'ab' }]);
    expect(Object.keys(seen[0]?.headers ?? {}).sort()).toEqual([
      'accept-encoding',
      'authorization',
      'connection',
      'content-length',
      'host',
      'x-kept',
    ]);
    expect(seen[0]?.headers).toMatchObject({
      authorization: `Bearer ${value}`,
      'accept-encoding': 'identity',
      host: 'api.crm.example',
    });
    expect(log).toEqual([
      {
        event: 'egress',
        decision: 'allowed',
        why: 'approved',
        method: 'POST',
        host: 'api.crm.example',
        port: 80,
        path: '/v2/deals',
        secrets: ['CRM_TOKEN'],
        dropped: ['x-http-method-override', 'x-method-override', 'x-original-url', 'x-rewrite-url'],
      },
    ]);
  });

  it('is recorded before it leaves', async () => {
    let recorded = 0;
    answer = (_, response) => {
      recorded = log.length;
      response.end();
    };
    await send('GET http://api.crm.example/v2/x HTTP/1.1', host, ...end);
    expect(recorded).toBe(1);
  });
});

describe('what is refused', () => {
  const chunked = ['Transfer-Encoding: chunked', ...end, '0', '', ''];
  it.each([
    [
      'two lengths of one body',
      ['POST http://api.crm.example/v2/x HTTP/1.1', host, 'Content-Length: 4', ...chunked],
      'malformed',
    ],
    [
      'the placeholder in a chunk',
      [
        'POST http://api.crm.example/v2/x HTTP/1.1',
        host,
        'Transfer-Encoding: chunked',
        'Connection: close',
        '',
        '10',
        placeholder.slice(0, 16),
        '21',
        placeholder.slice(16),
        '0',
        '',
        '',
      ],
      'secret-unbound',
    ],
    [
      'a tunnel to TLS',
      ['CONNECT api.crm.example:443 HTTP/1.1', 'Host: api.crm.example:443', '', ''],
      'port-denied',
    ],
    [
      'a stranger inside a tunnel',
      [
        'CONNECT api.crm.example:80 HTTP/1.1',
        host,
        '',
        'GET /v2/x HTTP/1.1',
        'Host: stranger.example',
        ...end,
      ],
      'host-mismatch',
    ],
  ])('%s: nothing reaches upstream, and it is recorded', async (_, lines, expected) => {
    await send(...lines);
    expect(seen).toEqual([]);
    expect(new Set(why())).toEqual(new Set([expected]));
    expect(proxy.counts.allowed).toBe(0);
  });

  it('a large body that has to be seen whole; any other streams', async () => {
    const upload = (...headers: readonly string[]): Promise<string> =>
      send(
        'POST http://api.crm.example/v2/x HTTP/1.1',
        host,
        'Content-Length: 9000000',
        ...headers,
        ...end.slice(0, -1),
        'x'.repeat(9_000_000),
      );
    expect(await upload()).toContain(' 200 ');
    expect(seen).toHaveLength(1);
    expect(await upload('Content-Encoding: gzip')).toMatch(/^HTTP\/1.1 413 |^$/);
    expect(why()).toEqual(['approved', 'too-large']);
    expect(seen).toHaveLength(1);
  });

  it('a request that is sent before the answer to the one before it, so that no queue grows', async () => {
    const one = [
      'POST http://api.crm.example/v2/x HTTP/1.1',
      host,
      'Content-Length: 2',
      '',
      'ab',
    ].join('\r\n');
    await send(one.repeat(50));
    expect(new Set(why())).toEqual(new Set(['pipelined']));
    expect(seen).toEqual([]);
  });

  it('an upgrade that is sent before the answer to the request before it, and a tunnel as well', async () => {
    const one = ['GET http://api.crm.example/v2/x HTTP/1.1', host, '', ''].join('\r\n');
    const upgrade = [
      'GET http://api.crm.example/v2/ws HTTP/1.1',
      host,
      'Connection: Upgrade',
      'Upgrade: websocket',
      '',
      '',
    ];
    const socketKey = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
    await send([one + upgrade.toSpliced(4, 0, ...socketKey).join('\r\n')].join(''));
    await send(`${one}CONNECT api.crm.example:80 HTTP/1.1\r\nHost: api.crm.example:80\r\n\r\n`);
    expect(why().filter((one) => one === 'pipelined')).toHaveLength(2);
    expect(proxy.failed.aborted).toBe(false);
  });

  it('a body in more pieces than a body has, each of which costs a look', async () => {
    const socket = connect(join(folder, 'proxy', 'proxy.sock'));
    socket.on('error', () => undefined);
    const head = [
      'POST http://api.crm.example/v2/x HTTP/1.1',
      host,
      'Transfer-Encoding: chunked',
      'Content-Encoding: gzip',
      '',
      '',
    ];
    socket.write(head.join('\r\n'));
    for (let i = 0; i < 25_000 && !socket.destroyed; i++) {
      socket.write('1\r\nx\r\n');
      await new Promise(setImmediate);
    }
    socket.end('0\r\n\r\n');
    await text(socket).catch(() => '');
    expect(why()).toEqual(['malformed']);
    expect(seen).toEqual([]);
  });

  it('more than all requests together may hold: bodies that are signed are kept whole', async () => {
    await proxy.close();
    rmSync(join(folder, 'proxy'), { recursive: true });
    const pinned = {
      'api.crm.example': { address: '127.0.0.1', port: (upstream.address() as AddressInfo).port },
    };
    const secrets = [
      { name: 'CRM_TOKEN', placeholder, hosts: ['api.crm.example'], as: 'hmac:X-Signature' },
    ] as const;
    proxy = await startEgress({
      folder: join(folder, 'proxy'),
      rules: {
        egress: [
          { ...plain, host: 'api.crm.example', port: 80, methods: ['POST'], path: '/*', pinned },
        ],
        secrets,
      },
      ...fixedValues(secrets, () => value),
      leaks,
      record: (event) => log.push(event),
    });
    answer = () => undefined;
    const size = 8 * 1024 * 1024;
    const post = [
      'POST http://api.crm.example/v2/x HTTP/1.1',
      host,
      `X-Signature: ${placeholder}`,
      `Content-Length: ${size}`,
      ...end,
      '',
    ]
      .join('\r\n')
      .slice(0, -2);
    const all = Array.from({ length: 5 }, () => send(`${post}${'x'.repeat(size)}`));
    for (let i = 0; i < 200 && !why().includes('too-much'); i++) await sleep(20);
    expect(why().filter((one) => one === 'too-much')).toHaveLength(1);
    await proxy.close();
    await Promise.all(all);
  });

  it('for ever: after so many refusals the run is stopped, and the log ends', async () => {
    const one = ['GET http://stranger.example/ HTTP/1.1', 'Host: stranger.example', ...end].join(
      '\r\n',
    );
    for (let i = 0; i < 1_010; i += 10)
      await Promise.all(Array.from({ length: 10 }, () => send(one)));
    expect(floods).toBe(1);
    expect(log).toHaveLength(1_000);
  });
});

describe('the socket', () => {
  it('is reached by the runner alone, until it gives the socket to the forwarder', () => {
    expect(statSync(join(folder, 'proxy')).mode & 0o777).toBe(0o700);
  });
});

describe('what comes back', () => {
  const request = ['GET http://api.crm.example/v2/x HTTP/1.1', host, ...end];

  it('has the value replaced in headers and body, cut anywhere', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'X-Echo': `got ${value}`, 'Content-Length': 2 * value.length + 2 });
      response.write(`${value} ${value.slice(0, 9)}`);
      setTimeout(() => response.end(`${value.slice(9)}.`), 20);
    };
    const got = await send(...request);
    expect(got).not.toContain(value);
    expect(got).toContain(`X-Echo: got ${placeholder}`);
    const body = got.replace(/\r\n[0-9a-f]+\r\n/g, '');
    expect(body.match(new RegExp(placeholder, 'g'))).toHaveLength(3);
    expect(why()).toEqual(['approved', 'redacted']);
  });

  const withToken = [
    'GET http://api.crm.example/v2/x HTTP/1.1',
    host,
    `Authorization: Bearer ${placeholder}`,
    ...end,
  ];

  it('is the old value and the new one of a secret that was renewed, also in an answer that has begun', async () => {
    let number = 1;
    const tokens = ['first-token-aB3xY9qZ7w', 'other-token-Kk4mN8pR2s'];
    let all: ReturnType<typeof known> = [];
    reveal = async () => {
      all = tokens
        .slice(0, number)
        .map((token) => ({ name: 'CRM_TOKEN', placeholder, value: token }));
      return tokens[number - 1] ?? '';
    };
    known = () => all;
    let finish = (): void => undefined;
    answer = (_, response) => {
      response.write(`${tokens[0]} `);
      finish = () => response.end(tokens.join(' '));
    };
    const long = send(...withToken);
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    number = 2;
    answer = (_, response) => response.end(tokens.join(' '));
    expect(await send(...withToken)).toContain(`\n${placeholder} ${placeholder}\r\n`);
    finish();
    expect(await long).not.toMatch(/first-token|other-token/);
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(
      tokens.map((token) => `Bearer ${token}`),
    );
  });

  it('is a reason where the secret has expired, and the run goes on', async () => {
    const { reveal: working } = { reveal };
    reveal = () => Promise.reject(Object.assign(new Error(), { code: 'secret-expired' }));
    const got = await send(...withToken);
    expect(got).toMatch(
      /^HTTP\/1.1 502 [\s\S]*"why":"secret-expired","detail":"it is allowed, but/,
    );
    expect(await send(...request)).toContain('fine');
    reveal = working;
    expect(await send(...withToken)).toContain('fine');
    expect(seen).toHaveLength(2);
    expect(why()).toEqual(['approved', 'secret-expired', 'approved', 'approved']);
  });

  it('is ready to be looked through before a request leaves: where a value is not to be had, nothing is done', async () => {
    known = () => {
      throw new Error('cannot be built');
    };
    const ended = new Promise((resolve) => proxy.failed.addEventListener('abort', resolve));
    await send(...request);
    await ended;
    expect(seen).toEqual([]);
  });

  it.each([
    ['compressed', { 'Content-Encoding': 'gzip' }],
    ['compressed for the way', { 'Transfer-Encoding': 'gzip, chunked' }],
    ['compressed by message', { 'Grpc-Encoding': 'gzip' }],
    ['compressed by message of Connect', { 'Connect-Content-Encoding': 'br' }],
  ])('is refused when it is %s', async (_, headers) => {
    answer = (_, response) => response.writeHead(200, headers).end('zzzz');
    expect(await send(...request)).toMatch(/^HTTP\/1.1 502 /);
    expect(why()).toEqual(['approved', 'answer-encoded']);
  });

  it.each(['grpc-web+proto', 'connect+json'])(
    'is cut at a message of %s that says it is compressed',
    async (type) => {
      const message = Buffer.from([0, 0, 0, 0, 2, 0x6f, 0x6b, 1, 0, 0, 0, 1, 0x78]);
      answer = (_, response) =>
        response.writeHead(200, { 'Content-Type': `application/${type}` }).end(message);
      expect(await send(...request)).not.toContain('x\r\n');
      expect(why()).toEqual(['approved', 'answer-encoded']);
    },
  );

  it('ends at the limit, and is recorded as too large', async () => {
    answer = (_, response) => response.end(Buffer.alloc(64 * 1024 * 1024 + 1));
    await send(...request);
    expect(why()).toEqual(['approved', 'answer-too-large']);
  });

  it('leaves a redirect to the sandbox to follow, by its rules', async () => {
    answer = (_, response) =>
      response.writeHead(302, { Location: 'http://stranger.example/' }).end();
    expect(await send(...request)).toMatch(/^HTTP\/1.1 302 /);
    expect(seen).toHaveLength(1);
  });

  it('is refused when the pinned address does not answer', async () => {
    upstream.close();
    upstream.closeAllConnections();
    expect(await send(...request)).toMatch(/^HTTP\/1.1 502 /);
    expect(why()).toEqual(['approved', 'unreachable']);
  });
});
