/**
 * A limit on request bodies that holds in every shell, with and without a length in the headers.
 */
import type { MiddlewareHandler } from 'hono';
import { readBoundedBody } from '../../skills-index/client/bounded-body.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { problemResponse } from '../problem-json.ts';

/** Rejects a body over the limit before anything parses it. */
export function limitBody(bytesMax: number): MiddlewareHandler {
  return async (context, next) => {
    const { raw } = context.req;
    const tooLarge = (): Response =>
      problemResponse(
        context,
        new Problem('request-too-large', `The request body has more than ${bytesMax} bytes`),
      );
    // Compared before the body is touched: the shell reads on an untouched body, and whoever sends
    // it gets the answer.
    const length = raw.headers.has('transfer-encoding') ? null : raw.headers.get('content-length');
    if (length !== null) return Number(length) <= bytesMax ? next() : tooLarge();
    if (raw.body === null) return next();
    // Cancelling the stream could end the connection before the client reads the answer.
    const chunks = raw.body.values({ preventCancel: true });
    const body = await readBoundedBody(chunks, bytesMax);
    if (body === undefined) return tooLarge();
    context.req.raw = withBody(raw, body);
    return next();
  };
}

/**
 * HTTP/2 sends a body without a length and without chunks. Such a body is marked as chunked, so
 * that it counts as one of unknown length. For shells that serve HTTP/2: an HTTP/1 request without
 * both headers has no body.
 */
export function nameUnknownLength(request: Request): Request {
  const { body, headers } = request;
  if (body === null || headers.has('content-length') || headers.has('transfer-encoding'))
    return request;
  const named = new Headers(headers);
  named.set('transfer-encoding', 'chunked');
  return new Request(request, { headers: named });
}

// Built from parts: a request of the Node shell has a class of its own.
// With a length set, the limit of the route need not read the body a second time.
function withBody({ url, method, headers }: Request, body: Buffer): Request {
  const counted = new Headers(headers);
  counted.delete('transfer-encoding');
  counted.set('content-length', String(body.byteLength));
  return new Request(url, {
    method,
    headers: counted,
    body: body.byteLength === 0 ? null : new Uint8Array(body),
  });
}
