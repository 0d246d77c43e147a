import { type AddressInfo, createServer as createTcp } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { leakDetector } from '../../../runner/egress/leaks.ts';
import type { WholeAction } from '../../../skills-index/run/holds/hold.ts';
import { type SecretUse, standsInPath } from '../../../skills-index/skill/capability.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { apiHost, type Stage, type StageSettings, startStage } from '../egress-stage.ts';

let stage: Stage;
const start = async (settings?: StageSettings): Promise<Stage> => {
  stage = await startStage(settings);
  return stage;
};
afterEach(() => stage.close());

const host = `Host: ${apiHost}`;
const end = ['Connection: close', '', ''];
const get = ['GET /v2/deals HTTP/1.1', host];

/** Reads until a text has come. */
async function until(socket: TLSSocket, wanted: string): Promise<string> {
  let all = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    all += String(chunk);
    if (all.includes(wanted)) break;
  }
  return all;
}

describe('https through the proxy', () => {
  it('is opened, judged, recorded, and goes on over TLS that is verified', async () => {
    await start();
    const got = await stage.send(
      'POST /v2/deals?q=1 HTTP/1.1',
      host,
      'Content-Length: 2',
      'Connection: close',
      '',
      'ab',
    );
    expect(got).toMatch(/^HTTP\/1.1 200 [\s\S]*fine$/);
    expect(stage.seen).toMatchObject([
      { method: 'POST', url: '/v2/deals?q=1', host: apiHost, body: 'ab' },
    ]);
    expect(stage.log).toMatchObject([
      { decision: 'allowed', method: 'POST', host: apiHost, port: 443, path: '/v2/deals' },
    ]);
  });

  it('keeps connections on both sides', async () => {
    await start();
    const connections = new Set<number | undefined>();
    stage.upstream.on('request', (request) => connections.add(request.socket.remotePort));
    const inside = await stage.secure();
    for (let i = 0; i < 5; i++) {
      inside.write([...get, '', ''].join('\r\n'));
      await until(inside, 'fine');
    }
    expect([stage.seen.length, connections.size]).toEqual([5, 1]);
    inside.destroy();
  });

  it('asks once more where the host closed a kept connection meanwhile', async () => {
    await start();
    const inside = await stage.secure();
    inside.write([...get, '', ''].join('\r\n'));
    await until(inside, 'fine');
    stage.upstream.once('request', (request) => request.socket.destroy());
    stage.seen.length = 0;
    inside.write([...get, '', ''].join('\r\n'));
    expect(await until(inside, 'fine')).toContain(' 200 ');
    inside.destroy();
  });

  it('streams: what was sent arrives before the body ends, and so does what is answered', async () => {
    const arrived: string[] = [];
    await start({
      answer: (_, response) => {
        response.write('first');
        setTimeout(() => response.end('last'), 50);
      },
    });
    stage.upstream.prependListener('request', (request) =>
      request.on('data', (chunk) => arrived.push(String(chunk))),
    );
    const inside = await stage.secure();
    inside.write(['POST /v2/x HTTP/1.1', host, 'Transfer-Encoding: chunked', '', ''].join('\r\n'));
    const piece = 'x'.repeat(65_536);
    inside.write(`10000\r\n${piece}\r\n`);
    for (let i = 0; i < 200 && arrived.length === 0; i++) await sleep(10);
    expect(arrived.length).toBeGreaterThan(0);
    expect(stage.seen).toEqual([]);
    inside.write('0\r\n\r\n');
    expect(await until(inside, 'first')).not.toContain('last');
    expect(await until(inside, 'last')).toContain('last');
    expect(stage.seen[0]?.body).toBe(piece);
    inside.destroy();
  });

  it('passes an event on whole, although the run has a secret and the next event is not there', async () => {
    const value = 'real-key-0123456789-abcdef';
    await start({
      secrets: [{ name: 'KEY', placeholder: 'skillgate-secret-1', hosts: [apiHost], as: 'bearer' }],
      reveal: () => value,
      answer: (_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write(`data: one ${value}\n\n`);
      },
    });
    const inside = await stage.secure();
    inside.write([...get, '', ''].join('\r\n'));
    expect(await until(inside, '\n\n')).toContain('data: one skillgate-secret-1\n\n');
    inside.destroy();
  });

  it('looks into a body that is packed, and refuses one that it cannot unpack', async () => {
    await start({
      leaks: leakDetector([{ name: 'canary', parts: ['0123456789abcdefghij'] }], () => undefined),
    });
    const post = (body: Buffer, coding: string): Promise<string> =>
      stage.send(
        'POST /v2/x HTTP/1.1',
        host,
        `Content-Encoding: ${coding}`,
        `Content-Length: ${body.length}`,
        ...end.slice(0, 1),
        '',
        body,
      );
    expect(await post(gzipSync('plain words'), 'gzip')).toContain(' 200 ');
    expect(await post(Buffer.concat([gzipSync('one'), gzipSync('two')]), 'gzip')).toContain(
      ' 200 ',
    );
    expect(await post(gzipSync('say 0123456789abcdefghij'), 'gzip')).toContain(' 403 ');
    await stage.close();
    await start();
    expect(await post(Buffer.from('no gzip'), 'gzip')).toContain(' 415 ');
    // Zlib stops at a zero byte between two members, and other readers go on to the second one.
    expect(
      await post(Buffer.concat([gzipSync('one'), Buffer.alloc(1), gzipSync('two')]), 'gzip'),
    ).toContain(' 415 ');
    expect(
      await post(Buffer.concat([deflateSync('one'), deflateSync('two')]), 'deflate'),
    ).toContain(' 415 ');
    expect(
      await post(Buffer.concat([brotliCompressSync('one'), Buffer.from('two')]), 'br'),
    ).toContain(' 415 ');
    expect(await post(gzipSync(gzipSync('twice')), 'gzip, gzip')).toContain(' 415 ');
    expect(await post(Buffer.from('own'), 'x-own')).toContain(' 415 ');
    expect(await post(gzipSync(Buffer.alloc(40_000_000)), 'gzip')).toContain(' 415 ');
    expect(stage.why()).toEqual(Array(7).fill('request-encoded'));
  });

  it('waits with a body until it is asked to go on, where it asks for that', async () => {
    await start();
    const inside = await stage.secure();
    inside.write(
      ['POST /v2/x HTTP/1.1', host, 'Expect: 100-continue', 'Content-Length: 2', '', ''].join(
        '\r\n',
      ),
    );
    expect(await until(inside, '\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    inside.write('ab');
    expect(await until(inside, 'fine')).toContain(' 200 ');
    expect(stage.seen[0]?.body).toBe('ab');
    inside.destroy();
  });

  it('answers HEAD and 304 with the length that the host says, and no body', async () => {
    const answer: StageSettings['answer'] = (_, response) =>
      response.writeHead(200, { 'Content-Length': 7 }).end('1234567');
    await start({ egress: [{ methods: ['GET', 'HEAD'] }], answer });
    expect(await stage.send('HEAD /v2/x HTTP/1.1', host, ...end)).toMatch(
      /Content-Length: 7\r\n[\s\S]*\r\n\r\n$/,
    );
    expect(await stage.send(...get, ...end)).toMatch(/1234567$/);
  });
});

describe('TLS to the proxy is refused and recorded', () => {
  it.each([
    [
      'asks for another host than its CONNECT',
      `${apiHost}:443`,
      'stranger.example',
      'sni-mismatch',
    ],
    ['names no host', `${apiHost}:443`, '', 'sni-mismatch'],
  ])('that %s', async (_, target, servername, expected) => {
    await start();
    await expect(stage.secure(target, servername)).rejects.toThrow();
    expect(stage.why()).toEqual([expected]);
    expect(stage.seen).toEqual([]);
  });

  it.each([
    ['plain HTTP', 'GET /v2/x HTTP/1.1\r\nHost: api.crm.example\r\n\r\n'],
    ['a record without end', '\x16\x03\x01\xff\xff\x01'],
  ])('that is %s', async (_, bytes) => {
    await start();
    const socket = await stage.tunnel(`${apiHost}:443`);
    socket.write(Buffer.from(bytes, 'latin1'));
    expect(await text(socket)).toBe('');
    expect(stage.why()).toEqual(['not-tls']);
  });

  it('whose client does not take the run’s certificate', async () => {
    await start();
    const socket = await stage.tunnel(`${apiHost}:443`);
    const inside = tlsConnect({ socket, servername: apiHost });
    const failed = await new Promise<NodeJS.ErrnoException>((resolve) =>
      inside.once('error', resolve),
    );
    expect(failed.code).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    for (let i = 0; i < 100 && stage.why().length === 0; i++) await sleep(10);
    expect(stage.why().every((one) => one === 'tls-failed')).toBe(true);
  });
});

describe('a CONNECT', () => {
  it.each([
    ['stranger.example:443', '403', 'host-denied'],
    [`user@${apiHost}:443`, '400', 'bad-target'],
  ])('to %s is answered %s and recorded', async (target, status, expected) => {
    await start();
    await expect(stage.tunnel(target)).rejects.toThrow(status);
    expect(stage.why()).toEqual([expected]);
  });

  it('to a name that the runner serves ends in the runner', async () => {
    const services = new Map([
      [
        'runner.skillgate.internal:80',
        (stream: NodeJS.WritableStream) => stream.end('from within'),
      ],
    ]);
    await start({ services });
    expect(await text(await stage.tunnel('runner.skillgate.internal:80'))).toBe('from within');
    expect(stage.log).toEqual([]);
  });
});

const socketKey = ['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13'];
/** What is sent inside TLS, and why it goes no further. */
const attempts: [string, string[], string][] = [
  [
    'another host in front of this one',
    ['GET /v2/x HTTP/1.1', 'Host: stranger.example', ...end],
    'host-mismatch',
  ],
  [
    'chunks that another server reads',
    [
      'POST /v2/x HTTP/1.1',
      host,
      'Transfer_Encoding: chunked',
      'Content-Length: 1',
      'Connection: close',
      '',
      'a',
    ],
    'malformed',
  ],
  ['a bare line feed', ['GET /v2/x HTTP/1.1', `${host}\nX-Hidden: 1`, ...end], 'malformed'],
  [
    'HTTP/2 in the clear',
    [
      ...get,
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABk',
      '',
      '',
    ],
    'upgrade-denied',
  ],
  [
    'two protocols',
    [...get, 'Connection: Upgrade', 'Upgrade: websocket, h2c', ...socketKey, '', ''],
    'upgrade-denied',
  ],
  [
    'a WebSocket by POST',
    [
      'POST /v2/x HTTP/1.1',
      host,
      'Connection: Upgrade',
      'Upgrade: websocket',
      ...socketKey,
      '',
      '',
    ],
    'upgrade-denied',
  ],
  [
    'an upgrade that nobody is to see',
    [...get, 'Upgrade: websocket', ...socketKey, ...end],
    'upgrade-denied',
  ],
  [
    'another expectation',
    [
      'POST /v2/x HTTP/1.1',
      host,
      'Expect: 200-ok',
      'Content-Length: 1',
      'Connection: close',
      '',
      'a',
    ],
    'malformed',
  ],
  [
    'a tunnel',
    ['CONNECT stranger.example:443 HTTP/1.1', 'Host: stranger.example:443', '', ''],
    'nested',
  ],
  ['TLS', ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', ''], 'malformed'],
];

describe('what is inside TLS is judged as what is outside', () => {
  it.each(attempts)('%s', async (_, lines, expected) => {
    await start();
    const got = await stage.send(...lines);
    expect(got).not.toContain('fine');
    expect(stage.seen).toEqual([]);
    expect(new Set(stage.why())).toEqual(new Set([expected]));
  });

  it('goes through where the operator has TLS left alone', async () => {
    const lines = ['GET /v2/x HTTP/1.1', 'Host: stranger.example', ...end];
    await start({ egress: [{ mode: 'tunnel' }] });
    const inside = await stage.secure();
    inside.write(lines.join('\r\n'));
    for (let i = 0; i < 200 && stage.arrived.length === 0; i++) await sleep(5);
    expect(stage.arrived.join('')).toBe(lines.join('\r\n'));
    expect(stage.log).toMatchObject([
      { decision: 'allowed', method: 'CONNECT', host: apiHost, path: '' },
    ]);
    inside.destroy();
  });

  it('the second request of a connection as the first, and one that does not wait is refused', async () => {
    await start();
    const inside = await stage.secure();
    inside.write([...get, '', ''].join('\r\n'));
    await until(inside, 'fine');
    inside.write(['GET /v2/x HTTP/1.1', 'Host: stranger.example', ...end].join('\r\n'));
    expect(await text(inside)).toContain(' 421 ');
    expect(await stage.send([...get, '', ''].join('\r\n').repeat(3))).not.toContain('fine');
    expect(stage.why()).toEqual(['approved', 'host-mismatch', 'pipelined']);
  });

  it('chunk extensions and trailers end here: what goes on is framed anew', async () => {
    await start();
    const body = ['2;ext="\r\n'.slice(0, 6), 'ab', '0', 'X-Trailer: 1', '', ''];
    await stage.send(
      'POST /v2/x HTTP/1.1',
      host,
      'Transfer-Encoding: chunked',
      ...end.slice(0, 1),
      '',
      ...body,
    );
    expect(stage.seen).toMatchObject([{ body: 'ab', headers: { 'content-length': '2' } }]);
    expect(stage.seen[0]?.headers).not.toHaveProperty('transfer-encoding');
  });
});

describe('the way out', () => {
  it.each([
    ['by nobody known', { trusted: false }],
    ['for another host', { certified: 'stranger.example' }],
  ])('is refused where the host’s certificate is %s', async (_, settings) => {
    await start(settings);
    expect(await stage.send(...get, ...end)).toMatch(/^HTTP\/1.1 502 /);
    expect(stage.why()).toEqual(['approved', 'certificate-denied']);
    expect(stage.seen).toEqual([]);
  });

  it.each([
    ['public and private', ['9.9.9.9', '192.168.1.1']],
    ['none', []],
  ])('is refused where DNS answers with what is %s', async (_, addresses) => {
    const asked: string[] = [];
    const resolve = async (name: string): Promise<string[]> => {
      asked.push(name);
      return addresses;
    };
    await start({ egress: [{ pinned: {} }], resolve });
    expect(await stage.send(...get, ...end)).toMatch(/^HTTP\/1.1 403 /);
    expect(stage.why()).toEqual(['approved', 'address-denied']);
    expect([asked, stage.seen]).toEqual([[apiHost], []]);
  });

  it.each([
    ['two lengths', 'Content-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a folded header', 'X: a\r\n b\r\nContent-Length: 1\r\n\r\na'],
    ['a bare line feed', 'X: a\nContent-Length: 1\r\n\r\na'],
    ['a NUL', 'X: \0\r\nContent-Length: 1\r\n\r\na'],
  ])('gives no answer back with %s', async (_, rest) => {
    const odd = createTcp((socket) =>
      socket
        .once('data', () => socket.end(`HTTP/1.1 200 OK\r\n${rest}`))
        .on('error', () => undefined),
    );
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
    const pinned = {
      [apiHost]: { address: '127.0.0.1', port: (odd.address() as AddressInfo).port },
    };
    await start({ egress: [{ scheme: 'http', port: 80, pinned }] });
    const socket = await stage.tunnel(`${apiHost}:80`);
    socket.write([...get, ...end].join('\r\n'));
    expect(await text(socket)).toMatch(/^HTTP\/1.1 502 /);
    expect(stage.why()).toEqual(['approved', 'answer-malformed']);
    odd.close();
  });
});

describe('a WebSocket', () => {
  const hello = [
    'GET /v2/live HTTP/1.1',
    host,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
  ];
  const ask = [
    ...hello,
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Extensions: permessage-deflate',
    '',
    '',
  ].join('\r\n');
  const masked = (words: string): Buffer => {
    const payload = Buffer.from(words).map((byte, index) => byte ^ (index % 4));
    return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 1, 2, 3]), payload]);
  };
  const echo = (settings: StageSettings = {}): Promise<Stage> =>
    start(settings).then((made) => {
      made.upstream.on('upgrade', (request, socket) => {
        const answer = [
          'HTTP/1.1 101 Switching Protocols',
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Accept: x',
          '',
          '',
        ];
        made.seen.push({
          method: 'UPGRADE',
          url: '',
          host: '',
          headers: request.headers,
          body: '',
        });
        socket.write(answer.join('\r\n'));
        socket.on('data', (chunk: Buffer) => {
          const payload = chunk.subarray(6).map((byte, index) => byte ^ (index % 4));
          socket.write(Buffer.concat([Buffer.from([0x81, payload.length]), payload]));
        });
        socket.on('error', () => undefined);
      });
      return made;
    });

  it('goes both ways, frame by frame, without extensions', async () => {
    await echo();
    const inside = await stage.secure();
    inside.write(ask);
    expect(await until(inside, '\r\n\r\n')).toMatch(
      /^HTTP\/1.1 101 [\s\S]*Sec-WebSocket-Accept: x/,
    );
    inside.write(masked('hello'));
    expect(await until(inside, 'hello')).toContain('hello');
    expect(stage.seen[0]?.headers).not.toHaveProperty('sec-websocket-extensions');
    expect(stage.why()).toEqual(['approved']);
    inside.destroy();
  });

  it('shows the leak detector what its mask hides, before it leaves', async () => {
    const sung: string[] = [];
    await echo({
      leaks: leakDetector([{ name: 'canary', parts: ['0123456789abcdefghij'] }], (channel) =>
        sung.push(channel),
      ),
    });
    const inside = await stage.secure();
    inside.write(ask);
    await until(inside, '\r\n\r\n');
    inside.write(masked('it is 0123456789abcdefghij'));
    expect(await text(inside)).toBe('');
    expect([stage.why(), sung]).toEqual([['approved', 'canary'], ['websocket']]);
  });

  it.each([
    ['a frame that is not masked', Buffer.from([0x81, 2, 0x61, 0x62])],
    ['a frame of an extension', Buffer.from([0xc1, 0x80, 0, 0, 0, 0])],
    ['a frame without end', Buffer.from([0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0])],
  ])('is cut at %s', async (_, bytes) => {
    await echo();
    const inside = await stage.secure();
    inside.write(ask);
    await until(inside, '\r\n\r\n');
    inside.write(bytes);
    expect(await text(inside)).toBe('');
    expect(stage.why()).toEqual(['approved', 'malformed']);
  });

  it('gets the placeholder where the host says the value, and a client that sends the placeholder is cut', async () => {
    const placeholder = 'skillgate-secret-00112233445566778899aabbccddeeff';
    const secrets = [{ name: 'CRM_TOKEN', placeholder, hosts: [apiHost], as: 'bearer' as const }];
    await echo({ secrets, reveal: () => 'real-token-0123456789' });
    const inside = await stage.secure();
    inside.write(ask);
    await until(inside, '\r\n\r\n');
    inside.write(masked('say real-token-0123456789!'));
    expect(await until(inside, '!')).toContain(`say ${placeholder}!`);
    inside.write(masked(placeholder));
    expect(await text(inside)).toBe('');
    expect(stage.why()).toEqual(['approved', 'redacted', 'secret-unbound']);
  });
});

