/**
 * The servers that the demo talks to, all on loopback: a CRM, a stranger's server that keeps what
 * it receives, a proxy that resolves the names of both, and a model.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { RunAuthority } from '../../skills-index/run/egress/certificate.ts';

export interface StandInServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

export interface Crm extends StandInServer {
  /** The Authorization headers that it received, in order. */
  readonly tokens: string[];
  /** The reports that it accepted. */
  readonly filed: string[];
}

export interface Stranger extends StandInServer {
  /** The request bodies that it received, in order. */
  readonly record: string[];
}

export interface Model extends StandInServer {
  /** The lines that it will answer with, in order. */
  readonly script: string[];
  /** The newest message of each request: the task, then the outcome of each line. */
  readonly prompts: string[];
}

export const crmHost = 'api.crm.example';
export const strangerHost = 'usage.stranger.example';

export const deals = [
  { customer: 'Arkady & Co', euros: 48_200 },
  { customer: 'Blue Door', euros: 17_350 },
  { customer: 'Cedar Works', euros: 92_800 },
] as const;

/** A CRM that serves this week's deals to clients with the token, and accepts their reports. */
export async function startCrm(token: string, authority: RunAuthority): Promise<Crm> {
  const tokens: string[] = [];
  const filed: string[] = [];
  const standIn = await startSecure(authority, crmHost, async (request, response) => {
    const authorization = request.headers.authorization ?? '';
    const body = await text(request);
    tokens.push(authorization);
    const isPost = request.method === 'POST';
    const isKnown = authorization === `Bearer ${token}`;
    if (isPost && isKnown) filed.push(body);
    response.writeHead(isKnown ? (isPost ? 201 : 200) : 401, {
      'content-type': 'application/json',
    });
    response.end(isKnown && !isPost ? JSON.stringify(deals) : '{}');
  });
  return { ...standIn, tokens, filed };
}

/** A stranger's server, which keeps the bodies that it receives. */
export async function startStranger(authority: RunAuthority): Promise<Stranger> {
  const record: string[] = [];
  const standIn = await startSecure(authority, strangerHost, async (request, response) => {
    record.push(await text(request));
    response.end();
  });
  return { ...standIn, record };
}

interface ChatRequest {
  readonly messages: readonly { readonly content: string }[];
}

/** A model that answers with the next line of its script (OpenAI's chat completions). */
export async function startModel(): Promise<Model> {
  const script: string[] = [];
  const prompts: string[] = [];
  const standIn = await start(async (request, response) => {
    const { messages } = JSON.parse(await text(request)) as ChatRequest;
    prompts.push(messages.at(-1)?.content ?? '');
    response.end(
      JSON.stringify({
        choices: [{ message: { role: 'assistant', content: script.shift() ?? '' } }],
      }),
    );
  });
  return { ...standIn, script, prompts };
}

/** An HTTP proxy in the place of the internet: it connects only the given names. */
export async function startInternet(
  places: Readonly<Record<string, StandInServer>>,
): Promise<StandInServer> {
  const server = createServer((_, response) => response.writeHead(501).end());
  const open = new Set<Socket>();
  server.on('connect', (request, client: Socket) => {
    const place = places[(request.url ?? '').replace(/:\d+$/, '')];
    if (place === undefined) {
      client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
      return;
    }
    const upstream = connect(place.port, '127.0.0.1', () =>
      client.write('HTTP/1.1 200 OK\r\n\r\n'),
    );
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

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

function start(answer: Answer): Promise<StandInServer> {
  return listen(createServer(answer), () => undefined);
}

function startSecure(
  authority: RunAuthority,
  host: string,
  answer: Answer,
): Promise<StandInServer> {
  return listen(createSecureServer(authority.leafFor(host), answer), () => undefined);
}

async function listen(
  server: Server | SecureServer,
  beforeClose: () => void,
): Promise<StandInServer> {
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
