/** The commands that claim, transfer and show a scope. */

import { confirmOption } from '../confirm-option.ts';
import type { WrittenRow } from '../written-row.ts';
import { oidcOptions } from './keyless-rows.ts';

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
