/** Failures of the registry. */
import type { ProblemCodeRow } from './trust.ts';

export const registryCodes = {
  'scope-taken': {
    exit: 6,
    status: 403,
    means: 'The scope belongs to another owner.',
    fix: 'Publish under a scope that you own.',
  },
  'scope-reserved': {
    exit: 6,
    status: 403,
    means: 'The name is reserved, or looks like the scope of another owner.',
    fix: 'Claim another name, or ask an administrator of the registry for this name.',
  },
  'scope-unclaimed': {
    exit: 6,
    status: 403,
    means: 'Nobody owns this scope yet.',
    fix: 'Run skillgate scope claim SCOPE.',
  },
  'object-store-unfit': {
    exit: 6,
    status: 500,
    means: 'The registry cannot use the object store, or its objects are in another place.',
    fix: 'docs/registry-reference.md, "Objects in an S3 store", says what the store must do, and where its access key belongs.',
  },
  'version-exists': {
    exit: 6,
    status: 409,
    means: 'This version is published already. Versions are immutable.',
    fix: 'Publish changed files under a higher version. skillgate status @scope/name@version shows the version that is there.',
  },
  'bundle-taken': {
    exit: 6,
    status: 409,
    means:
      'The same files are published under the scope of another owner. Statements about a bundle apply to every skill with these files.',
    fix: 'Add a skill.json with your own name. To use the published skill, require it instead of copying it.',
  },
  'name-taken': {
    exit: 6,
    status: 409,
    means: 'Another skill with different files has this name and version.',
    fix: 'Rename one of the two skills.',
  },
  'move-illegal': {
    exit: 6,
    status: 409,
    means: 'A version in this state cannot go to the state that the request asks for.',
    fix: 'skillgate status shows the state and the next states that it allows.',
  },
  'approval-refused': {
    exit: 6,
    status: 403,
    means: 'The policy does not accept this approval.',
    fix: 'Ask another reviewer to approve. Authors cannot approve their own versions.',
  },
  'logged-unfinished': {
    exit: 4,
    status: 503,
    means:
      'The statement is in the log and counts, but the registry’s storage failed before the answer was complete.',
    fix: 'Type skillgate status NAME@VERSION before you try again. The same statement keeps its place in the log. A command that you give again signs a new statement: a second approval is logged and counts once, a revocation is answered with move-illegal, a version with version-exists.',
  },
  'not-found': {
    exit: 3,
    status: 404,
    means: 'The registry or this host has nothing of this name.',
    fix: 'Check the name and the version. A private skill is found by its readers only: sign in (skillgate login), or keep the token of a reader (skillgate registry token URL).',
  },
  'request-invalid': {
    exit: 2,
    status: 400,
    means: 'The request does not follow the API.',
    fix: 'Correct the parts of the request that the answer names.',
  },
  'request-too-large': {
    exit: 6,
    status: 413,
    means: 'The request body is larger than its limit.',
    fix: 'A skill has at most 1,000 files, 5 MB a file, 20 MB in all.',
  },
  'host-unknown': {
    exit: 4,
    status: 421,
    means: 'The registry does not serve this host name.',
    fix: 'Use the address that the operator configured. A proxy in front of the registry has to pass on the Host header of the client.',
  },
  'proxy-untrusted': {
    exit: 4,
    status: 403,
    means:
      'The registry takes plain HTTP only from proxies that its operator named, and this connection came from another address.',
    fix: 'Use the https address of the registry. Its operator names a further proxy with --trusted-proxy ADDRESS.',
  },
  'origin-refused': {
    exit: 4,
    status: 403,
    means: 'The request came from another site.',
    fix: 'Open the desk at its own address.',
  },
  'not-signed-in': {
    exit: 5,
    status: 401,
    means: 'This request needs a session or a key.',
    fix: 'Run skillgate login.',
  },
  'sign-on-refused': {
    exit: 6,
    status: 403,
    means: 'The identity provider did not sign this person in, or the person has no role here.',
    fix: 'Begin the sign-in again. Members sign in with skillgate login --browser, too.',
  },
  'sign-on-down': {
    exit: 4,
    status: 503,
    means: 'The identity provider does not answer, so nobody can begin a session through it.',
    fix: 'Try again later. Sessions and passkeys go on, and members sign in with skillgate login --browser.',
  },
  forbidden: {
    exit: 6,
    status: 403,
    means: 'You are signed in, but your role does not allow this request.',
    fix: 'Ask an administrator for the role.',
  },
  'job-stale': {
    exit: 6,
    status: 409,
    means: 'The lease of this scan job has expired, so the registry rejects its report.',
    fix: 'Do nothing: the registry gives the job to another worker.',
  },
  'too-many-requests': {
    exit: 4,
    status: 429,
    means: 'Too many requests came from one address in a short time.',
    fix: 'Wait a moment and try again. This limit does not apply to members.',
  },
  'quota-used': {
    exit: 7,
    status: 403,
    means: 'The publisher has used what the operator of the registry allows.',
    fix: 'Publish later: skillgate whoami shows what is used. Or ask the operator for a larger quota.',
  },
  'statement-replayed': {
    exit: 6,
    status: 409,
    means:
      'The log has this statement already, and a newer statement about the same subject has replaced it.',
    fix: 'Sign a new statement with a new nonce.',
  },
  'publisher-stopped': {
    exit: 6,
    status: 403,
    means:
      'A reviewer or administrator suspended or revoked this publisher, so the registry takes no new versions from the publisher.',
    fix: 'Ask the registry’s reviewers: they can lift a suspension, but a revocation is final. A key counts as one publisher with the keys that it replaced and that replaced it. Other owners of the scope may publish.',
  },
  'scope-frozen': {
    exit: 6,
    status: 409,
    means:
      'A statement about the owner of this scope can no longer be verified, so nobody can publish in the scope or change it.',
    fix: 'The registry’s administrators can name the Sigstore authority that certified the statement again: skillgate registry rotate propose --trusted-root. Keep an expired authority in that file, with its validity period.',
  },
  'registry-down': {
    exit: 4,
    status: 503,
    means: 'The registry cannot be reached.',
    fix: 'Try again later. Check the address: skillgate registry list shows it, SKILLGATE_REGISTRY overrides it, and skillgate registry move OLD NEW changes it when the registry moved. Operators: skillgate serve starts the registry. For a certificate of an authority of your own, set NODE_EXTRA_CA_CERTS.',
  },
  'registry-busy': {
    exit: 4,
    status: 503,
    means: 'The registry could not write at the moment.',
    fix: 'Try again in a moment.',
  },
  'registry-full': {
    exit: 4,
    status: 507,
    means: 'The registry has no space left to write.',
    fix: 'Tell the operator of the registry that its disk or database is full. The registry stored nothing.',
  },
  'version-pending': {
    exit: 6,
    status: 423,
    means: 'The version waits for its scan or for the approvals of reviewers.',
    fix: 'Ask again when it is approved. To see what it waits for: skillgate status NAME@VERSION.',
  },
  'version-withheld': {
    exit: 6,
    status: 403,
    means:
      'The version was quarantined, refused, withdrawn, suspended or revoked, so the registry gives it to no client.',
    fix: 'Take another version. The message and the version’s page at the registry have the reason.',
  },
  'files-deleted': {
    exit: 6,
    status: 410,
    means:
      'The version was refused or withdrawn, and the registry’s retention rule deleted its files.',
    fix: 'Publish the skill again under a higher version. Its statements, reports and history stay.',
  },
  'blob-damaged': {
    exit: 6,
    status: 503,
    means: 'A stored file is damaged on the registry’s disk, and the registry has no other copy.',
    fix: 'The operator of the registry copies the file below objects/ from a backup. Publishing a version that has the same file restores it as well.',
  },
  'database-damaged': {
    exit: 6,
    status: 503,
    means: 'The registry’s database is damaged on its disk.',
    fix: 'The operator of the registry restores the newest copy of the data folder: docs/registry-reference.md, "The database is damaged".',
  },
  'database-newer': {
    exit: 6,
    status: 500,
    means:
      'A newer release of Skillgate wrote the registry’s database. This release does not know its form.',
    fix: 'Start the registry with the newer release again. To go back to this release, restore a backup that this release made.',
  },
  'backup-damaged': {
    exit: 6,
    status: 500,
    means: 'A file of the backup is missing or damaged, so that no whole registry can be restored.',
    fix: 'Restore another backup, or copy the file that the message names from another copy of the backup.',
  },
  'registry-answer-invalid': {
    exit: 4,
    status: 502,
    means: 'The registry’s answer does not follow its API.',
    fix: 'Check the address, and the versions of Skillgate on both sides.',
  },
} as const satisfies Record<string, ProblemCodeRow>;
