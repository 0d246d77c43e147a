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
    means: 'The scanning process was stopped by its watchdog.',
    fix: 'A person has to look at it; report the skill to us if you can.',
  },
  'host-policy-invalid': {
    exit: 2,
    status: 400,
    means: 'host.json is malformed, or others may write to it.',
    fix: 'Mend it at the place named; chmod 600.',
  },
  'plan-refused': {
    exit: 6,
    status: 403,
    means:
      'What the skill needs is not approved, not granted to this agent, or not allowed on this host.',
    fix: 'skillgate run --plan shows each line left out and why.',
  },
  'mode-unsupported': {
    exit: 6,
    status: 422,
    means:
      'A folder cannot be seen through a view here: this host mounts no overlay for the runner, and the folder is too large to be copied, or host policy names it in ownLocks.',
    fix: 'Run as root on Linux 5.11 or later, bind a smaller folder to the workspace, or take the workspace out of ownLocks.',
  },
  'changes-conflict': {
    exit: 6,
    status: 409,
    means:
      'What a run would change was changed by somebody else meanwhile, so nothing was applied.',
    fix: 'Run it again, and look at what it would change then: skillgate changes show RUN.',
  },
  'changes-invalid': {
    exit: 6,
    status: 409,
    means: 'Changes that wait are not what was shown, or not whole.',
    fix: 'skillgate changes discard RUN, and run it again.',
  },
  'hold-unsupported': {
    exit: 6,
    status: 422,
    means:
      'This action waits for a person, and nobody who is not the agent can answer on this host, so it is refused.',
    fix: 'Name an approver in host.json: skillgate key create NAME --passphrase prints the line. What an agent needs can be granted beforehand: skillgate agent grant. A mount needs nobody with "mode": "cow" in skill.json, or with its workspace in "writable" of host.json.',
  },
  'hold-denied': {
    exit: 6,
    status: 403,
    means: 'A person was asked and said no, or the answer does not count.',
    fix: 'skillgate log shows who was asked about what, and why.',
  },
  'hold-expired': {
    exit: 6,
    status: 403,
    means: 'A person was asked and did not answer in time, which means no.',
    fix: 'Run it again while somebody looks at skillgate hold list.',
  },
  'breaker-open': {
    exit: 7,
    status: 403,
    means:
      'This version did under this agent what opens its circuit breaker: what ran was stopped, what comes is refused.',
    fix: 'Look at the log for what it did; a person closes it with skillgate hold allow ID, or it stays open.',
  },
  'sandbox-missing': {
    exit: 6,
    status: 503,
    means: 'A tool the sandbox needs is missing or cannot work on this host.',
    fix: 'Install what is named; skillgate doctor shows what this host can enforce.',
  },
  'sandbox-refused': {
    exit: 6,
    status: 403,
    means: 'The sandbox cannot give what host policy requires.',
    fix: 'See skillgate doctor.',
  },
  'mount-owner-root': {
    exit: 6,
    status: 403,
    means: 'A mounted folder belongs to root; a run takes its owner’s uid and never root’s.',
    fix: 'chown the folder to a user as shown.',
  },
  'run-limit': {
    exit: 7,
    status: 504,
    means: 'The run was stopped by a limit.',
    fix: 'Raise limits in skill.json (and have it approved), or do less per run.',
  },
  'budget-used': {
    exit: 7,
    status: 429,
    means: 'This agent has used up its budget of the day.',
    fix: 'Wait for the next day (UTC), or raise it: skillgate agent grant NAME --budget KIND=N.',
  },
  'token-ended': {
    exit: 6,
    status: 401,
    means: 'The run token of an agent’s session is not good: it ended, or it is another session’s.',
    fix: 'Start the session again: skillgate agent run NAME -- COMMAND.',
  },
  'agent-unknown': {
    exit: 3,
    status: 404,
    means: 'There is no such agent identity here.',
    fix: 'skillgate agent create NAME',
  },
  'secret-refused': {
    exit: 6,
    status: 403,
    means: 'A secret has no host in common with what the manifest names, or is missing.',
    fix: 'skillgate secret set NAME --host HOST',
  },
  'audit-broken': {
    exit: 6,
    status: 500,
    means: 'The audit log’s hash chain is broken at the place named.',
    fix: 'Keep the file: somebody changed it. Start a new one only after looking.',
  },
  'audit-unwritable': {
    exit: 6,
    status: 500,
    means: 'The audit log cannot be written, so nothing goes on that would have to be in it.',
    fix: 'Make room on the disk that holds the audit folder, and see that it is yours.',
  },
  'installed-differs': {
    exit: 6,
    status: 409,
    means: 'Installed files are not the approved ones.',
    fix: 'skillgate install again, or look who changed them.',
  },
  'lock-invalid': {
    exit: 2,
    status: 400,
    means: 'skillgate.json or skillgate.lock does not follow its schema.',
    fix: 'Mend it at the place named, or remove it and install again.',
  },
  'lock-differs': {
    exit: 6,
    status: 409,
    means: 'skillgate.lock pins other bytes, or another version, than what would be installed.',
    fix: 'Look who changed it: skillgate verify. To take the other bytes on purpose, remove the entry from skillgate.lock and install again.',
  },
  'install-taken': {
    exit: 6,
    status: 409,
    means: 'Something that Skillgate did not put there stands where the skill would go.',
    fix: 'skillgate install … --as NAME, or move it away yourself.',
  },
  'plain-refused': {
    exit: 6,
    status: 403,
    means: 'Host policy does not let skills be installed without the sandbox.',
    fix: 'Install without --plain.',
  },
} as const satisfies Record<string, ProblemCodeRow>;
