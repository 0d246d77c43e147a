/**
 * The egress proxy of one run, on a unix socket. The proxy denies by default and records each
 * decision before anything leaves the sandbox.
 */
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Duplex, Readable } from 'node:stream';
import { makeAuthority } from '../../skills-index/run/egress/certificate.ts';
import {
  type Denial,
  denialOfClient,
  denialOfFailure,
  denials,
  denialType,
  rawDenial,
} from '../../skills-index/run/egress/denial.ts';
import { pairsOf } from '../../skills-index/run/egress/forwarded-headers.ts';
import { bundlePath, proxyEnvironment } from '../../skills-index/run/egress/proxy-environment.ts';
import {
  judgeFrames,
  serverFrame,
  type WebSocketFrame,
  WebSocketFrameReader,
} from '../../skills-index/run/egress/websocket-frames.ts';
import { redactionOf } from '../../skills-index/run/leaks/redaction.ts';
import { egressConnectionsMax, forwarderPort } from '../bubblewrap/bubblewrap.ts';
import type { SandboxFile } from '../sandbox/sandbox.ts';
import { Accounts } from './accounts.ts';
import { forward, type Outgoing, openRequest, passHeaders } from './forward.ts';
import { handleRequest, type SandboxRequest } from './handle-request.ts';
import type { AnswerTools, EgressSettings } from './settings.ts';
import type { Traffic } from './traffic.ts';
import { openTunnel } from './tunnel.ts';
import { egressIdleSecondsMax, openUpstream, systemAuthorities } from './upstream.ts';

const egressHeaderBytesMax = 32 * 1024;

export interface EgressProxy {
  readonly counts: { readonly allowed: number; readonly denied: number };
  /** Files for the sandbox, with the certificates that programs in the sandbox must trust. */
  readonly files: readonly SandboxFile[];
  /** Environment variables that point programs in the sandbox to the proxy and the certificates. */
  readonly env: Readonly<Record<string, string>>;
  /** Aborts when the proxy fails. A failed proxy ends the run. */
  readonly failed: AbortSignal;
  close(): Promise<void>;
}

/** Starts the proxy. Only the runner and the run's forwarder reach the proxy's socket. */
export async function startEgress(settings: EgressSettings): Promise<EgressProxy> {
  const failed = new AbortController();
  const closed = new AbortController();
  const traffic = trafficOf(settings, closed.signal, () => failed.abort());
  const inner = serverFor(traffic);
  const outer = serverFor(traffic);
  const open = new Set<Duplex>();
  outer.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (isPipelined(traffic, 'CONNECT', socket)) return;
    if (head.length > 0) socket.unshift(head);
    endRunOnError(traffic, openTunnel(traffic, request.url ?? '', socket, inner), socket);
  });
  inner.on('connect', (_, socket: Duplex) => {
    traffic.accounts.deny('CONNECT', placeOf(traffic, socket), 'nested');
    socket.end(rawDenial('nested'));
  });
  outer.on('connection', (socket: Duplex) =>
    open.add(socket.on('close', () => open.delete(socket))),
  );
  outer.maxConnections = egressConnectionsMax;
  const path = `${settings.folder}/proxy.sock`;
  mkdirSync(settings.folder, { mode: 0o700 });
  await new Promise<void>((resolve, reject) => outer.once('error', reject).listen(path, resolve));
  for (const end of ['error', 'close'])
    outer.on(end, () => closed.signal.aborted || traffic.fail());
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      closed.abort();
      outer.close(() => resolve());
      for (const socket of open) socket.destroy();
      traffic.upstream.close();
    });
  return { counts: traffic.accounts.counts, ...trustOf(traffic), failed: failed.signal, close };
}

function trafficOf(settings: EgressSettings, closed: AbortSignal, fail: () => void): Traffic {
  const opened = settings.rules.egress.filter(
    ({ mode, scheme }) => scheme === 'tcp' || (scheme === 'https' && mode === 'intercept'),
  );
  const hosts = [...new Set(opened.map(({ host }) => host))];
  return {
    ...settings,
    redaction: redactionOf(settings.known),
    accounts: new Accounts(settings, closed, fail),
    upstream: openUpstream(settings),
    authority:
      hosts.length === 0 && settings.rules.asks === undefined
        ? undefined
        : makeAuthority(settings.rules.asks === undefined ? hosts : undefined, new Date()),
    contexts: new Map(),
    tunnels: new WeakMap(),
    busy: new WeakSet(),
    fail,
  };
}

