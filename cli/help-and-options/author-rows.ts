/** The commands of those who write skills. */
import type { CommandRow, OptionRow } from '../command.ts';
import { draftRows } from './draft-rows.ts';
import { oidcOptions, publisherRows } from './keyless-rows.ts';

const yes: OptionRow = {
  type: 'boolean',
  summary: 'confirm without a question; required without a terminal',
};
const reference = '@scope/name@version';

export const authorRows: readonly CommandRow[] = [
  ...draftRows,
  {
    name: 'publish',
    summary: 'pack, check, scan, sign and upload a version',
    usage: '[DIR] [--dry-run]',
    examples: [
      ['skillgate publish . --dry-run', 'do every step of publishing except signing and uploading'],
      ['skillgate publish .', 'publish the version that skill.json names'],
      [
        'skillgate publish . --oidc',
        'sign with an OIDC identity, in CI or after signing in; no key is stored (docs/publishing-from-ci.md)',
      ],
    ],
    options: {
      'dry-run': { type: 'boolean', summary: 'stop before signing; nothing is uploaded' },
      'as-is': {
        type: 'boolean',
        summary:
          'publish although the scan found undeclared capabilities, which reviewers see, too',
      },
      key: {
        type: 'string',
        value: 'NAME',
        summary: 'key to sign with (default: your only key, or the key named default)',
      },
      ...oidcOptions,
    },
    args: { min: 0, max: 1 },
    load: () => import('../publish/publish.ts'),
  },
  {
    name: 'status',
    summary: 'show the state of a version: scan, verdict, approvals, history',
    usage: '@scope/name[@version]',
    examples: [
      [
        `skillgate status ${reference.replace('scope/name@version', 'acme/weekly-report@1.4.0')}`,
        'show what happened to this version and what it waits for',
      ],
      [
        'skillgate status @acme/weekly-report@1.4.0 --reply "only the report reads the key"',
        'answer a reviewer’s question, as the author',
      ],
    ],
    options: {
      wait: { type: 'boolean', summary: 'wait until the scan is done' },
      reply: {
        type: 'string',
        value: 'TEXT',
        summary: 'answer the reviewers’ questions; everybody can read the answer',
      },
      key: { type: 'string', value: 'NAME', summary: 'key of the publisher or scope owner' },
    },
    args: { min: 1, max: 1 },
    load: () => import('../publish/status.ts'),
  },
  {
    name: 'login',
    summary: 'sign in to the registry with a key',
    usage: '[--browser]',
    examples: [
      ['skillgate login', 'prove that you hold your key; the session lasts an hour'],
      ['skillgate login --browser', 'print a one-time link that signs a browser in to the desk'],
    ],
    options: {
      key: {
        type: 'string',
        value: 'NAME',
        summary: 'key to sign in with (default: your only key, or the key named default)',
      },
      browser: { type: 'boolean', summary: 'print a one-time link to the reviewer’s desk' },
    },
    args: { min: 0, max: 0 },
    load: () => import('../registries/login.ts'),
  },
  {
    name: 'whoami',
    summary: 'show which key, member and roles the registry knows you by',
    usage: '[--oidc]',
    examples: [
      [
        'skillgate whoami',
        'show your key, member name, roles and scopes, and who else publishes in your scopes',
      ],
      [
        'skillgate whoami --oidc --signing-config .ci/signing_config.json',
        'show the OIDC identity that a CI job or a person would sign with; asks no registry',
      ],
    ],
    options: {
      key: { type: 'string', value: 'NAME', summary: 'key to sign in with' },
      ...oidcOptions,
    },
    args: { min: 0, max: 0 },
    load: () => import('../members-and-scopes/whoami.ts'),
  },
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
      keychain: {
        type: 'boolean',
        summary: 'keep the private part in the OS keychain; fails where there is none',
      },
      passphrase: {
        type: 'boolean',
        summary: 'encrypt the private part with a passphrase that is asked for at the terminal',
      },
    },
    args: { min: 0, max: 1 },
    load: () => import('../signing/key.ts'),
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
    options: {},
    args: { min: 0, max: 1 },
    load: () => import('../signing/key.ts'),
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
      log: {
        type: 'boolean',
        summary: 'read the log itself to find the entries that your keys signed',
      },
    },
    args: { min: 0, max: 0 },
    load: () => import('../signing/key.ts'),
  },
  {
    name: 'key rotate',
    summary: 'replace one of your keys in every scope that the key owns; the old key ends',
    usage: '[NAME]',
    examples: [
      ['skillgate key rotate', 'replace the key named default with a new key of the same name'],
      ['skillgate key rotate laptop --yes', 'replace a key without a terminal'],
    ],
    options: { yes },
    args: { min: 0, max: 1 },
    load: () => import('../signing/key.ts'),
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
      'valid-up-to': {
        type: 'string',
        value: 'INDEX',
        summary: 'last log index at which signatures of the key count (default: now)',
      },
      key: {
        type: 'string',
        value: 'NAME',
        summary: 'key to sign with (default: the ended key itself, or else the key administrator)',
      },
      yes,
    },
    args: { min: 1, max: 1 },
    load: () => import('../signing/key.ts'),
  },
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
      to: {
        type: 'string',
        multiple: true,
        value: 'FILE|ID',
        summary: 'NAME.pub.json of a new owner, or the id of a key that the log names',
      },
      'to-oidc': {
        type: 'string',
        multiple: true,
        pair: true,
        value: 'ISSUER SUBJECT',
        summary: 'OIDC identity of a new owner; issuer and subject are compared exactly',
      },
      'keep-publishers': {
        type: 'boolean',
        summary: 'keep the list of who may publish (default: the new owners publish)',
      },
      key: { type: 'string', value: 'NAME', summary: 'key of an owner or of an administrator' },
      yes,
      ...oidcOptions,
    },
    args: { min: 1, max: 1 },
    load: () => import('../members-and-scopes/scope.ts'),
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
      key: {
        type: 'string',
        value: 'NAME',
        summary:
          'key that will own the scope; an administrator’s key is used only if --key names it',
      },
      ...oidcOptions,
    },
    args: { min: 1, max: 1 },
    load: () => import('../members-and-scopes/scope.ts'),
  },
  {
    name: 'scope show',
    summary: 'show who owns a scope',
    usage: 'SCOPE',
    examples: [
      ['skillgate scope show acme', 'show the owners of @acme, and who may publish in @acme'],
    ],
    options: {},
    args: { min: 1, max: 1 },
    load: () => import('../members-and-scopes/scope.ts'),
  },
  ...publisherRows,
];
