import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  constants,
  createSecureServer,
  type Http2SecureServer,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { type Client, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { makeAuthority } from '../../../skills-index/run/egress/certificate.ts';
import { apiHost, type Stage, type StageSettings, startStage } from '../egress-stage.ts';
import { clientThrough, say, startEcho, startForwarder, talk } from '../grpc-echo.ts';

const placeholder = 'skillgate-secret-00112233445566778899aabbccddeeff';
const value = 'real-key-0123456789-abcdef';
const foreign = makeAuthority(['*'], new Date());
const leaf = foreign.leafFor(apiHost);
const withKey: StageSettings = {
  secrets: [{ name: 'KEY', placeholder, hosts: [apiHost], as: 'header:x-key' }],
  reveal: () => value,
};

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** The proxy before a server that listens at a port of loopback. */
async function stageFor(port: number, settings: StageSettings = {}): Promise<Stage> {
  const pinned = { [apiHost]: { address: '127.0.0.1', port } };
  const egress = [{ path: '/*', methods: ['GET', 'POST', 'PUT'], pinned }];
  const stage = await startStage({ egress, authorities: [foreign.certificate], ...settings });
  ends.push(() => stage.close());
  return stage;
}

async function startHost(
  answer: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void,
) {
  const server: Http2SecureServer = createSecureServer({ ...leaf, allowHTTP1: false });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    answer(stream, headers as Record<string, unknown>);
  });
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** An HTTP/2 connection of the sandbox. */
async function open(stage: Stage): Promise<ClientHttp2Session> {
  const socket = await stage.tunnel(`${apiHost}:443`);
  const inside = connectTls({ socket, servername: apiHost, ca: stage.ca, ALPNProtocols: ['h2'] });
  await once(inside, 'secureConnect');
  const session = connect(`https://${apiHost}`, { createConnection: () => inside });
  ends.push(() => session.destroy());
  return session.on('error', () => undefined);
}

async function ask(
  session: ClientHttp2Session,
  headers: Record<string, string | string[]>,
  body?: string,
): Promise<{ status: number | undefined; body: string; trailers: object }> {
  const stream = session.request(
    { ':path': '/v2/a', ...headers },
    { endStream: body === undefined },
  );
  let trailers = {};
  const answered = new Promise<number | undefined>((resolve) => {
    stream.on('response', (head) => resolve(head[':status']));
    stream.on('close', () => resolve(undefined));
  });
  stream.on('trailers', (given) => (trailers = given)).on('error', () => undefined);
  if (body !== undefined) stream.end(body);
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const found = await answered;
  if (!stream.closed) await once(stream, 'close').catch(() => undefined);
  return { status: found, body: Buffer.concat(chunks).toString(), trailers };
}

describe('gRPC', () => {
  async function startEchoHere(): Promise<number> {
    const echo = await startEcho(leaf);
    ends.push(echo.close);
    return echo.port;
  }

  async function clientHere(stage: Stage): Promise<Client> {
    const forwarder = await startForwarder(stage);
    const client = clientThrough(forwarder.url, `${apiHost}:443`, stage.ca);
    ends.push(forwarder.close, () => client.close());
    return client;
  }

  it('is spoken: the secret goes to the host, and comes back as its placeholder, also in trailers', async () => {
    const stage = await stageFor(await startEchoHere(), withKey);
    const client = await clientHere(stage);
    expect(await say(client, 'one', placeholder)).toEqual({
      answer: `one by ${placeholder}`,
      code: status.OK,
      details: 'OK',
      seen: placeholder,
    });
    expect(await say(client, 'fail', placeholder)).toMatchObject({
      code: status.NOT_FOUND,
      details: `no ${placeholder}`,
    });
    expect(stage.log.filter((one) => one.event === 'egress')).toMatchObject([
      {
        decision: 'allowed',
        method: 'POST',
        host: apiHost,
        path: '/acme.Echo/Say',
        secrets: ['KEY'],
      },
      { decision: 'allowed' },
    ]);
  });

  it('streams both ways, and no message waits for the next', async () => {
    const stage = await stageFor(await startEchoHere(), withKey);
    const client = await clientHere(stage);
    const call = talk(client, placeholder);
    const next = async (): Promise<string> => String((await once(call, 'data'))[0]);
    expect(await next()).toBe(`hello ${placeholder}`);
    for (const word of ['first', 'second', 'x'.repeat(100_000)]) {
      call.write(Buffer.from(word));
      expect(await next()).toBe(word);
    }
    call.end();
    await once(call, 'end');
  });

  it('sends no placeholder in a message, also not one that is cut over two', async () => {
    const stage = await stageFor(await startEchoHere(), withKey);
    const client = await clientHere(stage);
    expect((await say(client, `give ${placeholder}`, placeholder)).code).not.toBe(status.OK);
    expect(stage.why().at(-1)).toBe('secret-unbound');
    expect((await say(client, 'one', `not ${placeholder.slice(0, 20)}`)).answer).toContain(
      'one by',
    );
  });
});