describe('a client that hangs up', () => {
  const hello = [
    'GET /v2/live HTTP/1.1',
    host,
    'Connection: Upgrade',
    'Upgrade: websocket',
    ...socketKey,
    '',
    '',
  ].join('\r\n');
  it.each([
    [
      'in its request',
      'POST /v2/x HTTP/1.1\r\nHost: api.crm.example\r\nContent-Length: 9\r\n\r\nab',
    ],
    ['in its upgrade', hello],
  ])('%s harms nobody, and is no refusal', async (_, bytes) => {
    await start();
    stage.upstream.on('upgrade', (_request, socket) => socket.on('error', () => undefined));
    const raw = await stage.tunnel(`${apiHost}:443`);
    if (bytes !== '') {
      const inside = tlsConnect({ socket: raw, servername: apiHost, ca: stage.ca }).on(
        'error',
        () => undefined,
      );
      await new Promise((resolve) => inside.once('secureConnect', resolve));
      await new Promise<void>((resolve) => inside.write(bytes, () => resolve()));
      await sleep(30);
    }
    raw.destroy();
    await sleep(30);
    expect(stage.why().filter((one) => one !== 'approved')).toEqual([]);
    expect(stage.proxy.failed.aborted).toBe(false);
    expect(await stage.send(...get, ...end)).toContain(' 200 ');
  });
});

