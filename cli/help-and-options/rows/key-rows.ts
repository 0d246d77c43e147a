/** The commands about one's own signing keys. */

import { confirmOption } from '../confirm-option.ts';
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
