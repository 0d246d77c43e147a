/** Sends an allowed request to its host with its secrets, piece by piece, and gives the answer back without them. */
import { type ClientRequest, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Denial } from '../../skills-index/run/denial.ts';
import { type Allowed, readName, type SentHeaders } from '../../skills-index/run/egress-judge.ts';
import { applySecret, echoedParts } from '../../skills-index/run/secret-use.ts';
import type { Traffic } from '../egress.ts';
import { egressIdleSecondsMax, egressResponseBytesMax } from '../limits.ts';
import { type KnownValue, redactor } from '../secrets/placeholder.ts';
import type { RequestBody } from './request-body.ts';
import { denialOf } from './upstream.ts';

export interface Outgoing {
  readonly decision: Allowed;
  readonly method: string;
  readonly headers: SentHeaders;
  readonly body: RequestBody;
  /** What of the body was read: all of it, or as much as is held. */
  readonly held: Buffer;
}

/** Gives a reason when it could not be done to the end. */
export async function forward(traffic: Traffic, outgoing: Outgoing, response: ServerResponse): Promise<Denial | undefined> {
  const upstream = openRequest(traffic, outgoing, response);
  if (upstream === undefined) return 'secret-unbound';
  const answered = new Promise<IncomingMessage>((resolve, reject) => upstream.on('error', reject).on('response', resolve));
  const sent = sendBody(upstream, outgoing);
  try {
    const why = await passBack(traffic, await answered, outgoing.decision.host, response);
    return (await sent) ?? why;
  } catch (cause) {
    // A kept connection that the host had closed already (RFC 9110 §9.2.2): nothing was done yet.
    const isStale = upstream.reusedSocket && !response.headersSent && outgoing.body.ended && /^(GET|HEAD)$/.test(outgoing.method);
    if (isStale && (cause as NodeJS.ErrnoException).code === 'ECONNRESET') return forward(traffic, outgoing, response);
    return outgoing.body.why ?? denialOf(cause as NodeJS.ErrnoException);
  }
}

/** The request as it leaves, not ended. It ends with whoever wants the answer. */
export function openRequest(traffic: Traffic, outgoing: Outgoing, response: ServerResponse): ClientRequest | undefined {
  const headers = upstreamHeaders(traffic, outgoing);
  if (headers === undefined) return undefined;
  const upstream = httpRequest({
    ...traffic.upstream.optionsFor(outgoing.decision),
    method: outgoing.method,
    path: outgoing.decision.target,
    headers: headers.flat(),
    timeout: egressIdleSecondsMax * 1000,
  });
  upstream.on('timeout', () => upstream.destroy(new Error('timeout')));
  response.once('close', () => response.writableFinished || upstream.destroy());
  return upstream;
}

// Never rejects: a connection that broke is told by the request's `error`.
async function sendBody(upstream: ClientRequest, { body, held }: Outgoing): Promise<Denial | undefined> {
  if (body.ended) {
    upstream.end(held);
    return undefined;
  }
  upstream.write(held);
  while (!upstream.destroyed) {
    const piece = await body.next();
    if (piece === undefined) break;
    if (!upstream.write(piece)) await drained(upstream);
  }
  // Without its end it is no request.
  if (body.ended) upstream.end();
  else upstream.destroy();
  return body.why;
}

async function drained(stream: ClientRequest | ServerResponse): Promise<void> {
  if (!stream.destroyed) await new Promise((resolve) => stream.once('drain', resolve).once('close', resolve));
}

// Hop by hop (RFC 9110 §7.6.1), or ours to say.
const notForwarded =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|http2-settings|host|content-length|accept-encoding|expect|sec-websocket-extensions)$/;
// Some servers let these say another method or path than the one that was judged.
const saysOtherwise = /^x-((http-)?method(-override)?|original-(url|uri|method)|rewrite-(url|uri)|override-url)$/;
// A part of an answer could carry a part of a secret that no redactor knows.
const asksForPart = /^(if-)?range$/;

