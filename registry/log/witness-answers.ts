/** The witnesses that the registry asks, and the result of the last request to each. */
import type { WitnessPolicy } from '../../skills-index/log/witness-policy.ts';

export interface Witnesses {
  /** Witnesses whose cosignatures are kept. Cosignatures of others are discarded. */
  readonly policy: WitnessPolicy;
  /** Submission prefixes (C2SP tlog-witness), without a final slash. */
  readonly urls: readonly string[];
  readonly fetch: typeof globalThis.fetch;
  /** Writes one line for each witness that failed. */
  readonly say: (line: string) => void;
  /** The result of the last request to each URL. */
  readonly last: Map<string, WitnessAnswer>;
}

export interface WitnessAnswer {
  readonly ok: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The size that the witness cosigned last, when the witness said it. */
  readonly size: number;
  /** Why there is no cosignature. */
  readonly why?: string;
  /** The witness answered, so asking it again costs little time. */
  readonly answered?: boolean;
  /** Entries of this log that the witness cosigned, when they are more than the log has here. */
  readonly ahead?: number;
}
