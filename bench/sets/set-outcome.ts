/** What is known of a skill of a set after its scan and, with `--observe`, its observation. */
import type { Verdict } from '../../skills-index/statement/finding.ts';
import type { ObservedBehaviour } from '../../skills-index/statement/observation.ts';
import type { FoundSkill } from './public-set.ts';

export interface ObservedRow {
  readonly verdict: ObservedBehaviour['verdict'] | 'failed';
  /** `LEVEL KIND WHAT`, the worst first; the error's message for one that failed. */
  readonly facts: readonly string[];
}

export interface SetOutcome {
  readonly id: string;
  readonly verdict: Verdict | 'crashed';
  readonly hasScripts: boolean;
  /** The rules whose findings decide, each once. */
  readonly rules: readonly string[];
  /** Each finding that decides: `RULE:SEVERITY@PATH:LINE`. */
  readonly decidedBy: readonly string[];
  readonly cpuMs: number;
  /** With `--observe`, for a skill that the scan did not block. */
  readonly observed?: ObservedRow;
}

/** What is done with a scanned skill while its folder is there. */
export type AfterScan = (skill: FoundSkill, outcome: SetOutcome) => Promise<SetOutcome>;
