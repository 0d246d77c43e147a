import type { Digest } from '../../skills-index/skill/digest.ts';
import type { IndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import type { ReplayedLine } from '../../skills-index/trust/index-files/judge-line.ts';

/** A verification summary as a replay remembers it. */
export interface LoggedSummary {
  /** Package URL of the version. */
  readonly purl: string;
  readonly logIndex: number;
  readonly address: Digest;
}

/** What came of a verification summary in the log whose index line is not shown. */
export type ReplayedSummary =
  | { readonly line: IndexLine; readonly replayed: ReplayedLine }
  /** The statement at `withheld` was shown before and is not any more. */
  | { readonly withheld: number }
  /**
   * A statement behind the verification summary is not in the log as it is read here, or cannot be
   * verified: a registry could hide a stop in this way.
   */
  | { readonly unfounded: string }
  /** Installers take nothing on such a verification summary, whatever they are shown. */
  | { readonly why: string };
