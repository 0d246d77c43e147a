/** Listeners on loopback that attempts try to reach; they keep every byte that they receive. */
import { createSocket } from 'node:dgram';
import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { receivedBytesMax } from './limits.ts';

export interface Recorder {
  /** TCP on 127.0.0.1; it also answers as a web server and as a proxy without rules. */
  readonly port: number;
  /** UDP on 127.0.0.1. */
  readonly datagramPort: number;
  /** All bytes so far, as Latin-1. */
  received(): string;
  close(): void;
}

/**
 * @param socketFiles paths of unix sockets that anybody may connect to
 * @param abstractName a unix socket without a file, which belongs to the network namespace
 * (unix(7))
 */
export async function startRecorder(
  socketFiles: readonly string[],
  abstractName: string,
): Promise<Recorder> {
  const parts: string[] = [];
  let kept = 0;
  const keep = (bytes: Buffer): void => {
    kept += bytes.length;
    if (kept <= receivedBytesMax) parts.push(bytes.toString('latin1'));
  };
  const open = new Set<Socket>();
  const servers: Server[] = [];
  const listen = async (
    where: { readonly port: number; readonly host: string } | string,
  ): Promise<Server> => {
    const server = createServer((socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
      answerAll(socket, keep);
    });
    servers.push(server);
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(where, resolve),
    );
    return server;
  };
  const tcp = await listen({ port: 0, host: '127.0.0.1' });
  for (const path of socketFiles) {
    await listen(path);
    chmodSync(path, 0o666);
  }
  await listen(`\0${abstractName}`);
  const datagrams = createSocket('udp4', keep);
  await new Promise<void>((resolve) => datagrams.bind(0, '127.0.0.1', resolve));
  const address = tcp.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    datagramPort: datagrams.address().port,
    received: () => parts.join(''),
    close: () => {
      for (const socket of open) socket.destroy();
      for (const server of servers) server.close();
      datagrams.close();
    },
  };
}

// Each whole head gets an answer. Bytes after it count as the next head: the most trusting server
// would read smuggled requests in this way.
function answerAll(socket: Socket, keep: (bytes: Buffer) => void): void {
  let rest = '';
  socket.on('data', (chunk: Buffer) => {
    keep(chunk);
    rest = (rest + chunk.toString('latin1')).slice(-64 * 1024);
    for (let end = rest.indexOf('\r\n\r\n'); end >= 0; end = rest.indexOf('\r\n\r\n')) {
      const head = rest.slice(0, end);
      rest = rest.slice(end + 4);
      socket.write(answerTo(head));
      if (/^connection: *close/im.test(head)) socket.end();
    }
  });
}

function answerTo(head: string): Buffer {
  if (head.startsWith('CONNECT '))
    return Buffer.from('HTTP/1.1 200 Connection established\r\n\r\n');
  const [, target = ''] = head.split(' ');
  const sent = /^authorization: *(?:bearer )?(.*)$/im.exec(head)?.[1] ?? '';
  const [, word = ''] = /[?&]to=([\w.-]*)/.exec(target) ?? [];
  const [, way = ''] = /\/(echo[a-z0-9-]*|redirect)/.exec(target) ?? [];
  const ok = 'HTTP/1.1 200 OK\r\n';
  switch (way) {
    case 'redirect':
      return reply(
        `HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/${word}\r\n`,
        Buffer.alloc(0),
      );
    case 'echo-header':
      return reply(`${ok}X-Echo: ${sent}\r\n`, Buffer.alloc(0));
    case 'echo-gzip':
      return reply(`${ok}Content-Encoding: gzip\r\n`, gzipSync(sent));
    case 'echo-parts':
      return chunked(ok, sent);
    default:
      return reply(
        ok,
        Buffer.from(Object.hasOwn(echoes, way) ? (echoes[way]?.(sent) ?? '') : '{"deals":[]}'),
      );
  }
}

const echoes: Readonly<Record<string, (sent: string) => string>> = {
  echo: (sent) => sent,
  'echo-base64': (sent) => Buffer.from(sent).toString('base64'),
  'echo-base64-shifted': (sent) => Buffer.from(`a${sent}`).toString('base64'),
  'echo-hex': (sent) => Buffer.from(sent).toString('hex'),
  'echo-url': (sent) => sent.replace(/./g, (sign) => `%${sign.charCodeAt(0).toString(16)}`),
  'echo-json': (sent) =>
    `"${sent.replace(/./g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`,
};

// A few characters in each chunk.
function chunked(head: string, body: string): Buffer {
  const chunks = (body.match(/.{1,5}/g) ?? []).map(
    (part) => `${part.length.toString(16)}\r\n${part}\r\n`,
  );
  return Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`);
}

function reply(head: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
}
