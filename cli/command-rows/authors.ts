/** The commands of those who write skills. */
import type { CommandRow, OptionRow } from '../command.ts';
import { draftRows } from './drafts.ts';
import { oidcOptions, publisherRows } from './keyless.ts';

const yes: OptionRow = {
  type: 'boolean',
  summary: 'do not ask; needed where there is no terminal',
};
const reference = '@scope/name@version';

export const authorRows: readonly CommandRow[] = [
  ...draftRows,
  {
    name: 'publish',
    summary: 'pack, check, scan, sign and upload a version',
    usage: '[DIR] [--dry-run]',
    examples: [
      ['skillgate publish . --dry-run', 'do everything but sign and upload'],
      ['skillgate publish .', 'publish the version that skill.json names'],
      [
        'skillgate publish . --oidc',
        'in CI or signed in at an issuer: no key is kept (docs/publishing-from-ci.md)',
      ],
    ],
    options: {
      'dry-run': { type: 'boolean', summary: 'stop before signing; nothing leaves this machine' },
      'as-is': {
        type: 'boolean',
        summary:
          'send it although the scan saw undeclared capabilities: a reviewer will see them too',
      },
      key: {
        type: 'string',
        value: 'NAME',
        summary: 'key to sign with (default: the only one, or default)',
      },
      ...oidcOptions,
    },
    args: { min: 0, max: 1 },
    load: () => import('../commands/publish.ts'),
  },
  {
    name: 'status',
    summary: 'show where a version stands: scan, verdict, approvals, history',
    usage: '@scope/name[@version]',
    examples: [
      [
        `skillgate status ${reference.replace('scope/name@version', 'acme/weekly-report@1.4.0')}`,
        'follow a version',
      ],
    ],
    options: {
      wait: { type: 'boolean', summary: 'wait until the scan is done' },
    },
    args: { min: 1, max: 1 },
    load: () => import('../commands/status.ts'),
  },
  {
    name: 'login',
    summary: 'sign in to the registry with a key',
    usage: '[--browser]',
    examples: [
      ['skillgate login', 'prove that you hold your key; the session lasts an hour'],
      ['skillgate login --browser', 'print a link that signs a browser in to the desk, once'],
    ],
    options: {
      key: {
        type: 'string',
        value: 'NAME',
        summary: 'key to sign in with (default: the only one, or default)',
      },
      browser: { type: 'boolean', summary: 'print a one-time link to the reviewer’s desk' },
    },
    args: { min: 0, max: 0 },
    load: () => import('../commands/login.ts'),
  },
  {
    name: 'whoami',
    summary: 'say who the registry takes you for',
    usage: '[--oidc]',
    examples: [
      ['skillgate whoami', 'key, member name, roles, scopes and who else publishes in them'],
      [
        'skillgate whoami --oidc --signing-config .ci/signing_config.json',
        'as whom a CI job or a person would sign without a key; asks no registry',
      ],
    ],
    options: {
      key: { type: 'string', value: 'NAME', summary: 'key to sign in with' },
      ...oidcOptions,
    },
    args: { min: 0, max: 0 },
    load: () => import('../commands/whoami.ts'),
  },
  {
    name: 'key create',
    summary:
      'make a signing key; the private part stays in your config folder, or in the OS keychain',
    usage: '[NAME] [--keychain | --passphrase]',
    examples: [
      ['skillgate key create', 'make the key named default, and default.pub.json to hand around'],
      [
        'skillgate key create --keychain',
        'its private part lies in the keychain of this machine, and in no file',
      ],
      [
        'skillgate key create operator --passphrase',
        'a key to answer holds with: its passphrase is asked at each signature',
      ],
    ],
    options: {
      keychain: {
        type: 'boolean',
        summary: 'keep the private part in the OS keychain; fails where there is none',
      },
      passphrase: {
        type: 'boolean',
        summary: 'close the private part with a passphrase, asked at the terminal',
      },
    },
    args: { min: 0, max: 1 },
    load: () => import('../commands/key.ts'),
  },
  {
    name: 'key approver',
    summary:
      'print the entry of host.json by which a key of yours answers holds, with its mailbox key',
    usage: '[NAME]',
    examples: [
      ['skillgate key approver', 'the entry of the key named operator'],
      [
        'skillgate key approver mira',
        'makes the mailbox key of an older key file, and asks for the passphrase to sign it',
      ],
    ],
    options: {},
    args: { min: 0, max: 1 },
    load: () => import('../commands/key.ts'),
  },
  {
    name: 'key list',
    summary: 'list your keys, and what the registry’s log says of each',
    usage: '[--log]',
    examples: [
      [
        'skillgate key list',
        'names, key ids, scopes, ends, and what each published where in the log',
      ],
      [
        'skillgate key list --log',
        'reads the whole log itself: every entry that one of your keys signed, whatever the registry says',
      ],
    ],
    options: {
      log: { type: 'boolean', summary: 'find the entries that your keys signed in the log itself' },
    },
    args: { min: 0, max: 0 },
    load: () => import('../commands/key.ts'),
  },
  {
    name: 'key rotate',
    summary:
      'put a new key in the place of one of yours, in every scope that it owns; the old one ends',
    usage: '[NAME]',
    examples: [
      ['skillgate key rotate', 'the key named default gets a successor of the same name'],
      ['skillgate key rotate laptop --yes', 'where there is no terminal to ask at'],
    ],
    options: { yes },
    args: { min: 0, max: 1 },
    load: () => import('../commands/key.ts'),
  },
  {
    name: 'key revoke',
    summary:
      'end a key for ever, now or for a log index before now; by its holder, its successor or an administrator',
    usage: '(NAME | FILE | sha256:…) [--valid-up-to INDEX] [--key SIGNER]',
    examples: [
      ['skillgate key revoke laptop', 'it signs nothing any more; what it signed stays'],
      [
        'skillgate key revoke laptop --valid-up-to 120',
        'stolen: what it signed behind log index 120 is revoked everywhere',
      ],
      [
        'skillgate key revoke sha256:… --key administrator',
        'an administrator ends the key of somebody who lost it',
      ],
    ],
    options: {
      'valid-up-to': {
        type: 'string',
        value: 'INDEX',
        summary: 'last log index at which it counts (default: now)',
      },
      key: {
        type: 'string',
        value: 'NAME',
        summary: 'key to sign with (default: the key itself, else administrator)',
      },
      yes,
    },
    args: { min: 1, max: 1 },
    load: () => import('../commands/key.ts'),
  },
  {
    name: 'scope transfer',
    summary:
      'give a scope to other keys or people: by an owner, or by administrators who each sign the same',
    usage: 'SCOPE (--to (FILE | sha256:…) | --to-oidc ISSUER SUBJECT)',
    examples: [
      [
        'skillgate scope transfer acme --to carol.pub.json',
        'carol owns @acme, and you no longer do',
      ],
      ['skillgate scope transfer acme --to carol.pub.json --to me.pub.json', 'both of you own it'],
      [
        'skillgate scope transfer acme --to-oidc https://accounts.example carol@example.org --keep-publishers',
        'carol owns it as whom an issuer vouches for; the jobs that publish in it go on',
      ],
      [
        'skillgate scope transfer acme --to carol.pub.json --key administrator',
        'the owner is gone: one vote of the administrators',
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
        summary: 'a new owner whom an OIDC issuer vouches for, both to the letter',
      },
      'keep-publishers': {
        type: 'boolean',
        summary: 'who may publish stays as it is; without it the new owners publish',
      },
      key: { type: 'string', value: 'NAME', summary: 'key that owns it, or an administrator’s' },
      yes,
      ...oidcOptions,
    },
    args: { min: 1, max: 1 },
    load: () => import('../commands/scope.ts'),
  },
  {
    name: 'scope claim',
    summary: 'claim a scope for your key or yourself; the first claim wins',
    usage: 'SCOPE',
    examples: [
      ['skillgate scope claim acme', 'own @acme/…'],
      ['skillgate scope claim acme --oidc', 'own it as whom an issuer vouches for'],
    ],
    options: {
      key: {
        type: 'string',
        value: 'NAME',
        summary: 'key that owns it; an administrator’s key is taken only when named here',
      },
      ...oidcOptions,
    },
    args: { min: 1, max: 1 },
    load: () => import('../commands/scope.ts'),
  },
  {
    name: 'scope show',
    summary: 'show who owns a scope',
    usage: 'SCOPE',
    examples: [['skillgate scope show acme', 'owners of @acme, and who may publish in it']],
    options: {},
    args: { min: 1, max: 1 },
    load: () => import('../commands/scope.ts'),
  },
  ...publisherRows,
];
