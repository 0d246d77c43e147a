/**
 * The vectors of queries. Somebody waits for each answer, so a slow or failing model is left alone
 * for a while, and a search goes on without a vector.
 */
import { type ByteVector, byteVectorOf } from './byte-vector.ts';
import type { Embedder } from './embedder.ts';
import {
  embeddedQueriesPerMinute,
  embedderRestMs,
  embedQueryMs,
  keptQueriesMax,
} from './limits.ts';

const minuteMs = 60_000;

export class QueryVectors {
  readonly #embedder: Embedder;
  readonly #kept = new Map<string, ByteVector>();
  /** Milliseconds since 1970: no query is sent before. */
  #restsUntil = 0;
  /** The minute in which queries are counted, and their number. */
  #minute = 0;
  #sent = 0;

  constructor(embedder: Embedder) {
    this.#embedder = embedder;
  }

  /**
   * The vector of a query; undefined while the model gives none.
   * @param now milliseconds since 1970
   * @param onFailure receives why the model gave none
   */
  async of(
    query: string,
    now: number,
    onFailure: (error: unknown) => void,
  ): Promise<ByteVector | undefined> {
    const known = this.#kept.get(query);
    if (known !== undefined) return this.#keep(query, known);
    if (now < this.#restsUntil || !this.#mayAsk(now)) return undefined;
    try {
      const signal = AbortSignal.timeout(embedQueryMs);
      // Only finished vectors are kept: a request of a Worker must not wait for another one.
      const [vector] = await this.#embedder.embed([query], signal);
      return vector && this.#keep(query, byteVectorOf(vector));
    } catch (error) {
      this.#restsUntil = now + embedderRestMs;
      onFailure(error);
      return undefined;
    }
  }

  // Anybody may search, and the operator may pay for each text.
  #mayAsk(now: number): boolean {
    const minute = Math.floor(now / minuteMs);
    if (minute !== this.#minute) this.#sent = 0;
    this.#minute = minute;
    this.#sent += 1;
    return this.#sent <= embeddedQueriesPerMinute;
  }

  #keep(query: string, vector: ByteVector): ByteVector {
    this.#kept.delete(query);
    this.#kept.set(query, vector);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptQueriesMax && oldest !== undefined) this.#kept.delete(oldest);
    return vector;
  }
}