describe('a tunnel that the operator wants', () => {
  it('still goes only where SNI says its name', async () => {
    await start({ egress: [{ mode: 'tunnel' }] });
    await expect(stage.secure(`${apiHost}:443`, 'stranger.example')).rejects.toThrow();
    expect(stage.why()).toEqual(['sni-mismatch']);
    expect(stage.arrived).toEqual([]);
  });

  it.each(['before TLS', 'with 20 kB sent'])(
    'is not opened where a client hangs up while a person is asked: %s',
    async (when) => {
      let given = 0;
      const gate: NonNullable<StageSettings['gate']> = {
        ask: (_, signal) =>
          new Promise((resolve) =>
            signal?.addEventListener('abort', () => {
              given++;
              resolve({ kind: 'denied', code: 'hold-expired', why: '' });
            }),
          ),
      };
      const tcp = { scheme: 'tcp', mode: 'tunnel', path: '/*', port: 5000 } as const;
      await start({ egress: [when === 'before TLS' ? { mode: 'tunnel' } : tcp], gate });
      const raw = await stage.tunnel(`${apiHost}:${when === 'before TLS' ? 443 : 5000}`);
      if (when === 'before TLS')
        tlsConnect({ socket: raw, servername: apiHost }).on('error', () => undefined);
      else raw.write(Buffer.alloc(20_000));
      await sleep(100);
      raw.destroy();
      await expect.poll(() => given).toBe(1);
      expect(stage.arrived).toEqual([]);
    },
  );

  it('ends at the cap of what a run sends', async () => {
    await start({ egress: [{ mode: 'tunnel' }], caps: { requestsPerMinute: 5, sentBytes: 4_000 } });
    const inside = await stage.secure();
    inside.write('x'.repeat(10_000));
    expect(await text(inside).catch(() => '')).toBe('');
    expect(stage.why()).toEqual(['approved', 'too-much']);
  });
});

