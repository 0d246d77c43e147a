/** The reasons against a version: a code, the finding, and what would have to change. */

/** Code → what would have to change. */
export const decisionHints = {
  'bundle-mismatch': 'Do not use these bytes; fetch again, and tell the operator if it stays.',
  'manifest-mismatch':
    'The author has to publish a version whose skill.json is the one that was signed.',
  'description-mismatch':
    'The registry shows another description than the skill has; tell its operator.',
  'line-mismatch':
    'The index says something else than the signed statements; tell the registry’s operator.',
  'file-missing': 'Fetch the skill again.',
  'statement-missing': 'The registry withholds evidence, or it was removed; tell its operator.',
  'statement-invalid': 'Somebody changed the evidence; do not install, and tell the operator.',
  'statement-surplus': 'The registry has to publish one set of evidence per version.',
  'subject-mismatch': 'The statement is about other bytes; tell the registry’s operator.',
  'publisher-unknown':
    'The scope’s owner has to publish with a key that owned the scope then: skillgate scope show.',
  'publisher-changed':
    'Ask the author by another way; if the new publisher is right: skillgate install NAME --publisher sha256:… (their id).',
  'lock-mismatch':
    'Somebody changed the lock, or the version was approved anew: look why. Then skillgate install NAME shows what is approved now, and asks before other capabilities go into the lock; where another registry answers, take the entry out of skillgate.lock first.',
  'scanner-unknown':
    'An administrator has to enrol the scanner before it scans: skillgate member add.',
  'scans-missing':
    'Another scanner has to sign the same report: skillgate scanner work with its key, on another machine.',
  'scan-mismatch': 'The version has to be scanned again.',
  'rule-set-refused':
    'The policy no longer counts scans by that rule set: the registry has to scan the version again.',
  'approval-invalid': 'A reviewer has to approve again.',
  'approvals-missing': 'More reviewers have to approve: skillgate review list.',
  'approvals-not-independent':
    'A reviewer has to approve from the command line: skillgate review approve.',
  'verdict-invalid':
    'The author has to publish a higher version: a version has one verdict, and it is never signed anew.',
  'policy-mismatch': 'Ask the operator for the policy in force.',
  'capability-exceeded':
    'The approval grants more than the signed manifest or the policy allows; a new version is needed.',
  'status-missing': 'Try again when the registry answers.',
  'status-stale':
    'Try again when the registry answers; without fresh status a revocation could be hidden.',
  'witnesses-missing':
    'Try again later; if it stays, ask the operator and the witnesses whether they still see the same log.',
  'log-rolled-back':
    'Keep the evidence and tell the operator and others who use it: the log is not the one that was seen before.',
  'log-forked':
    'Keep the evidence and tell the operator and others who use it: parts of it lie in different logs.',
  suspended: 'Wait for a reviewer to lift the suspension or revoke the version.',
  revoked:
    'Delete its folder below .agents/skills and its entries in skillgate.json and skillgate.lock, and look what it did: skillgate agent log NAME.',
} as const;

export type DecisionReasonCode = keyof typeof decisionHints;

/** The parts of the chain of evidence, from the root of trust to the files. */
export const chainParts = [
  'root',
  'log',
  'statements',
  'witnesses',
  'publisher',
  'scan',
  'approvals',
  'verdict',
  'status',
  'version',
] as const;
export type ChainPart = (typeof chainParts)[number];

const partOf: Readonly<Record<DecisionReasonCode, ChainPart>> = {
  'bundle-mismatch': 'version',
  'manifest-mismatch': 'publisher',
  'description-mismatch': 'version',
  'line-mismatch': 'version',
  'file-missing': 'version',
  'statement-missing': 'statements',
  'statement-invalid': 'statements',
  'statement-surplus': 'statements',
  'subject-mismatch': 'statements',
  'publisher-unknown': 'publisher',
  'publisher-changed': 'publisher',
  'lock-mismatch': 'version',
  'scanner-unknown': 'scan',
  'scans-missing': 'scan',
  'scan-mismatch': 'scan',
  'rule-set-refused': 'scan',
  'approval-invalid': 'approvals',
  'approvals-missing': 'approvals',
  'approvals-not-independent': 'approvals',
  'verdict-invalid': 'verdict',
  'policy-mismatch': 'verdict',
  'capability-exceeded': 'approvals',
  'status-missing': 'status',
  'status-stale': 'status',
  'witnesses-missing': 'witnesses',
  'log-rolled-back': 'log',
  'log-forked': 'log',
  suspended: 'status',
  revoked: 'status',
};

export interface DecisionReason {
  readonly code: DecisionReasonCode;
  /** The part of the chain of evidence that failed. */
  readonly part: ChainPart;
  readonly message: string;
  readonly hint: string;
}

/** Collects the reasons of one decision. */
export class Reasons {
  readonly list: DecisionReason[] = [];

  /** @param part the failed part, when the code alone does not tell */
  add(code: DecisionReasonCode, message: string, part: ChainPart = partOf[code]): void {
    this.list.push({ code, part, message, hint: decisionHints[code] });
  }

  /** Adds the reason when the condition is false; returns the condition. */
  demand(holds: boolean, code: DecisionReasonCode, message: string, part?: ChainPart): boolean {
    if (!holds) this.add(code, message, part);
    return holds;
  }
}
