import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limitBody } from '../../../registry/request-limits/body-limit.ts';
import { type Listeners, openListeners } from '../../../registry/serving/listeners.ts';

describe('an answer before the body was read', () => {
  let listeners: Listeners;
  let port: number;
  const handled: string[] = [];
  beforeAll(async () => {
    const app = new Hono()
      .post('/small', limitBody(1_000), async (context) => {
        handled.push(await context.req.text());
        return context.text('taken');
      })
      .post('/unread', (context) => context.text('no', 401));
    listeners = await openListeners(
      { host: '127.0.0.1', port: 0, now: () => new Date(), say: () => undefined },
      async (asked, env) => app.fetch(asked, env as object),
    );
    port = Number(new URL(listeners.base).port);
  });
  afterAll(() => listeners.close());

  /** The pool of a proxy: one connection, on which everybody's requests go. */
  const pool = () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (path: string, body: Buffer, isChunked = false) =>
      new Promise<string>((resolve) => {
        const headers = isChunked ? {} : { 'content-length': body.length };
        const sent = request({ agent, host: '127.0.0.1', port, path, method: 'POST', headers });
        sent.on('response', (answer) => {
          answer.resume();
          answer.on('end', () => resolve(`${answer.statusCode} ${answer.headers.connection}`));
        });
        sent.on('error', (error) => resolve(`failed: ${String(error)}`));
        if (isChunked) sent.write(body.subarray(0, 2_000));
        sent.end(isChunked ? body.subarray(2_000) : body);
      });
    return { ask, end: () => agent.destroy() };
  };

  it.each([
    ['over the limit', '/small', false, '413 close'],
    ['over the limit, in pieces', '/small', true, '413 close'],
    ['that no route reads', '/unread', false, '401 close'],
  ])(
    '%s ends the connection, and the next request gets its answer',
    async (_, path, isChunked, says) => {
      for (let round = 0; round < 5; round++) {
        const { ask, end } = pool();
        expect(await ask(path, Buffer.alloc(1_300_000, 'x'), isChunked)).toBe(says);
        expect(await ask('/small', Buffer.from('next'))).toBe('200 keep-alive');
        end();
      }
    },
  );

  it('leaves the connection open when the body is there already', async () => {
    const { ask, end } = pool();
    expect(await ask('/unread', Buffer.from('a few bytes'))).toBe('401 keep-alive');
    expect(await ask('/small', Buffer.from('next'))).toBe('200 keep-alive');
    end();
  });

  it('reaches a client that reads only after it has sent', async () => {
    const socket = connect({ port, host: '127.0.0.1' });
    const failed = new Promise<string>((resolve) => socket.on('error', (why) => resolve(`${why}`)));
    socket.pause();
    const body = Buffer.alloc(4_000_000, 'x');
    socket.write(`POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.write(body);
    await delay(300);
    const answer = new Promise<string>((resolve) =>
      socket.on('data', (text) => resolve(`${text}`)),
    );
    socket.resume();
    expect(await Promise.race([answer, failed])).toMatch(/^HTTP\/1.1 401/);
    socket.destroy();
  });

  it('handles no request behind such a body, because nobody would get the answer', async () => {
    handled.length = 0;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const head = (length: number) =>
      `POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`;
    let text = '';
    socket.on('data', (data) => {
      text += String(data);
    });
    const ended = new Promise((resolve) => socket.on('end', resolve));
    socket.on('error', () => undefined);
    socket.write(`${head(2_000)}${'x'.repeat(1_000)}`);
    await ended;
    expect(text).toContain('413');
    socket.write(`${'x'.repeat(1_000)}${head(4)}next`);
    await delay(200);
    socket.destroy();
    expect(handled).toEqual([]);
  });
});
