/** Sends an allowed request to the pinned address with its secrets, and gives the answer back without them. */
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Denial } from '../../skills-index/run/denial.ts';
import type { EgressSettings } from '../egress.ts';
import { egressIdleSecondsMax, egressResponseBytesMax } from '../limits.ts';
import { type KnownValue, redactor, withSecret } from '../secrets/placeholder.ts';
import { type Allowed, headerOf, type SentHeaders } from './rules.ts';

export interface Outgoing extends Pick<EgressSettings, 'record' | 'reveal' | 'rules'> {
  readonly decision: Allowed;
  readonly method: string;
  readonly headers: SentHeaders;
  readonly body: Buffer;
}

/** Gives a reason when it could not be done to the end. */
export async function forward(outgoing: Outgoing, response: ServerResponse): Promise<Denial | undefined> {
  const { decision, record, reveal, rules } = outgoing;
  // All secrets of the run: an answer may hold any of them.
  const values = rules.secrets.map(({ name, placeholder }) => ({ name, placeholder, value: reveal(name) }));
  try {
    const answer = await send(outgoing, response);
    if (values.length > 0 && isPacked(answer)) {
      answer.destroy();
      return 'answer-encoded';
    }
    const { why, found } = await passBack(answer, response, values);
    for (const secret of found) record({ event: 'redacted', secret, host: decision.host });
    return why;
  } catch {
    return 'unreachable';
  }
}

// What is coded in any way but in chunks (RFC 9112 §7) is not read here.
function isPacked({ headers }: IncomingMessage): boolean {
  const { 'content-encoding': content = '', 'transfer-encoding': transfer = '' } = headers;
  return !['', 'identity'].includes(content.toLowerCase()) || !['', 'chunked'].includes(transfer.toLowerCase());
}

function send(outgoing: Outgoing, response: ServerResponse): Promise<IncomingMessage> {
  const { decision, method, body } = outgoing;
  return new Promise((resolve, reject) => {
    const upstream = httpRequest({
      host: decision.pinned.address,
      port: decision.pinned.port,
      method,
      path: decision.target,
      headers: upstreamHeaders(outgoing).flat(),
      agent: false,
      setHost: false,
      timeout: egressIdleSecondsMax * 1000,
    });
    upstream.on('timeout', () => upstream.destroy(new Error('timeout')));
    upstream.on('error', reject).on('response', resolve);
    response.on('close', () => upstream.destroy());
    upstream.end(body);
  });
}

// Hop by hop (RFC 9110 §7.6.1), or ours to say.
const notForwarded =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|content-length|accept-encoding|expect)$/i;
// Some servers let these say another method or path than the one that was judged.
const saysOtherwise =
  /^x[-_]((http[-_])?method([-_]override)?|original[-_](url|uri|method)|rewrite[-_](url|uri)|override[-_]url)$/i;
// A part of an answer could carry a part of a secret that no redactor knows.
const asksForPart = /^(if-)?range$/i;

function upstreamHeaders({ body, decision, headers, reveal }: Outgoing): SentHeaders {
  const { host, port, secrets } = decision;
  const hop = headers.filter(([name]) => /^connection$/i.test(name)).flatMap(([, value]) => value.toLowerCase().split(/\s*,\s*/));
  const kept = headers.filter(
    ([name]) =>
      ![notForwarded, saysOtherwise, ...(secrets.length > 0 ? [asksForPart] : [])].some((one) => one.test(name)) &&
      !hop.includes(name.toLowerCase()),
  );
  const reveals = (name: string, value: string): string =>
    secrets
      .filter((secret) => headerOf(secret) === name.toLowerCase())
      .reduce((text, secret) => withSecret(text, secret, reveal(secret.name)), value);
  return [
    ['Host', port === 80 ? host : `${host}:${port}`],
    ...kept.map(([name, value]) => [name, reveals(name, value)] as const),
    ['Accept-Encoding', 'identity'],
    ['Connection', 'close'],
    ...(body.length > 0 ? [['Content-Length', String(body.length)] as const] : []),
  ];
}

async function passBack(
  answer: IncomingMessage,
  response: ServerResponse,
  values: readonly KnownValue[],
): Promise<{ readonly why: Denial | undefined; readonly found: ReadonlySet<string> }> {
  const filter = redactor(values);
  const whole = (text: string): string => filter.push(text) + filter.end();
  for (let i = 0; i < answer.rawHeaders.length; i += 2) {
    const [name = '', value = ''] = answer.rawHeaders.slice(i, i + 2);
    if (!notForwarded.test(name)) response.appendHeader(whole(name), whole(value));
  }
  response.writeHead(answer.statusCode ?? 502);
  let left = egressResponseBytesMax;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    left -= chunk.length;
    if (left < 0) return { why: 'answer-too-large', found: filter.found };
    const part = values.length === 0 ? chunk : Buffer.from(filter.push(chunk.toString('latin1')), 'latin1');
    if (!response.write(part)) await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
  }
  response.end(Buffer.from(filter.end(), 'latin1'));
  return { why: answer.complete ? undefined : 'unreachable', found: filter.found };
}
