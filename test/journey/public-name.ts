/**
 * A public name and its port 443 on a machine that has neither: a forward proxy that leads from
 * there to a port of this machine. Commands reach it by HTTPS_PROXY, and Chromium by its resolver.
 */
import { once } from 'node:events';
import { createServer, setGlobalProxyFromEnv } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

export interface PublicName {
  /** For each process that asks the name. */
  readonly env: Readonly<Record<string, string>>;
  /** For Chromium. */
  readonly browserArgs: readonly string[];
  close(): void;
}

/** Leads from port 443 of `name` to `port` of this machine, for this process, too. */
export async function makePublicName(name: string, port: number): Promise<PublicName> {
  const server = createServer();
  server.on('connect', (request, client, head) => {
    if (request.url !== `${name}:443`) {
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const target = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      target.write(head);
      target.pipe(client).pipe(target);
    });
    for (const socket of [client, target])
      socket.on('error', () => {
        client.destroy();
        target.destroy();
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { HTTPS_PROXY: address };
  const restore = setGlobalProxyFromEnv(env);
  return {
    env,
    browserArgs: [`--host-resolver-rules=MAP ${name}:443 127.0.0.1:${port}`],
    close: () => {
      restore();
      server.close();
      server.closeAllConnections();
    },
  };
}
