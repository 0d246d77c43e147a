/** The commands about one's own signing keys. */
import { confirmOption } from '../serve-options.ts';
import type { WrittenRow } from '../written-row.ts';

export const keyRows: readonly WrittenRow[] = [
  {
    name: 'key create',
    summary:
      'create a signing key; the private part stays in your config folder or in the OS keychain',
    usage: '[NAME] [--keychain | --passphrase]',
    examples: [
      [
        'skillgate key create',
        'create the key named default, and default.pub.json to give to others',
      ],
      [
        'skillgate key create --keychain',
        'keep the private part in the keychain of this machine and in no file',
      ],
      [
        'skillgate key create operator --passphrase',
        'create a key that answers holds; each signature asks for its passphrase',
      ],
    ],
    options: {
      '--keychain': 'keep the private part in the OS keychain; fails where there is none',
      '--passphrase':
        'encrypt the private part with a passphrase that is asked for at the terminal',
    },
    args: [0, 1],
    load: () => import('../../signing/key.ts'),
  },
  {
    name: 'key approver',
    summary:
      'print the host.json entry that lets one of your keys answer holds, with its mailbox key',
    usage: '[NAME]',
    examples: [
      ['skillgate key approver', 'print the entry of the key named operator'],
      [
        'skillgate key approver mira',
        'create the mailbox key that an older key file lacks; asks for the passphrase to sign it',
      ],
    ],
    args: [0, 1],
    load: () => import('../../signing/key.ts'),
  },
  {
    name: 'key list',
    summary: 'list your keys, and what the registry’s log says about each',
    usage: '[--log]',
    examples: [
      [
        'skillgate key list',
        'show names, key ids, scopes, ended keys, and the log index of each publication',
      ],
      [
        'skillgate key list --log',
        'read the whole log and list every entry that your keys signed, without trusting the registry',
      ],
    ],
    options: {
      '--log': 'read the log itself to find the entries that your keys signed',
    },
    load: () => import('../../signing/key.ts'),
  },
  {
    name: 'key rotate',
    summary: 'replace one of your keys in every scope that the key owns; the old key ends',
    usage: '[NAME]',
    examples: [
      ['skillgate key rotate', 'replace the key named default with a new key of the same name'],
      ['skillgate key rotate laptop --yes', 'replace a key without a terminal'],
    ],
    options: { ...confirmOption },
    args: [0, 1],
    load: () => import('../../signing/key.ts'),
  },
  {
    name: 'key revoke',
    summary:
      'end a key for ever, from now or from an earlier log index; by its holder, its successor or an administrator',
    usage: '(NAME | FILE | sha256:…) [--valid-up-to INDEX] [--key SIGNER]',
    examples: [
      ['skillgate key revoke laptop', 'end the key from now on; its earlier signatures stay valid'],
      [
        'skillgate key revoke laptop --valid-up-to 120',
        'end a stolen key; versions that it signed after log index 120 are revoked everywhere',
      ],
      [
        'skillgate key revoke sha256:… --key administrator',
        'as an administrator, end the key of somebody who lost it',
      ],
    ],
    options: {
      '--valid-up-to INDEX': 'last log index at which signatures of the key count (default: now)',
      '--key NAME':
        'key to sign with (default: the ended key itself, or else the key administrator)',
      ...confirmOption,
    },
    args: 1,
    load: () => import('../../signing/key.ts'),
  },
];

// Options of commands that can sign without a key, and the command that says which CI job may
// publish.

export const oidcOptions = {
  '--oidc': 'sign with an OIDC identity, of a CI job or a person; no key is stored',
  '--signing-config FILE':
    'signing_config.json of your Sigstore deployment (default: the one in the config folder)',
  '--identity-token FILE':
    'file with the identity token (default: SIGSTORE_ID_TOKEN, else the token of GitHub Actions, else you sign in)',
};

