/**
 * Every way Skillgate can fail on purpose: the code people see, the exit code of the command line, the HTTP status of the
 * registry, what it means and what to do. `skill explain CODE` prints a row; a code that is not here does not compile.
 */

interface ProblemCodeRow {
  /** Exit code of the command line (contract: 1 internal, 2 usage, 3 not found, 4 network, 5 not signed in, 6 refused, 7 limit). */
  readonly exit: 1 | 2 | 3 | 4 | 5 | 6 | 7;
  /** HTTP status when the registry answers with it. */
  readonly status: number;
  readonly means: string;
  readonly fix: string;
}

export const problemCodes = {
  // what a skill is
  'name-invalid': {
    exit: 2,
    status: 400,
    means: 'A skill name is @scope/name, each part lower-case letters, digits and single hyphens.',
    fix: 'Rename it, for example @acme/weekly-report.',
  },
  'version-invalid': {
    exit: 2,
    status: 400,
    means: 'A version is semver 2, for example 1.4.0.',
    fix: 'Write MAJOR.MINOR.PATCH.',
  },
  'digest-invalid': {
    exit: 2,
    status: 400,
    means: 'A digest is sha256: and 64 lower-case hexadecimal digits.',
    fix: 'Copy the whole digest.',
  },
  'path-invalid': {
    exit: 6,
    status: 422,
    means: 'A file name in the skill could mean something else on another machine, or leave the skill.',
    fix: 'Rename or remove the files listed; nothing was taken.',
  },
  'bundle-invalid': {
    exit: 6,
    status: 422,
    means: 'The files do not make a bundle: a limit, a link, a special file or a damaged list.',
    fix: 'Mend each reason listed; nothing was taken.',
  },
  'skill-md-missing': {
    exit: 3,
    status: 422,
    means: 'A skill is a folder with a SKILL.md.',
    fix: 'Write SKILL.md, or run skill init.',
  },
  'skill-md-invalid': {
    exit: 2,
    status: 422,
    means: 'The front matter of SKILL.md cannot be read or lacks a name or description.',
    fix: 'Mend the front matter at the place named.',
  },
  'manifest-missing': {
    exit: 3,
    status: 422,
    means: 'Publishing needs a skill.json that a person confirmed.',
    fix: 'Run skill manifest --write and read it.',
  },
  'manifest-invalid': {
    exit: 2,
    status: 422,
    means: 'skill.json does not follow its schema.',
    fix: 'Mend the keys at the places named.',
  },
  'json-invalid': {
    exit: 2,
    status: 400,
    means: 'A JSON file cannot be parsed, repeats a key or nests too deep.',
    fix: 'Mend it at the place named.',
  },
  'capability-invalid': {
    exit: 2,
    status: 422,
    means: 'A capability is not one of env, secret, egress, mount or exec in its documented form.',
    fix: 'See docs/manifest.md.',
  },
  'file-not-found': { exit: 3, status: 404, means: 'A file or folder that was named does not exist.', fix: 'Check the path.' },
  // statements, log, trust
  'statement-invalid': {
    exit: 6,
    status: 422,
    means: 'A signed statement is not in-toto in DSSE in a Sigstore v0.3 bundle, or its predicate is malformed.',
    fix: 'Sign again with this version of skill.',
  },
  'signature-invalid': {
    exit: 6,
    status: 401,
    means: 'A signature does not match the statement, the key or the log.',
    fix: 'Do not use it. Publish or fetch again; if it persists, somebody changed it.',
  },
  'subject-mismatch': {
    exit: 6,
    status: 422,
    means: 'A statement is about other bytes than the ones at hand.',
    fix: 'Sign the bundle you send.',
  },
  'key-unknown': {
    exit: 6,
    status: 403,
    means: 'The key is not enrolled, or not for this.',
    fix: 'Enrol it: an administrator runs skill member add, an author skill scope claim.',
  },
  'key-ended': { exit: 6, status: 403, means: 'The key was ended before this was signed.', fix: 'Use your new key.' },
  'log-invalid': {
    exit: 6,
    status: 422,
    means: 'An inclusion proof, tile or checkpoint of the transparency log does not add up.',
    fix: 'Do not install. Tell the operator and keep the files.',
  },
  'root-invalid': {
    exit: 6,
    status: 422,
    means: 'The root file is damaged or not the one that was pinned.',
    fix: 'Compare the fingerprint with the operator; then skill registry trust.',
  },
  'root-not-pinned': {
    exit: 6,
    status: 403,
    means: 'No root of trust is pinned for this registry.',
    fix: 'Run skill registry add URL --root sha256:…',
  },
  'status-stale': {
    exit: 6,
    status: 503,
    means: 'The registry status is older than it may be, so a revocation could be hidden.',
    fix: 'Try again when the registry answers, or ask its operator.',
  },
  'not-admitted': {
    exit: 6,
    status: 403,
    means: 'The version is not admitted; each reason is listed.',
    fix: 'Read the reasons: each says what would have to change.',
  },
  // registry
  'scope-taken': { exit: 6, status: 403, means: 'The scope belongs to somebody else.', fix: 'Publish under a scope you own.' },
  'scope-unclaimed': { exit: 6, status: 403, means: 'Nobody owns this scope yet.', fix: 'Run skill scope claim SCOPE.' },
  'version-exists': {
    exit: 6,
    status: 409,
    means: 'This version was published before; versions are immutable.',
    fix: 'Publish a higher version.',
  },
  'name-taken': {
    exit: 6,
    status: 409,
    means: 'Another skill with other bytes has this name and version.',
    fix: 'Rename one of them.',
  },
  'move-illegal': {
    exit: 6,
    status: 409,
    means: 'A version in this state cannot make this move.',
    fix: 'See skill status for the state and the moves it allows.',
  },
  'approval-refused': {
    exit: 6,
    status: 403,
    means: 'Policy does not accept this approval.',
    fix: 'Another reviewer has to approve; an author never approves their own.',
  },
  'not-found': { exit: 3, status: 404, means: 'There is no such thing here.', fix: 'Check the name and version.' },
  'request-invalid': { exit: 2, status: 400, means: 'The request does not follow the API.', fix: 'See /api/v1/openapi.json.' },
  'request-too-large': {
    exit: 6,
    status: 413,
    means: 'The upload is larger than a skill may be.',
    fix: 'At most 1,000 files, 5 MB a file, 20 MB in all.',
  },
  'host-unknown': {
    exit: 4,
    status: 421,
    means: 'The registry does not answer to this host name.',
    fix: 'Use the address the operator configured.',
  },
  'origin-refused': {
    exit: 4,
    status: 403,
    means: 'The request came from another site.',
    fix: 'Open the desk at its own address.',
  },
  'not-signed-in': { exit: 5, status: 401, means: 'This needs a session or a key.', fix: 'Run skill login.' },
  forbidden: {
    exit: 6,
    status: 403,
    means: 'You are signed in, but not allowed to do this.',
    fix: 'Ask an administrator for the role.',
  },
  'job-stale': {
    exit: 6,
    status: 409,
    means: 'The lease of this scan job has ended, so its report is not taken.',
    fix: 'Nothing: the job was given to another worker.',
  },
  'registry-down': {
    exit: 4,
    status: 503,
    means: 'The registry cannot be reached.',
    fix: 'Check the address (SKILLGATE_REGISTRY) and that it runs: skill serve.',
  },
  'registry-busy': { exit: 4, status: 503, means: 'The registry could not write just now.', fix: 'Try again in a moment.' },
  'registry-full': {
    exit: 4,
    status: 507,
    means: 'The registry has no room to write.',
    fix: 'Tell its operator: the disk or database is full. Nothing was taken.',
  },
  'registry-answer': {
    exit: 4,
    status: 502,
    means: 'The registry answered with something that is not its API.',
    fix: 'Check the address and the versions of both sides.',
  },
  // scanner
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
  // runner
  'host-policy-invalid': {
    exit: 2,
    status: 400,
    means: 'host.json is malformed, or others may write to it.',
    fix: 'Mend it at the place named; chmod 600.',
  },
  'plan-refused': {
    exit: 6,
    status: 403,
    means: 'What the skill needs is not approved, not granted to this agent, or not allowed on this host.',
    fix: 'skill run --plan shows each line left out and why.',
  },
  'mode-unsupported': {
    exit: 6,
    status: 422,
    means: 'The mount mode cow is not in this version.',
    fix: 'Ask for ro, or for rw with a reviewer’s consent.',
  },
  'hold-unsupported': {
    exit: 6,
    status: 422,
    means: 'This action would wait for a person, and holds are not in this version.',
    fix: 'Grant it beforehand: skill agent grant.',
  },
  'sandbox-missing': {
    exit: 6,
    status: 503,
    means: 'A tool the sandbox needs is missing or cannot work on this host.',
    fix: 'Install what is named; skill doctor shows what this host can enforce.',
  },
  'sandbox-refused': {
    exit: 6,
    status: 403,
    means: 'The sandbox cannot give what host policy requires.',
    fix: 'See skill doctor.',
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
  'agent-unknown': { exit: 3, status: 404, means: 'There is no such agent identity here.', fix: 'skill agent create NAME' },
  'secret-refused': {
    exit: 6,
    status: 403,
    means: 'A secret has no host in common with what the manifest names, or is missing.',
    fix: 'skill secret set NAME --host HOST',
  },
  'audit-broken': {
    exit: 6,
    status: 500,
    means: 'The audit log’s hash chain is broken at the place named.',
    fix: 'Keep the file: somebody changed it. Start a new one only after looking.',
  },
  'installed-differs': {
    exit: 6,
    status: 409,
    means: 'Installed files are not the approved ones.',
    fix: 'skill install again, or look who changed them.',
  },
  'lock-invalid': {
    exit: 2,
    status: 400,
    means: 'skillgate.json or skillgate.lock does not follow its schema.',
    fix: 'Mend it at the place named, or remove it and install again.',
  },
  'install-taken': {
    exit: 6,
    status: 409,
    means: 'Something that Skillgate did not put there stands where the skill would go.',
    fix: 'skill install … --as NAME, or move it away yourself.',
  },
  'plain-refused': {
    exit: 6,
    status: 403,
    means: 'Host policy does not let skills be installed without the sandbox.',
    fix: 'Install without --plain.',
  },
  // command line
  usage: { exit: 2, status: 400, means: 'The command was not understood.', fix: 'skill help COMMAND' },
  'not-in-this-version': {
    exit: 2,
    status: 501,
    means: 'This command is planned, but not in this version.',
    fix: 'skill help lists what there is.',
  },
  'node-too-old': {
    exit: 2,
    status: 500,
    means: 'Skillgate needs Node 24.15 or newer.',
    fix: 'In a checkout use npm run -s skill -- …, which brings its own.',
  },
  'file-exists': {
    exit: 2,
    status: 409,
    means: 'What would be written is there already, and is not overwritten.',
    fix: 'Choose another name, or move the old one away.',
  },
  'port-taken': {
    exit: 4,
    status: 500,
    means: 'Another program listens on this port.',
    fix: 'Choose another: --port N, or --port 0 for any free one.',
  },
  'capability-undeclared': {
    exit: 6,
    status: 422,
    means: 'The scan saw the skill do what its skill.json does not declare.',
    fix: 'Declare each with a why (skill manifest --write proposes them), or remove the code.',
  },
  'not-confirmed': {
    exit: 6,
    status: 403,
    means: 'A person has to say yes to this, and nobody did.',
    fix: 'Run it in a terminal and answer, or give the option that stands for the answer.',
  },
  'key-file-invalid': {
    exit: 6,
    status: 400,
    means: 'A key file is damaged or others may read it.',
    fix: 'chmod 600 it, or make a new one: skill key create.',
  },
  'system-part-missing': {
    exit: 3,
    status: 500,
    means: 'A program this needs is not on the machine.',
    fix: 'Type the line that is named.',
  },
  interrupted: { exit: 1, status: 499, means: 'It was interrupted; nothing half-done was left.', fix: 'Start again.' },
  internal: {
    exit: 1,
    status: 500,
    means: 'Something failed that should not have.',
    fix: 'Please report it with the text above.',
  },
} as const satisfies Record<string, ProblemCodeRow>;

export type ProblemCode = keyof typeof problemCodes;