describe('a stream of HTTP/2', () => {
  it.each<
    [string, Record<string, string | string[]>, string | undefined, number | undefined, string]
  >([
    ['to another path', { ':path': '/closed' }, undefined, 403, 'path-denied'],
    ['with another method', { ':method': 'DELETE' }, undefined, 405, 'method-denied'],
    ['to another host', { ':authority': 'other.example' }, undefined, 421, 'host-mismatch'],
    ['with two hosts', { host: 'other.example' }, undefined, 400, 'malformed'],
    ['with a path of two readings', { ':path': '/v2/../x' }, undefined, 400, 'bad-path'],
    [
      'with the placeholder elsewhere',
      { 'x-other': placeholder },
      undefined,
      403,
      'secret-unbound',
    ],
    ['with the placeholder in its body', { ':method': 'POST' }, placeholder, 403, 'secret-unbound'],
  ])('%s never leaves', async (_, headers, body, code, why) => {
    const seen: unknown[] = [];
    const port = await startHost((stream) => {
      seen.push(stream);
      stream.respond({ ':status': 200 });
      stream.end();
    });
    const pinned = { [apiHost]: { address: '127.0.0.1', port } };
    const stage = await stageFor(port, { ...withKey, egress: [{ path: '/v2/*', pinned }] });
    const answer = await ask(await open(stage), headers, body);
    expect([answer.status, stage.why().at(-1)]).toEqual([code, why]);
    expect(seen).toEqual([]);
  });

  it('leaves without what names another host or user, and many share a connection', async () => {
    const seen: Record<string, unknown>[] = [];
    const port = await startHost((stream, headers) => {
      seen.push(headers);
      stream.respond({ ':status': 200, 'x-back': 'yes', 'x-key': String(headers['x-key']) });
      stream.end(`fine ${headers['x-key']}`);
    });
    const stage = await stageFor(port, withKey);
    const session = await open(stage);
    const asked = {
      'x-key': placeholder,
      'x-forwarded-host': 'other.example',
      cookie: ['a=1', 'b=2'],
    };
    const answers = await Promise.all([1, 2, 3].map(() => ask(session, asked)));
    expect(answers.map(({ body }) => body)).toEqual(Array(3).fill(`fine ${placeholder}`));
    expect(seen).toHaveLength(3);
    expect(seen[0]).toMatchObject({ ':authority': apiHost, 'x-key': value, cookie: 'a=1; b=2' });
    expect(seen[0]).not.toHaveProperty('x-forwarded-host');
  });

  it('hides the value in the answer, in pieces, in an address, and refuses it packed', async () => {
    const port = await startHost((stream, headers) => {
      const key = String(headers['x-key']);
      if (headers[':path'] === '/packed') {
        stream.respond({ ':status': 200, 'content-encoding': 'gzip' });
        stream.end('x');
        return;
      }
      stream.respond(
        { ':status': 302, location: `https://${apiHost}/?key=${key}` },
        { waitForTrailers: true },
      );
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-trailer': key }));
      for (const piece of [key.slice(0, 9), key.slice(9, 15), key.slice(15)]) stream.write(piece);
      stream.end();
    });
    const stage = await stageFor(port, withKey);
    const session = await open(stage);
    const answer = await ask(session, { 'x-key': placeholder });
    expect(answer).toMatchObject({ status: 302, body: placeholder });
    expect(answer.trailers).toMatchObject({ 'x-trailer': placeholder });
    expect((await ask(session, { 'x-key': placeholder, ':path': '/packed' })).status).toBe(502);
    expect(stage.why().at(-1)).toBe('answer-encoded');
  });

  it('keeps what a header says twice, and logs what only trailers had', async () => {
    const port = await startHost((stream, headers) => {
      stream.respond({ ':status': 200, 'set-cookie': ['a=1', 'b=2'] }, { waitForTrailers: true });
      stream.on('wantTrailers', () =>
        stream.sendTrailers({ 'x-trailer': String(headers['x-key']) }),
      );
      stream.end();
    });
    const stage = await stageFor(port, withKey);
    const session = await open(stage);
    const stream = session.request({ ':path': '/v2/a', 'x-key': placeholder });
    const [head] = (await once(stream, 'response')) as [Record<string, unknown>];
    stream.resume();
    await once(stream, 'close');
    expect(head['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(stage.log.at(-1)).toMatchObject({ event: 'redacted', secret: 'KEY' });
  });

  it('that was cut by its host does not look whole', async () => {
    const port = await startHost((stream) => {
      stream.respond({ ':status': 200 });
      stream.write('first half');
      setTimeout(() => stream.destroy(new Error('cut')), 50);
    });
    const stage = await stageFor(port);
    const stream = (await open(stage)).request({ ':path': '/v2/a' });
    stream.resume();
    await new Promise((resolve) => stream.on('error', () => undefined).on('close', resolve));
    expect(stream.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
  });

  it('goes over a new connection after GOAWAY, while an old one goes on', async () => {
    let ended: () => void = () => undefined;
    const port = await startHost((stream, headers) => {
      stream.respond({ ':status': 200 });
      if (headers[':path'] !== '/v2/long') return void stream.end('new');
      stream.write('old');
      stream.session?.goaway();
      ended = () => stream.end();
    });
    const stage = await stageFor(port);
    const session = await open(stage);
    const long = session.request({ ':path': '/v2/long' });
    await once(long, 'data');
    await sleep(50);
    expect((await ask(session, {})).body).toBe('new');
    ended();
    await once(long.resume(), 'end');
  });

  it('whose client hangs up while a person is asked ends alone', async () => {
    const port = await startHost((stream) => void stream.end());
    let asked = 0;
    const gate = {
      ask: (_: unknown, signal?: AbortSignal) => {
        asked++;
        return new Promise<never>((resolve) =>
          signal?.addEventListener('abort', () =>
            resolve({ kind: 'denied', code: 'hold-expired', why: '' } as never),
          ),
        );
      },
    };
    const stage = await stageFor(port, { gate });
    const stream = (await open(stage)).request({ ':path': '/v2/a' }).on('error', () => undefined);
    await expect.poll(() => asked).toBe(1);
    stream.close(constants.NGHTTP2_CANCEL);
    await sleep(100);
    expect(stage.proxy.failed.aborted).toBe(false);
  });

  it('of a client that ends without a word gives up its place, and what a person was asked', async () => {
    const hosts = new Set<string>();
    const port = await startHost((stream, { ':path': path }) => {
      hosts.add(String(path));
      stream.respond({ ':status': 200 });
      stream.end();
    });
    let given = 0;
    const gate = {
      ask: ({ path }: { path: string }, signal?: AbortSignal) =>
        path === '/v2/a'
          ? Promise.resolve({ kind: 'allowed' } as never)
          : new Promise<never>((resolve) => {
              signal?.addEventListener('abort', () => {
                given++;
                resolve({ kind: 'denied', code: 'hold-expired', why: '' } as never);
              });
            }),
    };
    const stage = await stageFor(port, { gate: gate as never });
    for (const path of ['/v2/a', '/v2/held']) {
      const socket = await stage.tunnel(`${apiHost}:443`);
      const over = once(socket, 'close');
      const inside = connectTls({
        socket,
        servername: apiHost,
        ca: stage.ca,
        ALPNProtocols: ['h2'],
      }).on('error', () => undefined);
      await once(inside, 'secureConnect');
      const session = connect(`https://${apiHost}`, { createConnection: () => inside });
      const stream = session.on('error', () => undefined).request({ ':path': path });
      stream.on('error', () => undefined);
      if (path === '/v2/a') await once(stream.resume(), 'end');
      else await sleep(100);
      // As the end of a killed process.
      socket.end();
      await over;
    }
    await expect.poll(() => given).toBe(1);
    expect([...hosts]).toEqual(['/v2/a']);
  });

  it('keeps no more of unfinished messages than a run may hold', async () => {
    const port = await startHost((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      stream.write(Buffer.from([0, 0xff, 0xff, 0xff, 0xff]));
      const piece = Buffer.alloc(64 * 1024);
      const more = (): void => void (stream.destroyed || stream.write(piece, more));
      more();
    });
    const stage = await stageFor(port, withKey);
    const session = await open(stage);
    const answers = [1, 2, 3].map(() => ask(session, { 'x-key': placeholder }));
    await expect.poll(() => stage.why().includes('too-much')).toBe(true);
    session.destroy();
    await Promise.all(answers);
  });

  it('to a host whose address is not public is denied as such', async () => {
    const stage = await startStage({
      egress: [{ path: '/*', pinned: {} }],
      resolve: async () => ['10.0.0.5'],
    });
    ends.push(() => stage.close());
    expect((await ask(await open(stage), {})).status).toBe(403);
    expect(stage.why().at(-1)).toBe('address-denied');
  });

  it('may be large, and arrives while it is sent', async () => {
    let size = 0;
    const port = await startHost((stream) => {
      stream.respond({ ':status': 200 });
      stream
        .on('data', (chunk: Buffer) => (size += chunk.length))
        .on('end', () => stream.end('all'));
    });
    const stage = await stageFor(port);
    const body = 'x'.repeat(9_000_000);
    expect((await ask(await open(stage), { ':method': 'PUT' }, body)).body).toBe('all');
    expect(size).toBe(9_000_000);
  });

  it('in a flood of resets ends its connection, and no other', async () => {
    const port = await startHost((stream) => {
      if (stream.sentHeaders === undefined) stream.respond({ ':status': 200 });
    });
    const stage = await stageFor(port);
    const session = await open(stage);
    for (let times = 0; times < 60 && !session.destroyed; times++) {
      const streams = Array.from({ length: 90 }, () =>
        session.request({ ':path': '/v2/a' }).on('error', () => undefined),
      );
      await sleep(8);
      for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
      await sleep(2);
    }
    expect(session.destroyed).toBe(true);
    expect(stage.proxy.counts.allowed).toBeLessThan(3_000);
    expect((await open(stage)).destroyed).toBe(false);
    expect(stage.proxy.failed.aborted).toBe(false);
  });

  it('with a bomb of headers is refused, and no other', async () => {
    const port = await startHost((stream) => {
      stream.respond({ ':status': 200 });
      stream.end();
    });
    const stage = await stageFor(port);
    const session = await open(stage);
    const bomb = Object.fromEntries(
      Array.from({ length: 500 }, (_, n) => [`x-${n}`, 'y'.repeat(900)]),
    );
    expect((await ask(session, bomb)).status).toBeUndefined();
    expect((await ask(await open(stage), {})).status).toBe(200);
    expect(stage.why()).toEqual(['approved']);
  });

  it('to a host without HTTP/2, or one that breaks, fails and says so', async () => {
    const stage = await startStage();
    ends.push(() => stage.close());
    expect((await ask(await open(stage), { ':path': '/v2/a' })).status).toBe(502);
    const port = await startHost((stream) => stream.session?.destroy());
    const broken = await stageFor(port);
    expect((await ask(await open(broken), {})).status).toBe(502);
    expect([stage.why(), broken.why()].map((all) => all.at(-1))).toEqual([
      'answer-malformed',
      'unreachable',
    ]);
  });

  it('does not start without a TLS that both speak', async () => {
    const stage = await startStage();
    ends.push(() => stage.close());
    const socket = await stage.tunnel(`${apiHost}:443`);
    const old = { ca: stage.ca, maxVersion: 'TLSv1.2', ciphers: 'AES256-GCM-SHA384' } as const;
    const inside = connectTls({ socket, servername: apiHost, ALPNProtocols: ['h2'], ...old });
    await once(inside, 'error').catch(() => undefined);
    for (let i = 0; i < 100 && stage.why().length === 0; i++) await sleep(10);
    expect(stage.why()).toEqual(['tls-failed']);
  });
});
