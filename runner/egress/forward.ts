/**
 * Sends an allowed request, with its secrets, to the requested host. Returns the host's response,
 * in which placeholders replace the secrets.
 */

import { randomUUID } from 'node:crypto';
import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { Writable } from 'node:stream';
import { type Denial, denialOfFailure, denials } from '../../skills-index/run/egress/denial.ts';
import type { Allowed } from '../../skills-index/run/egress/egress-judge.ts';
import {
  type FilledRequest,
  headersToSandbox,
  isPacked,
  type ReadRequest,
  requestToHost,
} from '../../skills-index/run/egress/forwarded-headers.ts';
import { type BoundPlaceholder, isInBody } from '../../skills-index/run/egress/secret-use.ts';
import type { Redaction } from '../../skills-index/run/leaks/redaction.ts';
import type { Traffic } from './traffic.ts';
import { unpack } from './unpack.ts';

/**
 * Seconds until a host begins its response, and seconds between two pieces of the response. A
 * language model may answer slowly.
 */
export const egressAnswerSecondsMax = 600;

const egressResponseBytesMax = 64 * 1024 * 1024;

/** The highest number of bytes in a body that has to be seen whole. */
const egressWholeBytesMax = 8 * 1024 * 1024;

/**
 * Pieces in which one request body may arrive, besides one for each KiB: the leak detector searches
 * each piece, however small the piece is.
 */
const egressPiecesMax = 20_000;

export interface Outgoing extends ReadRequest {
  readonly body: RequestBody;
}

/**
 * Sends a request to its host and passes the response to the client. Returns a reason when the
 * proxy cut the request or the response short.
 */
export async function forward(
  traffic: Traffic,
  outgoing: Outgoing,
  response: ServerResponse,
): Promise<Denial | undefined> {
  const opened = await openRequest(traffic, outgoing, response);
  if (typeof opened === 'string') return opened;
  const { held, upstream } = opened;
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    upstream.on('error', reject).on('response', resolve),
  );
  const sent = sendBody(upstream, outgoing.body, held);
  try {
    const why = await passBack(traffic, await answered, outgoing.decision.host, response);
    return (await sent) ?? why;
  } catch (cause) {
    // Retry when the host had closed a kept-alive connection: the host has not processed the
    // request (RFC 9110 §9.2.2).
    const isStale =
      upstream.reusedSocket &&
      !response.headersSent &&
      outgoing.body.ended &&
      /^(GET|HEAD)$/.test(outgoing.method);
    if (isStale && (cause as NodeJS.ErrnoException).code === 'ECONNRESET')
      return forward(traffic, outgoing, response);
    return outgoing.body.why ?? denialOfFailure(cause);
  }
}

/**
 * Opens the request to the host. The caller ends the request.
 * @returns the read part of the body as well, with its secrets
 */
export async function openRequest(
  traffic: Traffic,
  outgoing: Outgoing,
  response: ServerResponse,
): Promise<{ readonly upstream: ClientRequest; readonly held: Buffer } | Denial> {
  const filled = await fillRequest(traffic, outgoing);
  if (typeof filled === 'string') return filled;
  // The client may have hung up while a service made a token.
  if (response.destroyed) return 'unreachable';
  const { headers, held, target } = filled;
  const upstream = httpRequest({
    ...traffic.upstream.optionsFor(outgoing.decision),
    method: outgoing.method,
    path: target,
    headers: headers.flat(),
    timeout: egressAnswerSecondsMax * 1000,
  });
  upstream.on('timeout', () => upstream.destroy(new Error('timeout')));
  response.once('close', () => response.writableFinished || upstream.destroy());
  return { upstream, held };
}

/**
 * The request for the host, with its secrets; or why it must not leave, as where a service makes no
 * token.
 */
export async function fillRequest(
  traffic: Traffic,
  outgoing: Outgoing,
): Promise<FilledRequest | Denial> {
  const values = new Map<string, string>();
  try {
    for (const { name } of [...outgoing.decision.secrets, ...(outgoing.inBody ?? [])])
      values.set(name, await traffic.reveal(name));
  } catch (cause) {
    return denialOfFailure(cause);
  }
  // Build the redaction before opening the request: when building fails, the host has received
  // nothing.
  traffic.redaction.start();
  const filled = requestToHost(
    outgoing,
    (name) => values.get(name) ?? '',
    new Date(),
    traffic.rules.secrets.length > 0,
  );
  return filled ?? 'secret-unbound';
}

// Sends the body and never rejects: the request's `error` event reports a broken connection.
export async function sendBody(
  upstream: Writable,
  body: RequestBody,
  held: Buffer,
): Promise<Denial | undefined> {
  if (body.ended) {
    upstream.end(held);
    return undefined;
  }
  upstream.write(held);
  while (!upstream.destroyed) {
    const piece = await body.next();
    if (piece === undefined) break;
    if (!upstream.write(piece)) await untilEvent(upstream, 'drain');
  }
  // The host must not act on an incomplete body, so end the request only after the whole body.
  if (body.ended && body.why === undefined) upstream.end();
  else upstream.destroy();
  return body.why;
}

