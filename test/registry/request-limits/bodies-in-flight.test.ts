import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../registry/app.ts';
import { nameUnknownLength } from '../../../registry/request-limits/body-limit.ts';
import { diskSpool } from '../../../registry/request-limits/disk-spool.ts';
import {
  type BodiesInFlight,
  roomsInMemory,
  roomsOnDisk,
  statementBodyBytesMax,
  strangerBodiesBytesMax,
  strangerBodiesInMemoryBytesMax,
  strangerBodiesOfOneBytesMax,
  uploadBytesMax,
} from '../../../registry/request-limits/spool.ts';
import { folderWith } from '../../cli/temporary-folder.ts';
import { makeSkill, publish, type Send } from '../road.ts';
import { expectAnswer } from '../steps.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

describe('a large body of a stranger', () => {
  let world: Staffed;
  let server: Server;
  let port: number;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    world = await makeStaffedWorld();
    const addressOf: Parameters<typeof createApp>[1]['addressOf'] = (context) =>
      getConnInfo(context).remote.address;
    const withDisk = { ...world.registry, spool: diskSpool(folderWith(), async () => undefined) };
    let app = createApp(withDisk, { logError: () => undefined, addressOf });
    server = createAdaptorServer({
      fetch: (request, env) => app.fetch(request, env),
      overrideGlobalObjects: false,
    }) as Server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
    const config = { ...world.registry.config, hosts: ['localhost', `127.0.0.1:${port}`] };
    app = createApp({ ...withDisk, config }, { logError: () => undefined, addressOf });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await world.close();
  });

  const answers: string[] = [];
  /** All of an upload but its last bytes; whatever is answered comes into `answers`. */
  const begin = async (
    from: string,
    length = `Content-Length: ${uploadBytesMax}`,
    at = 'POST /api/v1/versions',
  ): Promise<Socket> => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from });
    sockets.push(socket.on('error', () => undefined));
    socket.on('data', (data) => answers.push(String(data)));
    socket.write(
      `${at} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n${length}\r\n\r\n`,
    );
    await sleep(60);
    return socket;
  };
  // On a busy machine an answer takes longer than `begin` waits.
  const answered = async (count: number): Promise<ReturnType<typeof heads>> => {
    await expect.poll(() => answers.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(count);
    return heads();
  };
  const heads = (): (readonly [string | undefined, boolean])[] =>
    answers
      .splice(0)
      .map((text) => [/^HTTP\/1\.1 (\d+)/.exec(text)?.[1], /\r\nretry-after: \d/i.test(text)]);
  const ofOne = strangerBodiesOfOneBytesMax / uploadBytesMax;
  const inAll = strangerBodiesBytesMax / uploadBytesMax;

  it('waits for no end while others of its address do, nor while very many do; members and small bodies are let in', async () => {
    const begun: Socket[] = [];
    for (let i = 0; i < ofOne; i++) begun.push(await begin('127.0.0.1'));
    expect(heads()).toEqual([]);
    await begin('127.0.0.1');
    await begin('127.0.0.1', 'Transfer-Encoding: chunked');
    expect(await answered(2)).toEqual([
      ['429', true],
      ['429', true],
    ]);
    for (let i = begun.length; i < inAll; i++) begun.push(await begin(`127.0.0.${2 + i}`));
    expect(heads()).toEqual([]);
    await begin('127.0.0.99');
    expect(await answered(1)).toEqual([['503', true]]);
    const send: Send = (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init);
    await expectAnswer(send('/api/v1/statements', { method: 'POST', body: '{}' }), 422);
    const body = new FormData();
    body.set('bundle', new Blob([new Uint8Array(uploadBytesMax - 1_000)]));
    const ofMember = {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${world.tokens.rita}` },
    };
    await expectAnswer(send('/api/v1/versions', ofMember), 400);
    for (const socket of begun) socket.destroy();
    await sleep(100);
    for (let i = 0; i < ofOne; i++) await begin('127.0.0.1');
    expect(heads()).toEqual([]);
    await expectAnswer(publish(send, makeSkill('@acme/x', '1.0.0'), world.author), 201);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'OPTIONS'])(
    'is answered unread where no route takes it: %s, with and without a length',
    async (method) => {
      await begin('127.0.0.1', 'Transfer-Encoding: chunked', `${method} /api/v1/nothing`);
      await begin('127.0.0.1', undefined, `${method} /api/v1/nothing`);
      expect((await answered(2)).map(([status]) => status)).toEqual(['404', '404']);
    },
  );

  it('is counted by any method, and so are the requests', async () => {
    const inMemory = uploadBytesMax / statementBodyBytesMax;
    for (let i = 0; i < inMemory; i++)
      await begin('127.0.0.1', 'Transfer-Encoding: chunked', 'POST /api/v1/statements');
    expect(heads()).toEqual([]);
    await begin('127.0.0.1', 'Transfer-Encoding: chunked', 'DELETE /api/v1/mailbox/x');
    expect(await answered(1)).toEqual([['429', true]]);
    const send: Send = (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init);
    // Who reads is not held up, and neither is an empty write.
    await expectAnswer(send('/api/v1/search?q=x'), 200);
    expect((await send('/api/v1/mailbox/x', { method: 'DELETE' })).status).not.toBe(429);
  });

  it.each<[string, string | undefined, Record<string, string>, boolean]>([
    ['chunked', 'x', { 'transfer-encoding': 'chunked' }, true],
    ['of HTTP/2 without a length', 'x', {}, true],
    ['with a length', 'x', { 'content-length': '1' }, false],
    ['that is not there', undefined, {}, false],
  ])(
    'on Workers counts as the largest where its length is unknown: one %s',
    async (_, body, headers, counts) => {
      const bodies = roomsInMemory().stranger;
      const request = new Request('http://localhost/', {
        method: 'POST',
        headers,
        ...(body === undefined ? {} : { body }),
      });
      const named = nameUnknownLength(request);
      const reserve = () => bodies.reserve('192.0.2.1', named.headers, uploadBytesMax);
      reserve();
      if (counts) expect(reserve).toThrow(expect.objectContaining({ code: 'too-many-requests' }));
      else expect(reserve).not.toThrow();
      expect(await named.text()).toBe(body ?? '');
    },
  );

  it('gives its room back, and counts no more than an upload can have', () => {
    const bodies = roomsOnDisk().stranger;
    const headers = new Headers({ 'content-length': `${uploadBytesMax * 1_000}` });
    for (let i = 0; i < 100; i++) bodies.reserve('192.0.2.1', headers, uploadBytesMax)();
    const all = Array.from({ length: ofOne }, () =>
      bodies.reserve('192.0.2.1', headers, uploadBytesMax),
    );
    expect(() => bodies.reserve('192.0.2.1', headers, uploadBytesMax)).toThrow(
      expect.objectContaining({ code: 'too-many-requests' }),
    );
    for (const done of all) done();
    expect(() => bodies.reserve('192.0.2.1', headers, uploadBytesMax)).not.toThrow();
  });
});

describe('large bodies in memory', () => {
  const largest = new Headers({ 'content-length': `${uploadBytesMax}` });
  const reserve = (bodies: BodiesInFlight, network: string) => () =>
    bodies.reserve(network, largest, uploadBytesMax);

  it('of strangers take no room from members, and both together fit into a Worker', () => {
    const { member, stranger } = roomsInMemory();
    let networks = 0;
    while (networks < 100) {
      try {
        reserve(stranger, `192.0.2.${networks}`)();
      } catch (error) {
        expect(error).toMatchObject({ code: 'registry-busy' });
        break;
      }
      networks++;
    }
    expect(networks).toBe(strangerBodiesInMemoryBytesMax / uploadBytesMax);
    const done = reserve(member, '192.0.2.1')();
    expect(reserve(member, '192.0.2.2')).toThrow(
      expect.objectContaining({ code: 'registry-busy' }),
    );
    done();
    expect(reserve(member, '192.0.2.2')).not.toThrow();
    const all = strangerBodiesInMemoryBytesMax + uploadBytesMax;
    // https://developers.cloudflare.com/workers/platform/limits/#memory
    expect(all).toBeLessThan(128_000_000 * 0.7);
  });
});