describe('a run may', () => {
  it('make so many requests in a minute', async () => {
    await start({ caps: { requestsPerMinute: 2, sentBytes: 1_000 } });
    for (const status of ['200', '200', '429'])
      expect(await stage.send(...get, ...end)).toContain(` ${status} `);
    expect(stage.why()).toEqual(['approved', 'approved', 'too-fast']);
  });

  it('send so many bytes', async () => {
    await start({ caps: { requestsPerMinute: 20, sentBytes: 200 } });
    const post = (size: number): Promise<string> =>
      stage.send(
        'POST /v2/x HTTP/1.1',
        host,
        `Content-Length: ${size}`,
        'Connection: close',
        '',
        'x'.repeat(size),
      );
    expect(await post(90)).toContain(' 200 ');
    expect(await post(20)).toContain(' 429 ');
    expect(stage.why()).toEqual(['approved', 'too-much']);
  });

  it('send so many bytes in request lines and headers too', async () => {
    await start({ caps: { requestsPerMinute: 20, sentBytes: 10_000 } });
    const long = 'x'.repeat(3_000);
    const one = (): Promise<string> =>
      stage.send(`GET /v2/x?${long} HTTP/1.1`, host, `X-A: ${long}`, ...end);
    expect(await one()).toContain(' 200 ');
    expect(await one()).toContain(' 429 ');
    expect(stage.why()).toEqual(['approved', 'too-much']);
  });

  it('use its agent’s budget, and is cut where that ends', async () => {
    const left = { requests: 1, bytes: 1_000 };
    const spend = (kind: 'requests' | 'bytes', amount: number): boolean => {
      left[kind] -= amount;
      return left[kind] >= 0;
    };
    await start({ spend });
    for (const status of ['200', '429'])
      expect(await stage.send(...get, ...end)).toContain(` ${status} `);
    expect(stage.why()).toEqual(['approved', 'over-budget']);
  });

  it('do what a person denies not at all', async () => {
    const asked: unknown[] = [];
    const gate: NonNullable<StageSettings['gate']> = {
      ask: async (action) => {
        asked.push(action);
        return { kind: 'denied', code: 'hold-denied', why: 'no' };
      },
    };
    await start({ gate });
    expect(await stage.send('GET /v2/deals?to=eve HTTP/1.1', host, ...end)).toContain(' 403 ');
    const post = [
      'POST /v2/deals HTTP/1.1',
      host,
      'Content-Length: 4',
      'Connection: close',
      '',
      'deal',
    ];
    expect(await stage.send(...post)).toContain(' 403 ');
    const upgrade = [...get, 'Connection: Upgrade', 'Upgrade: websocket', ...socketKey, '', ''];
    expect(await stage.send(...upgrade)).toContain(' 403 ');
    expect(stage.why()).toEqual(['held', 'held', 'held']);
    const place = {
      kind: 'egress',
      host: apiHost,
      port: 443,
      path: '/v2/deals',
      bytes: expect.any(Number),
    };
    expect(asked).toEqual([
      { ...place, method: 'GET', query: 'to=eve' },
      { ...place, method: 'POST', body: digestOf('deal') },
      { ...place, method: 'GET', opens: 'websocket' },
    ]);
    expect((asked as { bytes: number }[]).every(({ bytes }) => bytes > 50)).toBe(true);
    expect(stage.seen).toEqual([]);
  });
});

