/** Traces of requests for a collector of OpenTelemetry. */
import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';
import { SpanExporter } from '../tracing/span-exporter.ts';
import { parseTraceParent } from '../tracing/trace-context.ts';
import { Tracer } from '../tracing/tracer.ts';
import { routeOf } from './observed-requests.ts';

export interface TracesTarget {
  /** Address of a collector: `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string;
  /** Headers of each request to the collector, such as an API key. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long spans wait for others. */
  readonly pauseMs?: number;
}

export interface Tracing {
  readonly tracer: Tracer;
  readonly exporter: SpanExporter;
  readonly step: MiddlewareHandler;
}

/** @param base the public address of the registry */
export function openTracing(
  target: TracesTarget,
  { base, say }: { readonly base: string; readonly say: (line: string) => void },
): Tracing {
  const service = { 'service.name': 'skillgate-registry', 'skillgate.registry': base };
  const exporter = new SpanExporter({ ...target, service, say });
  const tracer = new Tracer((span) => exporter.take(span));
  return { tracer, exporter, step: traceRequests(tracer) };
}

/** A span for each request that came over a port: its route, never its path. */
function traceRequests(tracer: Tracer): MiddlewareHandler {
  return async (context, next) => {
    const { outgoing } = context.env as Partial<HttpBindings>;
    if (outgoing === undefined) return next();
    const { method } = context.req;
    const parent = parseTraceParent(context.req.header('traceparent'));
    const span = tracer.begin(method, { kind: 'server', parent });
    outgoing.once('close', () => {
      const route = routeOf(context);
      span.add({
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': outgoing.statusCode,
        'skillgate.aborted': !outgoing.writableFinished,
      });
      span.end(outgoing.statusCode >= 500);
    });
    await span.run(next);
  };
}
