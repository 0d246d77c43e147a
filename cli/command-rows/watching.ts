/**
 * The commands of who answers for a machine with agents: what waits for them, and what the machine
 * can enforce.
 */
import type { CommandRow } from '../command.ts';

const answering = {
  approver: { type: 'string', value: 'NAME', summary: 'as which approver of host policy' },
  signed: {
    type: 'string',
    value: 'FILE',
    summary: 'hand in an answer that was signed elsewhere, by a passkey',
  },
} as const;

const elsewhere = {
  mailbox: {
    type: 'string',
    value: 'URL',
    summary: 'what hosts left at this registry for your key, instead of this host',
  },
  key: {
    type: 'string',
    value: 'KEY',
    summary: 'with --mailbox: which key of yours, by name or path',
  },
} as const;

export const holdRows: readonly CommandRow[] = [
  {
    name: 'hold list',
    summary: 'what waits for a person on this host: actions, allowances for a time, open breakers',
    usage: '[--mailbox URL]',
    examples: [
      ['skillgate hold list', 'each with its id, who wants what, and until when'],
      [
        'skillgate hold list --mailbox https://registry.example',
        'what other hosts left there for your key',
      ],
    ],
    options: elsewhere,
    args: { min: 0, max: 0 },
    load: () => import('../commands/hold.ts'),
  },
  {
    name: 'hold show',
    summary: 'all of what waits: of a request every header, and the body where it is text',
    usage: 'ID',
    examples: [
      [
        'skillgate hold show 3f9c0a1b2d4e',
        'before you allow it; it is removed when it is answered',
      ],
    ],
    options: {},
    args: { min: 1, max: 1 },
    load: () => import('../commands/hold.ts'),
  },
  {
    name: 'hold allow',
    summary: 'allow what waits, once or for a time; signed by an approver whom host policy names',
    usage: 'ID [--for TIME]',
    examples: [
      ['skillgate hold allow 3f9c0a1b2d4e', 'this once; asks for the passphrase of your key'],
      [
        'skillgate hold allow 3f9c0a1b2d4e --for 1h',
        'and the same again without asking, for an hour',
      ],
    ],
    options: {
      for: {
        type: 'string',
        value: 'TIME',
        summary: 'how long the same is allowed without asking: 90s, 15m, at most 24h',
      },
      ...answering,
      ...elsewhere,
    },
    args: { min: 1, max: 1 },
    load: () => import('../commands/hold.ts'),
  },
  {
    name: 'hold deny',
    summary: 'deny what waits, or take an allowance back',
    usage: 'ID',
    examples: [['skillgate hold deny 3f9c0a1b2d4e', 'it is refused at once']],
    options: { ...answering, ...elsewhere },
    args: { min: 1, max: 1 },
    load: () => import('../commands/hold.ts'),
  },
];

export const hostRows: readonly CommandRow[] = [
  {
    name: 'doctor',
    summary: 'what this host can enforce',
    usage: '',
    examples: [
      ['skillgate doctor', 'each part, found or missing, and the line to type'],
      [
        'skillgate doctor --escape',
        'tries to get out of a sandbox, more than 330 times, and says what it came to',
      ],
    ],
    options: {
      escape: {
        type: 'boolean',
        summary: 'try to get out of this host’s sandbox; exit 6 when an attempt gets through',
      },
      backend: {
        type: 'string',
        value: 'NAME',
        summary: 'with --escape: this one instead of host policy’s; all for each',
      },
    },
    args: { min: 0, max: 0 },
    load: () => import('../commands/doctor.ts'),
  },
  {
    name: 'redteam',
    summary: 'let an agent that obeys every text try to get things out of this host’s sandboxes',
    usage: '[--scenario NAME]… [--scenarios DIR]',
    examples: [
      ['skillgate redteam', 'more than a hundred scenarios on loopback, and what leaked'],
      ['skillgate redteam --scenario secrets', 'one group, or those whose name has these words'],
    ],
    options: {
      scenario: {
        type: 'string',
        multiple: true,
        value: 'NAME',
        summary: 'a group, or a part of a scenario’s name',
      },
      scenarios: {
        type: 'string',
        value: 'DIR',
        summary: 'your own scenarios instead; each is run without a sandbox first',
      },
    },
    args: { min: 0, max: 0 },
    load: () => import('../commands/redteam.ts'),
  },
];

/** For whoever watches a registry that others run. */
export const monitorRows: readonly CommandRow[] = [
  {
    name: 'monitor',
    summary:
      'replay a registry’s log and compare it with its index and status; exit 6 on a difference',
    usage: 'URL [--follow]',
    examples: [
      [
        'skillgate monitor https://skills.example',
        'once: who is who, every index line, every mark, from the statements of the log',
      ],
      [
        'skillgate monitor --follow https://skills.example',
        'again and again, each time from where it stopped, until something differs',
      ],
    ],
    options: {
      follow: {
        type: 'boolean',
        summary: 'look again and again; it ends with exit 6 at the first difference',
      },
      every: {
        type: 'string',
        value: 'SECONDS',
        summary: 'with --follow: how often (default: 600)',
      },
      data: {
        type: 'string',
        value: 'DIR',
        summary:
          'what it remembers and the evidence it keeps (default: monitor in the data folder)',
      },
    },
    args: { min: 1, max: 1 },
    load: () => import('../commands/monitor.ts'),
  },
];
