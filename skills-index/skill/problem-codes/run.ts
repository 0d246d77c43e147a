/** Failures of the scanner and the runner. */
import type { ProblemCodeRow } from './row.ts';

export const runCodes = {
  'scan-limit': {
    exit: 7,
    status: 422,
    means: 'The scan stopped at a limit, so it is incomplete.',
    fix: 'Make the files named smaller or simpler.',
  },
  'scan-killed': {
    exit: 7,
    status: 422,
    means:
      'Skillgate stopped a scan that took too long, used too much memory, ended early or gave an invalid answer.',
    fix: 'A person must read the files by hand. Please report the skill to the project if you may share it.',
  },
  'host-policy-invalid': {
    exit: 2,
    status: 400,
    means: 'host.json is malformed, or others may write to it.',
    fix: 'Correct the file at the place that the message names, then: chmod 600 host.json.',
  },
  'plan-refused': {
    exit: 6,
    status: 403,
    means:
      'The skill needs a capability that is not approved, not granted to this agent, or not allowed on this host.',
    fix: 'skillgate run --plan shows each line that the plan leaves out, and why.',
  },
  'mode-unsupported': {
    exit: 6,
    status: 422,
    means:
      'The runner cannot show a folder to the skill through a view: this host mounts no overlay for the runner. The folder is also too large to be copied, or host policy names the folder in ownLocks.',
    fix: 'Run on Linux 5.11 or later with user namespaces, or as root, bind a smaller folder to the workspace, or take the workspace out of ownLocks.',
  },
  'changes-conflict': {
    exit: 6,
    status: 409,
    means:
      'Somebody else changed the same files during the run, so none of the run’s changes was applied.',
    fix: 'Run the skill again, and read its new changes: skillgate changes show RUN.',
  },
  'changes-invalid': {
    exit: 6,
    status: 409,
    means: 'The waiting changes differ from those that were shown, or parts of them are missing.',
    fix: 'Discard the changes (skillgate changes discard RUN), then run the skill again.',
  },
  'hold-unsupported': {
    exit: 6,
    status: 422,
    means:
      'The action needs a person’s answer, but this host has no approver who is independent of the agent. So the action is denied.',
    fix: 'Name an approver: skillgate key create NAME --passphrase, then skillgate host approver add NAME. What an agent needs can be granted beforehand: skillgate agent grant. A mount needs no answer with "mode": "cow" in skill.json, or with a workspace that was added by skillgate host workspace add --writable.',
  },
  'hold-waiting': {
    exit: 6,
    status: 403,
    means:
      'The skill needs more than the agent’s standing grant, and a person has not answered yet.',
    fix: 'Call again later. The message names the hold and the time at which the hold expires.',
  },
  'hold-denied': {
    exit: 6,
    status: 403,
    means: 'A person denied the action, or their answer was not valid.',
    fix: 'skillgate log shows the question, the answer and the reason.',
  },
  'hold-expired': {
    exit: 6,
    status: 403,
    means: 'A person was asked and did not answer in time, so the action is denied.',
    fix: 'Run the skill again while an approver watches skillgate hold show.',
  },
  'breaker-open': {
    exit: 7,
    status: 403,
    means:
      'This version misbehaved under this agent, so a circuit breaker opened. The version’s runs were stopped, and new runs are refused.',
    fix: 'Read in skillgate log what the version did. The breaker stays open until a person closes it: skillgate hold allow ID.',
  },
  'sandbox-missing': {
    exit: 6,
    status: 503,
    means: 'A program that the sandbox needs is missing, or does not work on this host.',
    fix: 'Install the program that the message names. skillgate doctor shows what this host can enforce.',
  },
  'sandbox-refused': {
    exit: 6,
    status: 403,
    means: 'The sandbox did not start on this host, or lacks a feature that host policy requires.',
    fix: 'skillgate doctor starts a sandbox and shows what this host can enforce. Provide what is missing, or remove it from "require" in host.json.',
  },
  'mount-owner-root': {
    exit: 6,
    status: 403,
    means:
      'A mounted folder belongs to root. A run takes the uid of the folder’s owner, and never root’s uid.',
    fix: 'Work in a folder that belongs to another user, as the message shows. Give no folder away that holds keys.',
  },
  'run-limit': {
    exit: 7,
    status: 504,
    means: 'The run reached one of its limits and was stopped.',
    fix: 'Raise the limits in skill.json and have the new version approved, or do less in each run.',
  },
  'budget-used': {
    exit: 7,
    status: 429,
    means: 'The agent has used up its budget for today.',
    fix: 'Wait for the next day (UTC), or raise the budget: skillgate agent grant NAME --budget KIND=N.',
  },
  'token-ended': {
    exit: 6,
    status: 401,
    means:
      'The run token of an agent’s session is not valid: it expired, or belongs to another session.',
    fix: 'Start the session again: skillgate agent run NAME -- COMMAND.',
  },
  'agent-unknown': {
    exit: 3,
    status: 404,
    means: 'This host has no agent identity of that name.',
    fix: 'skillgate agent create NAME',
  },
  'secret-refused': {
    exit: 6,
    status: 403,
    means: 'A secret is missing, or is bound to none of the hosts that the manifest names.',
    fix: 'Store the secret for a host of the manifest: skillgate secret set NAME --host HOST.',
  },
  'audit-broken': {
    exit: 6,
    status: 500,
    means: 'The audit log’s hash chain is broken at the place named.',
    fix: 'Keep the log as evidence: somebody changed the log. Find out who changed the log before you start a new log.',
  },
  'audit-unwritable': {
    exit: 6,
    status: 500,
    means: 'The audit log cannot be written, so every action that must be recorded is denied.',
    fix: 'Free space on the disk of the audit folder, and check that the folder belongs to you.',
  },
  'installed-differs': {
    exit: 6,
    status: 409,
    means: 'The installed files differ from the approved files.',
    fix: 'Find out who changed the files, then install the skill again: skillgate install.',
  },
  'lock-invalid': {
    exit: 2,
    status: 400,
    means: 'skillgate.json or skillgate.lock does not follow its schema.',
    fix: 'Correct the file at the place that the message names, or delete the file and install again.',
  },
  'lock-differs': {
    exit: 6,
    status: 409,
    means:
      'skillgate.lock pins another version, or other content, than the version to be installed.',
    fix: 'Find out who changed the content: skillgate verify. To accept the other content on purpose, remove the entry from skillgate.lock and install again.',
  },
  'install-taken': {
    exit: 6,
    status: 409,
    means: 'The place for the skill is taken by a file or folder that Skillgate did not create.',
    fix: 'Install under another name (skillgate install … --as NAME), or move the file or folder away.',
  },
  'plain-refused': {
    exit: 6,
    status: 403,
    means: 'Host policy forbids installing skills for use without the sandbox.',
    fix: 'Install without --plain.',
  },
} as const satisfies Record<string, ProblemCodeRow>;
