/** What a run sent so far, against what it may send. Pure: the time is told. */
import type { Denial } from './denial.ts';

export interface EgressCaps {
  readonly requests: number;
  readonly requestsPerMinute: number;
  readonly sentBytes: number;
  /** Kept by the proxy at once. */
  readonly heldBytes: number;
}

export class EgressCounts {
  readonly #caps: EgressCaps;
  #requests = 0;
  #minute = { began: Number.NEGATIVE_INFINITY, requests: 0 };
  #sent = 0;
  #held = 0;

  constructor(caps: EgressCaps) {
    this.#caps = caps;
  }

  /** One more request; why it is refused. */
  request(nowMs: number): Denial | undefined {
    if (nowMs - this.#minute.began >= 60_000) this.#minute = { began: nowMs, requests: 0 };
    if (this.#requests++ >= this.#caps.requests) return 'too-many';
    return this.#minute.requests++ >= this.#caps.requestsPerMinute ? 'too-fast' : undefined;
  }

  /** Bytes that are about to leave. */
  send(bytes: number): Denial | undefined {
    this.#sent += bytes;
    return this.#sent > this.#caps.sentBytes ? 'too-much' : undefined;
  }

  /** Bytes that are kept; a negative number when they are gone. */
  hold(bytes: number): Denial | undefined {
    this.#held += bytes;
    return this.#held > this.#caps.heldBytes ? 'too-much' : undefined;
  }
}
