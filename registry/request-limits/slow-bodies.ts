/**
 * Ends connections that send a body too slowly: such a body holds memory, and one of the few places
 * for large bodies.
 */
import { IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Http2Bindings, HttpBindings } from '@hono/node-server';

/** The slowest speed of a request body, and the time before the speed is checked. */
const bodyBytesPerSecondMin = 64 * 1024;

export const bodyCheckMs = 2_000;

export const bodyGraceMs = 15_000;

/** How long a client may send on after an answer that did not wait for the body. */
const unreadBodyMs = 2_000;

/**
 * How long a client may leave its answer unread. Node notices the last bytes that it read only
 * after this time, so its connection ends after at most twice as long.
 */
const stalledAnswerMs = 30_000;

interface BodyPace {
  /** How long the speed is not checked. */
  readonly graceMs: number;
  /** The required average speed after that. */
  readonly bytesPerSecond: number;
  readonly checkMs: number;
}

const usual: BodyPace = {
  graceMs: bodyGraceMs,
  bytesPerSecond: bodyBytesPerSecondMin,
  checkMs: bodyCheckMs,
};

/** Watches every body that comes to a server. */
export function endSlowBodies(server: Server, pace: BodyPace = usual): void {
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) =>
    watch(request, response, pace),
  );
}

function watch(
  request: IncomingMessage,
  response: ServerResponse,
  { graceMs, bytesPerSecond, checkMs }: BodyPace,
): void {
  const { socket, headers } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return;
  const start = performance.now();
  const before = socket.bytesRead;
  const timer = setInterval(() => {
    const ms = performance.now() - start - graceMs;
    if (request.complete) clearInterval(timer);
    else if (ms > 0 && socket.bytesRead - before < (ms / 1_000) * bytesPerSecond)
      hangUp(request, response);
  }, checkMs);
  timer.unref();
  request.once('close', () => clearInterval(timer));
}

// RFC 9110 §15.5.9. A route that reads the body sees a broken connection.
function hangUp(request: IncomingMessage, response: ServerResponse): void {
  if (!response.headersSent)
    request.socket.write(
      'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nRetry-After: 1\r\n\r\n',
    );
  request.socket.destroySoon();
  request.destroy();
}

// Answers that are given before the request's body was read, such as those to a body over the
// limit. The rest of the body is still on its way, so such an answer ends its connection: a proxy
// would send somebody else's next request on the same connection, and lose the request.

type Answer = (request: Request, env: HttpBindings | Http2Bindings) => Promise<Response>;

/** Answers as `answer` does, and ends the connection when the body has not arrived by then. */
export function closeWhenUnread(answer: Answer): Answer {
  return async (request, env) => {
    const { incoming, outgoing } = env;
    if (!(incoming instanceof IncomingMessage && outgoing instanceof ServerResponse))
      return answer(request, env);
    // A client may send its next request behind the body, and can get no answer to it.
    if (incoming.socket.writableEnded) return new Response(null, { status: 503 });
    const response = await answer(request, env);
    const { headers } = incoming;
    const hasBody =
      headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
    // What came with the head is read in this turn of the loop.
    if (hasBody && !incoming.complete) await nextTurn();
    if (hasBody && !incoming.complete) {
      // Node then writes `Connection: close`.
      outgoing.shouldKeepAlive = false;
      closeLater(incoming.socket, () => incoming.resume());
    }
    return response;
  };
}

/**
 * Lets the client finish its request when Node would destroy the connection. A connection with
 * unread bytes is reset, and the client would lose the answer.
 */
function closeLater(socket: Socket, readOn: () => void): void {
  const destroySoon = socket.destroySoon.bind(socket);
  socket.destroySoon = () => {
    socket.destroySoon = destroySoon;
    socket.end();
    const timer = setTimeout(() => socket.destroy(), unreadBodyMs);
    timer.unref();
    socket.once('end', () => socket.destroy());
    socket.once('close', () => clearTimeout(timer));
    readOn();
  };
}

// Ends connections whose client does not go on reading its answer: the rest of the answer stays in
// memory for as long as the connection.

/** Watches every answer of a server. A request may take as long as it likes before its answer. */
export function endStalledAnswers(server: Server, stalledMs: number = stalledAnswerMs): void {
  // Node calls back when no byte came or went for so long. Without a function it would also end
  // connections that wait for the registry.
  server.setTimeout(stalledMs, (socket) => {
    if (socket.writableLength > 0) socket.destroy();
  });
}
