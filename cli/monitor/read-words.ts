/** The words of a log as a look judges by them. */
import type { LogWords } from '../../skills-index/trust/replay/judge-line.ts';
import type { Difference } from './difference.ts';
import type { LoggedVerdict } from './judged-verdict.ts';

export interface ReadWords {
  readonly words: LogWords;
  /** Changes whenever the words do, or what they are judged by. */
  readonly epoch: string;
  readonly verdicts: readonly LoggedVerdict[];
  readonly unverifiable: readonly Difference[];
}
