/**
 * Sends spans to a collector, beside requests. A collector that is down or slow costs requests
 * nothing: spans above the limit are dropped and counted.
 */
import {
  collectorEndMs,
  collectorMs,
  spansFailurePauseMsMax,
  spansPauseMs,
  spansSentAtOnce,
  spansWaitingMax,
} from './limits.ts';
import { type EndedSpan, otlpTraces, type SpanAttributes } from './otlp-traces.ts';

export interface SpanExporterOptions {
  /** Address of the collector for traces: `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string;
  /** Headers of each request, such as an API key. */
  readonly headers: Readonly<Record<string, string>>;
  readonly service: SpanAttributes;
  readonly say: (line: string) => void;
  readonly pauseMs?: number;
}

/** Statuses after which OTLP asks to send again. */
const passing: readonly number[] = [429, 502, 503, 504];

export class SpanExporter {
  readonly #options: SpanExporterOptions;
  #waiting: EndedSpan[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | undefined;
  #failures = 0;
  #isClosed = false;
  readonly #ending = new AbortController();
  sent = 0;
  dropped = 0;

  constructor(options: SpanExporterOptions) {
    this.#options = options;
  }

  /** Takes a span, and never waits. */
  take(span: EndedSpan): void {
    if (this.#waiting.length >= spansWaitingMax) {
      this.dropped++;
      return;
    }
    this.#waiting.push(span);
    this.#schedule();
  }

  /** Sends what waits, within a second. A request that the collector has not answered ends then. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const end = setTimeout(() => this.#ending.abort(), collectorEndMs);
    await this.#sending;
    if (this.#waiting.length > 0) await this.#send(collectorEndMs);
    clearTimeout(end);
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#sending !== undefined || this.#isClosed) return;
    const { pauseMs = spansPauseMs } = this.#options;
    const isFull = this.#waiting.length >= spansSentAtOnce && this.#failures === 0;
    const pause = isFull ? 0 : Math.min(pauseMs * 2 ** this.#failures, spansFailurePauseMsMax);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#sending = this.#send(collectorMs).finally(() => {
        this.#sending = undefined;
        if (this.#waiting.length > 0) this.#schedule();
      });
    }, pause).unref();
  }

  async #send(ms: number): Promise<void> {
    const { url, headers, service } = this.#options;
    const batch = this.#waiting.slice(0, spansSentAtOnce);
    const body = JSON.stringify(otlpTraces(batch, service));
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body,
        // A redirect would send the headers to another address.
        redirect: 'error',
        signal: AbortSignal.any([AbortSignal.timeout(ms), this.#ending.signal]),
      });
      await answer.body?.cancel();
      if (passing.includes(answer.status)) throw new Error(`status ${answer.status}`);
      this.#waiting = this.#waiting.slice(batch.length);
      if (answer.ok) this.sent += batch.length;
      else this.#drop(batch.length, `status ${answer.status}`);
      if (answer.ok) this.#failures = 0;
    } catch (error) {
      this.#tell(error instanceof Error ? causeOf(error) : String(error));
      this.#failures++;
    }
  }

  #drop(spans: number, why: string): void {
    this.dropped += spans;
    this.#tell(why);
    this.#failures++;
  }

  // Once for each time that the collector fails.
  #tell(why: string): void {
    if (this.#failures > 0) return;
    // A query may be a key of the collector.
    const { origin, pathname } = new URL(this.#options.url);
    this.#options.say(`Cannot send traces to ${origin}${pathname}: ${why}. Requests go on`);
  }
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
