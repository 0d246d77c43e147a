/**
 * Every intended failure of Skillgate, with the failure's code, exit code, HTTP status, meaning and
 * next step. `skillgate explain CODE` prints a row. A code that is not in this table does not
 * compile.
 */

import { registryCodes } from './problem-codes/registry.ts';
import { type ProblemCodeRow, runCodes, trustCodes } from './problem-codes/trust.ts';

// Failures that concern a skill itself: its name, files and manifest.

export const skillCodes = {
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
    means:
      'A file name in the skill could mean another file on another machine, or leads out of the skill’s folder.',
    fix: 'Rename or remove the listed files. Nothing was stored.',
  },
  'bundle-invalid': {
    exit: 6,
    status: 422,
    means:
      'The files do not make a bundle: a limit, a link, a special file or a damaged file list.',
    fix: 'Correct each listed fault. Nothing was stored.',
  },
  'skill-md-missing': {
    exit: 3,
    status: 422,
    means: 'The folder is not a skill: it has no SKILL.md.',
    fix: 'Write SKILL.md, or type skillgate init.',
  },
  'skill-md-invalid': {
    exit: 2,
    status: 422,
    means: 'The front matter of SKILL.md cannot be read, or lacks a name or description.',
    fix: 'Correct the front matter at the place named.',
  },
  'manifest-missing': {
    exit: 3,
    status: 422,
    means: 'Publishing needs a skill.json that a person confirmed.',
    fix: 'Type skillgate manifest --write, and read the file.',
  },
  'package-lock-missing': {
    exit: 6,
    status: 422,
    means: 'skill.json requires packages that no lock file of the skill pins.',
    fix: 'Lock the packages: skillgate lock.',
  },
  'package-lock-differs': {
    exit: 6,
    status: 422,
    means: 'skill.json and the skill’s lock file pin different packages, or different files.',
    fix: 'Lock the packages again (skillgate lock), and read what changed.',
  },
  'package-lock-invalid': {
    exit: 6,
    status: 422,
    means:
      'A lock file cannot be read, or pins something other than wheels and registry tarballs with a strong hash.',
    fix: 'Correct what the message names, or write the lock anew: skillgate lock.',
  },
  'package-unresolved': {
    exit: 6,
    status: 422,
    means: 'No versions of the required packages fit together, or a package has no wheel.',
    fix: 'Change "requires" under "packages" in skill.json, and lock again: skillgate lock.',
  },
  'package-tool-missing': {
    exit: 5,
    status: 500,
    means:
      'This machine has no tool that can choose the versions. Skillgate needs uv to leave out versions that are too new for host policy.',
    fix: 'Install uv for Python (pip install uv), or npm for Node.',
  },
  'placeholder-text': {
    exit: 6,
    status: 422,
    means:
      'A reason or a description is still the placeholder of skillgate init or skillgate manifest.',
    fix: 'Describe in your own words what the skill does and why it needs each capability.',
  },
  'manifest-invalid': {
    exit: 2,
    status: 422,
    means: 'skill.json does not follow its schema.',
    fix: 'Correct the keys at the places named. docs/manifest.md describes every key.',
  },
  'json-invalid': {
    exit: 2,
    status: 400,
    means: 'A JSON file cannot be parsed, repeats a key, or is nested too deeply.',
    fix: 'Correct the file that the message names, at the line and column in the message.',
  },
  'capability-invalid': {
    exit: 2,
    status: 422,
    means: 'A capability is not one of env, secret, egress, mount or exec in its documented form.',
    fix: 'See docs/manifest.md.',
  },
  'file-not-found': {
    exit: 3,
    status: 404,
    means: 'A file or folder that was named does not exist.',
    fix: 'Check that the path in the message is spelled correctly and names a file or folder that you may read.',
  },
} as const satisfies Record<string, ProblemCodeRow>;

// Failures of packages: fetching, unpacking, storing and mounting.

