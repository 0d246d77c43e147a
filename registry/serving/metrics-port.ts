/** The port for figures: on this machine alone, because they tell how much a company publishes. */
import { createServer } from 'node:http';
import { listen } from './listen.ts';

export interface MetricsPort {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `/metrics` on 127.0.0.1. @throws Problem `port-taken`, `usage` for a port of root */
export async function openMetricsPort(
  port: number,
  text: () => Promise<string>,
  logError: (error: unknown) => void,
): Promise<MetricsPort> {
  const server = createServer((request, response) => {
    const host = request.headers.host?.split(':')[0];
    // A web page whose name was pointed at this machine sends its own name.
    if (request.method !== 'GET' || request.url !== '/metrics' || !ownHosts.has(host ?? '')) {
      response.writeHead(404).end();
      return;
    }
    text().then(
      (body) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(body),
      (error) => {
        logError(error);
        response.writeHead(500).end();
      },
    );
  });
  const open = await listen(server, { host: '127.0.0.1', port, option: '--metrics-port' });
  return {
    port: open,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

const ownHosts: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost']);
