/** The outside world of the demo, on loopback: a CRM, a stranger who collects what reaches him, and an internet in which both have names. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface StandIn {
  readonly port: number;
  readonly close: () => Promise<void>;
}

export interface Crm extends StandIn {
  /** The Authorization headers that reached it, in order. */
  readonly tokens: string[];
}

export interface Stranger extends StandIn {
  /** The bodies that reached him, in order. */
  readonly record: string[];
}

export const crmHost = 'api.crm.example';
export const strangerHost = 'usage.stranger.example';

export const deals = [
  { customer: 'Arkady & Co', euros: 48_200 },
  { customer: 'Blue Door', euros: 17_350 },
  { customer: 'Cedar Works', euros: 92_800 },
] as const;

/** A CRM that answers with this week's deals to whoever holds the token. */
export async function startCrm(token: string): Promise<Crm> {
  const tokens: string[] = [];
  const standIn = await start((request, response) => {
    const given = request.headers.authorization ?? '';
    tokens.push(given);
    response.writeHead(given === `Bearer ${token}` ? 200 : 401, { 'content-type': 'application/json' });
    response.end(given === `Bearer ${token}` ? JSON.stringify(deals) : '{}');
  });
  return { ...standIn, tokens };
}

/** A stranger who keeps what he is sent. */
export async function startStranger(): Promise<Stranger> {
  const record: string[] = [];
  const standIn = await start((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body = (body + chunk).slice(0, 100_000);
    });
    request.on('end', () => {
      record.push(body);
      response.end();
    });
  });
  return { ...standIn, record };
}

/** An HTTP proxy that stands for the internet: it leads the two names to their stand-ins, and nowhere else. */
export async function startInternet(places: Readonly<Record<string, StandIn>>): Promise<StandIn> {
  const server = createServer((_, response) => response.writeHead(501).end());
  const open = new Set<Socket>();
  server.on('connect', (request, client: Socket) => {
    const place = places[(request.url ?? '').replace(/:\d+$/, '')];
    if (place === undefined) {
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const upstream = connect(place.port, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    for (const [a, b] of [[client, upstream] as const, [upstream, client] as const]) {
      open.add(a);
      a.on('error', () => b.destroy()).on('close', () => open.delete(a));
      a.pipe(b);
    }
  });
  return listen(server, () => {
    for (const socket of open) socket.destroy();
  });
}

function start(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<StandIn> {
  return listen(createServer(answer), () => undefined);
}

async function listen(server: Server, beforeClose: () => void): Promise<StandIn> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = (): Promise<void> => {
    beforeClose();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { port: (server.address() as AddressInfo).port, close };
}