export const packageCodes = {
  'package-unsafe': {
    exit: 6,
    status: 422,
    means:
      'The archive of a package is malformed, or would write outside its folder, or a package names a dependency by an address. Nothing was unpacked or built.',
    fix: 'Lock another version of the package (skillgate lock), and tell the maintainers of the package.',
  },
  'package-differs': {
    exit: 6,
    status: 409,
    means: 'A package index has other bytes under the name of a locked file than the lock names.',
    fix: 'Find out who changed the file: the index, or something between this host and the index. Do not lock the other bytes before you know.',
  },
  'package-unavailable': {
    exit: 4,
    status: 503,
    means: 'A package index does not answer, or does not have the file of a locked package.',
    fix: 'Try again. To fetch packages from elsewhere, name a mirror or a folder: skillgate host index add.',
  },
  'package-unsuitable': {
    exit: 6,
    status: 422,
    means:
      'The locked packages do not fit this host or each other: no file for its interpreter or system, two packages with one file, or a module that would replace a part of Python.',
    fix: 'Lock other versions or fewer packages: skillgate lock.',
  },
  'package-malicious': {
    exit: 6,
    status: 403,
    means:
      'An advisory of this host, or of the registry’s scanner, lists a package of the skill as malicious.',
    fix: 'Do not run the skill. Read in the audit log what earlier runs did: skillgate log. The author locks another version: skillgate lock.',
  },
  'package-not-in-house': {
    exit: 6,
    status: 409,
    means:
      'The skill leaves the versions of its packages to the host, and the packages of this host do not meet what the skill requires.',
    fix: 'The operator adds the package: skillgate host packages add. Or the author deletes "lock": "house" in skill.json, and types: skillgate lock.',
  },
  'package-vulnerable': {
    exit: 6,
    status: 403,
    means:
      'An advisory in the folder that host policy names lists a package of the skill as vulnerable, and host policy refuses such packages.',
    fix: 'Install a version of the skill with a newer package: skillgate update. To allow one advisory on this host: skillgate host advisories add allow ID.',
  },
  'packages-missing': {
    exit: 6,
    status: 409,
    means: 'The packages that the skill needs are not stored on this host.',
    fix: 'Install the skill: skillgate install NAME.',
  },
  'packages-damaged': {
    exit: 6,
    status: 409,
    means: 'Stored packages differ from the packages that were fetched, so nothing was started.',
    fix: 'Find out who changed the files. Then install the skill again, which fetches the packages anew: skillgate install NAME.',
  },
  'packages-full': {
    exit: 7,
    status: 507,
    means: 'The store of packages has reached its limit, or its disk is full.',
    fix: 'Delete the packages that no skill used for a while: skillgate packages clean.',
  },
} as const satisfies Record<string, ProblemCodeRow>;

// Failures of the command line.

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
  'agent-config-invalid': {
    exit: 6,
    status: 400,
    means:
      'A configuration file of an agent’s program cannot be parsed, or another user has a say in it.',
    fix: 'Correct what the message names, and type the command again.',
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

export const problemCodes = {
  ...skillCodes,
  ...trustCodes,
  ...registryCodes,
  ...runCodes,
  ...packageCodes,
  ...commandCodes,
} as const satisfies Record<string, ProblemCodeRow> & Readonly<Partial<Record<CodeTwice, never>>>;

export type ProblemCode = keyof typeof problemCodes;

interface Tables {
  readonly skill: typeof skillCodes;
  readonly trust: typeof trustCodes;
  readonly registry: typeof registryCodes;
  readonly run: typeof runCodes;
  readonly package: typeof packageCodes;
  readonly command: typeof commandCodes;
}

// A problem code in two tables does not compile, because the later row would silently win.
type CodeTwice = {
  [Name in keyof Tables]: keyof Tables[Name] & CodeOf<Tables[Exclude<keyof Tables, Name>]>;
}[keyof Tables];

type CodeOf<Table> = Table extends unknown ? keyof Table : never;
