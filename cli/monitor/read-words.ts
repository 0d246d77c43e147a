/** The words of a log as a look judges by them. */
import type { LogWords } from '../../skills-index/trust/index-files/judge-line.ts';
import type { Difference } from './difference.ts';
import type { LoggedSummary } from './judged-summary.ts';

export interface ReadWords {
  readonly words: LogWords;
  /** Changes whenever the words do, or what they are judged by. */
  readonly epoch: string;
  readonly summaries: readonly LoggedSummary[];
  readonly unverifiable: readonly Difference[];
}
