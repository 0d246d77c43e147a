import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endSlowBodies } from '../../../registry/request-limits/slow-bodies.ts';

describe('a body', () => {
  let server: Server;
  let port: number;
  const seen: string[] = [];
  beforeEach(async () => {
    seen.length = 0;
    server = createServer((request, response) => {
      request.on('error', () => undefined);
      request.on('close', () => seen.push(request.complete ? 'whole' : 'cut off'));
      request.resume().on('end', () => response.end('taken'));
    });
    endSlowBodies(server, { graceMs: 150, bytesPerSecond: 2_000, checkMs: 20 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /**
   * Sends a head, then pieces in steps; what came back until the connection was closed.
   */
  const send = (head: string, pieces: number, everyMs: number, bytes = 100): Promise<string> =>
    new Promise((resolve) => {
      let answer = '';
      let timer: NodeJS.Timeout | undefined;
      // On a busy machine a connection may take longer than the first step.
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${head}\r\n\r\n`);
        timer = setInterval(() => left-- > 0 && socket.write(piece), everyMs);
      });
      let left = pieces;
      const piece = head.startsWith('Transfer')
        ? `64\r\n${'x'.repeat(100)}\r\n`
        : 'x'.repeat(bytes);
      socket.on('data', (data) => {
        answer += String(data);
      });
      socket
        .on('error', () => undefined)
        .on('close', () => {
          clearInterval(timer);
          resolve(answer);
        });
    });

  it.each([
    ['stops in the middle', 'Content-Length: 1000', 3, 5],
    ['comes in drops', 'Content-Length: 100000', 1_000, 100],
    ['comes in drops and never says how long it is', 'Transfer-Encoding: chunked', 1_000, 100],
    ['never begins', 'Content-Length: 5', 0, 1_000],
  ])('that %s is ended in so many words', async (_, head, pieces, everyMs) => {
    expect(await send(head, pieces, everyMs)).toMatch(
      /^HTTP\/1\.1 408 Request Timeout\r\n(.*\r\n)*Retry-After: 1\r\n/,
    );
    expect(seen).toEqual(['cut off']);
  });

  it('that comes steadily takes as long as it is', async () => {
    // Far longer than the grace, and so fast that a busy machine cannot slow it below the limit.
    expect(await send('Content-Length: 600000', 60, 10, 10_000)).toContain('taken');
    expect(seen).toEqual(['whole']);
  });
});
