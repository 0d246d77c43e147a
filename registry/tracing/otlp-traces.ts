/**
 * Spans as the body of an OTLP/HTTP request in JSON (opentelemetry-proto 1.5,
 * ExportTraceServiceRequest).
 */
import type { TraceParent } from './trace-context.ts';

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface EndedSpan extends TraceParent {
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: 'server' | 'internal' | 'client';
  /** Milliseconds since 1970, with fractions. */
  readonly start: number;
  readonly end: number;
  readonly attributes: SpanAttributes;
  readonly isFailed: boolean;
  /** Spans of other requests that this one works for, too. */
  readonly links: readonly TraceParent[];
}

const kinds = { internal: 1, server: 2, client: 3 } as const;
/** STATUS_CODE_ERROR. */
const failed = 2;

/** @param service attributes of the process */
export function otlpTraces(spans: readonly EndedSpan[], service: SpanAttributes): object {
  const scopeSpans = [{ scope: { name: 'skillgate.registry' }, spans: spans.map(otlpSpan) }];
  return { resourceSpans: [{ resource: { attributes: attributesOf(service) }, scopeSpans }] };
}

function otlpSpan({ parentSpanId, kind, start, end, attributes, isFailed, ...span }: EndedSpan) {
  return {
    ...span,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    kind: kinds[kind],
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(end),
    attributes: attributesOf(attributes),
    ...(isFailed ? { status: { code: failed } } : {}),
  };
}

function attributesOf(attributes: SpanAttributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | number | boolean): object {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'string') return { stringValue: value };
  // 64-bit integers are strings in the JSON form of protobuf.
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1_000)) * 1_000n);
}
