import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diskSpool } from '../../../registry/request-limits/disk-spool.ts';
import {
  judgedBodiesBytesMax,
  uploadBytesMax,
  uploadReceiver,
} from '../../../registry/request-limits/spool.ts';
import { type RunningRegistry, startRegistry } from '../../../registry/serve.ts';
import { folderWith } from '../../cli/temporary-folder.ts';
import { makeDataFolder } from '../../journey/registry-data.ts';
import { makeKey, makeRoot, type TestRoot } from '../people.ts';
import { claimScope, enrol, makeSkill, publish, type Send, signIn } from '../road.ts';
import { expectAnswer, expectProblem } from '../steps.ts';

const large = 'x'.repeat(300_000);

describe('a registry on a disk', () => {
  let dir: string;
  let trust: TestRoot;
  let running: RunningRegistry;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    trust = makeRoot();
    dir = await makeDataFolder(trust);
    running = await startRegistry({ dir, port: 0 });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await running.close();
    await rm(dir, { recursive: true });
  });
  const send: Send = (path, init) => fetch(`${running.base}${path}`, init);
  const filesOpen = (): string[] => {
    const uploads = join(dir, 'objects', 'uploads');
    return existsSync(uploads) ? readdirSync(uploads) : [];
  };

  it('takes large uploads, chunked ones too, and leaves no file of them', async () => {
    const author = makeKey();
    await claimScope(send, 'acme', author);
    const skill = makeSkill('@acme/large', '1.0.0', { files: { 'a.txt': large } });
    await expectAnswer(publish(send, skill, author), 201);
    const chunked: Send = async (path, init) => {
      const packed = new Request('http://localhost/', init);
      if (!(init?.body instanceof FormData)) return send(path, init);
      return send(path, {
        method: 'POST',
        headers: packed.headers,
        body: packed.body,
        duplex: 'half',
      } as RequestInit);
    };
    const next = makeSkill('@acme/large', '1.0.1', { files: { 'a.txt': `${large}y` } });
    await expectAnswer(publish(chunked, next, author), 201);
    expect(filesOpen()).toEqual([]);
  });

  it('takes many large uploads of a member at once, and judges a few at a time', async () => {
    const author = makeKey();
    await enrol(send, trust.administrators.slice(0, trust.root.threshold), {
      name: 'author',
      roles: ['reviewer'],
      key: author,
    });
    await claimScope(send, 'acme', author);
    await signIn(send, author);
    const count = Math.ceil((judgedBodiesBytesMax / 1_000_000) * 1.5);
    const skills = Array.from({ length: count }, (_, nth) =>
      makeSkill(`@acme/large-${nth}`, '1.0.0', { files: { 'a.txt': `${nth}`.repeat(500_000) } }),
    );
    const answers = await Promise.all(skills.map((skill) => publish(send, skill, author)));
    expect(answers.map(({ status }) => status)).toEqual(skills.map(() => 201));
    expect(filesOpen()).toEqual([]);
  });

  const begin = async (
    headers: string,
    body: string,
  ): Promise<{ answer: () => string; socket: Socket }> => {
    const { port } = new URL(running.base);
    const socket = connect(Number(port), '127.0.0.1');
    sockets.push(socket.on('error', () => undefined));
    let answer = '';
    socket.on('data', (data) => {
      answer += String(data);
    });
    socket.write(
      `POST /api/v1/versions HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: multipart/form-data; boundary=b\r\n${headers}\r\n\r\n${body}`,
    );
    await pause(150);
    return { answer: () => answer, socket };
  };

  it('forgets an upload that is cut, and keeps no name of one that is under way', async () => {
    const slow = await begin('Content-Length: 1000000', large);
    expect(filesOpen()).toEqual([]);
    slow.socket.destroy();
    await pause(100);
    await expectAnswer(send('/healthz'), 200);
    expect(filesOpen()).toEqual([]);
  });
});

describe('a receiver', () => {
  const contextOf = (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ): Context =>
    ({
      env: {},
      req: { raw: new Request('http://localhost/', { method: 'POST', body, headers }) },
    }) as unknown as Context;

  it.each([
    ['with a disk', true],
    ['without one', false],
  ])('%s rejects bodies that are longer or shorter than they say, or too long', async (_, disk) => {
    const receive = uploadReceiver(
      disk ? diskSpool(folderWith(), async () => undefined) : undefined,
    );
    const judged: number[] = [];
    const take = (context: Context) =>
      receive(context, async (body) => judged.push(body.byteLength));
    for (const length of [10, 200_000])
      for (const said of [length - 1, length + 1])
        await expectProblem(
          take(contextOf('x'.repeat(length), { 'content-length': `${said}` })),
          'request-invalid',
        );
    await expectProblem(take(contextOf(new Uint8Array(uploadBytesMax + 1))), 'request-too-large');
    expect(judged).toEqual([]);
    await take(contextOf(large, { 'content-length': `${large.length}` }));
    await take(contextOf(new Uint8Array(uploadBytesMax)));
    expect(judged).toEqual([large.length, uploadBytesMax]);
  });

  it('judges at one time no more bytes than its room, in the order of arrival, also after failures', async () => {
    const receive = uploadReceiver(diskSpool(folderWith(), async () => undefined));
    const bytes = judgedBodiesBytesMax / 4;
    let now = 0;
    let most = 0;
    const order: number[] = [];
    const all = Array.from({ length: 12 }, async (_, nth) => {
      await pause(nth * 30);
      return receive(contextOf(new Uint8Array(bytes)), async (body) => {
        order.push(nth);
        now += body.byteLength;
        most = Math.max(most, now);
        await pause(60);
        now -= body.byteLength;
        if (nth % 3 === 0) throw new Error('refused');
      });
    });
    const results = await Promise.allSettled(all);
    expect(results.map(({ status }) => status === 'rejected')).toEqual(
      results.map((_, nth) => nth % 3 === 0),
    );
    expect(most).toBeLessThanOrEqual(judgedBodiesBytesMax);
    // Those that enter together are read from the disk together.
    for (const [at, nth] of order.entries()) expect(Math.abs(nth - at)).toBeLessThan(4);
  });

  it('says that the disk is full when it is', async () => {
    const spool = diskSpool(folderWith(), async () => undefined);
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
    });
    let dropped = 0;
    const receive = uploadReceiver({
      ...spool,
      open: async () => {
        const body = await spool.open();
        return {
          ...body,
          append: () => Promise.reject(full),
          drop: async () => {
            dropped++;
            await body.drop();
          },
        };
      },
    });
    await expect(receive(contextOf(large), async () => undefined)).rejects.toBe(full);
    expect(dropped).toBe(1);
  });
});
