/**
 * The circuit breaker of one run. The breaker counts misbehaviour, opens at a threshold, and stays
 * open until a person answers. The file that stores the breaker is a parameter.
 */
import { Problem } from '../../skill/problem.ts';
import type { AuditEvent } from '../audit/audit-entry.ts';
import type { HoldSubject } from '../holds/hold.ts';
import { describeAnswer } from '../holds/hold-action.ts';
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
  openBreakerProblem,
} from './breaker.ts';

/**
 * The interval, in milliseconds, at which a run stores its counts and checks whether another run
 * opened the breaker.
 */
export const breakerPollMs = 400;

/** The storage of a breaker, which all runs of the same agent and version share. */
export interface BreakerFile {
  read(): BreakerState | undefined;
  write(state: BreakerState): void;
  remove(): void;
  /** Runs a function while no other process holds the lock of the breaker's file. */
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
  /** The state that this run last wrote to the breaker's file. */
  #written: BreakerState | undefined;

  constructor(file: BreakerFile, settings: BreakerSettings) {
    this.#file = file;
    this.#settings = settings;
  }

  /**
   * Aborts when the breaker opens, in this process or in another process. The signal's reason
   * explains why the breaker opened.
   */
  get opened(): AbortSignal {
    return this.#opened.signal;
  }

  /** @throws Problem `breaker-open` while the breaker is open and no person has closed it */
  requireClosed(): void {
    const open = this.#file.read()?.open;
    if (open === undefined) return;
    const answer = findAnswer(this.#settings, open.hold);
    if (answer?.answer.verdict !== 'allow')
      throw new Problem('breaker-open', ...openBreakerProblem(open));
    this.#file.remove();
    this.#settings.files.forget(open.hold);
    this.#settings.record(breakerEvent(open, 'closed', describeAnswer(answer)));
  }

  /**
   * Returns the gate, extended so that the breaker counts the bytes that the run sends. The breaker
   * stores its counts at intervals, because storing the counts at each request would be slow.
   */
  through(gate: RunGate): RunGate {
    return { ...gate, sent: (bytes) => this.#add('bytes-out', bytes) };
  }

  /** Counts a start that the sandbox refuses as misbehaviour. */
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
   * Opens the breaker at once when this run's own count reaches the threshold. The breaker stores
   * other counts within `breakerPollMs`. Locking and syncing a file for each denial would let a
   * flood of denials stall the proxy.
   */
  count(counter: BreakerCounter, amount = 1): void {
    this.#add(counter, amount);
    const { now, policy } = this.#settings;
    const sum = (this.#unwritten.get(counter) ?? 0) + countedBy(this.#written, counter, now());
    if (sum >= (policy.breakers[counter] ?? breakerTable[counter].max))
      this.#openUnless(() => this.#write());
  }

  /**
   * Stores the counts, and reads whether another run opened the breaker. A file that cannot be read
   * or written opens the breaker of this run.
   */
  readState(): void {
    this.#openUnless(() => {
      this.#write();
      const why = this.#file.read()?.open?.why;
      if (why !== undefined) this.#opened.abort(why);
    });
  }

  // A timer calls this: an error that is thrown there would end the runner with all its runs.
  #openUnless(stored: () => void): void {
    try {
      stored();
    } catch (cause) {
      this.#opened.abort(
        `the file of the circuit breaker cannot be read or written: ${(cause as Error).message}`,
      );
    }
  }

  #add(counter: BreakerCounter, amount: number): void {
    // An open breaker ends the run, so further counts add nothing.
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
