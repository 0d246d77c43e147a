/**
 * What each reason against a version means, for people who ask. The next step for a reason stands
 * in `decisionHints`.
 */
import type { DecisionReasonCode } from './reason.ts';

/** The meaning of each code of a reason. */
export const decisionMeanings: Readonly<Record<DecisionReasonCode, string>> = {
  'bundle-mismatch':
    'The delivered files do not have the digest that was approved, or that skillgate.lock pins.',
  'manifest-mismatch': 'The delivered skill.json is not the manifest that the author signed.',
  'description-mismatch':
    'The index shows another description than SKILL.md: people would choose by a text that agents do not read.',
  'line-mismatch': 'The line of the index, which is not signed, contradicts the signed statements.',
  'file-missing': 'The registry did not deliver a file that the bundle lists.',
  'statement-missing':
    'The registry did not deliver a statement that the index names, or one that every version needs.',
  'statement-invalid':
    'A statement is malformed, its signature is not valid, or no proof shows that it is in the log.',
  'statement-surplus':
    'The evidence has several statements of a kind of which a version has exactly one. Nothing shows which of these statements counts.',
  'subject-mismatch':
    'A statement is about another version or other bytes than the delivered version.',
  'publisher-unknown':
    'The signer of the publication had no right to publish in the scope at that place in the log. After a theft, the end of a key takes this right away for earlier log indexes, too.',
  'publisher-changed':
    'Another publisher than the one that this host knows for the skill, or another owner of the scope, published the version.',
  'lock-mismatch': 'The registry now shows the version with other facts than skillgate.lock pins.',
  'scanner-unknown':
    'The key that signed the scan did not belong to a scanner at that place in the log. The end of a scanner’s key can count from an earlier log index.',
  'scan-mismatch':
    'The scan report differs from the signed report, or does not cover every file of the version.',
  'rule-set-refused': 'A rule set that the policy no longer accepts scanned the version.',
  'approval-invalid':
    'An approval does not count: its signer was no reviewer, or is an author of the version, or approved something else. The end of a reviewer’s key can count from an earlier log index.',
  'scans-missing':
    'Fewer scanners signed the report than the policy demands. Two keys of one member count as one scanner.',
  'approvals-missing':
    'Fewer people approved the version than the policy demands for these capabilities.',
  'approvals-not-independent':
    'Fewer people than the policy demands approved without the desk, over a checked copy of the bundle.',
  'summary-invalid':
    'The registry’s verification summary does not count: the key was not in office, or the verification summary names other statements.',
  'policy-mismatch':
    'The version was approved under another policy than the policy in force at the version’s place in the log.',
  'capability-exceeded':
    'The approval grants more than the author declared, or more than the policy allows any skill.',
  'status-missing':
    'There is no signed status of the registry, so nothing shows that the version is not revoked.',
  'status-stale':
    'The signed status of the registry has expired, so this host could miss a later revocation.',
  'names-unproven':
    'Nothing proves that the registry showed every statement about the people, keys and scope behind the version. A revocation or the end of a key could be missing.',
  'statements-withheld':
    'The log has a statement about the version, or about the people, keys or scope behind it, that the registry does not show, or that cannot be verified.',
  'witnesses-missing':
    'Fewer witnesses than the policy demands cosigned the log within the last day. So the registry could show another log to other users.',
  'log-rolled-back':
    'The log does not continue the log that this host saw before. The log lost entries, or is another log.',
  'log-unproven':
    'This host has two signed heads of the log, and no proof that one continues the other. The registry does not answer, or withholds the proof. Nothing is admitted without it.',
  'log-forked':
    'Parts of the evidence lie in different logs with one name: the registry shows different people different histories.',
  suspended:
    'A reviewer, or the registry after a rescan, stopped the version, its bytes or its publisher until a person decides.',
  revoked:
    'A reviewer or administrator revoked the version, its bytes or its publisher. A revocation is final.',
};
