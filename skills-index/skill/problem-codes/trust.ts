/** Failures of statements, the log and trust. */
import type { ProblemCodeRow } from './row.ts';

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
      'A certificate, or the timestamp that says when it was used, is not one that the trusted root vouches for.',
    fix: 'Sign again with skillgate publish --oidc. If others sign alike and pass, somebody changed the statement.',
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
      'A folder of exported evidence is malformed, or what it says was trusted is not what you trust.',
    fix: 'Export it again with skillgate verify --export, and keep the digest that it prints apart from the folder.',
  },
  'log-rolled-back': {
    exit: 6,
    status: 409,
    means:
      'The registry shows a log that does not continue the one that was seen here before: it lost entries, or it is another log.',
    fix: 'Keep the file of evidence, tell the operator and others who use the registry, and install nothing from it until they know why.',
  },
  'log-behind': {
    exit: 6,
    status: 409,
    means:
      'A witness, or the last status that this registry signed, shows more of its log than its database has. It writes nothing more.',
    fix: 'Its operator brings back the newest copy: docs/operating-registry.md, "The log was restored from a backup".',
  },
  'witnesses-unasked': {
    exit: 6,
    status: 500,
    means: 'Clients demand more witnesses than this registry is set up to ask.',
    fix: 'Name each witness’s address: skillgate serve DIR --witness URL, once for each.',
  },
  'witnesses-missing': {
    exit: 6,
    status: 422,
    means:
      'Fewer witnesses cosigned the head of the registry’s log than its administrators demand.',
    fix: 'Try again later; if it stays, ask the operator and the witnesses whether they still see the same log.',
  },
  'rescan-differs': {
    exit: 6,
    status: 422,
    means:
      'The scanner here, with the same rule set, made another report of the same bytes than the one that was signed.',
    fix: 'Tell the operator: either the report that was signed is false, or one of the two scanners was changed.',
  },
  'trusted-root-invalid': {
    exit: 6,
    status: 422,
    means:
      'A Sigstore trusted_root.json is malformed, or something in it does not say since when it counts.',
    fix: 'Fetch it again from whom it comes (skillgate registry trust), or ask the operator.',
  },
  'memory-damaged': {
    exit: 6,
    status: 500,
    means:
      'What this host remembers of a registry (revocations, ends of keys) is damaged or full, so it cannot be relied on.',
    fix: 'Bring the file that the message names back from a backup. Deleting it makes this host forget what it held.',
  },
  'other-registry': {
    exit: 6,
    status: 422,
    means:
      'The statement was signed for another registry, or names none. It counts only in the registry that it names.',
    fix: 'Sign it anew for this registry with this version of skill.',
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
    fix: 'Enrol it: an administrator runs skillgate member add, an author skillgate scope claim.',
  },
  'tuf-invalid': {
    exit: 6,
    status: 422,
    means:
      'The registry’s root-of-trust metadata (TUF) is malformed, lacks signatures, or its parts do not belong together.',
    fix: 'Do not install from it. Ask the operator; if others see the same, its administrators have to publish again.',
  },
  'tuf-rollback': {
    exit: 6,
    status: 422,
    means: 'The registry shows older root-of-trust metadata than it has shown here before.',
    fix: 'Somebody may hold back a rotation or a revocation: ask the operator over another channel.',
  },
  'tuf-missing': {
    exit: 6,
    status: 503,
    means:
      'The root file says that the registry has root-of-trust metadata (TUF), and the registry shows none.',
    fix: 'Ask the operator over another channel: its administrators may have to sign it yet, or somebody holds it back from you.',
  },
  'tuf-expired': {
    exit: 6,
    status: 422,
    means:
      'The registry’s root-of-trust metadata is past its date, or could not be renewed for too long.',
    fix: 'Go online and try again; if it stays, the operator runs skillgate registry rotate, or the registry is being held back.',
  },
  'key-ended': {
    exit: 6,
    status: 403,
    means: 'The key was ended before this was signed.',
    fix: 'Use your new key.',
  },
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
    fix: 'Compare the fingerprint with the operator; then skillgate registry trust.',
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
    means: 'The registry status is older than it may be, so a revocation could be hidden.',
    fix: 'Try again when the registry answers, or ask its operator.',
  },
  'not-admitted': {
    exit: 6,
    status: 403,
    means: 'The version is not admitted; each reason is listed.',
    fix: 'Read the reasons: each says what would have to change.',
  },
} as const satisfies Record<string, ProblemCodeRow>;