// Undefined for what cannot be signed.
function upstreamHeaders({ reveal }: Traffic, { body, decision, headers, held, method }: Outgoing): SentHeaders | undefined {
  const { host, port, scheme, secrets, target, upgrades } = decision;
  const hop = headers
    .filter(([name]) => readName(name) === 'connection')
    .flatMap(([, value]) => value.split(',').map((one) => readName(one.trim())));
  const dropped = [notForwarded, saysOtherwise, ...(secrets.length > 0 ? [asksForPart] : [])];
  const kept = headers.filter(([name]) => !dropped.some((one) => one.test(readName(name))) && !hop.includes(readName(name)));
  const said = headers.find(([name]) => readName(name) === 'content-length')?.[1];
  const length = body.ended && (held.length > 0 || said !== undefined) ? String(held.length) : said;
  const isChunked = !body.ended && length === undefined;
  const sent: SentHeaders = [
    ['Host', port === { http: 80, https: 443 }[scheme] ? host : `${host}:${port}`],
    ...kept,
    ['Accept-Encoding', 'identity'],
    ...(upgrades
      ? ([
          ['Connection', 'Upgrade'],
          ['Upgrade', 'websocket'],
        ] as const)
      : ([['Connection', 'keep-alive']] as const)),
    ...(isChunked ? [['Transfer-Encoding', 'chunked'] as const] : []),
    ...(length === undefined ? [] : [['Content-Length', length] as const]),
  ];
  return secrets.reduce<SentHeaders | undefined>(
    (all, secret) =>
      all && applySecret(secret, reveal(secret.name), { method, target, headers: all, body: held, now: new Date() }),
    sent,
  );
}

/** All secrets of the run: an answer may hold any of them. */
export function knownValues({ reveal, rules }: Traffic): readonly KnownValue[] {
  return rules.secrets.flatMap(({ as, name, placeholder }) =>
    echoedParts({ as }, reveal(name)).map((value) => ({ name, placeholder, value })),
  );
}

async function passBack(
  traffic: Traffic,
  answer: IncomingMessage,
  host: string,
  response: ServerResponse,
): Promise<Denial | undefined> {
  const values = knownValues(traffic);
  if (values.length > 0 && isPacked(answer)) {
    answer.destroy();
    return 'answer-encoded';
  }
  const filter = redactor(values);
  try {
    const { 'content-length': length } = answer.headers;
    // What is replaced may be longer or shorter.
    if (length !== undefined && (values.length === 0 || response.req.method === 'HEAD'))
      response.setHeader('Content-Length', length);
    passHeaders(answer, response, (text) => filter.push(text) + filter.end());
    let left = egressResponseBytesMax;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      left -= chunk.length;
      if (left < 0) return 'answer-too-large';
      const why = traffic.accounts.receive(chunk.length);
      if (why !== undefined) return why;
      const part = values.length === 0 ? chunk : Buffer.from(filter.push(chunk.toString('latin1')), 'latin1');
      if (!response.write(part)) await drained(response);
    }
    if (!answer.complete) return 'unreachable';
    response.end(Buffer.from(filter.end(), 'latin1'));
    return undefined;
  } finally {
    traffic.accounts.redacted(filter.found, host);
  }
}

/** Status and headers but for those of the hop. */
export function passHeaders(answer: IncomingMessage, response: ServerResponse, shown: (text: string) => string): void {
  for (let i = 0; i < answer.rawHeaders.length; i += 2) {
    const [name = '', value = ''] = answer.rawHeaders.slice(i, i + 2);
    if (!notForwarded.test(name.toLowerCase())) response.appendHeader(shown(name), shown(value));
  }
  response.writeHead(answer.statusCode ?? 502);
}

// What is coded in any way but in chunks (RFC 9112 §7) is not read here.
function isPacked({ headers }: IncomingMessage): boolean {
  const { 'content-encoding': content = '', 'transfer-encoding': transfer = '' } = headers;
  return !['', 'identity'].includes(content.toLowerCase()) || !['', 'chunked'].includes(transfer.toLowerCase());
}
