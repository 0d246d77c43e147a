/** The commands for everyone. */
import type { WrittenRow } from '../written-row.ts';

export const everyoneRows: readonly WrittenRow[] = [
  {
    name: 'explain',
    summary: 'explain a scanner rule or an error code',
    usage: 'RULE-OR-CODE',
    examples: [
      [
        'skillgate explain flow/secret-to-network',
        'show what the rule looks for, why, and how to fix a finding',
      ],
      ['skillgate explain version-exists', 'show what the error means and what to do'],
    ],
    args: 1,
    load: () => import('../explain.ts'),
  },
  {
    name: 'demo',
    summary: 'show every step on this machine: publish, scan, review, approve, install, run',
    usage: '[--keep] [--verbose]',
    examples: [
      [
        'skillgate demo',
        'run the demo; it takes about a minute and uses only this machine’s loopback network',
      ],
    ],
    options: {
      '--keep': 'leave the registry and the desk running',
      '--verbose': 'show every command with all of its output',
    },
    load: () => import('../../demo/demo.ts'),
  },
  {
    name: 'shell-init',
    summary:
      'print shell code that makes `skill` short for `skillgate`, and completes commands and options',
    usage: 'bash|zsh|fish',
    examples: [
      [
        'eval "$(skillgate shell-init bash)"',
        'write this line into ~/.bashrc; for zsh, write it with zsh into ~/.zshrc',
      ],
      ['skillgate shell-init fish | source', 'write this line into ~/.config/fish/config.fish'],
    ],
    args: 1,
    load: () => import('../shell-init.ts'),
  },
  {
    name: 'help',
    summary: 'show how to begin, list the commands, or describe one',
    usage: '[--all] [COMMAND]',
    examples: [
      ['skillgate help', 'show ways to begin'],
      ['skillgate help --all', 'list all commands'],
      ['skillgate help review approve', 'describe one command'],
    ],
    options: { '--all': 'list all commands' },
    args: [0, 3],
    load: () => import('../help.ts'),
  },
];
