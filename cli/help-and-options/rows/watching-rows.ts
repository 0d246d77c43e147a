/**
 * The commands of who answers for a machine with agents: what waits for them, and what the machine
 * can enforce.
 */
import type { WrittenRow } from '../written-row.ts';

const answering = {
  '--approver NAME': 'name of the approver in host policy who answers',
  '--signed FILE': 'file with an answer that a passkey signed elsewhere',
};

const elsewhere = {
  '--mailbox URL':
    'use the holds that hosts left at this registry for your key, instead of this host’s',
  '--key KEY': 'with --mailbox: your key, by name or path',
};

export const holdRows: readonly WrittenRow[] = [
  {
    name: 'hold show',
    summary: 'list waiting actions, allowances and open breakers, or show a hold in full',
    usage: '[ID | --mailbox URL]',
    examples: [
      ['skillgate hold show', 'show each hold with its id, agent, action and expiry'],
      [
        'skillgate hold show --mailbox https://registry.example',
        'list the holds that other hosts left at this registry for your key',
      ],
      [
        'skillgate hold show 3f9c0a1b2d4e',
        'read every header of a request, and its body if it is text, before you allow it; Skillgate deletes its copy when the hold is answered',
      ],
    ],
    options: elsewhere,
    args: [0, 1],
    load: () => import('../../holds/hold.ts'),
  },
  {
    name: 'hold allow',
    summary: 'allow a held action, once or for a time; signed by an approver named in host policy',
    usage: 'ID [--for TIME]',
    examples: [
      [
        'skillgate hold allow 3f9c0a1b2d4e',
        'allow the action once; asks for the passphrase of your key',
      ],
      [
        'skillgate hold allow 3f9c0a1b2d4e --for 1h',
        'allow the action, and the same action again for an hour',
      ],
    ],
    options: {
      '--for TIME':
        'how long the same action stays allowed: run (until this run ends), 90s, 15m, at most 24h',
      ...answering,
      ...elsewhere,
    },
    args: 1,
    load: () => import('../../holds/hold.ts'),
  },
  {
    name: 'hold deny',
    summary: 'deny a held action, or revoke an allowance',
    usage: 'ID',
    examples: [['skillgate hold deny 3f9c0a1b2d4e', 'deny the action at once']],
    options: { ...answering, ...elsewhere },
    args: 1,
    load: () => import('../../holds/hold.ts'),
  },
];

export const hostRows: readonly WrittenRow[] = [
  {
    name: 'doctor',
    summary: 'check what this host can enforce',
    examples: [
      [
        'skillgate doctor',
        'list each part, found or missing, and the command that installs a missing part',
      ],
      [
        'skillgate doctor --escape',
        'try more than 560 times to escape from a sandbox, and print the results',
      ],
    ],
    options: {
      '--escape': 'try to escape from this host’s sandbox; exit 6 if an attempt succeeds',
      '--backend NAME':
        'with --escape: backend to test instead of host policy’s; all tests every backend',
    },
    load: () => import('../../host/doctor.ts'),
  },
  {
    name: 'redteam',
    summary:
      'run an agent that obeys every injected instruction, and report what leaks from its sandboxes',
    usage: '[--scenario NAME]… [--scenarios DIR]',
    examples: [
      ['skillgate redteam', 'run more than a hundred scenarios on loopback, and print what leaked'],
      [
        'skillgate redteam --scenario secrets',
        'run one group, or the scenarios whose name has these words',
      ],
    ],
    options: {
      '--scenario NAME...': 'scenarios to run: a group, or a part of a scenario’s name',
      '--scenarios DIR': 'folder with your own scenarios; each runs without a sandbox first',
    },
    load: () => import('../../proofs/redteam/redteam.ts'),
  },
];

/** For whoever watches a registry that others run. */
export const monitorRows: readonly WrittenRow[] = [
  {
    name: 'monitor',
    summary:
      'replay a registry’s log and compare it with its index and status; exit 6 on a difference',
    usage: 'URL [--follow]',
    examples: [
      [
        'skillgate monitor https://skills.example',
        'compare identities and index lines with the statements of the log, once',
      ],
      [
        'skillgate monitor --follow https://skills.example',
        'repeat from where the last replay stopped, until something differs',
      ],
    ],
    options: {
      '--follow': 'repeat, and stop with exit 6 at the first difference',
      '--every SECONDS': 'with --follow: how often to look (default: 600)',
      '--data DIR':
        'folder for the monitor’s state and evidence (default: monitor in the data folder)',
    },
    args: 1,
    load: () => import('../../monitor/monitor.ts'),
  },
];
