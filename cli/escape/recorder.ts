/** What an attempt would reach if nothing stopped it: listeners on loopback that keep every byte they are sent. */
import { createSocket } from 'node:dgram';
import { chmodSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { heardBytesMax } from './limits.ts';

export interface Recorder {
  /** TCP on 127.0.0.1; also answers as a web server, and as a proxy without any rule. */
  readonly port: number;
  /** UDP on 127.0.0.1. */
  readonly datagramPort: number;
  /** Everything so far, as Latin-1. */
  heard(): string;
  close(): void;
}

/**
 * @param socketFiles paths of unix sockets that anybody may connect to
 * @param abstractName a unix socket without a file, which belongs to the network namespace (unix(7))
 */
export async function startRecorder(socketFiles: readonly string[], abstractName: string): Promise<Recorder> {
  const parts: string[] = [];
  let kept = 0;
  const keep = (bytes: Buffer): void => {
    kept += bytes.length;
    if (kept <= heardBytesMax) parts.push(bytes.toString('latin1'));
  };
  const open = new Set<Socket>();
  const servers: Server[] = [];
  const listen = async (where: { readonly port: number; readonly host: string } | string): Promise<Server> => {
    const server = createServer((socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
      answerAll(socket, keep);
    });
    servers.push(server);
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(where, resolve));
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
    heard: () => parts.join(''),
    close: () => {
      for (const socket of open) socket.destroy();
      for (const server of servers) server.close();
      datagrams.close();
    },
  };
}

// Each whole head is answered; what follows is read as the next one, as the most trusting of servers would.
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
  if (head.startsWith('CONNECT ')) return Buffer.from('HTTP/1.1 200 Connection established\r\n\r\n');
  const [, target = ''] = head.split(' ');
  const sent = /^authorization: *(?:bearer )?(.*)$/im.exec(head)?.[1] ?? '';
  const [, word = ''] = /[?&]to=([\w.-]*)/.exec(target) ?? [];
  if (target.includes('/redirect'))
    return reply(`HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/${word}\r\n`, Buffer.alloc(0));
  if (target.includes('/echo-header')) return reply(`HTTP/1.1 200 OK\r\nX-Echo: ${sent}\r\n`, Buffer.alloc(0));
  return reply(...bodyFor(target, sent));
}

function bodyFor(target: string, sent: string): [string, Buffer] {
  const ok = 'HTTP/1.1 200 OK\r\n';
  if (target.includes('/echo-base64')) return [ok, Buffer.from(Buffer.from(sent).toString('base64'))];
  if (target.includes('/echo-hex')) return [ok, Buffer.from(Buffer.from(sent).toString('hex'))];
  if (target.includes('/echo-url')) return [ok, Buffer.from(sent.replace(/./g, (sign) => `%${sign.charCodeAt(0).toString(16)}`))];
  if (target.includes('/echo-gzip')) return [`${ok}Content-Encoding: gzip\r\n`, gzipSync(sent)];
  return [ok, Buffer.from(target.includes('/echo') ? sent : '{"deals":[]}')];
}

function reply(head: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
}
