/** The commands about the members of a registry. */
import type { CommandRow } from '../../command.ts';
import { confirmOption } from '../confirm-option.ts';

export const administratorKey = {
  type: 'string',
  value: 'NAME',
  summary: 'administrator’s key (default: administrator)',
} as const;

export const memberRows: readonly CommandRow[] = [
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
      role: {
        type: 'string',
        multiple: true,
        value: 'ROLE',
        summary: 'reviewer, administrator or scanner',
      },
      'public-key': {
        type: 'string',
        value: 'FILE',
        summary: 'the member’s NAME.pub.json, or sha256:… of a key that the log names',
      },
      passkey: {
        type: 'string',
        value: 'ID',
        summary: 'credential id of a waiting passkey (skillgate member list)',
      },
      'passkey-key': {
        type: 'string',
        value: 'DIGEST',
        summary: 'digest of the passkey’s public key, from the browser that created it',
      },
      identity: {
        type: 'string',
        multiple: true,
        pair: true,
        value: 'ISSUER SUBJECT',
        summary:
          'OIDC identity of the member; required to approve where people publish without a key',
      },
      'no-identity': {
        type: 'boolean',
        summary: 'confirm that the member never signs with an OIDC identity',
      },
      key: administratorKey,
    },
    args: { min: 1, max: 1 },
    load: () => import('../../members-and-scopes/member.ts'),
  },
  {
    name: 'member list',
    summary: 'list members, waiting passkeys, and enrolments that need more signatures',
    usage: '',
    examples: [['skillgate member list', 'show the names, roles and keys of the members']],
    options: { key: administratorKey },
    args: { min: 0, max: 0 },
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
      'valid-up-to': {
        type: 'string',
        value: 'INDEX',
        summary: 'last log index at which the member’s signatures count (default: now)',
      },
      only: { type: 'string', value: 'ID', summary: 'end only this key id or passkey id' },
      'public-key': {
        type: 'string',
        value: 'FILE',
        summary:
          'NAME.pub.json of a key that is not enrolled yet: signatures made until now cannot enrol it',
      },
      yes: confirmOption,
      key: administratorKey,
    },
    args: { min: 1, max: 1 },
    load: () => import('../../members-and-scopes/member.ts'),
  },
];
