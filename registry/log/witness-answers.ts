/** The witnesses that the registry asks, and what came of it. */
import type { WitnessPolicy } from '../../skills-index/log/witness-policy.ts';

export interface Witnesses {
  /** Whose cosignatures are kept; those of others are thrown away. */
  readonly policy: WitnessPolicy;
  /** Submission prefixes (C2SP tlog-witness), without a slash at the end. */
  readonly urls: readonly string[];
  readonly fetch: typeof globalThis.fetch;
  /** Where it is said that one failed, one line each. */
  readonly say: (line: string) => void;
  /** What came of the last request to each URL. */
  readonly last: Map<string, WitnessAnswer>;
}

export interface WitnessAnswer {
  readonly ok: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The size that it cosigned last, as far as it said so. */
  readonly size: number;
  /** Why there is no cosignature. */
  readonly why?: string;
  /** It answered, so that asking again costs no time. */
  readonly answered?: boolean;
  /** Entries of this log that it cosigned, when they are more than are here. */
  readonly ahead?: number;
}
