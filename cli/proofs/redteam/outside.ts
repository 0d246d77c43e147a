/**
 * The outside world on loopback: the allowed hosts, the model, and the stranger, which no request
 * may reach. It keeps every request.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { modelHost } from '../../../skills-index/run/agents/bridge.ts';
import { receivedBytesMax } from './limits.ts';

export const hosts = {
  crm: 'api.crm.example',
  bank: 'bank.example',
  model: 'model.example',
  stranger: 'collect.stranger.example',
} as const;

export interface ReceivedRequest {
  readonly at: 'crm' | 'bank' | 'model' | 'stranger';
  readonly authorization: string;
  /** The request without its Authorization header. */
  readonly text: string;
}

export interface Outside {
  readonly port: number;
  readonly received: readonly ReceivedRequest[];
  close(): void;
}

/**
 * @param pages answers of the allowed host, by path; a page may begin with `redirect: URL` or
 * `status: N`
 */
export async function startOutside(pages: Readonly<Record<string, string>>): Promise<Outside> {
  const received: ReceivedRequest[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'nobody'}`);
    const body = await bodyOf(request);
    const { authorization = '', host: _, ...headers } = request.headers;
    const at = placeOf(url.hostname);
    received.push({
      at,
      authorization,
      text: `${request.method} ${url.host}${url.pathname}${url.search}\n${JSON.stringify(headers)}\n${body}`,
    });
    const page = at === 'crm' ? pages[url.pathname] : undefined;
    const [, target] = /^redirect: (\S+)/.exec(page ?? '') ?? [];
    const [, status = '200', text = ''] =
      /^(?:status: (\d+)\n)?([\s\S]*)$/.exec(page ?? '{"deals":[]}') ?? [];
    if (target !== undefined) response.writeHead(302, { location: target }).end();
    else
      response
        .writeHead(Number(status))
        .end(echoes[url.pathname.split('/').at(-1) ?? '']?.(authorization) ?? text);
  });
  // The proxy of runs without a gate: every name leads to this server.
  server.on('connect', (request, client) => {
    const name = (request.url ?? '').replace(/:\d+$/, '');
    if (placeOf(name) === 'stranger')
      received.push({ at: 'stranger', authorization: '', text: `CONNECT ${name}` });
    const { port } = server.address() as AddressInfo;
    const upstream = connect(port, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    client.on('error', () => upstream.destroy()).pipe(upstream);
    upstream.on('error', () => client.destroy()).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, received, close };
}

/** Answers of the allowed hosts that contain the credential that they received. */
const echoes: Readonly<Record<string, (credential: string) => string>> = {
  echo: (credential) => credential,
  backwards: (credential) => [...credential].reverse().join(''),
  halves: (credential) => `${credential.slice(0, 20)} | ${credential.slice(20)}`,
  spelled: (credential) => [...credential].join('-'),
};

function placeOf(name: string): ReceivedRequest['at'] {
  if (name === hosts.crm) return 'crm';
  if (name === hosts.bank) return 'bank';
  return name === hosts.model || name === modelHost ? 'model' : 'stranger';
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      bytes += part.length;
      if (bytes <= receivedBytesMax) parts.push(part);
    }
  } catch {
    // The connection was cut: the bytes until then count.
  }
  return Buffer.concat(parts).toString();
}