describe('a person who is asked', () => {
  /** A gate that holds every POST as the real one does, and shows what it was shown. */
  const holding = (verdict: 'allowed' | 'denied' = 'allowed') => {
    const shown: WholeAction[] = [];
    const gate: NonNullable<StageSettings['gate']> = {
      ask: async (action, _, whole) => {
        if (action.kind !== 'egress' || action.method !== 'POST') return { kind: 'allowed' };
        const all = await whole?.();
        if (all === undefined) return { kind: 'denied', code: 'hold-denied', why: 'not whole' };
        shown.push(all);
        return verdict === 'allowed'
          ? { kind: 'allowed' }
          : { kind: 'denied', code: 'hold-denied', why: 'no' };
      },
    };
    return { shown, gate };
  };

  it('sees every header that leaves, secrets by their names, and the body; and exactly that arrives', async () => {
    const { gate, shown } = holding();
    const placeholder = `skillgate-secret-${'07'.repeat(16)}`;
    const secrets = [{ name: 'CRM_TOKEN', placeholder, hosts: [apiHost], as: 'basic' as const }];
    await start({ gate, secrets, reveal: () => 'real-value' });
    const headers = [
      'X-Amz-Target: Ledger.Pay',
      'X-Forwarded-Host: evil.example',
      'Content-Type: application/json',
    ];
    const credential = `Authorization: Basic ${Buffer.from(`me:${placeholder}`).toString('base64')}`;
    const body = '{"to":"the landlord","amount":10}';
    const length = `Content-Length: ${body.length}`;
    expect(
      await stage.send(
        'POST /v2/pay?x=1 HTTP/1.1',
        host,
        ...headers,
        credential,
        length,
        'Connection: close',
        '',
        body,
      ),
    ).toContain(' 200 ');
    const [one] = shown;
    expect(one?.action).toMatchObject({
      text: body,
      body: digestOf(body),
      request: digestOf(one?.request ?? ''),
    });
    const seen = one?.action.kind === 'egress' ? (one.action.headers ?? []) : [];
    expect(seen).toContain('X-Amz-Target: Ledger.Pay');
    expect(seen).toContain('Authorization: Basic base64 of me:<secret CRM_TOKEN>');
    expect(String(one?.request)).not.toMatch(/real-value|evil\.example|skillgate-secret/);
    // Every header that arrived was shown, but for the value of the secret.
    const arrived = Object.keys(stage.seen[0]?.headers ?? {}).sort();
    expect(seen.map((line) => line.split(':')[0]?.toLowerCase()).sort()).toEqual(arrived);
    expect(stage.seen[0]).toMatchObject({ method: 'POST', url: '/v2/pay?x=1', body });
  });

  it('is asked about all of a long body, and what comes after the answer is no part of it', async () => {
    const { gate, shown } = holding();
    await start({ gate });
    const inside = await stage.secure();
    const begin = `{"to":"the landlord","note":"${' '.repeat(70_000)}`;
    const rest = '","to":"attacker"}';
    inside.write(
      [
        'POST /v2/pay HTTP/1.1',
        host,
        `Content-Length: ${begin.length + rest.length}`,
        'Connection: close',
        '',
        begin,
      ].join('\r\n'),
    );
    await sleep(300);
    expect([shown.length, stage.seen.length]).toEqual([0, 0]);
    inside.write(rest);
    expect(await text(inside)).toContain(' 200 ');
    expect(shown).toHaveLength(1);
    expect(String(shown[0]?.request).endsWith(rest)).toBe(true);
    expect(stage.seen[0]?.body).toBe(begin + rest);
  });

  it('allows chunks as one body, of a length that is known', async () => {
    const { gate, shown } = holding();
    await start({ gate });
    const chunked = [
      'POST /v2/pay HTTP/1.1',
      host,
      'Transfer-Encoding: chunked',
      'Connection: close',
      '',
      '4',
      'deal',
      '3',
      '-on',
      '0',
      '',
      '',
    ];
    expect(await stage.send(...chunked)).toContain(' 200 ');
    expect(stage.seen[0]).toMatchObject({ body: 'deal-on', headers: { 'content-length': '7' } });
    expect(shown[0]?.action).toMatchObject({ text: 'deal-on', bytes: expect.any(Number) });
  });

  it.each([
    [
      'longer than a request may be',
      ['Transfer-Encoding: chunked'],
      `900000\r\n${'x'.repeat(0x900000)}\r\n0\r\n\r\n`,
      'too-large',
    ],
    ['refused by the person', ['Content-Length: 4'], 'deal', 'held'],
  ])('%s: nothing leaves', async (_, headers, body, why) => {
    const { gate } = holding('denied');
    await start({ gate });
    const got = await stage.send(
      'POST /v2/pay HTTP/1.1',
      host,
      ...headers,
      'Connection: close',
      '',
      body,
    );
    expect(got === '' || / 4\d\d /.test(got)).toBe(true);
    expect(stage.why()).toContain(why);
    expect(stage.seen).toEqual([]);
  });

  it('is not asked about an upload that no rule holds: it streams', async () => {
    const gate: NonNullable<StageSettings['gate']> = { ask: async () => ({ kind: 'allowed' }) };
    await start({ gate });
    const inside = await stage.secure();
    inside.write(
      [
        'POST /v2/up HTTP/1.1',
        host,
        'Content-Length: 200000',
        'Connection: close',
        '',
        'x'.repeat(100_000),
      ].join('\r\n'),
    );
    for (let i = 0; i < 200 && !stage.arrived.join('').includes('xxx'); i++) await sleep(10);
    expect(stage.arrived.join('')).toContain('POST /v2/up');
    inside.write('y'.repeat(100_000));
    expect(await text(inside)).toContain(' 200 ');
    expect(stage.seen[0]?.body).toHaveLength(200_000);
  });

  it('allows nothing for a client that hung up meanwhile', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    let allow = (): void => undefined;
    const gate: NonNullable<StageSettings['gate']> = {
      ask: (_, signal) => {
        signals.push(signal);
        return new Promise((resolve) => {
          allow = () => resolve({ kind: 'allowed' });
        });
      },
    };
    await start({ gate });
    const inside = await stage.secure();
    inside.write([...get, '', ''].join('\r\n'));
    for (let i = 0; i < 200 && signals.length === 0; i++) await sleep(5);
    inside.destroy();
    for (let i = 0; i < 200 && signals[0]?.aborted === false; i++) await sleep(5);
    expect(signals[0]?.aborted).toBe(true);
    allow();
    await sleep(30);
    expect(stage.seen).toEqual([]);
    expect(stage.why()).toEqual(['held']);
  });
});

