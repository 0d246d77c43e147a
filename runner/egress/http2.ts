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
import { connect as connectTls, type SecureContext } from 'node:tls';
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
import { drained, fillRequest, type Outgoing, redactorFor, sendBody } from './forward.ts';
import { handleRequest } from './handle-request.ts';
import type { Traffic } from './traffic.ts';
import { egressIdleSecondsMax } from './upstream.ts';

const streamsMax = 100;
const headersMax = 128;
const headerBytesMax = 32 * 1024;
const answerBytesMax = 64 * 1024 * 1024;

interface Connection extends Tunnel {
  readonly secureContext: SecureContext;
  /** Records why the connection is denied, and ends it. */
  readonly refuse: (why: Denial) => void;
}

/** Serves the streams of one connection, each of which goes to the host of its tunnel. */
export function serveHttp2(traffic: Traffic, socket: Socket, connection: Connection): void {
  const { host, port, refuse: refuseAll, scheme, secureContext } = connection;
  const tunnel = { host, port, scheme };
  const server = createSecureServer({
    SNICallback: (_, done) => done(null, secureContext),
    handshakeTimeout: egressIdleSecondsMax * 1000,
    maxHeaderListPairs: headersMax,
    settings: { maxConcurrentStreams: streamsMax, maxHeaderListSize: headerBytesMax },
  });
  let upstream: Promise<ClientHttp2Session> | undefined;
  const open = (outgoing: Outgoing): Promise<ClientHttp2Session> => {
    const forget = (): void => {
      upstream = undefined;
    };
    upstream ??= connectTo(traffic, outgoing).then((session) => session.on('close', forget));
    upstream.catch(forget);
    return upstream;
  };
  socket.on(
    'close',
    () =>
      void upstream?.then(
        (session) => session.destroy(),
        () => undefined,
      ),
  );
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
        isGone: () => stream.destroyed,
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

function refuse(stream: ServerHttp2Stream, why: Denial, body: string): void {
  if (stream.headersSent) return void stream.destroy();
  stream.respond({ ':status': denials[why].status, 'content-type': denialType });
  stream.end(body);
}

async function connectTo(traffic: Traffic, { decision }: Outgoing): Promise<ClientHttp2Session> {
  const socket = connectTls({
    ...traffic.upstream.tlsTo(decision.host),
    ALPNProtocols: ['h2'],
    socket: await traffic.upstream.connect(decision),
  });
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
  const filled = fillRequest(traffic, outgoing);
  if (filled === undefined) return 'secret-unbound';
  const headers: OutgoingHttpHeaders = {
    ':method': method,
    ':path': filled.target,
    ':authority': filled.headers.find(([name]) => name === 'Host')?.[1],
    te: 'trailers',
  };
  for (const [name, value] of filled.headers.filter(([one]) => !ofHttp1.test(one)))
    headers[name.toLowerCase()] = [
      ...[headers[name.toLowerCase()] ?? []].flat(),
      value,
    ] as string[];
  try {
    const upstream = (await open(outgoing)).request(headers, { endStream: false });
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

const ofHttp1 = /^(host|connection|transfer-encoding|accept-encoding|grpc-accept-encoding)$/i;

async function passBack(
  traffic: Traffic,
  upstream: ClientHttp2Stream,
  [answer, flags]: readonly [IncomingHttpHeaders, number],
  host: string,
  stream: ServerHttp2Stream,
): Promise<Denial | undefined> {
  const redaction = traffic.redaction();
  const coding = answer['grpc-encoding'] ?? 'identity';
  if (!redaction.isEmpty && (isPacked(answer) || coding !== 'identity')) {
    upstream.destroy();
    return 'answer-encoded';
  }
  const redactor = redactorFor(redaction, String(answer['content-type'] ?? ''));
  const shown = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
    Object.fromEntries(
      headersToSandbox(
        Object.entries(headers).flatMap(([name, value = '']) =>
          [value].flat().flatMap((one) => [name, String(one)]),
        ),
      )
        .filter(
          ([name]) => !name.startsWith(':') && !(name === 'content-length' && !redaction.isEmpty),
        )
        .map(([name, value]) => [redactor.text(name), redactor.text(value)]),
    );
  try {
    // An answer that is nothing but headers: gRPC puts its status there (Trailers-Only).
    const endStream = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    let trailers: IncomingHttpHeaders = {};
    upstream.on('trailers', (more) => (trailers = more));
    stream.respond(
      { ...shown(answer), ':status': answer[':status'] },
      { endStream, waitForTrailers: !endStream },
    );
    stream.on('wantTrailers', () => stream.sendTrailers(shown(trailers)));
    let left = answerBytesMax;
    for await (const chunk of upstream as AsyncIterable<Buffer>) {
      left -= chunk.length;
      if (left < 0) return 'answer-too-large';
      const why = traffic.accounts.countReceived(chunk.length);
      if (why !== undefined) return why;
      if (!stream.write(redactor.push(chunk))) await drained(stream);
    }
    if (upstream.rstCode !== 0) return 'unreachable';
    stream.end(redactor.end());
    return undefined;
  } finally {
    traffic.accounts.redacted(redactor.found, host);
  }
}
