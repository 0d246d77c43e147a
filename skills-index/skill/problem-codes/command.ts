/** Failures of the command line. */
import type { ProblemCodeRow } from './row.ts';

export const commandCodes = {
  usage: {
    exit: 2,
    status: 400,
    means: 'The command line has an error.',
    fix: 'skillgate help --all lists the commands.',
  },
  'node-too-old': {
    exit: 2,
    status: 500,
    means: 'Skillgate needs Node 24.15 or newer.',
    fix: 'In a checkout type npm run -s skill -- …, which brings its own Node.',
  },
  'file-exists': {
    exit: 2,
    status: 409,
    means: 'A file or folder of this name exists already. Skillgate does not overwrite it.',
    fix: 'Choose another name, or move the existing file away.',
  },
  'git-address-invalid': {
    exit: 2,
    status: 400,
    means: 'The address of a git repository has a form or protocol that Skillgate does not use.',
    fix: 'Give an address that begins with https:// or ssh://, or a repository on this machine.',
  },
  'git-ref-unknown': {
    exit: 3,
    status: 404,
    means: 'The repository has no branch or tag of this name.',
    fix: 'git ls-remote ADDRESS lists the branches and tags of a repository.',
  },
  'git-failed': {
    exit: 4,
    status: 502,
    means: 'git could not read the repository.',
    fix: 'Check the address. For a private repository use its ssh address.',
  },
  'git-too-large': {
    exit: 7,
    status: 413,
    means: 'A repository needs more bytes, memory or time than Skillgate gives to git.',
    fix: 'Clone the repository, and import the folder of the clone that has the skills.',
  },
  'settings-invalid': {
    exit: 2,
    status: 400,
    means:
      'The settings file of skillgate serve is no TOML, or has a key or value that is not known.',
    fix: 'skillgate help serve lists the keys, at --config, and says what each option does.',
  },
  'tls-file-invalid': {
    exit: 6,
    status: 500,
    means:
      'The certificate or private key of the registry cannot be used, does not fit the other file, or has another host name.',
    fix: 'Give --tls-certificate the certificate with the certificates of its issuers, and --tls-key its private key, both as PEM.',
  },
  'port-taken': {
    exit: 4,
    status: 500,
    means: 'Another program listens on this port.',
    fix: 'Choose another port: --port N, or --port 0 for any free port.',
  },
  'folder-in-use': {
    exit: 6,
    status: 500,
    means:
      'Another process uses this data folder. Only one process may use a data folder: two servers would write one log, two witnesses would cosign two heads, two monitors would mix what they read.',
    fix: 'Use the process that already runs, or stop that process first.',
  },
  'monitor-limit': {
    exit: 7,
    status: 500,
    means:
      'The log has more statements about members, scopes, keys and revocations than a monitor keeps in memory.',
    fix: 'Tell the operator of the registry. A newer version of Skillgate may have a higher limit.',
  },
  'config-writable': {
    exit: 6,
    status: 500,
    means:
      'Other users of this machine may write to the folder that says which registries are trusted.',
    fix: 'Type chmod -R go-w FOLDER. Then compare the pinned fingerprints with those that you know.',
  },
  'capability-undeclared': {
    exit: 6,
    status: 422,
    means:
      'The scan saw the skill use a capability that its skill.json could declare and does not.',
    fix: 'Paste the entries into "capabilities" of skill.json with a reason each (skillgate manifest --write pastes them), or remove the code. --as-is publishes without them, and reviewers see what is missing.',
  },
  'verdict-block': {
    exit: 6,
    status: 422,
    means:
      'The scan of the skill on this machine ended with the verdict block. Nothing was uploaded, and the number of the version is still free.',
    fix: 'Mend what the findings name, and publish again. If the scan is wrong, add --despite-block. The registry scans the version itself, and holds a blocked version back until a reviewer releases it.',
  },
  'not-confirmed': {
    exit: 6,
    status: 403,
    means: 'The command needs the confirmation of a person, and nobody confirmed.',
    fix: 'Run the command in a terminal and answer, or give the option that confirms.',
  },
  'key-file-invalid': {
    exit: 6,
    status: 400,
    means: 'A key file is damaged, or other users may read it.',
    fix: 'Type chmod 600 FILE, or make a new key: skillgate key create.',
  },
  'signing-config-invalid': {
    exit: 6,
    status: 400,
    means: 'The file that names the services for keyless signing cannot be used.',
    fix: 'Use the signing_config.json of your Sigstore deployment (format v0.2), with https addresses.',
  },
  'signing-service-failed': {
    exit: 4,
    status: 502,
    means: 'A service for keyless signing rejected the request, or cannot be reached.',
    fix: 'Try again. A service that rejects a request says why in its answer.',
  },
  'identity-token-missing': {
    exit: 5,
    status: 401,
    means: 'Keyless signing needs an identity token, and there is none.',
    fix: 'In CI, give the job permission to request a token (docs/publishing-from-ci.md). In a terminal, sign in, or use a key: skillgate key create.',
  },
  'identity-token-invalid': {
    exit: 5,
    status: 401,
    means: 'The identity token cannot be read, or it names no identity that can sign.',
    fix: 'Request a new token for the audience sigstore.',
  },
  'keychain-missing': {
    exit: 3,
    status: 500,
    means: 'This machine has no keychain that Skillgate can reach, or the keychain is locked.',
    fix: 'Unlock the keychain, or keep the key in a file that only you can read: skillgate key create without --keychain.',
  },
  interrupted: {
    exit: 1,
    status: 499,
    means:
      'The command was interrupted and left nothing half-done on this machine. Requests that it had sent may have arrived.',
    fix: 'If the command had sent a request, type skillgate status to see the result. Otherwise start the command again.',
  },
  'disk-full': {
    exit: 1,
    status: 507,
    means: 'A file could not be written: the disk is full, or it failed.',
    fix: 'Free space on the file system of the path named, or write somewhere else.',
  },
  internal: {
    exit: 1,
    status: 500,
    means: 'Something failed that should not have.',
    fix: 'Please report this failure with the text above.',
  },
} as const satisfies Record<string, ProblemCodeRow>;
