/** Failures of the command line. */
import type { ProblemCodeRow } from './row.ts';

export const commandCodes = {
  usage: {
    exit: 2,
    status: 400,
    means: 'The command was not understood.',
    fix: 'skillgate help lists the commands.',
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
  'folder-served': {
    exit: 6,
    status: 500,
    means:
      'One process at a time uses a data folder: two servers would write one log, two witnesses cosign two heads, two monitors mix what they read.',
    fix: 'Use the one that runs, or stop it first.',
  },
  'monitor-limit': {
    exit: 7,
    status: 500,
    means:
      'A log has more statements about who is who, or against versions, than a replay keeps in memory.',
    fix: 'Tell the operator of the registry; skillgate monitor of a newer version may take more.',
  },
  'config-open': {
    exit: 6,
    status: 500,
    means: 'Others may write to the folder that says which registries are trusted.',
    fix: 'chmod -R go-w FOLDER; then compare what is pinned there with the fingerprints you know.',
  },
  'capability-undeclared': {
    exit: 6,
    status: 422,
    means: 'The scan saw the skill do what its skill.json does not declare.',
    fix: 'Declare each with a why (skillgate manifest --write proposes them), or remove the code.',
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
    fix: 'chmod 600 it, or make a new one: skillgate key create.',
  },
  'signing-config-invalid': {
    exit: 6,
    status: 400,
    means: 'The file that names the services for signing without a key cannot be used.',
    fix: 'Take the signing_config.json that your Sigstore deployment hands out (form v0.2), over https.',
  },
  'signing-service': {
    exit: 4,
    status: 502,
    means: 'A service that certifies signatures without a key refused, or cannot be reached.',
    fix: 'Try again; if it refuses, its answer says what it does not accept.',
  },
  'identity-token-missing': {
    exit: 5,
    status: 401,
    means: 'Signing without a key needs an identity token, and there is none.',
    fix: 'In CI let the job have one (docs/publishing-from-ci.md); in a terminal sign in, or use a key: skillgate key create.',
  },
  'identity-token-invalid': {
    exit: 5,
    status: 401,
    means: 'The identity token cannot be read, or names nobody that can sign.',
    fix: 'Fetch a new one, with the audience sigstore.',
  },
  'keychain-missing': {
    exit: 3,
    status: 500,
    means: 'This machine has no keychain that Skillgate can reach, or it is locked.',
    fix: 'Unlock it, or keep the key in a file that only you can read: skillgate key create without --keychain.',
  },
  'system-part-missing': {
    exit: 3,
    status: 500,
    means: 'A program this needs is not on the machine.',
    fix: 'Type the line that is named.',
  },
  interrupted: {
    exit: 1,
    status: 499,
    means:
      'It was interrupted; nothing half-done was left here. What was sent by then may have arrived.',
    fix: 'If something was sent, look with skillgate status what became of it; else start again.',
  },
  'disk-full': {
    exit: 1,
    status: 507,
    means: 'A file could not be written: its disk is full, or the disk failed.',
    fix: 'Make room on the file system of the path named, or write somewhere else.',
  },
  internal: {
    exit: 1,
    status: 500,
    means: 'Something failed that should not have.',
    fix: 'Please report it with the text above.',
  },
} as const satisfies Record<string, ProblemCodeRow>;
