/**
 * Counts the requests and bytes of one run against the run's limits. Pure: the time is a parameter.
 */
import type { Denial } from './denial.ts';

export interface EgressCaps {
  readonly requests: number;
  readonly requestsPerMinute: number;
  readonly sentBytes: number;
  /** The highest number of bytes that the proxy may keep in memory for this run at one moment. */
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

  /** Counts one more request. Returns the reason when the run may not send the request. */
  request(nowMs: number): Denial | undefined {
    if (nowMs - this.#minute.began >= 60_000) this.#minute = { began: nowMs, requests: 0 };
    if (this.#requests++ >= this.#caps.requests) return 'too-many';
    return this.#minute.requests++ >= this.#caps.requestsPerMinute ? 'too-fast' : undefined;
  }

  /**
   * Counts bytes that are about to leave the sandbox. Returns `too-much` when the
   * run has sent more than `sentBytes`.
   */
  send(bytes: number): Denial | undefined {
    this.#sent += bytes;
    return this.#sent > this.#caps.sentBytes ? 'too-much' : undefined;
  }

  /**
   * Counts bytes that the proxy keeps in memory. A negative number releases bytes. Returns
   * `too-much` when the proxy keeps more than `heldBytes` for the run.
   */
  hold(bytes: number): Denial | undefined {
    this.#held += bytes;
    return this.#held > this.#caps.heldBytes ? 'too-much' : undefined;
  }
}