/** Waits until a stream takes more, has more to read, or has closed. */
export function untilEvent(stream: Writable, event: 'drain' | 'readable'): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off(event, done).off('close', done);
      resolve();
    };
    if (stream.destroyed) done();
    else stream.once(event, done).once('close', done);
  });
}

async function passBack(
  traffic: Traffic,
  answer: IncomingMessage,
  host: string,
  response: ServerResponse,
): Promise<Denial | undefined> {
  const { redaction } = traffic;
  if (!redaction.isEmpty && isPacked(answer.headers)) {
    answer.destroy();
    return 'answer-encoded';
  }
  const redactor = redactorFor(redaction, answer.headers['content-type']);
  try {
    const { 'content-length': length } = answer.headers;
    // A placeholder and its secret differ in length, so the response's Content-Length would be
    // wrong after the redaction.
    if (length !== undefined && (redaction.isEmpty || response.req.method === 'HEAD'))
      response.setHeader('Content-Length', length);
    passHeaders(answer, response, redactor.text);
    const why = await passBody(traffic, answer, redactor, response);
    if (why !== undefined) return why;
    if (!answer.complete) return 'unreachable';
    response.end(redactor.end());
    return undefined;
  } finally {
    traffic.accounts.redacted(redactor.found, host);
  }
}

function lengthOf(body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return length;
}

/** The flag of a message in which no secret can be found, whatever the headers say. */
const compressed = 1;
const packed: Denial = 'answer-encoded';

/** Replaces the secrets in the body of an answer. */
interface BodyRedactor {
  /** Replaces the secrets in a text of its own, such as a header. */
  text(whole: string): string;
  push(chunk: Buffer): Buffer;
  end(): Buffer;
  /** Bytes of a message that is not whole yet. */
  readonly kept: number;
  readonly found: ReadonlySet<string>;
}

/**
 * A redactor keeps the end of a body back, where a value may begin. In a stream of events or of
 * gRPC messages that end could be waited for, so each line or message is searched apart.
 * @param type the value of `Content-Type`
 */
export function redactorFor(redaction: Redaction, type = ''): BodyRedactor {
  const filter = redaction.start();
  const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
  const text = (whole: string): string => filter.push(whole) + filter.end();
  const lines = (chunk: Buffer): Buffer => {
    const end = chunk.lastIndexOf('\n') + 1;
    const whole = end === 0 ? '' : text(chunk.toString('latin1', 0, end));
    return bytes(whole + filter.push(chunk.toString('latin1', end)));
  };
  let kept: Buffer[] = [];
  let size = 0;
  let wanted = 5;
  // A message begins with a flag and its length (gRPC over HTTP/2, Length-Prefixed-Message).
  const messages = (chunk: Buffer): Buffer => {
    kept.push(chunk);
    size += chunk.length;
    if (size < wanted) return Buffer.alloc(0);
    const all = Buffer.concat(kept);
    const out: Buffer[] = [];
    let at = 0;
    for (wanted = 5; all.length - at >= wanted; ) {
      const end = at + 5 + all.readUInt32BE(at + 1);
      wanted = end - at;
      if (all.length < end) break;
      if (((all[at] ?? 0) & compressed) !== 0)
        throw Object.assign(new Error(denials[packed].means), { code: packed });
      const body = bytes(end === at + 5 ? '' : text(all.toString('latin1', at + 5, end)));
      out.push(all.subarray(at, at + 1), lengthOf(body), body);
      at = end;
      wanted = 5;
    }
    kept = [all.subarray(at)];
    size = all.length - at;
    return Buffer.concat(out);
  };
  const isFramed = /^application\/(grpc(?!-web-text)|connect\+)/i.test(type);
  const plain = (chunk: Buffer): Buffer => bytes(filter.push(chunk.toString('latin1')));
  const push = isFramed ? messages : /^text\/event-stream/i.test(type) ? lines : plain;
  return {
    text,
    push: redaction.isEmpty ? (chunk) => chunk : push,
    end: () => bytes(text(Buffer.concat(kept).toString('latin1'))),
    found: filter.found,
    get kept() {
      return size;
    },
  };
}

/** Passes the body of an answer on, and returns why it was cut short. */
export async function passBody(
  { accounts }: Traffic,
  answer: AsyncIterable<Buffer>,
  redactor: BodyRedactor,
  to: Writable,
): Promise<Denial | undefined> {
  let left = egressResponseBytesMax;
  let kept = 0;
  try {
    for await (const chunk of answer) {
      left -= chunk.length;
      const part = redactor.push(chunk);
      const why =
        (left < 0 ? 'answer-too-large' : accounts.countReceived(chunk.length)) ??
        (redactor.kept > kept ? accounts.countBuffered(redactor.kept - kept) : undefined);
      if (redactor.kept < kept) accounts.countBuffered(redactor.kept - kept);
      kept = redactor.kept;
      if (why !== undefined) return why;
      if (!to.write(part)) await untilEvent(to, 'drain');
    }
    return undefined;
  } finally {
    accounts.countBuffered(-kept);
  }
}

