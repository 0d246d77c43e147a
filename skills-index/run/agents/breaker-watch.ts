/**
 * The breaker of one run: counts what the run does, opens, and stays open until a person answers.
 * Its file is given.
 */
import { Problem } from '../../skill/problem.ts';
import type { AuditEvent } from '../audit/audit-entry.ts';
import type { HoldSubject } from '../holds/hold.ts';
import { sayAnswered } from '../holds/hold-answer.ts';
import { findAnswer, type GateSettings, type RunGate } from '../holds/hold-gate.ts';
import {
  type BreakerCounter,
  type BreakerState,
  breakerEvent,
  breakerTable,
  closedBreaker,
  countBreaker,
  countedBy,
  countersOf,
  sayOpen,
} from './breaker.ts';

/**
 * How often a run looks whether the breaker was opened by another one, and writes down what was
 * sent.
 */
export const breakerPollMs = 400;

/** Where a breaker is kept, for all runs of its subject. */
export interface BreakerFile {
  read(): BreakerState | undefined;
  write(state: BreakerState): void;
  remove(): void;
  /** Only one at a time. */
  locked(act: () => void): void;
}

export type BreakerSettings = Omit<GateSettings, 'hands' | 'sleep' | 'ticks' | 'grants'> & {
  readonly subject: HoldSubject;
};

export class BreakerWatch {
  readonly #file: BreakerFile;
  readonly #settings: BreakerSettings;
  readonly #opened = new AbortController();
  readonly #unwritten = new Map<BreakerCounter, number>();
  /** What the file said when it was last written. */
  #written: BreakerState | undefined;

  constructor(file: BreakerFile, settings: BreakerSettings) {
    this.#file = file;
    this.#settings = settings;
  }

  /** Aborts when it opens, here or in another process; the reason says why. */
  get opened(): AbortSignal {
    return this.#opened.signal;
  }

  /** @throws Problem `breaker-open` while it is open and no person has closed it */
  refuseOpen(): void {
    const open = this.#file.read()?.open;
    if (open === undefined) return;
    const answer = findAnswer(this.#settings, open.hold);
    if (answer?.answer.verdict !== 'allow') throw new Problem('breaker-open', ...sayOpen(open));
    this.#file.remove();
    this.#settings.files.forget(open.hold);
    this.#settings.record(breakerEvent(open, 'closed', sayAnswered(answer)));
  }

  /**
   * The gate, with what is sent through it counted here: written down now and then, since with each
   * request it would be slow.
   */
  through(gate: RunGate): RunGate {
    return { ...gate, sent: (bytes) => this.#add('bytes-out', bytes) };
  }

  /** Counts a start that the sandbox refuses. */
  async started<Running>(starting: Promise<Running>): Promise<Running> {
    try {
      return await starting;
    } catch (cause) {
      if (cause instanceof Problem && cause.code === 'sandbox-refused') this.count('spawn-failed');
      throw cause;
    }
  }

  observe(event: AuditEvent): void {
    for (const counter of countersOf(event)) this.count(counter);
  }

  /**
   * Opens it at once where this run alone brings the counter to its threshold. What does not is
   * written down within `breakerPollMs`: a locked and synced file for each denial would let a flood
   * of them stall the proxy.
   */
  count(counter: BreakerCounter, amount = 1): void {
    this.#add(counter, amount);
    const { now, policy } = this.#settings;
    const sum = (this.#unwritten.get(counter) ?? 0) + countedBy(this.#written, counter, now());
    if (sum >= (policy.breakers[counter] ?? breakerTable[counter].max)) this.#write();
  }

  /** Writes down what was counted, and sees whether another run opened it. */
  look(): void {
    this.#write();
    const why = this.#file.read()?.open?.why;
    if (why !== undefined) this.#opened.abort(why);
  }

  #add(counter: BreakerCounter, amount: number): void {
    // Open, it ends the run: more of the same says nothing new.
    if (!this.#opened.signal.aborted)
      this.#unwritten.set(counter, (this.#unwritten.get(counter) ?? 0) + amount);
  }

  #write(): void {
    if (this.#unwritten.size === 0) return;
    const { holder, nonce, now, policy, record, subject } = this.#settings;
    this.#file.locked(() => {
      const before = this.#file.read() ?? closedBreaker(subject);
      const terms = { thresholds: policy.breakers, subject, now: now(), nonce: nonce(), holder };
      const after = [...this.#unwritten].reduce(
        (state, [counter, amount]) => countBreaker(state, counter, amount, terms),
        before,
      );
      this.#file.write(after);
      this.#unwritten.clear();
      this.#written = after;
      if (after.open !== undefined && before.open === undefined)
        record(breakerEvent(after.open, 'opened', after.open.why));
      if (after.open !== undefined) this.#opened.abort(after.open.why);
    });
  }
}
