/** The commands about the members of a registry. */
import { confirmOption } from '../serve-options.ts';
import type { WrittenRow } from '../written-row.ts';

export const administratorKey = { '--key NAME': 'administrator’s key (default: administrator)' };

export const memberRows: readonly WrittenRow[] = [
  {
    name: 'member add',
    summary:
      'enrol a reviewer, administrator or scanner; signed by as many administrators as the root file requires',
    usage: 'NAME --role ROLE (--public-key FILE | --passkey ID --passkey-key DIGEST)',
    examples: [
      ['skillgate member add rita --role reviewer --public-key rita.pub.json', 'enrol a key'],
      [
        'skillgate member add rita --role reviewer --public-key rita.pub.json --identity https://accounts.example rita@example.org',
        'also record rita’s OIDC identity, so that she cannot approve skills that she publishes with this identity',
      ],
      [
        'skillgate member add rita --role reviewer --passkey=ID --passkey-key=sha256:…',
        'enrol rita’s passkey with the line that her browser shows',
      ],
    ],
    options: {
      '--role ROLE...': 'reviewer, administrator or scanner',
      '--public-key FILE': 'the member’s NAME.pub.json, or sha256:… of a key that the log names',
      '--passkey ID': 'credential id of a waiting passkey (skillgate member list)',
      '--passkey-key DIGEST':
        'digest of the passkey’s public key, from the browser that created it',
      '--identity ISSUER SUBJECT...':
        'OIDC identity of the member; required to approve where people publish without a key',
      '--no-identity': 'confirm that the member never signs with an OIDC identity',
      ...administratorKey,
    },
    args: 1,
    load: () => import('../../members-and-scopes/member.ts'),
  },
  {
    name: 'invite',
    summary: 'print the line with which somebody joins this registry; nothing is copied by hand',
    usage: 'NAME --role ROLE',
    examples: [
      ['skillgate invite rita --role reviewer', 'print a line for rita that works once, for a day'],
      ['skillgate invite anna --role author', 'print a line for anna, who then owns @anna'],
    ],
    options: { '--role ROLE': 'author, reviewer, operator or reader', ...administratorKey },
    args: 1,
    load: () => import('../../members-and-scopes/invite.ts'),
  },
  {
    name: 'join',
    summary:
      'join a registry with the line of an invitation: pin its root, make a key, hand it over',
    usage: 'LINE',
    examples: [
      ["skillgate join 'https://skills.acme.example/join#reviewer.rita.…'", 'accept an invitation'],
    ],
    args: 1,
    load: () => import('../../members-and-scopes/invite.ts'),
  },
  {
    name: 'member confirm',
    summary: 'enrol the reviewer whose key has this code',
    usage: 'CODE',
    examples: [
      [
        'skillgate member confirm 7kq2-m4xn-9dre',
        'type the code that the invited person reads out',
      ],
    ],
    options: {
      '--identity ISSUER SUBJECT...': 'OIDC identity of the member, as for member add',
      '--no-identity': 'confirm that the member never signs with an OIDC identity',
      ...administratorKey,
    },
    args: 1,
    load: () => import('../../members-and-scopes/invite.ts'),
  },
  {
    name: 'member list',
    summary: 'list members, waiting passkeys, and enrolments that need more signatures',
    examples: [['skillgate member list', 'show the names, roles and keys of the members']],
    options: { ...administratorKey },
    load: () => import('../../members-and-scopes/member.ts'),
  },
  {
    name: 'member remove',
    summary:
      'end the keys and passkeys of a member, or void signatures for an enrolment; signed by an administrator',
    usage: 'NAME [--valid-up-to INDEX] [--only ID | --public-key FILE]',
    examples: [
      [
        'skillgate member remove rita',
        'remove rita; her approvals stay valid, and her later signatures do not count',
      ],
      [
        'skillgate member remove rita --valid-up-to 120',
        'remove rita after a theft; her signatures after log index 120 no longer count',
      ],
      [
        'skillgate member remove rita --only sha256:…',
        'end one lost key of rita; her other keys stay',
      ],
      [
        'skillgate member remove rita --public-key rita.pub.json',
        'void administrators’ signatures for rita’s enrolment that were never sent',
      ],
    ],
    options: {
      '--valid-up-to INDEX': 'last log index at which the member’s signatures count (default: now)',
      '--only ID': 'end only this key id or passkey id',
      '--public-key FILE':
        'NAME.pub.json of a key that is not enrolled yet: signatures made until now cannot enrol it',
      ...confirmOption,
      ...administratorKey,
    },
    args: 1,
    load: () => import('../../members-and-scopes/member.ts'),
  },
];

// The commands for private scopes: who reads them, and the token that a reader's machine sends.

const load = () => import('../../readers/registry-readers.ts');

export const readerRows: readonly WrittenRow[] = [
  {
    name: 'registry private',
    summary:
      'make scopes of a registry private: others cannot read their skills or see that they exist',
    usage: 'DIR [SCOPE...] [--everything|--nothing]',
    examples: [
      ['skillgate registry private ./registry-data payroll legal', 'keep two scopes for readers'],
      ['skillgate registry private ./registry-data --everything', 'keep the registry for readers'],
      ['skillgate registry private ./registry-data', 'show what is private, and who reads it'],
    ],
    options: {
      '--everything': 'only readers see anything of the registry',
      '--nothing': 'everybody may read everything again',
    },
    args: [1, 100],
    load,
  },
  {
    name: 'registry reader',
    summary: 'let a reader read private scopes, and print the token of the reader once',
    usage: 'DIR NAME [--scope NAME] [--address NETWORK] [--remove]',
    examples: [
      [
        'skillgate registry reader ./registry-data "agents of finance" --scope payroll',
        'make a token that reads one private scope',
      ],
      [
        'skillgate registry reader ./registry-data office --address 10.1.0.0/16',
        'let a network read everything, without a token',
      ],
      [
        'skillgate registry reader ./registry-data "agents of finance" --remove',
        'end what the reader may read',
      ],
    ],
    options: {
      '--scope NAME...': 'private scope that the reader reads (default: all)',
      '--address NETWORK...': 'IP address or network that reads without a token',
      '--remove': 'remove the reader; the token counts no more',
    },
    args: 2,
    load,
  },
  {
    name: 'registry token',
    summary:
      'keep the token that reads private scopes of a registry, and send it with each request',
    usage: 'URL [--remove]',
    examples: [
      [
        'skillgate registry token https://skills.acme.example',
        'type or pipe in the token that the operator gave you',
      ],
    ],
    options: { '--remove': 'forget the token' },
    args: 1,
    load: () => import('../../readers/registry-token.ts'),
  },
];
