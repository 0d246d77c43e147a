/** The reasons against a version. Each reason has a code, a finding and the next step. */
import { Problem } from '../../skill/problem.ts';

/** The next step for each code of a reason. */
export const decisionHints = {
  'bundle-mismatch':
    'Do not use these bytes. Fetch them again; when the error remains, tell the registry’s operator.',
  'manifest-mismatch':
    'The author has to publish a version whose skill.json is the manifest that they signed.',
  'description-mismatch':
    'Tell the registry’s operator that the index shows another description than SKILL.md.',
  'line-mismatch': 'Tell the registry’s operator that the index contradicts the signed statements.',
  'file-missing': 'Fetch the skill again.',
  'statement-missing':
    'The registry withholds evidence, or somebody removed it: tell the registry’s operator.',
  'statement-invalid':
    'Somebody changed the evidence. Do not install the version; tell the registry’s operator.',
  'statement-surplus': 'The registry has to publish one set of evidence for each version.',
  'subject-mismatch': 'Tell the registry’s operator that the statement is about other bytes.',
  'publisher-unknown':
    'Do not use the version: a thief may have published it. Ask the scope’s owner (skillgate scope show) for a higher version.',
  'publisher-changed':
    'Ask the author over another channel whether the publisher changed. If so: skillgate install NAME --publisher sha256:… (the id of the new publisher).',
  'lock-mismatch':
    'Somebody changed skillgate.lock, or the version was approved again: find out which of the two happened. skillgate install NAME shows what is approved now, and asks before it writes other capabilities into the lock. Where another registry answers, first remove the entry from skillgate.lock.',
  'scanner-unknown':
    'Do not use the version. Its author can publish a higher version for an enrolled scanner (skillgate member add).',
  'scans-missing':
    'Another scanner has to sign the same report: skillgate scanner work with its key, on another machine.',
  'scan-mismatch': 'The registry has to scan the version again.',
  'rule-set-refused':
    'The policy no longer accepts scans by that rule set: the registry has to scan the version again.',
  'approval-invalid':
    'Do not use the version. Its author can publish a higher version for reviewers to approve.',
  'approvals-missing': 'More reviewers have to approve the version: skillgate review list.',
  'approvals-not-independent':
    'A reviewer has to approve from the command line: skillgate review approve.',
  'summary-invalid':
    'The author has to publish a higher version, because the registry signs only one verification summary for a version.',
  'policy-mismatch': 'Ask the registry’s operator for the policy in force.',
  'capability-exceeded':
    'The author has to publish a new version: the approval grants more than the signed manifest or the policy allows.',
  'status-missing': 'Try again when the registry answers.',
  'status-stale':
    'Try again when the registry answers: without a fresh status it could hide a revocation.',
  'names-unproven':
    'Try again. When the error remains, tell the registry’s operator: without the proofs the registry could hide a revocation or the end of a key.',
  'statements-withheld':
    'The registry hides a statement, perhaps a revocation or the end of a key. Do not install the version; tell the registry’s operator and other users.',
  'witnesses-missing':
    'Try again later. When the error remains, ask the operator and the witnesses whether they still see the same log.',
  'log-rolled-back':
    'Keep the evidence. Tell the operator and other users that this host saw another log before.',
  'log-forked':
    'Keep the evidence. Tell the operator and other users that parts of the evidence lie in different logs.',
  'log-unproven':
    'Try again when the registry answers. When it answers and the error remains, tell the operator: the registry withholds proofs of its log.',
  suspended: 'Wait until a reviewer lifts the suspension or revokes the version.',
  revoked:
    'skillgate status lists the versions: install an approved one, or wait for one. Where this version is installed, delete the skill with skillgate remove, and check what the skill did with skillgate agent log.',
} as const;

export type DecisionReasonCode = keyof typeof decisionHints;

/** The parts of the chain of evidence, from the root of trust to the files. */
export type ChainPart =
  | 'root'
  | 'log'
  | 'statements'
  | 'witnesses'
  | 'publisher'
  | 'scan'
  | 'approvals'
  | 'summary'
  | 'status'
  | 'version';

export interface DecisionReason {
  readonly code: DecisionReasonCode;
  /**
   * The part of the chain of evidence that failed, where the reason's code alone does not tell the
   * part.
   */
  readonly part?: ChainPart;
  readonly message: string;
  readonly hint: string;
}

/** Collects the reasons against a version in one decision. */
export class Reasons {
  readonly list: DecisionReason[] = [];

  /**
   * Adds a reason against the version.
   * @param part the part of the chain of evidence that failed, where the code alone does not tell
   * the part
   */
  add(code: DecisionReasonCode, message: string, part?: ChainPart): void {
    const hint = decisionHints[code];
    this.list.push({ code, message, hint, ...(part === undefined ? {} : { part }) });
  }

  /** Adds the reason when the condition `holds` is false. */
  demand(holds: boolean, code: DecisionReasonCode, message: string, part?: ChainPart): void {
    if (!holds) this.add(code, message, part);
  }

  /** The result of `read`. A Problem that `read` throws becomes a reason. */
  attempt<Result>(code: DecisionReasonCode, read: () => Result): Result | undefined {
    try {
      return read();
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      this.add(code, cause.message);
      return undefined;
    }
  }
}