// Clients of hosts in tunnel mode see the host's own certificate. So the bundle for such clients
// has the system's certificate authorities as well.
function trustOf({
  authorities = [],
  authority,
  rules,
  services,
}: Traffic): Pick<EgressProxy, 'files' | 'env'> {
  if (rules.egress.length === 0 && services === undefined) return { files: [], env: {} };
  const others = rules.egress.some(({ mode }) => mode === 'tunnel')
    ? [...systemAuthorities(), ...authorities]
    : [];
  const bundle = Buffer.from([authority?.certificate ?? '', ...others].join('\n'));
  const files: SandboxFile[] =
    bundle.length === 0 ? [] : [{ path: bundlePath, mode: '444', bytes: bundle }];
  return { files, env: proxyEnvironment(forwarderPort, files.length > 0) };
}

function serverFor(traffic: Traffic): Server {
  const timeout = egressIdleSecondsMax * 1000;
  const server = createServer({
    maxHeaderSize: egressHeaderBytesMax,
    insecureHTTPParser: false,
    requireHostHeader: false,
    headersTimeout: timeout,
    requestTimeout: 0,
    keepAliveTimeout: timeout,
  });
  // Every connection needs an error handler: an unhandled error would end the runner.
  server.on('connection', (socket: Duplex) => socket.on('error', () => socket.destroy()));
  const serve = (request: IncomingMessage, response: ServerResponse, upgrades = false): void => {
    const { socket } = request;
    if (socket.destroyed || isPipelined(traffic, request.method, socket)) return;
    traffic.busy.add(socket);
    for (const end of ['finish', 'close']) response.once(end, () => traffic.busy.delete(socket));
    const asked = askedBy(traffic, request, response, upgrades);
    endRunOnError(traffic, handleRequest(traffic, asked), response);
  };
  for (const event of ['request', 'checkContinue', 'checkExpectation'])
    server.on(event, (request: IncomingMessage, response: ServerResponse) =>
      serve(request, response),
    );
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // A connection that still waits for the response to an earlier request accepts no upgrade.
    if (isPipelined(traffic, request.method, socket)) return;
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    response.once('finish', () => socket.destroySoon());
    if (head.length > 0) socket.unshift(head);
    serve(request, response, true);
  });
  // The HTTP parser rejects malformed requests (two lengths, folded lines) before the proxy gets
  // them. The audit log has a line for each rejected request, and for each failed TLS handshake.
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket: Duplex) => {
    const why = denialOfClient(code);
    if (why !== undefined) traffic.accounts.deny('', placeOf(traffic, socket), why);
    if (socket.writable && why !== 'tls-failed') socket.end(rawDenial('malformed'));
    else socket.destroy();
  });
  return server;
}

function isPipelined(traffic: Traffic, method: string | undefined, socket: Duplex): boolean {
  if (!traffic.busy.has(socket)) return false;
  traffic.accounts.deny(method ?? '', placeOf(traffic, socket), 'pipelined');
  socket.destroy();
  return true;
}

// Ends the run after an unexpected error of the proxy.
function endRunOnError(traffic: Traffic, work: Promise<void>, stream: { destroy(): void }): void {
  void work.catch(() => {
    stream.destroy();
    traffic.fail();
  });
}

// A request of HTTP/1.1, as the proxy handles it.
function askedBy(
  traffic: Traffic,
  request: IncomingMessage,
  response: ServerResponse,
  upgrades: boolean,
): SandboxRequest {
  const { method = '', rawHeaders, socket, url: target = '' } = request;
  const tunnel = traffic.tunnels.get(socket);
  return {
    method,
    target,
    headers: pairsOf(rawHeaders),
    upgrades,
    ...(tunnel === undefined ? {} : { tunnel }),
    pieces: upgrades ? Readable.from([]) : request,
    client: socket,
    isGone: () => response.destroyed,
    goOn: () => response.writeContinue(),
    refuse: (why, body) => answer(response, why, body),
    pass: (outgoing) => {
      const { decision } = outgoing;
      const own = traffic.answers?.get(`${decision.host}:${decision.port}`);
      if (own !== undefined) return own(outgoing, toolsOf(traffic), response);
      return (decision.upgrades ? forwardWebSocket : forward)(traffic, outgoing, response);
    },
  };
}