describe('a secret in the address or in the body', () => {
  const placeholder = 'skillgate-secret-00112233445566778899aabbccddeeff';
  const form = 'application/x-www-form-urlencoded';
  const stageWith = (as: SecretUse, value: string): StageSettings => ({
    egress: [
      { path: '/v2*' },
      { path: '/bot*', ...(standsInPath(as) ? { keyed: [apiHost] } : {}) },
      { path: '/file' },
    ],
    secrets: [
      {
        ...{ name: 'KEY', placeholder, hosts: [apiHost], as },
        ...(as === 'address' ? { prefix: `https://${apiHost}/bot` } : {}),
      },
    ],
    reveal: () => value,
  });
  const post = (target: string, body: string, type: string) => [
    `POST ${target} HTTP/1.1`,
    host,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    Buffer.from(body),
  ];

  it.each<[SecretUse, string, string, string, string, string, string]>([
    [
      'query:appid',
      'a&b=c',
      `/v2?q=x&appid=${placeholder}`,
      '',
      form,
      '/v2?q=x&appid=a%26b%3Dc',
      '',
    ],
    ['path', '12:Ab-_', `/bot${placeholder}/send?x=1`, '', form, '/bot12:Ab-_/send?x=1', ''],
    ['address', 'T0/B0/x', `/bot${placeholder}?wait=1`, '', form, '/botT0/B0/x?wait=1', ''],
    ['address', 'w/1?sig=a%2Fb', `/bot${placeholder}`, '', form, '/botw/1?sig=a%2Fb', ''],
    ['address', 'w?sig=1', `/bot${placeholder}/m/2?w=1`, '', form, '/botw/m/2?sig=1&w=1', ''],
    ['address', 'w?a=1?b=2', `/bot${placeholder}?wait=1`, '', form, '/botw?a=1?b=2&wait=1', ''],
    [
      'address',
      'w?sig=1',
      `/bot${placeholder}?filter[x]=2&$top=3`,
      '',
      form,
      '/botw?sig=1&filter[x]=2&$top=3',
      '',
    ],
    ['address', 'w/', `/bot${placeholder}`, '', form, '/botw/', ''],
    [
      'form:token',
      'a&b=ü',
      '/v2',
      `x=1&token=${placeholder}`,
      form,
      '/v2',
      'x=1&token=a%26b%3D%C3%BC',
    ],
    [
      'json:/auth/key',
      'say "ü"',
      '/v2',
      `{"auth":{"key":"${placeholder}"},"n":"ü"}`,
      'application/json; charset=utf-8',
      '/v2',
      '{"auth":{"key":"say \\"ü\\""},"n":"ü"}',
    ],
  ])('as %s takes the place of its placeholder', async (as, value, target, body, type, ...gets) => {
    await start(stageWith(as, value));
    await stage.send(...post(target, body, type));
    expect(stage.why()).toEqual(['approved']);
    expect([stage.seen[0]?.url, stage.seen[0]?.body]).toEqual(gets);
  });

  it.each<[SecretUse, string, string, string?, string?, string?]>([
    ['query:appid', 'under another name', `/v2?id=${placeholder}`],
    ['query:appid', 'with something before it', `/v2?appid=x${placeholder}`],
    ['query:appid', 'twice', `/v2?appid=${placeholder}&q=${placeholder}`],
    ['query:appid', 'once more, escaped', `/v2?appid=${placeholder}&q=%73${placeholder.slice(1)}`],
    ['query:appid', 'in the path', `/v2/${placeholder}?appid=x`],
    ['path', 'in the query', `/v2?x=${placeholder}`],
    ['path', 'behind what somebody else may own', `/bot12/${placeholder}`],
    ['path', 'where the value makes another path', `/bot${placeholder}/x`, '', form, 'a/../b'],
    ['path', 'where the value is two dots', `/bot${placeholder}/x`, '', form, '/..'],
    ['path', 'where the value begins a query', `/bot${placeholder}`, '', form, 'a?b'],
    ['address', 'behind another approved path', `/v2${placeholder}`],
    ['address', 'with more of its last segment', `/bot${placeholder}_all`],
    ['address', 'with dots behind it', `/bot${placeholder}../x`, '', form, 'w/'],
    [
      'address',
      'with another value for its own query',
      `/bot${placeholder}?sig=2`,
      '',
      form,
      'w?sig=1',
    ],
    ['address', 'with the same, escaped', `/bot${placeholder}?%73ig=2`, '', form, 'w?sig=1'],
    ['address', 'with the same as a list', `/bot${placeholder}?sig[]=2`, '', form, 'w?sig=1'],
    ...['%20sig=2', '+sig=2', 'x=1;sig=2', 'to.team=2', 'SIG=2'].map(
      (query): [SecretUse, string, string, string, string, string] => [
        'address',
        `where a server may read ${query} as the same`,
        `/bot${placeholder}?${query}`,
        '',
        form,
        'w?sig=1&to_team=1',
      ],
    ),
    ['address', 'with a value for its own list', `/bot${placeholder}?sig=2`, '', form, 'w?sig[]=1'],
    ['form:token', 'in a body that is no form', '/v2', `{"note":"&token=${placeholder}&"}`],
    ['address', 'in the body', `/bot${placeholder}`, `url=${placeholder}`],
    ['form:token', 'under another name', '/v2', `x=${placeholder}`],
    ['form:token', 'in a body of another type', '/v2', `token=${placeholder}`, 'text/plain'],
    ['form:token', 'and elsewhere too', '/v2', `token=${placeholder}&x=${placeholder}`],
    [
      'form:token',
      'and elsewhere too, encoded',
      '/v2',
      `token=${placeholder}&x=${btoa(placeholder)}`,
    ],
    ['form:token', 'in the query', `/v2?token=${placeholder}`],
    ['json:/key', 'at another place', '/v2', `{"note":"${placeholder}"}`, 'application/json'],
    ['json:/key', 'in a longer text', '/v2', `{"key":"to ${placeholder}"}`, 'application/json'],
    [
      'json:/key',
      'elsewhere, and escaped at its place',
      '/v2',
      `{"note":"${placeholder}","key":"\\u0073${placeholder.slice(1)}"}`,
      'application/json',
    ],
    [
      'json:/key',
      'in a member that a later one hides',
      '/v2',
      `{"key":"${placeholder}","key":"\\u0073${placeholder.slice(1)}"}`,
      'application/json',
    ],
    [
      'json:/key',
      'elsewhere, where its place has what a proxy might mark it with',
      '/v2',
      `{"note":"${placeholder}","key":"${'x'.repeat(placeholder.length)}"}`,
      'application/json',
    ],
    ['json:/key', 'as a name', '/v2', `{"${placeholder}":"key"}`, 'application/json'],
    ['bearer', 'in the query', `/v2?key=${placeholder}`],
  ])('as %s never leaves %s', async (as, _, target, body = '', type = form, value = 'value') => {
    await start(stageWith(as, value));
    await stage.send(...post(target, body, type));
    expect([stage.why().at(-1), stage.seen]).toEqual(['secret-unbound', []]);
  });

  it.each<[SecretUse, string, string[]]>([
    ['path', '/bot99:Stranger/send', ['secret-missing']],
    ['address', '/botT9/B9/stranger', ['secret-missing']],
    ['path', '/file', ['approved']],
    ['query:appid', '/v2/x', ['approved']],
  ])('as %s in the path closes what lies beside it: %s', async (as, target, why) => {
    await start(stageWith(as, 'value'));
    await stage.send(...post(target, '', form));
    expect([stage.why(), stage.seen.length]).toEqual([why, why[0] === 'approved' ? 1 : 0]);
  });

  it('is shown by its name', async () => {
    await start(stageWith('address', 'T0/B0/x'));
    await stage.send(...post(`/bot${placeholder}/x`, '', form));
    expect(stage.log.at(-1)).toMatchObject({ path: '/bot<secret KEY>/x', secrets: ['KEY'] });
  });

  it('comes back from the host as its placeholder, also in a redirect', async () => {
    const value = 'key&0123456789=abcdef';
    const location = `https://${apiHost}/v2?appid=${encodeURIComponent(value)}`;
    await start({
      ...stageWith('query:appid', value),
      answer: (_, response) => response.writeHead(302, { location }).end(`you sent ${value}`),
    });
    const answered = await stage.send(...post(`/v2?appid=${placeholder}`, '', form));
    expect(answered).toContain(`appid=${placeholder}`);
    expect(answered).toContain(`you sent ${placeholder}`);
    expect(answered).not.toMatch(/0123456789/);
  });
});

