/** The egress proxy of one run: a unix socket, default deny, every decision recorded before anything leaves. */

import { chmodSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AuditEvent } from './audit.ts';
import {
  type Authority,
  type Denial,
  denials,
  type EgressDecision,
  type EgressRules,
  judgeConnect,
  judgeRequest,
} from './egress-rules.ts';
import {
  egressConnectionsMax,
  egressHeaderBytesMax,
  egressIdleSecondsMax,
  egressRequestBytesMax,
  egressRequestsMax,
  egressResponseBytesMax,
} from './limits.ts';
import { type KnownValue, redactor, withSecret } from './placeholder.ts';

export interface EgressSettings {
  readonly socketPath: string;
  readonly rules: EgressRules;
  /** The value behind each secret of the rules. */
  readonly reveal: (name: string) => string;
  readonly record: (event: AuditEvent) => void;
}

export interface EgressProxy {
  readonly counts: { readonly allowed: number; readonly denied: number };
  close(): Promise<void>;
}

type Allowed = Extract<EgressDecision, { kind: 'allowed' }>;

interface Context extends EgressSettings {
  readonly counts: { allowed: number; denied: number; requests: number };
  readonly known: readonly KnownValue[];
  /** Where the CONNECT of a socket leads. */
  readonly tunnels: WeakMap<Duplex, Authority>;
}