function toolsOf({ accounts, record, upstream }: Traffic): AnswerTools {
  return {
    optionsFor: upstream.optionsFor,
    countReceived: (bytes) => accounts.countReceived(bytes),
    record,
  };
}

function placeOf(
  { tunnels }: Traffic,
  socket: Duplex,
): { host: string; port: number; path: string } {
  return { host: '', port: 0, ...tunnels.get(socket), path: '' };
}

function answer(response: ServerResponse, why: Denial, body: string): void {
  // A client that hung up gets no response.
  if (response.headersSent) return void response.destroy();
  // The denial needs headers of its own, so remove the headers that were set for the host's
  // response.
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response
    .writeHead(denials[why].status, { Connection: 'close', 'Content-Type': denialType })
    .end(body);
}

// Passes a WebSocket through the egress proxy. The proxy searches each frame for secrets before the
// frame goes on, in either direction.

/**
 * Passes frames on until the client or the host ends the connection. Returns a reason when the
 * proxy ended the connection.
 */
async function forwardWebSocket(
  traffic: Traffic,
  outgoing: Outgoing,
  response: ServerResponse,
): Promise<Denial | undefined> {
  const { accounts } = traffic;
  const client = response.socket;
  if (client === null) return 'unreachable';
  const opened = await openRequest(traffic, outgoing, response);
  if (typeof opened === 'string') return opened;
  const { upstream } = opened;
  try {
    const [answer, host, head] = await new Promise<[IncomingMessage, Duplex, Buffer]>(
      (resolve, reject) => {
        upstream.on('upgrade', (...all) => resolve(all)).on('error', reject);
        upstream.on('response', () =>
          reject(Object.assign(new Error('no WebSocket'), { code: 'HPE_NO_UPGRADE' })),
        );
        upstream.end();
      },
    );
    response.setHeader('Connection', 'Upgrade').setHeader('Upgrade', 'websocket');
    passHeaders(answer, response, (text) => withoutValues(traffic, outgoing, text));
    response.flushHeaders();
    response.detachSocket(client);
    upstream.setTimeout(0);
    host.unshift(head);
    return await new Promise((resolve) => {
      const end = (why?: Denial): void => {
        for (const side of [client, host]) side.destroy();
        resolve(why);
      };
      const out = (frame: WebSocketFrame): Buffer | Denial =>
        accounts.whyLeaks('websocket', frame.payload) ??
        accounts.countSent(frame.bytes.length) ??
        frame.bytes;
      const back = ({ first, payload }: WebSocketFrame): Buffer | Denial =>
        accounts.countReceived(payload.length) ??
        serverFrame(
          first,
          Buffer.from(withoutValues(traffic, outgoing, payload.toString('latin1')), 'latin1'),
        );
      pass(client, host, out, end, 'malformed');
      pass(host, client, back, end, 'answer-malformed');
    });
  } catch (cause) {
    return denialOfFailure(cause);
  } finally {
    upstream.destroy();
  }
}

type End = (why?: Denial) => void;

function pass(
  from: Duplex,
  to: Duplex,
  judge: (frame: WebSocketFrame) => Buffer | Denial,
  end: End,
  odd: Denial,
): void {
  const how = { odd, reader: new WebSocketFrameReader(), isClient: odd === 'malformed' };
  from.on('data', (chunk: Buffer) => {
    const { parts, why } = judgeFrames(how, chunk, judge);
    if (parts.length > 0 && !to.write(Buffer.concat(parts))) from.pause();
    if (why !== undefined) end(why);
  });
  to.on('drain', () => from.resume());
  for (const event of ['end', 'error', 'close']) from.on(event, () => end());
}

function withoutValues(traffic: Traffic, { decision }: Outgoing, text: string): string {
  const filter = traffic.redaction.start();
  const shown = filter.push(text) + filter.end();
  traffic.accounts.redacted(filter.found, decision.host);
  return shown;
}