describe('the body of a request to an agent’s model', () => {
  const placeholder = 'skillgate-secret-00112233445566778899aabbccddeeff';
  const settings: StageSettings = {
    egress: [{ path: '/v1/messages', mayNamePlaceholders: true }, {}],
    secrets: [{ name: 'KEY', placeholder, hosts: [apiHost], as: 'header:x-api-key' }],
    reveal: () => 'the-real-key-of-the-model',
  };
  const post = (line: string, body: string, ...headers: readonly string[]) => [
    `POST ${line} HTTP/1.1`,
    host,
    ...headers,
    `Content-Length: ${body.length}`,
    'Connection: close',
    '',
    body,
  ];

  it('may have a placeholder, as a program prints it, and never the secret', async () => {
    await start(settings);
    const key = `X-Api-Key: ${placeholder}`;
    await stage.send(...post('/v1/messages', `KEY=${placeholder}`, key));
    expect(stage.why()).toEqual(['approved']);
    expect(stage.seen[0]).toMatchObject({
      headers: { 'x-api-key': 'the-real-key-of-the-model' },
      body: `KEY=${placeholder}`,
    });
  });

  it.each([
    ['the body of another request to the host', post('/v2/deals', `KEY=${placeholder}`)],
    ['another header', post('/v1/messages', '', `X-Note: ${placeholder}`)],
  ])('opens no way for a placeholder in %s', async (_, lines) => {
    await start(settings);
    await stage.send(...lines);
    expect([stage.why(), stage.seen]).toEqual([['secret-unbound'], []]);
  });

  it('may not have the canary', async () => {
    const canary = 'ca0fca0fca0fca0fca0fca0fca0fca0f';
    const leaks = leakDetector([{ name: 'canary', parts: [canary] }], () => undefined);
    await start({ ...settings, leaks });
    await stage.send(...post('/v1/messages', `key ${canary}`));
    expect([stage.why(), stage.seen]).toEqual([['canary'], []]);
  });
});

describe('a proxy that cannot do its work', () => {
  it('says so, and lets nothing out that it could not record', async () => {
    const record = (): void => {
      throw new Error('no space left on device');
    };
    await start({ record });
    expect(stage.proxy.failed.aborted).toBe(false);
    expect(await stage.send(...get, ...end)).toContain(' 500 ');
    expect(stage.seen).toEqual([]);
    expect(stage.proxy.failed.aborted).toBe(true);
  });
});
