/** The egress proxy of one run: a unix socket, default deny, every decision recorded before anything leaves. */

import { chownSync, mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AuditEvent } from '../skills-index/run/audit-entry.ts';
import { type Denial, denials } from '../skills-index/run/denial.ts';
import { forward } from './egress/forward.ts';
import { type Authority, type EgressRules, judgeConnect, judgeRequest, type Place } from './egress/rules.ts';
import * as limits from './limits.ts';

export interface EgressSettings {
  /** Made here, for the socket `proxy.sock`. */
  readonly folder: string;
  readonly rules: EgressRules;
  /** The value behind each secret of the rules. */
  readonly reveal: (name: string) => string;
  readonly record: (event: AuditEvent) => void;
  /** Whose forwarder reaches the socket; the runner's own user where it is absent. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Called once, when the run was denied as often as it may be. */
  readonly onFlood?: () => void;
}

export interface EgressProxy {
  readonly counts: { allowed: number; denied: number };
  close(): Promise<void>;
}

interface Context extends EgressSettings {
  readonly counts: { allowed: number; denied: number };
  /** Where the CONNECT of a socket leads. */
  readonly tunnels: WeakMap<Duplex, Authority>;
  /** Sockets with a request that is not answered yet. */
  readonly busy: WeakSet<Duplex>;
  readonly bytes: { requests: number; sent: number; held: number };
}

/** Starts listening; only the runner and the run's forwarder can reach the socket. */
export async function startEgress(settings: EgressSettings): Promise<EgressProxy> {
  const own = { counts: { allowed: 0, denied: 0 }, bytes: { requests: 0, sent: 0, held: 0 } };
  const context: Context = { ...settings, ...own, tunnels: new WeakMap(), busy: new WeakSet() };
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
  inner.on('connect', (_, socket: Duplex) => {
    deny(context, 'CONNECT', { ...(context.tunnels.get(socket) ?? { host: '', port: 0 }), path: '' }, 'nested');
    socket.end(refusal(denials.nested.status));
  });
  outer.on('connection', (socket: Duplex) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
  });
  outer.maxConnections = limits.egressConnectionsMax;
  const path = `${settings.folder}/proxy.sock`;
  mkdirSync(settings.folder, { mode: 0o700 });
  await new Promise<void>((resolve, reject) => outer.once('error', reject).listen(path, resolve));
  if (settings.owner !== undefined && process.getuid?.() === 0) {
    for (const one of [path, settings.folder]) chownSync(one, settings.owner.uid, settings.owner.gid);
  }
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
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    if (socket.destroyed) return;
    if (context.busy.has(socket)) {
      deny(context, request.method ?? '', { ...(context.tunnels.get(socket) ?? { host: '', port: 0 }), path: '' }, 'pipelined');
      socket.destroy();
      return;
    }
    context.busy.add(socket);
    for (const end of ['finish', 'close']) response.once(end, () => context.busy.delete(socket));
    void handle(context, request, response).catch(() => response.destroy());
  });
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
  if (context.bytes.requests++ >= limits.egressRequestsMax) return refuse('too-many');
  const body = new HeldBody(context.bytes);
  try {
    const tooLarge = await body.read(request);
    if (tooLarge !== undefined) return refuse(tooLarge);
    if (request.socket.destroyed) return;
    const bytes = body.whole();
    if (context.rules.secrets.some(({ placeholder }) => bytes.includes(placeholder))) return refuse('secret-unbound');
    const { host, port, path } = decision;
    const secrets = decision.secrets.map((one) => one.name);
    context.record({ event: 'egress', decision: 'allowed', why: 'approved', method, host, port, path, secrets });
    context.counts.allowed++;
    const why = await forward({ ...context, decision, method, headers, body: bytes }, response);
    // Who hung up hears nothing, and was recorded.
    if (why !== undefined && !response.destroyed) refuse(why);
  } finally {
    body.release();
  }
}

/** The body of a request, counted against what one request, all at once and the whole run may have. */
class HeldBody {
  readonly #counts: Context['bytes'];
  #parts: Buffer[] = [];
  #size = 0;

  constructor(counts: Context['bytes']) {
    this.#counts = counts;
  }

  /** Why it is refused. */
  async read(request: AsyncIterable<Buffer>): Promise<Denial | undefined> {
    for await (const part of request) {
      this.#size += part.length;
      this.#counts.held += part.length;
      this.#counts.sent += part.length;
      if (this.#size > limits.egressRequestBytesMax) return 'too-large';
      if (this.#counts.held > limits.egressHeldBytesMax || this.#counts.sent > limits.egressRunBytesMax) return 'too-much';
      this.#parts.push(part);
    }
    return undefined;
  }

  whole(): Buffer {
    const whole = Buffer.concat(this.#parts);
    this.#parts = [];
    return whole;
  }

  release(): void {
    this.#counts.held -= this.#size;
    this.#parts = [];
  }
}

function deny(context: Context, method: string, { host, port, path }: Place, why: Denial): void {
  // The log has an end too.
  const denied = ++context.counts.denied;
  if (denied <= limits.egressDenialsMax)
    context.record({ event: 'egress', decision: 'denied', why, method, host, port, path, secrets: [] });
  if (denied === limits.egressDenialsMax) context.onFlood?.();
}

function answer(response: ServerResponse, why: Denial): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(denials[why].status, { Connection: 'close' }).end(`skillgate: denied, ${why}: ${denials[why].means}\n`);
}

function refusal(status: number): string {
  return `HTTP/1.1 ${status} Denied\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
}
