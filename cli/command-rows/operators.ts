/** The commands of those who operate a registry. */
import type { CommandRow } from '../command.ts';
import { rotationRow } from './rotation.ts';

const key = {
  type: 'string',
  value: 'NAME',
  summary: 'administrator’s key (default: administrator)',
} as const;

export const operatorRows: readonly CommandRow[] = [
  {
    name: 'registry init',
    summary:
      'make a registry’s data folder, root file and the administrator’s key; print the fingerprint',
    usage: 'DIR',
    examples: [
      ['skillgate registry init ./registry-data', 'then: skillgate serve ./registry-data'],
      [
        'skillgate registry init ./registry-data --administrator ben.pub.json --administrator cleo.pub.json --threshold 2',
        'three administrators, two of whom must agree; then each signs: skillgate registry rotate sign',
      ],
    ],
    options: {
      administrator: {
        type: 'string',
        multiple: true,
        value: 'FILE',
        summary: 'NAME.pub.json of one more administrator, beside the key made here',
      },
      threshold: {
        type: 'string',
        value: 'N',
        summary: 'how many administrators must agree (default: more than half)',
      },
      passphrase: {
        type: 'boolean',
        summary: 'close the administrator’s key with a passphrase, asked at the terminal',
      },
      'no-scanner': {
        type: 'boolean',
        summary: 'make no scanner’s key here: scanners on other machines are enrolled with theirs',
      },
      origin: {
        type: 'string',
        value: 'HOST',
        summary: 'host name of the registry, for ever (default: localhost)',
      },
      key,
    },
    args: { min: 1, max: 1 },
    load: () => import('../commands/registry.ts'),
  },
  {
    name: 'registry add',
    summary: 'use a registry, with its root of trust pinned by fingerprint',
    usage: 'URL [--root sha256:…]',
    examples: [
      [
        'skillgate registry add https://skills.acme.example --root sha256:…',
        'pin it with what its operator told you',
      ],
    ],
    options: {
      root: {
        type: 'string',
        value: 'DIGEST',
        summary: 'fingerprint of the root file; without it a person is asked',
      },
      scope: {
        type: 'string',
        multiple: true,
        value: 'NAME',
        summary: 'look this scope up there and nowhere else',
      },
    },
    args: { min: 1, max: 1 },
    load: () => import('../commands/registry.ts'),
  },
  {
    name: 'registry show',
    summary:
      'what is pinned of a registry, its root of trust, the size of its log, who witnesses it',
    usage: '[URL]',
    examples: [
      [
        'skillgate registry show',
        'the log index for --valid-up-to, and the heads of the log shown and seen',
      ],
    ],
    options: {},
    args: { min: 0, max: 1 },
    load: () => import('../commands/registry.ts'),
  },
  {
    name: 'registry trust',
    summary: 'replace the pinned root of a registry',
    usage: 'FILE|URL [--root sha256:…]',
    examples: [
      ['skillgate registry trust ./root.json --root sha256:…', 'pin the root in a file'],
      [
        'skillgate registry trust ./evidence/trusted.json',
        'the root beside evidence that skillgate verify --export wrote',
      ],
      [
        'skillgate registry trust https://skills.acme.example --forget-log --root sha256:…',
        'its log was restored and you asked why: go on with the log that it shows now, not the one seen here',
      ],
      [
        'skillgate registry trust ./1.root.json',
        'the root that its administrators signed since this TUF root; asks the registry',
      ],
    ],
    options: {
      root: { type: 'string', value: 'DIGEST', summary: 'fingerprint of the root file' },
      'forget-log': {
        type: 'boolean',
        summary:
          'replace no root, but the head of the log seen here, and what it taught; both heads are shown',
      },
    },
    args: { min: 1, max: 1 },
    load: () => import('../commands/registry.ts'),
  },
  rotationRow,
  {
    name: 'member add',
    summary:
      'enrol a reviewer, administrator or scanner; signed by as many administrators as the root file demands',
    usage: 'NAME --role ROLE (--public-key FILE | --passkey ID --passkey-key DIGEST)',
    examples: [
      ['skillgate member add rita --role reviewer --public-key rita.pub.json', 'enrol a key'],
      [
        'skillgate member add rita --role reviewer --public-key rita.pub.json --identity https://accounts.example rita@example.org',
        'and say who she is where people sign without a key, so that she never approves her own',
      ],
      [
        'skillgate member add rita --role reviewer --passkey=ID --passkey-key=sha256:…',
        'enrol a passkey: the line from her browser',
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
        summary: 'credential id of a passkey that waits (skillgate member list)',
      },
      'passkey-key': {
        type: 'string',
        value: 'DIGEST',
        summary: 'digest of its key, from the browser that made it',
      },
      identity: {
        type: 'string',
        multiple: true,
        pair: true,
        value: 'ISSUER SUBJECT',
        summary:
          'who the member is at an OIDC issuer; needed to approve where people publish without a key',
      },
      'no-identity': {
        type: 'boolean',
        summary: 'you know that the member signs nowhere without a key',
      },
      key,
    },
    args: { min: 1, max: 1 },
    load: () => import('../commands/member.ts'),
  },
  {
    name: 'member list',
    summary:
      'members, and what waits for an administrator: passkeys, and enrolments that too few have signed',
    usage: '',
    examples: [['skillgate member list', 'names, roles, keys']],
    options: { key },
    args: { min: 0, max: 0 },
    load: () => import('../commands/member.ts'),
  },
  {
    name: 'member remove',
    summary:
      'end the keys and passkeys of a member, and withdraw signatures for an enrolment; signed by an administrator',
    usage: 'NAME [--valid-up-to INDEX] [--only ID | --public-key FILE]',
    examples: [
      [
        'skillgate member remove rita',
        'what rita approved stays, what she signs from now on does not count',
      ],
      [
        'skillgate member remove rita --valid-up-to 120',
        'she was a thief: what she signed behind log index 120 counts no more',
      ],
      ['skillgate member remove rita --only sha256:…', 'one lost key; her others stay'],
      [
        'skillgate member remove rita --public-key rita.pub.json',
        'signatures for her enrolment that were never sent count no more',
      ],
    ],
    options: {
      'valid-up-to': {
        type: 'string',
        value: 'INDEX',
        summary: 'last log index at which they count (default: now)',
      },
      only: { type: 'string', value: 'ID', summary: 'this key id or passkey id and no other' },
      'public-key': {
        type: 'string',
        value: 'FILE',
        summary:
          'the NAME.pub.json of a key that nobody enrolled yet: no earlier signature enrols it',
      },
      yes: { type: 'boolean', summary: 'do not ask; needed where there is no terminal' },
      key,
    },
    args: { min: 1, max: 1 },
    load: () => import('../commands/member.ts'),
  },
  {
    name: 'serve',
    summary: 'start the registry and its scanner',
    usage: '[DIR]',
    examples: [['skillgate serve ./registry-data', 'serve on http://localhost:4880']],
    options: {
      port: { type: 'string', value: 'N', summary: 'port; 0 for any free one (default: 4880)' },
      host: { type: 'string', value: 'NAME', summary: 'name to listen on (default: localhost)' },
      policy: {
        type: 'string',
        value: 'FILE',
        summary: 'how many must approve what (default: policy.json in DIR, else the usual)',
      },
      witness: {
        type: 'string',
        multiple: true,
        value: 'URL',
        summary: 'witness that is asked to cosign the log (its key: witnesses.json)',
      },
      'no-scanner': {
        type: 'boolean',
        summary: 'start no scanner child; run skillgate scanner work elsewhere',
      },
    },
    args: { min: 0, max: 1 },
    load: () => import('../commands/serve.ts'),
  },
  {
    name: 'scanner work',
    summary: 'lease scan jobs from a registry and post signed reports',
    usage: '--key FILE',
    examples: [
      ['skillgate scanner work --key ./registry-data/scanner-key.json', 'work until interrupted'],
    ],
    options: {
      key: { type: 'string', value: 'FILE', summary: 'key file of a scanner member' },
      root: {
        type: 'string',
        value: 'FILE',
        summary: 'root file of the registry (default: the one pinned)',
      },
      children: {
        type: 'string',
        value: 'N',
        summary: 'scanning processes kept warm (default: 1)',
      },
    },
    args: { min: 0, max: 0 },
    load: () => import('../commands/scanner.ts'),
  },
  {
    name: 'witness serve',
    summary: 'watch logs of registries and cosign each head that continues the one before',
    usage: '(--root FILE | --log ORIGIN=KEY)',
    examples: [
      [
        'skillgate witness serve --root ./root.json --listen 0.0.0.0:4881 --name witness.example/one',
        'cosign what that registry sends (skillgate serve --witness URL)',
      ],
      [
        'skillgate witness serve --root ./root.json --follow https://skills.acme.example',
        'ask the log itself every minute',
      ],
      [
        'skillgate witness serve --root ./root.json --follow https://skills.acme.example --replay',
        'and cosign nothing while a revocation in the log is missing from the status',
      ],
    ],
    options: {
      data: {
        type: 'string',
        value: 'DIR',
        summary: 'its key and the heads it saw (default: witness in the data folder)',
      },
      root: {
        type: 'string',
        multiple: true,
        value: 'FILE',
        summary: 'root file of a registry whose log it watches',
      },
      log: {
        type: 'string',
        multiple: true,
        value: 'ORIGIN=KEY',
        summary: 'a log by name and Ed25519 key (SPKI, base64)',
      },
      listen: {
        type: 'string',
        value: 'HOST:PORT',
        summary: 'where it answers (default: localhost:4881)',
      },
      name: {
        type: 'string',
        value: 'NAME',
        summary: 'at the first start: what it is called, for ever; an address without https://',
      },
      follow: {
        type: 'string',
        multiple: true,
        value: 'URL',
        summary: 'registry whose log it reads by itself, and rotations of its keys',
      },
      every: { type: 'string', value: 'SECONDS', summary: 'how often it does (default: 60)' },
      replay: {
        type: 'boolean',
        summary:
          'with --follow: cosign only while index and status say what the log says, as skillgate monitor finds out',
      },
    },
    args: { min: 0, max: 0 },
    load: () => import('../commands/witness.ts'),
  },
  {
    name: 'import',
    summary: 'publish each skill found below a folder and print what became of it',
    usage: 'DIR --scope NAME',
    examples: [
      [
        'skillgate import ./skills --scope acme',
        'publish all, wait for the verdicts, print a table',
      ],
    ],
    options: {
      scope: { type: 'string', value: 'NAME', summary: 'scope to publish under' },
      key: { type: 'string', value: 'NAME', summary: 'key that owns the scope' },
    },
    args: { min: 1, max: 1 },
    load: () => import('../commands/import.ts'),
  },
];