/** Starts listening; only the runner and the run's forwarder can reach the socket. */
export async function startEgress(settings: EgressSettings): Promise<EgressProxy> {
  const context: Context = {
    ...settings,
    counts: { allowed: 0, denied: 0, requests: 0 },
    known: settings.rules.secrets.map(({ name, placeholder }) => ({ name, placeholder, value: settings.reveal(name) })),
    tunnels: new WeakMap(),
  };
  const open = new Set<Duplex>();
  const inner = serverFor(context);
  const outer = serverFor(context);
  outer.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const decision = judgeConnect(request.url ?? '', context.rules);
    if (decision.kind === 'denied') {
      recordDenied(context, { ...decision, path: '' }, 'CONNECT');
      socket.end(`HTTP/1.1 ${denials[decision.why].status} Denied\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    context.tunnels.set(socket, { host: decision.host, port: decision.port });
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    inner.emit('connection', socket);
  });
  outer.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => socket.destroy());
  });
  outer.maxConnections = egressConnectionsMax;
  await new Promise<void>((resolve, reject) => outer.once('error', reject).listen(settings.socketPath, resolve));
  chmodSync(settings.socketPath, 0o666);
  return {
    counts: context.counts,
    close: () =>
      new Promise((resolve) => {
        outer.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function serverFor(context: Context): Server {
  const server = createServer({
    maxHeaderSize: egressHeaderBytesMax,
    insecureHTTPParser: false,
    requireHostHeader: false,
    headersTimeout: egressIdleSecondsMax * 1000,
    requestTimeout: egressIdleSecondsMax * 1000,
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    handle(context, request, response).catch(() => response.destroy());
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const { host, port } = context.tunnels.get(socket) ?? { host: '', port: 0 };
    if (error.code?.startsWith('HPE_')) recordDenied(context, { kind: 'denied', why: 'malformed', host, port, path: '' }, '');
    if (socket.writable) socket.end('HTTP/1.1 400 Denied\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  return server;
}

async function handle(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? '';
  const headers = pairs(request.rawHeaders);
  const tunnel = context.tunnels.get(request.socket);
  const decision = judgeRequest(
    { method, target: request.url ?? '', headers, ...(tunnel === undefined ? {} : { tunnel }) },
    context.rules,
  );
  context.counts.requests++;
  if (context.counts.requests > egressRequestsMax) {
    // Recorded once: the log has a limit too.
    if (context.counts.requests === egressRequestsMax + 1)
      recordDenied(context, { ...decision, kind: 'denied', why: 'too_many' }, method);
    return answerDenied(response, 'too_many');
  }
  if (decision.kind === 'denied') {
    recordDenied(context, decision, method);
    return answerDenied(response, decision.why);
  }
  const body = await readBody(request);
  const why =
    body === undefined
      ? 'too_large'
      : context.known.some(({ placeholder }) => body.includes(placeholder))
        ? 'secret_unbound'
        : undefined;
  if (body === undefined || why !== undefined) {
    recordDenied(context, { ...decision, kind: 'denied', why: why ?? 'too_large' }, method);
    return answerDenied(response, why ?? 'too_large');
  }
  const { host, port, path } = decision;
  context.record({
    event: 'egress',
    decision: 'allowed',
    why: 'approved',
    method,
    host,
    port,
    path,
    secrets: decision.secrets.map((one) => one.name),
  });
  context.counts.allowed++;
  await forward(context, { decision, method, headers, body }, response);
}

interface Outgoing {
  readonly decision: Allowed;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

function forward(context: Context, outgoing: Outgoing, response: ServerResponse): Promise<void> {
  const { decision, method, body } = outgoing;
  return new Promise((resolve) => {
    const fail = (why: Denial): void => {
      recordDenied(context, { ...decision, kind: 'denied', why }, method);
      if (response.headersSent) response.destroy();
      else answerDenied(response, why);
      resolve();
    };
    const upstream = httpRequest({
      host: decision.pinned.address,
      port: decision.pinned.port,
      method,
      path: decision.target,
      headers: upstreamHeaders(context, outgoing).flat(),
      agent: false,
      setHost: false,
      timeout: egressIdleSecondsMax * 1000,
    });
    upstream.on('timeout', () => upstream.destroy(new Error('timeout')));
    upstream.on('error', () => fail('unreachable'));
    upstream.on('response', (answer) => {
      if (context.known.length > 0 && !['', 'identity'].includes(answer.headers['content-encoding'] ?? '')) {
        answer.destroy();
        return fail('answer_encoded');
      }
      passBack(context, decision.host, answer, response, fail).then(resolve, () => fail('unreachable'));
    });
    response.on('close', () => upstream.destroy());
    upstream.end(body);
  });
}

// Hop by hop (RFC 9110 §7.6.1), or ours to say.
const notForwarded = new Set(
  'connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade host content-length accept-encoding expect'.split(
    ' ',
  ),
);

function upstreamHeaders(context: Context, { decision, headers, body, method }: Outgoing): [string, string][] {
  const named = new Set(
    headers.filter(([name]) => name.toLowerCase() === 'connection').flatMap(([, value]) => value.toLowerCase().split(/\s*,\s*/)),
  );
  const kept = headers.filter(([name]) => !notForwarded.has(name.toLowerCase()) && !named.has(name.toLowerCase()));
  // A part of an answer could carry a part of a secret that no redactor knows.
  const whole = decision.secrets.length === 0 ? kept : kept.filter(([name]) => !/^(if-)?range$/i.test(name));
  const injected = whole.map(([name, value]): [string, string] => [
    name,
    decision.secrets.reduce((text, secret) => withSecret(text, secret, context.reveal(secret.name)), value),
  ]);
  return [
    ['Host', decision.port === 80 ? decision.host : `${decision.host}:${decision.port}`],
    ...injected,
    ['Accept-Encoding', 'identity'],
    ['Connection', 'close'],
    ...(body.length > 0 || !['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(method)
      ? [['Content-Length', String(body.length)] as [string, string]]
      : []),
  ];
}

async function passBack(
  context: Context,
  host: string,
  answer: IncomingMessage,
  response: ServerResponse,
  fail: (why: Denial) => void,
): Promise<void> {
  const found = new Set<string>();
  const clean = (text: string): string => {
    const filter = redactor(context.known);
    const out = filter.push(text) + filter.end();
    for (const name of filter.found) found.add(name);
    return out;
  };
  const headers = pairs(answer.rawHeaders).filter(([name]) => !notForwarded.has(name.toLowerCase()));
  response.writeHead(
    answer.statusCode ?? 502,
    headers.flatMap(([name, value]) => [clean(name), clean(value)]),
  );
  const filter = redactor(context.known);
  let bytes = 0;
  for await (const chunk of answer) {
    bytes += (chunk as Buffer).length;
    if (bytes > egressResponseBytesMax) return fail('answer_too_large');
    const part =
      context.known.length === 0 ? (chunk as Buffer) : Buffer.from(filter.push((chunk as Buffer).toString('latin1')), 'latin1');
    if (!response.write(part)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
    if (response.destroyed) break;
  }
  if (!answer.complete && !response.destroyed) return fail('unreachable');
  response.end(Buffer.from(filter.end(), 'latin1'));
  for (const secret of new Set([...found, ...filter.found])) context.record({ event: 'redacted', secret, host });
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes > egressRequestBytesMax) return undefined;
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

function recordDenied(
  context: Context,
  decision: { host: string; port: number; path: string; why: Denial; kind: string },
  method: string,
): void {
  const { host, port, path, why } = decision;
  context.counts.denied++;
  // The placeholder itself says nothing, but a path with it is not repeated.
  const shown = context.known.some(({ placeholder }) => path.includes(placeholder)) ? '' : path;
  context.record({ event: 'egress', decision: 'denied', why, method, host, port, path: shown, secrets: [] });
}

function answerDenied(response: ServerResponse, why: Denial): void {
  const { status, means } = denials[why];
  const text = `skillgate: denied, ${why}: ${means}\n`;
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    Connection: 'close',
  });
  response.end(text);
}

function pairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i] ?? '', raw[2 * i + 1] ?? '']);
}
