/**
 * HTTP/2 for clients that offer nothing else, as those of gRPC do: the same judgement for each
 * stream. The host has to speak HTTP/2 as well. Only such a connection loads this file.
 */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  createSecureServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import {
  type Denial,
  denialOfClient,
  denialOfFailure,
  denials,
  denialType,
} from '../../skills-index/run/egress/denial.ts';
import type { Tunnel } from '../../skills-index/run/egress/egress-judge.ts';
import {
  headersToSandbox,
  isPacked,
  pairsOf,
} from '../../skills-index/run/egress/forwarded-headers.ts';
import type { SentHeaders } from '../../skills-index/run/egress/secret-use.ts';
import {
  egressAnswerSecondsMax,
  fillRequest,
  type Outgoing,
  passBody,
  redactorFor,
  sendBody,
} from './forward.ts';
import { handleRequest } from './handle-request.ts';
import type { Traffic } from './traffic.ts';
import { egressIdleSecondsMax, secureTo } from './upstream.ts';

const streamsMax = 100;
const headersMax = 128;
const headerBytesMax = 32 * 1024;

interface Connection extends Tunnel {
  readonly secureContext: SecureContext;
  /** Records why the connection is denied, and ends it. */
  readonly refuse: (why: Denial) => void;
}

/** Serves the streams of one connection, each of which goes to the host of its tunnel. */
export function serveHttp2(traffic: Traffic, socket: Socket, connection: Connection): void {
  const { host, port, refuse: refuseAll, scheme, secureContext } = connection;
  const tunnel = { host, port, scheme };
  // Otherwise a client that ends without GOAWAY keeps its connection.
  socket.allowHalfOpen = false;
  const server = createSecureServer({
    SNICallback: (_, done) => done(null, secureContext),
    handshakeTimeout: egressIdleSecondsMax * 1000,
    maxHeaderListPairs: headersMax,
    settings: { maxConcurrentStreams: streamsMax, maxHeaderListSize: headerBytesMax },
  });
  const sessions = new Set<ClientHttp2Session>();
  let upstream: Promise<ClientHttp2Session> | undefined;
  const open = (outgoing: Outgoing): Promise<ClientHttp2Session> => {
    const opened = upstream ?? connectTo(traffic, outgoing);
    const forget = (): void => {
      if (upstream === opened) upstream = undefined;
    };
    if (upstream === undefined)
      opened.then((session) => {
        sessions.add(session);
        // After GOAWAY the host ends its streams, and takes no new ones.
        session.on('goaway', forget).on('close', () => {
          forget();
          sessions.delete(session);
        });
        if (socket.destroyed) session.destroy();
      }, forget);
    upstream = opened;
    return opened;
  };
  socket.on('close', () => {
    for (const session of sessions) session.destroy();
  });
  const onError = ({ code = '' }: NodeJS.ErrnoException): void => {
    const why = denialOfClient(code);
    if (why === undefined) socket.destroy();
    else refuseAll(why);
  };
  server.on('tlsClientError', onError).on('sessionError', onError);
  server.on(
    'stream',
    (stream: ServerHttp2Stream, head: IncomingHttpHeaders, _: number, raw: string[]) => {
      const method = head[':method'] ?? '';
      stream.on('error', () => stream.destroy());
      const [pseudo, headers] = parted(pairsOf(raw));
      const isGrpc = headers.some(([name, value]) => name === 'content-type' && grpc.test(value));
      void handleRequest(traffic, {
        method,
        target: pseudo.get(':path') ?? '',
        headers: [['Host', pseudo.get(':authority') ?? ''], ...headers],
        tunnel,
        pieces: stream,
        streams: isGrpc,
        client: stream,
        isGone: () => isGone(stream),
        goOn: () => stream.additionalHeaders({ ':status': 100 }),
        refuse: (why, body) => refuse(stream, why, body),
        pass: (outgoing) => passStream(traffic, outgoing, stream, open),
      }).catch(() => {
        stream.destroy();
        traffic.fail();
      });
    },
  );
  server.emit('connection', socket);
}

const grpc = /^application\/grpc/i;

function parted(pairs: readonly [string, string][]): [Map<string, string>, SentHeaders] {
  const isPseudo = ([name]: readonly [string, string]): boolean => name.startsWith(':');
  return [new Map(pairs.filter(isPseudo)), pairs.filter((one) => !isPseudo(one))];
}

function isGone(stream: ServerHttp2Stream): boolean {
  return stream.destroyed || stream.closed;
}

function refuse(stream: ServerHttp2Stream, why: Denial, body: string): void {
  if (isGone(stream)) return;
  // An answer that was cut must not look whole.
  if (stream.headersSent) return void stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  stream.respond({ ':status': denials[why].status, 'content-type': denialType });
  stream.end(body);
}

