/** Failures of statements, the log and trust. */

export const trustCodes = {
  'statement-invalid': {
    exit: 6,
    status: 422,
    means:
      'A signed statement is not in-toto in DSSE in a Sigstore v0.3 bundle, or its predicate is malformed.',
    fix: 'If you signed the statement, sign again with this version of Skillgate. If a registry sent it, tell the registry’s operator.',
  },
  'signature-invalid': {
    exit: 6,
    status: 401,
    means: 'A signature does not match the statement, the key or the log.',
    fix: 'Do not use the version. Publish or fetch again; if the error stays, somebody changed the statement.',
  },
  'certificate-invalid': {
    exit: 6,
    status: 422,
    means:
      'The trusted root does not vouch for the certificate, or for the timestamp of the certificate’s use.',
    fix: 'Sign again with skillgate publish --oidc. If signatures of other people pass, somebody changed the statement.',
  },
  'certificate-used': {
    exit: 6,
    status: 409,
    means:
      'The certificate signed another statement of this kind before, or the CI run published a version of this skill.',
    fix: 'Sign in again, or start the job again: each attempt is a run of its own.',
  },
  'identity-mismatch': {
    exit: 6,
    status: 403,
    means: 'The signature is valid, but another identity made it than expected.',
    fix: 'Do not use the version, unless you trust the identity that the message names.',
  },
  'evidence-invalid': {
    exit: 6,
    status: 422,
    means:
      'Exported evidence (a folder, or a report) is malformed, was changed, or relied on other trusted files than yours.',
    fix: 'Use another copy, or make the evidence again: skillgate verify --export writes a folder, skillgate evidence a report.',
  },
  'evidence-too-large': {
    exit: 7,
    status: 413,
    means: 'An evidence report would be larger than a report may be.',
    fix: 'Shorten the period with --since, or make a report for each host.',
  },
  'version-yanked': {
    exit: 6,
    status: 409,
    means:
      'The author yanked every version that the range allows: new installations should not choose them.',
    fix: 'Ask for a range with other versions, or name the exact version. A version in your lock goes on working.',
  },
  'requires-unmet': {
    exit: 6,
    status: 409,
    means:
      'A skill requires other skills, and no choice of approved versions meets all requirements. A project has one version of each skill.',
    fix: 'The message names the requirements. Install another version of the skill, or ask the author of the required skill for a version that fits. skillgate status shows the author whether such a version waits for its approval.',
  },
  'log-rolled-back': {
    exit: 6,
    status: 409,
    means:
      'The registry shows a log that does not continue the log that this host saw before. The log lost entries, or is another log.',
    fix: 'Keep the file of evidence. Tell the operator and other users of the registry. Install nothing from the registry until the operator knows the cause.',
  },
  'log-unproven': {
    exit: 6,
    status: 409,
    means:
      'The registry does not prove that its log continues the log that this host saw before. A file of the log is missing, or the registry withholds the proof.',
    fix: 'Try again later. When the error remains, ask the operator.',
  },
  'log-behind': {
    exit: 6,
    status: 409,
    means:
      'A witness, or the last status that this registry signed, shows more log entries than the registry’s database has. The registry writes nothing more.',
    fix: 'The registry’s operator restores the newest copy of the data folder: docs/registry-reference.md, "The log was restored from a backup".',
  },
  'witnesses-unasked': {
    exit: 6,
    status: 500,
    means: 'Clients demand more witnesses than this registry is set up to ask.',
    fix: 'Name each witness’s address: skillgate serve DIR --witness URL, once for each witness.',
  },
  'witnesses-missing': {
    exit: 6,
    status: 422,
    means:
      'Fewer witnesses cosigned the head of the registry’s log than its administrators demand.',
    fix: 'Try again later. When the error remains, ask the operator and the witnesses whether they still see the same log.',
  },
  'rescan-differs': {
    exit: 6,
    status: 422,
    means:
      'The scanner on this machine, with the same rule set, made a report of the same bytes that differs from the signed report.',
    fix: 'Tell the operator: either the signed report is false, or one of the two scanners was changed.',
  },
  'trusted-root-invalid': {
    exit: 6,
    status: 422,
    means:
      'A Sigstore trusted_root.json is malformed, or a key or certificate in the file does not say since when it counts.',
    fix: 'Fetch the file again from its source (skillgate registry trust), or ask the operator.',
  },
  'memory-damaged': {
    exit: 6,
    status: 500,
    means:
      'The file in which this host remembers facts about a registry (revocations, ends of keys) is damaged or full, so Skillgate cannot rely on the file.',
    fix: 'Restore the file that the message names from a backup. If you delete the file, this host forgets the facts in it.',
  },
  'other-registry': {
    exit: 6,
    status: 422,
    means:
      'The statement was signed for another registry, or names no registry. A statement counts only in the registry that it names.',
    fix: 'Sign the statement again for this registry with this version of Skillgate.',
  },
  'subject-mismatch': {
    exit: 6,
    status: 422,
    means: 'A statement is about other bytes than the bundle that it was compared with.',
    fix: 'Sign the bundle that you send.',
  },
  'key-unknown': {
    exit: 6,
    status: 403,
    means:
      'The registry does not know the key: no statement makes the key a member’s key, or lets the key publish in the scope.',
    fix: 'Enrol the key: an administrator runs skillgate member add, an author runs skillgate scope claim.',
  },
  'tuf-invalid': {
    exit: 6,
    status: 422,
    means:
      'The registry’s root-of-trust metadata (TUF) is malformed, lacks signatures, or its parts do not belong together.',
    fix: 'Do not install from the registry. Ask the operator. If other users see the same error, the registry’s administrators have to publish the metadata again.',
  },
  'tuf-rollback': {
    exit: 6,
    status: 422,
    means: 'The registry shows older root-of-trust metadata than it showed to this host before.',
    fix: 'Somebody may hold back a rotation or a revocation: ask the operator over another channel.',
  },
  'tuf-missing': {
    exit: 6,
    status: 503,
    means:
      'The root file says that the registry has root-of-trust metadata (TUF), but the registry shows none.',
    fix: 'Ask the operator over another channel. Either the administrators have not signed the metadata yet, or somebody withholds the metadata from you.',
  },
  'tuf-expired': {
    exit: 6,
    status: 422,
    means:
      'The registry’s root-of-trust metadata has expired, or could not be renewed for too long.',
    fix: 'Go online and try again. When the error remains, ask the operator to run skillgate registry rotate; somebody may also withhold the registry’s answers from you.',
  },
  'key-ended': {
    exit: 6,
    status: 403,
    means: 'The key was ended before it made this signature.',
    fix: 'Use your new key.',
  },
  'log-invalid': {
    exit: 6,
    status: 422,
    means: 'An inclusion proof, tile or checkpoint of the transparency log is not valid.',
    fix: 'Do not install the version. Tell the operator, and keep the files.',
  },
  'root-invalid': {
    exit: 6,
    status: 422,
    means: 'The root file is damaged, or differs from the pinned root file.',
    fix: 'Compare the fingerprint with the operator, then type skillgate registry trust.',
  },
  'root-not-pinned': {
    exit: 6,
    status: 403,
    means: 'No root of trust is pinned for this registry.',
    fix: 'Run skillgate registry add URL --root sha256:…',
  },
  'status-stale': {
    exit: 6,
    status: 503,
    means: 'The registry’s status is older than allowed, so the registry could hide a revocation.',
    fix: 'Try again when the registry answers, or ask its operator.',
  },
  'not-admitted': {
    exit: 6,
    status: 403,
    means: 'The version is not admitted; each reason is listed.',
    fix: 'Read the listed reasons: each reason says what has to change.',
  },
} as const satisfies Record<string, ProblemCodeRow>;

/** The data of one problem code. */
export interface ProblemCodeRow {
  /**
   * Exit code of the command line: 1 internal, 2 usage, 3 not found, 4 network, 5 not signed in, 6
   * refused, 7 limit.
   */
  readonly exit: 1 | 2 | 3 | 4 | 5 | 6 | 7;
  /** The HTTP status of an answer in which the registry reports this failure. */
  readonly status: number;
  readonly means: string;
  readonly fix: string;
}

// Failures of the scanner and the runner.

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
    means: 'A folder of root would be written to unasked, or a run would have root’s uid.',
    fix: 'Mount the folder with mode cow, and accept its changes; or name a folder of another user.',
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
