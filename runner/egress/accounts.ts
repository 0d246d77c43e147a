/**
 * Counts the requests and bytes that a run has sent against the run's limits, and records allowed
 * and denied requests.
 */
import type { Duplex } from 'node:stream';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import { type Denial, denialOfHold } from '../../skills-index/run/egress/denial.ts';
import { EgressCounts } from '../../skills-index/run/egress/egress-counts.ts';
import type { RequestPlace } from '../../skills-index/run/egress/egress-judge.ts';
import type { GatedAction, WholeAction, WholeReader } from '../../skills-index/run/holds/hold.ts';
import { canaryName } from '../../skills-index/run/leaks/canary.ts';
import { egressRequestsPerMinuteMax, egressRunBytesMax } from '../../skills-index/run/plan/plan.ts';
import type { EgressSettings } from './settings.ts';

const egressRequestsMax = 10_000;

/** Bytes of all requests of a run that the proxy may buffer at once. */
const egressHeldBytesMax = 32 * 1024 * 1024;

/** Denied requests after which the runner ends the run. */
const egressDenialsMax = 1_000;

/** A request that passed the egress rules and is about to leave. */
export interface AllowedRequest {
  readonly method: string;
  readonly place: RequestPlace;
  /** Bytes of the request line and the headers. */
  readonly head: number;
  /**
   * Further facts about the request for an approver. `bytes` includes the headers; `bytes` is
   * absent while the body's length is unknown.
   */
  readonly shown: Pick<GatedAction & { kind: 'egress' }, 'bytes' | 'body' | 'query' | 'opens'>;
  /** Names of the secrets that the request uses. */
  readonly secrets: readonly string[];
  /** Names of headers that the proxy removes from the request. */
  readonly dropped?: readonly string[];
  /** Why the agent asks for a request that no rule allows; absent where a rule does. */
  readonly asks?: string | undefined;
  /** Reads the whole request for an approver; absent when `shown` is complete already. */
  readonly whole?: (
    action: Extract<GatedAction, { kind: 'egress' }>,
  ) => Promise<WholeAction | undefined>;
}

export class Accounts {
  readonly counts = { allowed: 0, denied: 0 };
  readonly #settings: EgressSettings;
  readonly #closed: AbortSignal;
  readonly #onFailure: () => void;
  readonly #sums: EgressCounts;

  /**
   * @param closed aborts when the proxy closes
   * @param onFailure called when an event cannot be recorded
   */
  constructor(settings: EgressSettings, closed: AbortSignal, onFailure: () => void) {
    this.#settings = settings;
    this.#closed = closed;
    this.#onFailure = onFailure;
    this.#sums = new EgressCounts({
      requests: egressRequestsMax,
      requestsPerMinute: egressRequestsPerMinuteMax,
      sentBytes: egressRunBytesMax,
      heldBytes: egressHeldBytesMax,
      ...settings.caps,
    });
  }

  /**
   * Counts a request, asks an approver where a rule requires it, and records the request as
   * allowed. Returns a reason when the request is denied.
   */
  async admit(
    { asks, dropped = [], head, method, place, secrets, shown, whole }: AllowedRequest,
    client: Duplex,
  ): Promise<Denial | undefined> {
    const why =
      this.#sums.request(performance.now()) ?? this.#spend('requests', 1) ?? this.countSent(head);
    if (why !== undefined) return why;
    const { host, path, port } = place;
    const target = { method, host, port, path };
    const asked = asks === undefined ? {} : { asks };
    const action = { kind: 'egress', ...target, ...shown, ...asked } as const;
    // Do not send a request whose client hung up while the approver was answering.
    const held = await this.#whyHeld(action, client, whole && (() => whole(action)));
    if (held !== undefined || client.destroyed) return held ?? 'held';
    const allowed = {
      event: 'egress',
      decision: 'allowed',
      why: 'approved',
      ...target,
      secrets,
    } as const;
    if (!this.#record(dropped.length === 0 ? allowed : { ...allowed, dropped }))
      return 'unrecorded';
    this.counts.allowed++;
    return undefined;
  }

  async #whyHeld(
    action: GatedAction & { readonly kind: 'egress' },
    client: Duplex,
    whole?: WholeReader,
  ): Promise<Denial | undefined> {
    const { gate } = this.#settings;
    if (gate === undefined) return action.asks === undefined ? undefined : 'unasked';
    const hungUp = new AbortController();
    const onClose = (): void => hungUp.abort();
    client.once('close', onClose);
    const answer = await gate.ask(action, AbortSignal.any([this.#closed, hungUp.signal]), whole);
    client.off('close', onClose);
    return denialOfHold(answer);
  }

  /** Counts bytes that are about to leave, and returns why they must not leave. */
  countSent(bytes: number): Denial | undefined {
    this.#settings.gate?.sent?.(bytes);
    return this.#sums.send(bytes) ?? this.countReceived(bytes);
  }

  /** Counts received bytes. Only the agent's budget limits received bytes. */
  countReceived(bytes: number): Denial | undefined {
    return this.#spend('bytes', bytes);
  }

  /**
   * Returns why these bytes must not leave; undefined when the bytes may leave. `allowed` names the
   * secrets that the bytes may contain.
   */
  whyLeaks(
    channel: string,
    bytes: Uint8Array,
    allowed: readonly string[] = [],
  ): Denial | undefined {
    const { leaks } = this.#settings;
    const name = this.#try(() => leaks.push(channel, bytes, allowed)?.name, canaryName);
    if (name === undefined) return undefined;
    return name === canaryName ? 'canary' : 'secret-unbound';
  }

  /**
   * Counts the bytes that the proxy buffers. A negative number stands for bytes that the proxy
   * releases.
   */
  countBuffered(bytes: number): Denial | undefined {
    return this.#sums.hold(bytes);
  }

  deny(method: string, { host, port, path }: RequestPlace, why: Denial): void {
    // The end of the run closes the connections. A connection that the runner closes is no denial.
    if (this.#closed.aborted) return;
    // Limit the recorded denials: a program in a loop could fill the audit log with denials.
    const denied = ++this.counts.denied;
    if (denied <= egressDenialsMax)
      this.#record({
        event: 'egress',
        decision: 'denied',
        why,
        method,
        host,
        port,
        path,
        secrets: [],
      });
    if (denied === egressDenialsMax) this.#settings.onFlood?.();
  }

  redacted(secrets: Iterable<string>, host: string): void {
    for (const secret of secrets) this.#record({ event: 'redacted', secret, host });
  }

  // Refuses an event that cannot be recorded or counted; `onFailure` then ends the proxy.
  #record(event: AuditEvent): boolean {
    return this.#try(() => {
      this.#settings.record(event);
      return true;
    }, false);
  }

  #spend(kind: 'requests' | 'bytes', amount: number): Denial | undefined {
    return this.#try(() => this.#settings.spend?.(kind, amount) !== false, false)
      ? undefined
      : 'over-budget';
  }

  #try<Result>(act: () => Result, otherwise: Result): Result {
    try {
      return act();
    } catch {
      this.#onFailure();
      return otherwise;
    }
  }
}
