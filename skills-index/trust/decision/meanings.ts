/**
 * What each reason of a refusal means, for people who ask. What to do stands beside the reason
 * itself.
 */
import type { DecisionReasonCode } from './reason.ts';

/** Code → one sentence. */
export const decisionMeanings: Readonly<Record<DecisionReasonCode, string>> = {
  'bundle-mismatch':
    'The files that came are not those whose digest was approved, or pinned in skillgate.lock.',
  'manifest-mismatch': 'The skill.json among the files is not the manifest that the author signed.',
  'description-mismatch':
    'The description in the index is not the one in SKILL.md: people would choose by other words than agents read.',
  'line-mismatch': 'The line of the index, which nobody signs, contradicts the signed statements.',
  'file-missing': 'A file that the bundle lists was not delivered.',
  'statement-missing':
    'The index names a signed statement that was not delivered, or one is lacking that every version has.',
  'statement-invalid':
    'A statement is malformed, its signature does not hold, or it is not proved to be in the log.',
  'statement-surplus':
    'There is more than one statement where a version has exactly one, so it is open which of them counts.',
  'subject-mismatch': 'A statement is about another version or other bytes than the ones at hand.',
  'publisher-unknown':
    'Whoever signed the publication could not publish in the scope at that place in the log.',
  'publisher-changed':
    'The version was published by somebody else than the publisher that this host knows for the skill, or by another owner of the scope.',
  'lock-mismatch':
    'What skillgate.lock pins of the version is not what the registry shows of it now.',
  'scanner-unknown':
    'The scan was signed with a key that was no scanner’s at that place in the log.',
  'scan-mismatch':
    'The scan report is not the one that was signed, or it does not cover every file of the version.',
  'rule-set-refused':
    'The version was scanned by a rule set that the policy has named as no longer good enough.',
  'approval-invalid':
    'An approval does not count: by who was no reviewer then, by an author of the version, or about other things than these.',
  'scans-missing':
    'Fewer scanners signed the report than the policy asks for; two keys of one member are one scanner.',
  'approvals-missing':
    'Fewer people approved the version than the policy asks for one that may do this much.',
  'approvals-not-independent':
    'Fewer of the approvals were signed past the desk, over a checked copy of the bundle, than the policy asks.',
  'verdict-invalid':
    'The registry’s verdict does not count: signed with a key that was not in office there, or not over exactly these statements.',
  'policy-mismatch':
    'The version was approved under another policy than the one that was in force at its place in the log.',
  'capability-exceeded':
    'The version was granted more than its author asked for, or than the policy lets any skill have.',
  'status-missing':
    'There is no signed status of the registry, so nobody can say that the version is not revoked.',
  'status-stale':
    'The signed status of the registry is past its date: a revocation since then would not be known here.',
  'witnesses-missing':
    'Fewer witnesses than are demanded cosigned the log within the last day, so it could be another log than others see.',
  'log-rolled-back':
    'The log does not continue the one that was seen here before: entries are gone, or it is another log.',
  'log-forked':
    'Parts of the evidence lie in different logs under one name: somebody is shown another history than others.',
  suspended:
    'A reviewer, or the registry after a rescan, has stopped the version, its bytes or its publisher until somebody has looked.',
  revoked:
    'A reviewer, or the end of a key on which it rests, has taken the version back for ever.',
};
