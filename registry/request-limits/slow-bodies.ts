/**
 * Ends connections that send a body too slowly: such a body holds memory, and one of the few places
 * for large bodies.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { bodyBytesPerSecondMin, bodyCheckMs, bodyGraceMs } from '../limits.ts';

export interface BodyPace {
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
