/** A company's proxy on loopback: leads every CONNECT to one port, or misbehaves. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

export interface ConnectProxy {
  readonly url: string;
  /** The port of this machine to which all names lead. */
  to: number;
  /** The head of each request. */
  readonly asked: string[];
  close(): void;
}

export interface ProxyManners {
  /** `USER:PASSWORD` that it demands; may be changed later. */
  readonly login?: string;
  /** It speaks TLS with this certificate. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** What it does in place of an honest answer. */
  readonly answer?: (client: Socket) => void;
}

export async function startConnectProxy(manners: ProxyManners = {}): Promise<ConnectProxy> {
  const { answer, certificate } = manners;
  const open = new Set<Socket>();
  const serve = (client: Socket): void => {
    open.add(client);
    client.on('error', () => client.destroy()).on('close', () => open.delete(client));
    client.once('data', (head: Buffer) => {
      const text = String(head);
      proxy.asked.push(text);
      if (answer !== undefined) return answer(client);
      const { login } = manners;
      const wanted = `Proxy-Authorization: Basic ${Buffer.from(login ?? '').toString('base64')}`;
      if (login !== undefined && !text.includes(`${wanted}\r\n`))
        return void client.end('HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic\r\n\r\n');
      const target = connect(proxy.to, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        target.pipe(client).pipe(target);
      });
      target.on('error', () => client.destroy()).on('close', () => client.destroy());
      client.on('close', () => target.destroy());
    });
  };
  const server =
    certificate === undefined ? createServer(serve) : createTlsServer(certificate, serve);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const proxy: ConnectProxy = {
    url: certificate === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    to: 0,
    asked: [],
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
  return proxy;
}