async function connectTo(traffic: Traffic, { decision }: Outgoing): Promise<ClientHttp2Session> {
  const socket = await secureTo(
    traffic,
    decision,
    ['h2'],
    await traffic.upstream.connect(decision),
  );
  if (socket.alpnProtocol !== 'h2') {
    socket.destroy();
    throw new Error('the host does not speak HTTP/2');
  }
  const session = connect(`https://${decision.host}:${decision.port}`, {
    createConnection: () => socket,
    settings: { enablePush: false },
  });
  // A stream reports the error of its session, too.
  return session.on('error', () => undefined);
}

async function passStream(
  traffic: Traffic,
  outgoing: Outgoing,
  stream: ServerHttp2Stream,
  open: (outgoing: Outgoing) => Promise<ClientHttp2Session>,
): Promise<Denial | undefined> {
  const { decision, method } = outgoing;
  if (traffic.answers?.has(`${decision.host}:${decision.port}`)) return 'host-denied';
  const filled = await fillRequest(traffic, outgoing);
  if (typeof filled === 'string') return filled;
  const headers = {
    ...headersOf(filled.headers.filter(([name]) => !ofHttp1.test(name))),
    ':method': method,
    ':path': filled.target,
    ':authority': filled.headers.find(([name]) => name === 'Host')?.[1],
    te: 'trailers',
  };
  try {
    const session = await open(outgoing);
    // The client may have hung up while the connection opened.
    if (isGone(stream)) return undefined;
    const upstream = session.request(headers, { endStream: false });
    upstream.setTimeout(egressAnswerSecondsMax * 1000, () => upstream.destroy());
    stream.on('close', () => upstream.destroy());
    const answered = new Promise<[IncomingHttpHeaders, number]>((resolve, reject) => {
      upstream.on('response', (...all: [IncomingHttpHeaders, number]) => resolve(all));
      upstream.on('error', reject).on('close', () => reject(new Error('closed')));
    });
    const sent = sendBody(upstream, outgoing.body, filled.held);
    const why = await passBack(traffic, upstream, await answered, decision.host, stream);
    return why ?? outgoing.body.why ?? (await sent);
  } catch (cause) {
    return outgoing.body.why ?? denialOfFailure(cause);
  }
}

/** Headers as Node's HTTP/2 takes them: what is there twice has a list. */
function headersOf(pairs: SentHeaders): OutgoingHttpHeaders {
  const byName = Map.groupBy(pairs, ([name]) => name.toLowerCase());
  return Object.fromEntries(
    [...byName].map(([name, all]) => [
      name,
      all.length === 1 ? all[0]?.[1] : all.map(([, value]) => value),
    ]),
  );
}

const ofHttp1 = /^(host|connection|transfer-encoding|accept-encoding)$/i;

async function passBack(
  traffic: Traffic,
  upstream: ClientHttp2Stream,
  [answer, flags]: readonly [IncomingHttpHeaders, number],
  host: string,
  stream: ServerHttp2Stream,
): Promise<Denial | undefined> {
  const { redaction } = traffic;
  if (!redaction.isEmpty && isPacked(answer)) {
    upstream.destroy();
    return 'answer-encoded';
  }
  const redactor = redactorFor(redaction, String(answer['content-type'] ?? ''));
  const shown = (headers: IncomingHttpHeaders): OutgoingHttpHeaders => {
    const pairs = Object.entries(headers).flatMap(([name, value = '']) =>
      [value].flat().flatMap((one) => [name, String(one)]),
    );
    // A placeholder and its secret differ in length.
    const isLeft = (name: string): boolean =>
      name.startsWith(':') || (name === 'content-length' && !redaction.isEmpty);
    return headersOf(
      headersToSandbox(pairs)
        .filter(([name]) => !isLeft(name))
        .map(([name, value]) => [redactor.text(name), redactor.text(value)]),
    );
  };
  try {
    // An answer that is nothing but headers: gRPC puts its status there (Trailers-Only).
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    let trailers: IncomingHttpHeaders = {};
    upstream.on('trailers', (more) => (trailers = more));
    stream.respond(
      { ...shown(answer), ':status': answer[':status'] },
      { endStream, waitForTrailers: !endStream },
    );
    const why = await passBody(traffic, upstream, redactor, stream);
    if (why !== undefined) return why;
    if (upstream.aborted || upstream.rstCode !== 0) return 'unreachable';
    const rest = redactor.end();
    const last = shown(trailers);
    stream.on('wantTrailers', () => stream.sendTrailers(last));
    stream.end(rest);
    return undefined;
  } finally {
    traffic.accounts.redacted(redactor.found, host);
  }
}
