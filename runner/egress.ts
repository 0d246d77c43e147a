/** The egress proxy of one run: a unix socket, default deny, every decision recorded before anything leaves. */
import { chmodSync, mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AuditEvent } from './audit.ts';
import { forward } from './egress-forward.ts';
import {
  type Authority,
  type Denial,
  denials,
  type EgressRules,
  judgeConnect,
  judgeRequest,
  type Place,
} from './egress-rules.ts';
import * as limits from './limits.ts';

export interface EgressSettings {
  /** Made here, for the socket `proxy.sock`. */
  readonly folder: string;
  readonly rules: EgressRules;
  /** The value behind each secret of the rules. */
  readonly reveal: (name: string) => string;
  readonly record: (event: AuditEvent) => void;
}

export interface EgressProxy {
  readonly counts: { allowed: number; denied: number };
  close(): Promise<void>;
}

interface Context extends EgressSettings {
  readonly counts: { allowed: number; denied: number };
  /** Where the CONNECT of a socket leads. */
  readonly tunnels: WeakMap<Duplex, Authority>;
}

/** Starts listening; only the runner and the run's forwarder can reach the socket. */
export async function startEgress(settings: EgressSettings): Promise<EgressProxy> {
  const context: Context = { ...settings, counts: { allowed: 0, denied: 0 }, tunnels: new WeakMap() };
  const open = new Set<Duplex>();
  const inner = serverFor(context);
  const outer = serverFor(context);
  outer.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { why, ...authority } = judgeConnect(request.url ?? '', context.rules);
    if (why !== undefined) {
      deny(context, 'CONNECT', { ...authority, path: '' }, why);
      socket.end(refusal(denials[why].status));
      return;
    }
    context.tunnels.set(socket, authority);
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    inner.emit('connection', socket);
  });
  outer.on('connection', (socket: Duplex) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
  });
  outer.maxConnections = limits.egressConnectionsMax;
  const path = `${settings.folder}/proxy.sock`;
  mkdirSync(settings.folder, { mode: 0o755 });
  await new Promise<void>((resolve, reject) => outer.once('error', reject).listen(path, resolve));
  // The folder around it keeps others away; the run's uid is another than the runner's where that is root.
  chmodSync(path, 0o666);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      outer.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
  return { counts: context.counts, close };
}

function serverFor(context: Context): Server {
  const timeout = limits.egressIdleSecondsMax * 1000;
  const parser = { maxHeaderSize: limits.egressHeaderBytesMax, insecureHTTPParser: false, requireHostHeader: false };
  const server = createServer({ ...parser, headersTimeout: timeout, requestTimeout: timeout });
  server.on('request', (request, response) => void handle(context, request, response).catch(() => response.destroy()));
  // What the parser refuses (two lengths, folded lines, TLS) never becomes a request, and is recorded all the same.
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const authority = context.tunnels.get(socket) ?? { host: '', port: 0 };
    if (error.code?.startsWith('HPE_')) deny(context, '', { ...authority, path: '' }, 'malformed');
    if (socket.writable) socket.end(refusal(400));
    else socket.destroy();
  });
  return server;
}

async function handle(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const tunnel = context.tunnels.get(request.socket);
  const { method = '', url: target = '' } = request;
  const headers = request.rawHeaders.flatMap((name, i, all): [string, string][] =>
    i % 2 === 0 ? [[name, all[i + 1] ?? '']] : [],
  );
  const decision = judgeRequest({ method, target, headers, ...(tunnel === undefined ? {} : { tunnel }) }, context.rules);
  const refuse = (why: Denial): void => {
    deny(context, method, decision, why);
    answer(response, why);
  };
  if (decision.kind === 'denied') return refuse(decision.why);
  if (context.counts.allowed >= limits.egressRequestsMax) return refuse('too-many');
  const body = await readBody(request);
  if (body === undefined) return refuse('too-large');
  if (context.rules.secrets.some(({ placeholder }) => body.includes(placeholder))) return refuse('secret-unbound');
  const { host, port, path } = decision;
  const secrets = decision.secrets.map((one) => one.name);
  context.record({ event: 'egress', decision: 'allowed', why: 'approved', method, host, port, path, secrets });
  context.counts.allowed++;
  const why = await forward({ ...context, decision, method, headers, body }, response);
  if (why !== undefined) refuse(why);
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let left = limits.egressRequestBytesMax;
  for await (const part of request as AsyncIterable<Buffer>) {
    left -= part.length;
    if (left < 0) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function deny(context: Context, method: string, { host, port, path }: Place, why: Denial): void {
  // The log has an end too.
  if (context.counts.denied++ >= limits.egressRequestsMax) return;
  context.record({ event: 'egress', decision: 'denied', why, method, host, port, path, secrets: [] });
}

function answer(response: ServerResponse, why: Denial): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(denials[why].status, { Connection: 'close' }).end(`skillgate: denied, ${why}: ${denials[why].means}\n`);
}

function refusal(status: number): string {
  return `HTTP/1.1 ${status} Denied\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
}