/** Passes status and headers of a response to the client, without hop-by-hop headers. */
export function passHeaders(
  answer: IncomingMessage,
  response: ServerResponse,
  shown: (text: string) => string,
): void {
  for (const [name, value] of headersToSandbox(answer.rawHeaders))
    response.appendHeader(shown(name), shown(value));
  response.writeHead(answer.statusCode ?? 502);
}

// Reads the body of a request. The proxy counts each piece of the body and searches each piece for
// secrets before the piece can leave.

/**
 * Bytes that the proxy keeps from the end of a body: more than the longest encoding of a secret. A
 * program may split one secret over several small bodies.
 */
const lastBytes = 1_024;

export class RequestBody {
  /** The reason why the rest of the body must not leave; undefined while the body is allowed. */
  why: Denial | undefined;
  /** Whether the proxy has read the whole body. */
  ended = false;
  /** Whether the client hung up, or sent a malformed body. */
  broken = false;
  readonly #traffic: Traffic;
  readonly #inBody: readonly string[];
  readonly #forBody: readonly BoundPlaceholder[];
  readonly #allowed: readonly string[];
  readonly #channel = `body ${randomUUID()}`;
  readonly #pieces: AsyncIterator<Buffer>;
  // One growing block keeps the body: even a body that arrives byte by byte takes no more memory
  // than about twice its bytes.
  #block = Buffer.alloc(0);
  #last = Buffer.alloc(0);
  #size = 0;
  #count = 0;
  #held = 0;

  /**
   * @param inBody the names of the secrets whose placeholders the body may contain anywhere
   * @param forBody the secrets whose placeholders it may contain in one place
   */
  constructor(
    traffic: Traffic,
    pieces: AsyncIterable<Buffer>,
    { inBody, forBody }: Pick<Allowed, 'inBody' | 'forBody'>,
  ) {
    this.#traffic = traffic;
    this.#inBody = inBody;
    this.#forBody = forBody;
    this.#allowed = [...inBody, ...forBody.map(({ name }) => name)];
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /**
   * Reads until the body ends, `bytesMax` bytes are buffered, or a piece of the body is denied.
   * Returns all buffered bytes.
   */
  async readAhead(bytesMax: number): Promise<Buffer> {
    while (this.#held < bytesMax) {
      const piece = await this.next();
      if (piece === undefined) break;
      const end = this.#held + piece.length;
      if (end > egressWholeBytesMax) {
        this.why = 'too-large';
        break;
      }
      if (end > this.#block.length)
        this.#block = Buffer.concat(
          [this.#block.subarray(0, this.#held)],
          Math.max(2 * this.#block.length, end),
        );
      piece.copy(this.#block, this.#held);
      this.#held = end;
      this.why = this.#traffic.accounts.countBuffered(piece.length);
    }
    return this.held;
  }

  get held(): Buffer {
    return this.#block.subarray(0, this.#held);
  }

  release(): void {
    this.#traffic.accounts.countBuffered(-this.#held);
    this.#traffic.leaks.forget(this.#channel);
  }

  /**
   * Finds the secrets whose placeholders stand in a whole body as they may. Any other placeholder
   * denies the body.
   */
  placed(): BoundPlaceholder[] {
    let rest = this.held.toString('latin1');
    const found = this.#forBody.filter((one) => isInBody(rest, one));
    for (const { placeholder } of found) rest = rest.replace(placeholder, '');
    this.why ??= this.#traffic.accounts.whyLeaks(
      `${this.#channel} rest`,
      Buffer.from(rest, 'latin1'),
      this.#inBody,
    );
    return found;
  }

  /** Decompresses a whole body and searches the decompressed content for secrets. */
  searchUnpacked(body: Buffer, coding: string): void {
    const bytes = unpack(body, coding);
    this.why =
      bytes === undefined ? 'request-encoded' : this.#whyLeaks(`${this.#channel} unpacked`, bytes);
  }

  /**
   * Returns the next piece of the body that may leave; undefined at the body's end, or when a piece
   * is denied.
   */
  async next(): Promise<Buffer | undefined> {
    if (this.why !== undefined || this.ended || this.broken) return undefined;
    const piece = await this.#pieces.next().catch(() => undefined);
    this.broken = piece === undefined;
    this.ended = piece?.done === true;
    // A program may split a secret: the first part ends this body, and the rest begins the next
    // body.
    if (this.ended) this.why = this.#whyLeaks('bodies', this.#last);
    if (piece === undefined || piece.done) return undefined;
    this.why = this.#judge(piece.value);
    return this.why === undefined ? piece.value : undefined;
  }

  #judge(piece: Buffer): Denial | undefined {
    this.#size += piece.length;
    if (++this.#count > egressPiecesMax + this.#size / 1024) return 'malformed';
    this.#last = Buffer.concat([this.#last, piece.subarray(-lastBytes)]).subarray(-lastBytes);
    return this.#whyLeaks(this.#channel, piece) ?? this.#traffic.accounts.countSent(piece.length);
  }

  #whyLeaks(channel: string, bytes: Uint8Array): Denial | undefined {
    return this.#traffic.accounts.whyLeaks(channel, bytes, this.#allowed);
  }
}
