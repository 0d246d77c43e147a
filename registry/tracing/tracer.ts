/**
 * Spans of the requests that this process answers. A span has no path, query, header, body or
 * name of a skill: see the attributes of each.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { spansOfTraceMax } from './limits.ts';
import type { EndedSpan, SpanAttributes } from './otlp-traces.ts';
import type { TraceParent } from './trace-context.ts';

/** A span that has not ended. */
export interface TraceSpan extends TraceParent {
  add(attributes: SpanAttributes): void;
  /** @param isFailed false by default */
  end(isFailed?: boolean): void;
  /** Runs a task whose spans are below this one. */
  run<Result>(task: () => Result): Result;
}

interface SpanOptions {
  readonly kind?: EndedSpan['kind'];
  readonly parent?: TraceParent | undefined;
  readonly links?: readonly TraceParent[];
  readonly attributes?: SpanAttributes;
  /** Milliseconds since 1970; now by default. */
  readonly start?: number;
}

interface Current extends TraceParent {
  /** Spans of the trace in this process. */
  readonly count: { spans: number };
}

export class Tracer {
  readonly #ended: (span: EndedSpan) => void;
  readonly #current = new AsyncLocalStorage<Current>();

  /** @param ended takes each span, and must not wait */
  constructor(ended: (span: EndedSpan) => void) {
    this.#ended = ended;
  }

  /** The span that the caller runs in. */
  get current(): TraceParent | undefined {
    const current = this.#current.getStore();
    return current && { traceId: current.traceId, spanId: current.spanId };
  }

  /** Begins a span, below another one or alone. */
  begin(name: string, { kind = 'internal', parent, links = [], ...more }: SpanOptions): TraceSpan {
    const current = this.#current.getStore();
    const count = current !== undefined && current === parent ? current.count : { spans: 0 };
    const ids = { traceId: parent?.traceId ?? hex(16), spanId: hex(8) };
    const attributes: Record<string, string | number | boolean> = { ...more.attributes };
    const start = more.start ?? performance.timeOrigin + performance.now();
    return {
      ...ids,
      add: (added) => void Object.assign(attributes, added),
      end: (isFailed = false) => {
        const end = performance.timeOrigin + performance.now();
        const parentSpanId = parent?.spanId;
        this.#ended({ ...ids, parentSpanId, name, kind, start, end, attributes, isFailed, links });
      },
      run: (task) => this.#current.run({ ...ids, count }, task),
    };
  }

  /** Runs a task in a span below the caller’s. Outside of any span, only runs the task. */
  async child<Result>(
    name: string,
    options: Omit<SpanOptions, 'parent'>,
    task: (span?: TraceSpan) => Promise<Result>,
  ): Promise<Result> {
    const parent = this.#current.getStore();
    if (parent === undefined || ++parent.count.spans > spansOfTraceMax) return task();
    return this.#during(this.begin(name, { ...options, parent }), task);
  }

  /** Runs a task in a trace of its own, which works for the linked spans. */
  async alone<Result>(
    name: string,
    options: Omit<SpanOptions, 'parent'>,
    task: (span: TraceSpan) => Promise<Result>,
  ): Promise<Result> {
    return this.#during(this.begin(name, options), task);
  }

  async #during<Result>(
    span: TraceSpan,
    task: (span: TraceSpan) => Promise<Result>,
  ): Promise<Result> {
    try {
      const result = await span.run(() => task(span));
      span.end();
      return result;
    } catch (error) {
      span.end(true);
      throw error;
    }
  }
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
