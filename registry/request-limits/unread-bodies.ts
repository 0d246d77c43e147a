/**
 * Answers that are given before the request's body was read, such as those to a body over the
 * limit. The rest of the body is still on its way, so such an answer ends its connection: a proxy
 * would send somebody else's next request on the same connection, and lose the request.
 */
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Http2Bindings, HttpBindings } from '@hono/node-server';
import { unreadBodyMs } from '../limits.ts';

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