export const publisherRows: readonly WrittenRow[] = [
  {
    name: 'scope publishers',
    summary:
      'let only named CI jobs publish in a scope; then not even the scope’s owners may publish',
    usage: 'SCOPE --ci PROVIDER:ID --workflow FILE (--ref REF | --environment NAME)',
    examples: [
      [
        'skillgate scope publishers acme --ci github:420042 --workflow acme/skills/.github/workflows/publish.yml --environment release',
        'let only this workflow publish, in this repository (by its number) and in the environment “release”',
      ],
      [
        'skillgate scope publishers acme --ci gitlab:31337 --workflow acme/skills//.gitlab-ci.yml --ref refs/heads/main --add',
        'let a pipeline on GitLab publish as well',
      ],
      ['skillgate scope publishers acme --owners', 'let the owners publish again'],
    ],
    options: {
      '--ci PROVIDER:ID': 'github, gitlab or an issuer’s URL, and the repository’s number',
      '--workflow FILE': 'workflow file with its repository, or its URL; without @ref',
      '--ref REF': 'full ref that the job runs on: refs/heads/main',
      '--environment NAME': 'deployment environment that the job runs in',
      '--add': 'keep the publishers that are already set',
      '--owners': 'lift the restriction: owners publish again',
      '--key NAME': 'owner key to sign with',
      ...oidcOptions,
      '--yes': 'do not ask; required without a terminal if the scope has other owners',
    },
    args: 1,
    load: () => import('../../members-and-scopes/scope.ts'),
  },
];

// The commands that claim, transfer and show a scope.

export const scopeRows: readonly WrittenRow[] = [
  {
    name: 'scope transfer',
    summary:
      'transfer a scope to other keys or people; signed by an owner, or by enough administrators',
    usage: 'SCOPE (--to (FILE | sha256:…) | --to-oidc ISSUER SUBJECT)',
    examples: [
      [
        'skillgate scope transfer acme --to carol.pub.json',
        'make carol the only owner of @acme; you no longer own it',
      ],
      [
        'skillgate scope transfer acme --to carol.pub.json --to me.pub.json',
        'make carol and yourself the owners of @acme',
      ],
      [
        'skillgate scope transfer acme --to-oidc https://accounts.example carol@example.org --keep-publishers',
        'make carol’s OIDC identity the owner of @acme; CI jobs that may publish in @acme still may',
      ],
      [
        'skillgate scope transfer acme --to carol.pub.json --key administrator',
        'vote as one administrator for a transfer that the owner does not sign',
      ],
    ],
    options: {
      '--to FILE|ID...': 'NAME.pub.json of a new owner, or the id of a key that the log names',
      '--to-oidc ISSUER SUBJECT...':
        'OIDC identity of a new owner; issuer and subject are compared exactly',
      '--keep-publishers': 'keep the list of who may publish (default: the new owners publish)',
      '--key NAME': 'key of an owner or of an administrator',
      ...confirmOption,
      ...oidcOptions,
    },
    args: 1,
    load: () => import('../../members-and-scopes/scope.ts'),
  },
  {
    name: 'scope claim',
    summary: 'claim a scope for your key or your OIDC identity; the first claim wins',
    usage: 'SCOPE',
    examples: [
      ['skillgate scope claim acme', 'become the owner of @acme with your key'],
      ['skillgate scope claim acme --oidc', 'become the owner of @acme with an OIDC identity'],
    ],
    options: {
      '--key NAME':
        'key that will own the scope; an administrator’s key is used only if --key names it',
      ...oidcOptions,
    },
    args: 1,
    load: () => import('../../members-and-scopes/scope.ts'),
  },
  {
    name: 'scope show',
    summary: 'show who owns a scope',
    usage: 'SCOPE',
    examples: [
      ['skillgate scope show acme', 'show the owners of @acme, and who may publish in @acme'],
    ],
    args: 1,
    load: () => import('../../members-and-scopes/scope.ts'),
  },
];
