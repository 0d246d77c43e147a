/** What an operator may learn of each request: never a path, a query, a header or a body. */
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { AddressOf } from '../request-limits/write-limits.ts';

export interface ObservedRequest {
  readonly method: string;
  /**
   * The pattern of the route, such as `/api/v1/versions/:scope/:name`; `none` where no route fits.
   * Values in a path or query may be secrets, such as a sign-in link.
   */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  /** Bytes of the answer, with its headers. */
  readonly bytes: number;
  readonly address: string | undefined;
  /** Whether the client went away before the whole answer was sent. */
  readonly isAborted: boolean;
}

/** Calls `note` after each answer. */
export function observeRequests(
  addressOf: AddressOf,
  note: (request: ObservedRequest) => void,
): MiddlewareHandler {
  return async (context, next) => {
    const { incoming, outgoing } = context.env as Partial<HttpBindings>;
    // Our own question, which came over no port.
    if (incoming === undefined || outgoing === undefined) return next();
    const { socket } = incoming;
    const start = performance.now();
    const before = socket.bytesWritten;
    // Read now: a socket that was closed has no address any more.
    const address = addressOf(context);
    outgoing.once('close', () =>
      note({
        method: context.req.method,
        route: routeOf(context),
        status: outgoing.statusCode,
        ms: Math.round((performance.now() - start) * 10) / 10,
        bytes: socket.bytesWritten - before,
        address,
        isAborted: !outgoing.writableFinished,
      }),
    );
    await next();
  };
}

/** The pattern of the route that answers a request. */
export function routeOf(context: Context): string {
  // Routes answer HEAD as GET. Middleware has the method ALL.
  const method = context.req.method === 'HEAD' ? 'GET' : context.req.method;
  return matchedRoutes(context).findLast((route) => route.method === method)?.path ?? 'none';
}
