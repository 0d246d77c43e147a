/** What a run has sent so far, against what it may send; and the record of what was refused. */
import type { Socket } from 'node:net';
import type { AuditEvent } from '../../skills-index/run/audit/audit-entry.ts';
import { type Denial, denialOfHold } from '../../skills-index/run/egress/denial.ts';
import { EgressCounts } from '../../skills-index/run/egress/egress-counts.ts';
import type { Place } from '../../skills-index/run/egress/egress-judge.ts';
import type { GatedAction, WholeAction, WholeReader } from '../../skills-index/run/holds/hold.ts';
import { canaryName } from '../../skills-index/run/leaks/canary.ts';
import * as limits from '../limits.ts';
import type { EgressSettings } from './settings.ts';

/** A request that is about to leave. */
export interface Admission {
  readonly method: string;
  readonly place: Place;
  /** Of its request line and headers. */
  readonly head: number;
  /** What else a person should know of it; `bytes` with the head, absent where nobody knows yet. */
  readonly shown: Pick<GatedAction & { kind: 'egress' }, 'bytes' | 'body' | 'query' | 'opens'>;
  /** Names of those that it carries. */
  readonly secrets: readonly string[];
  /** Names of headers that do not leave. */
  readonly dropped?: readonly string[];
  /** All of it, read when a person is to be asked; absent where there is nothing more to know. */
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
   * @param closed aborts when nobody waits for an answer any more
   * @param onFailure called when something cannot be recorded
   */
  constructor(settings: EgressSettings, closed: AbortSignal, onFailure: () => void) {
    this.#settings = settings;
    this.#closed = closed;
    this.#onFailure = onFailure;
    const ours = {
      requestsPerMinute: limits.egressRequestsPerMinuteMax,
      sentBytes: limits.egressRunBytesMax,
    };
    const caps = { requests: limits.egressRequestsMax, heldBytes: limits.egressHeldBytesMax };
    this.#sums = new EgressCounts({ ...caps, ...ours, ...settings.caps });
  }

  /**
   * Counts one more request, asks a person where a rule wants one, and records it; or says why it
   * is refused.
   */
  async admit(
    { dropped = [], head, method, place, secrets, shown, whole }: Admission,
    client: Socket,
  ): Promise<Denial | undefined> {
    const why =
      this.#sums.request(performance.now()) ?? this.#spend('requests', 1) ?? this.send(head);
    if (why !== undefined) return why;
    const { host, path, port } = place;
    const action = { kind: 'egress', method, host, port, path, ...shown } as const;
    // Who hung up meanwhile is not served when a person allows it.
    const held = await this.#whyHeld(action, client, whole && (() => whole(action)));
    if (held !== undefined || client.destroyed) return held ?? 'held';
    const told = {
      event: 'egress',
      decision: 'allowed',
      why: 'approved',
      method,
      host,
      port,
      path,
      secrets,
    } as const;
    if (!this.#record(dropped.length === 0 ? told : { ...told, dropped })) return 'unrecorded';
    this.counts.allowed++;
    return undefined;
  }

  async #whyHeld(
    action: GatedAction,
    client: Socket,
    whole?: WholeReader,
  ): Promise<Denial | undefined> {
    const { gate } = this.#settings;
    if (gate === undefined) return undefined;
    const gone = new AbortController();
    const onClose = (): void => gone.abort();
    client.once('close', onClose);
    const answer = await gate.ask(action, AbortSignal.any([this.#closed, gone.signal]), whole);
    client.off('close', onClose);
    return denialOfHold(answer);
  }

  /** Counts bytes that are about to leave. */
  send(bytes: number): Denial | undefined {
    this.#settings.gate?.sent?.(bytes);
    return this.#sums.send(bytes) ?? this.receive(bytes);
  }

  /** Counts bytes that came, against the agent's budget alone. */
  receive(bytes: number): Denial | undefined {
    return this.#spend('bytes', bytes);
  }

  /** Why bytes must not leave; secrets that may stand in them are named. */
  leak(channel: string, bytes: Uint8Array, allowed: readonly string[] = []): Denial | undefined {
    const { leaks } = this.#settings;
    const name = this.#try(() => leaks.push(channel, bytes, allowed)?.name, canaryName);
    if (name === undefined) return undefined;
    return name === canaryName ? 'canary' : 'secret-unbound';
  }

  /** Counts bytes that are kept here; a negative number when they are gone. */
  hold(bytes: number): Denial | undefined {
    return this.#sums.hold(bytes);
  }

  deny(method: string, { host, port, path }: Place, why: Denial): void {
    // What ends with the run is no refusal.
    if (this.#closed.aborted) return;
    // The log has an end too.
    const denied = ++this.counts.denied;
    if (denied <= limits.egressDenialsMax)
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
    if (denied === limits.egressDenialsMax) this.#settings.onFlood?.();
  }

  redacted(secrets: Iterable<string>, host: string): void {
    for (const secret of secrets) this.#record({ event: 'redacted', secret, host });
  }

  // What cannot be recorded or counted does not happen, and the proxy ends.
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
