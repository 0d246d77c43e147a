import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { endStalledAnswers } from '../../../registry/request-limits/slow-bodies.ts';

const stalledMs = 600;
const mebibyte = 1024 * 1024;
const answer = Buffer.alloc(16 * mebibyte);

/** A connection that asked for the large answer, which begins after a while. */
async function ask(waitMs = 0): Promise<Socket> {
  const server = createServer((_, response) => setTimeout(() => response.end(answer), waitMs));
  endStalledAnswers(server, stalledMs);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  return socket;
}

/** How many bytes come until the connection ends, with a pause behind each mebibyte. */
async function readAll(socket: Socket, pauseMs = 0): Promise<number> {
  let bytes = 0;
  for await (const chunk of socket) {
    const before = bytes;
    bytes += chunk.length;
    if (Math.floor(bytes / mebibyte) > Math.floor(before / mebibyte)) await delay(pauseMs);
  }
  return bytes;
}

// A hundred such clients of a file of 5 MB held 530 MB before, for as long as they liked.
describe('a client that does not read its answer', () => {
  it('loses its connection', async () => {
    const socket = await ask();
    await once(socket, 'readable');
    await delay(3 * stalledMs);
    expect(await readAll(socket)).toBeLessThan(answer.length);
  });

  it.each([
    ['reads slowly', 0, 100],
    ['waits long for the answer', 2 * stalledMs, 0],
  ])('keeps it when it %s', async (_, waitMs, pauseMs) => {
    expect(await readAll(await ask(waitMs), pauseMs)).toBeGreaterThan(answer.length);
  });
});
