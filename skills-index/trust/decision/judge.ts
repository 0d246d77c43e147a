/** Judges all evidence about one version, part by part. Pure. */
import { predicateTypes } from '../../statement/attestation.ts';
import { judgeRuleSet } from '../policy/judging-policies.ts';
import { type AdmittedApproval, judgeApprovals } from './approvals.ts';
import { type Evidence, gatherEvidence, statementsOf } from './evidence.ts';
import { judgeFiles } from './files.ts';
import type { DecisionInput } from './input.ts';
import { type JudgedStatus, judgeLog, judgeStops } from './log.ts';
import { judgeOneLog, type LogAlarm } from './one-log.ts';
import { type DecisionReason, Reasons } from './reason.ts';
import { type JudgedScan, judgeScan } from './scan.ts';
import { judgeShownWords } from './shown-words.ts';
import { type SlsaBuildLevel, slsaLevelOf, whyNotLevels } from './slsa-level.ts';
import {
  type CheckedSummary,
  type JudgedPublish,
  judgeLine,
  judgePinned,
  judgePublish,
  judgeSummary,
} from './version.ts';

/**
 * The parts of the evidence without which no version is admitted. A part is undefined where the
 * evidence lacks the part.
 */
export interface NeededParts {
  readonly publish: JudgedPublish | undefined;
  readonly files: true | undefined;
  readonly scan: JudgedScan | undefined;
  readonly summary: CheckedSummary | undefined;
  readonly status: JudgedStatus | undefined;
}

export interface JudgedVersion {
  readonly evidence: Evidence;
  /**
   * Every reason against the version. Each missing part of the evidence has a reason of its own.
   */
  readonly reasons: readonly DecisionReason[];
  readonly parts: NeededParts;
  readonly approvals: readonly AdmittedApproval[];
  readonly level: SlsaBuildLevel;
  readonly alarm: LogAlarm | undefined;
}

/** Judges the evidence about one version. The order of the calls is the order of the reasons. */
export function judge(input: DecisionInput): JudgedVersion {
  const reasons = new Reasons();
  const evidence = gatherEvidence(input, reasons);
  judgeLine(evidence, reasons);
  const publish = judgePublish(evidence, reasons);
  const files = judgeFiles(evidence, publish, reasons);
  const scan = judgeScan(evidence, publish, reasons);
  judgeRuleSet(evidence.policies, scan, reasons);
  const summary = judgeSummary(evidence, reasons);
  const level = judgeLevel(evidence, reasons);
  judgePinned(evidence, summary, reasons);
  const approvals = judgeApprovals(evidence, { publish, scan, summary }, reasons);
  const status = judgeLog(evidence, reasons);
  // People who read only the first reason must read of a stop, and not of what this host lacks.
  judgeStops(evidence, reasons);
  const alarm = judgeOneLog(evidence, reasons);
  judgeShownWords(evidence, reasons);
  const parts = { publish, files, scan, summary, status };
  // Each missing part of the evidence has added a reason. This check is for a future judge that
  // forgets to add a reason.
  if (!isComplete(parts) && reasons.list.length === 0)
    reasons.add('statement-missing', 'the evidence is not complete');
  return { evidence, reasons: reasons.list, parts, approvals, level, alarm };
}

type Complete<Parts> = { readonly [Part in keyof Parts]: Exclude<Parts[Part], undefined> };

export function isComplete(parts: NeededParts): parts is Complete<NeededParts> {
  return !Object.values(parts).includes(undefined);
}

/**
 * The SLSA level that the evidence shows. The verification summary may claim this level or a lower
 * level.
 */
function judgeLevel(evidence: Evidence, reasons: Reasons): SlsaBuildLevel {
  const [publish] = statementsOf(evidence, predicateTypes.publish);
  const [provenance] = statementsOf(evidence, predicateTypes.provenance);
  const [summary] = statementsOf(evidence, predicateTypes.summary);
  const level = slsaLevelOf(publish, provenance);
  const why = whyNotLevels(summary?.statement.predicate.verifiedLevels ?? [], level);
  if (why !== undefined) reasons.add('summary-invalid', why);
  return level;
}
