/** Failures of the registry. */
import type { ProblemCodeRow } from './row.ts';

export const registryCodes = {
  'scope-taken': {
    exit: 6,
    status: 403,
    means: 'The scope belongs to somebody else.',
    fix: 'Publish under a scope you own.',
  },
  'scope-reserved': {
    exit: 6,
    status: 403,
    means: 'The name is reserved, or looks like the scope of somebody else.',
    fix: 'Claim another name, or ask an administrator of the registry for this one.',
  },
  'scope-unclaimed': {
    exit: 6,
    status: 403,
    means: 'Nobody owns this scope yet.',
    fix: 'Run skillgate scope claim SCOPE.',
  },
  'version-exists': {
    exit: 6,
    status: 409,
    means: 'This version was published before; versions are immutable.',
    fix: 'Publish a higher version.',
  },
  'bundle-taken': {
    exit: 6,
    status: 409,
    means:
      'The very same files were published under somebody else’s scope, and what is said of a bundle reaches all who have it.',
    fix: 'Add a skill.json with your own name; a copy of somebody’s skill is better required than published again.',
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
    fix: 'See skillgate status for the state and the moves it allows.',
  },
  'approval-refused': {
    exit: 6,
    status: 403,
    means: 'Policy does not accept this approval.',
    fix: 'Another reviewer has to approve; an author never approves their own.',
  },
  'logged-unfinished': {
    exit: 4,
    status: 503,
    means:
      'The statement is in the log and counts, but the registry’s storage failed before the answer was complete.',
    fix: 'Look before you try again: skillgate status NAME@VERSION. The same statement keeps its place in the log; a command that is given again signs another one: a second approval is logged beside the first and counts once, a revocation is answered with move-illegal, a version with version-exists.',
  },
  'not-found': {
    exit: 3,
    status: 404,
    means: 'There is no such thing here.',
    fix: 'Check the name and version.',
  },
  'request-invalid': {
    exit: 2,
    status: 400,
    means: 'The request does not follow the API.',
    fix: 'See /api/v1/openapi.json.',
  },
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
  'not-signed-in': {
    exit: 5,
    status: 401,
    means: 'This needs a session or a key.',
    fix: 'Run skillgate login.',
  },
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
  'too-many-requests': {
    exit: 4,
    status: 429,
    means: 'Too many requests came from one address in a short time.',
    fix: 'Wait a moment and try again; members are not limited.',
  },
  'statement-replayed': {
    exit: 6,
    status: 409,
    means:
      'This very statement was logged before, and a newer one about the same has changed it since.',
    fix: 'Sign a new statement, with a nonce of its own.',
  },
  'publisher-stopped': {
    exit: 6,
    status: 403,
    means:
      'A reviewer or administrator suspended or revoked this publisher: nothing new of theirs is taken.',
    fix: 'Ask the registry’s reviewers; a suspension can be lifted, a revocation is final. Keys that follow one another count as one; other owners of the scope may publish.',
  },
  'scope-frozen': {
    exit: 6,
    status: 409,
    means:
      'A statement that said who owns this scope cannot be verified any more, so nobody publishes in it or changes it.',
    fix: 'Its registry’s administrators can name the Sigstore authority that vouched for it again: skillgate registry rotate propose --trusted-root. An authority that has ended stays listed, with its validity.',
  },
  'registry-down': {
    exit: 4,
    status: 503,
    means: 'The registry cannot be reached.',
    fix: 'Check the address (SKILLGATE_REGISTRY) and that it runs: skillgate serve.',
  },
  'registry-busy': {
    exit: 4,
    status: 503,
    means: 'The registry could not write just now.',
    fix: 'Try again in a moment.',
  },
  'registry-full': {
    exit: 4,
    status: 507,
    means: 'The registry has no room to write.',
    fix: 'Tell its operator: the disk or database is full. Nothing was taken.',
  },
  'blob-damaged': {
    exit: 6,
    status: 503,
    means:
      'Bytes that the registry stored are damaged on its disk, and it has no other copy of them.',
    fix: 'Its operator copies the file below objects/ from a backup. Publishing a version that has the same file mends it, too.',
  },
  'database-damaged': {
    exit: 6,
    status: 503,
    means: 'The registry’s database is damaged on its disk.',
    fix: 'Its operator restores the newest copy of the data folder: docs/operating-registry.md, "The database is damaged".',
  },
  'registry-answer': {
    exit: 4,
    status: 502,
    means: 'The registry answered with something that is not its API.',
    fix: 'Check the address and the versions of both sides.',
  },
} as const satisfies Record<string, ProblemCodeRow>;
