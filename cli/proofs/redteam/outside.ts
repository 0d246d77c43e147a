/**
 * All that lies outside, on loopback: the allowed hosts, the model, and the stranger, whom nothing
 * should ever reach. Keeps every request.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { modelHost } from '../../../skills-index/run/agents/bridge.ts';
import { heardBytesMax } from './limits.ts';

export const hosts = {
  crm: 'api.crm.example',
  bank: 'bank.example',
  model: 'model.example',
  stranger: 'collect.stranger.example',
} as const;

export interface Heard {
  readonly at: 'crm' | 'bank' | 'model' | 'stranger';
  readonly authorization: string;
  /** All of the request but that header. */
  readonly text: string;
}

export interface Outside {
  readonly port: number;
  readonly heard: readonly Heard[];
  close(): void;
}

/**
 * @param pages answers of the allowed host, by path; one that begins with `redirect: ` or `status:
 * N` is that
 */
export async function startOutside(pages: Readonly<Record<string, string>>): Promise<Outside> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'nobody'}`);
    const body = await bodyOf(request);
    const { authorization = '', host: _, ...headers } = request.headers;
    const at = placeOf(url.hostname);
    heard.push({
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
  // What knows no gate goes through here: every name leads to this server.
  server.on('connect', (request, client) => {
    const name = (request.url ?? '').replace(/:\d+$/, '');
    if (placeOf(name) === 'stranger')
      heard.push({ at: 'stranger', authorization: '', text: `CONNECT ${name}` });
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
  return { port: (server.address() as AddressInfo).port, heard, close };
}

/** What the allowed hosts say of the credential that they were sent. */
const echoes: Readonly<Record<string, (credential: string) => string>> = {
  echo: (credential) => credential,
  backwards: (credential) => [...credential].reverse().join(''),
  halves: (credential) => `${credential.slice(0, 20)} | ${credential.slice(20)}`,
  spelled: (credential) => [...credential].join('-'),
};

function placeOf(name: string): Heard['at'] {
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
      if (bytes <= heardBytesMax) parts.push(part);
    }
  } catch {
    // Cut off: what came was heard all the same.
  }
  return Buffer.concat(parts).toString();
}
