/** The commands for everyone. */
import type { CommandRow } from '../command.ts';

export const everyoneRows: readonly CommandRow[] = [
  {
    name: 'explain',
    summary: 'explain a rule of the scanner or a code of an error',
    usage: 'RULE-OR-CODE',
    examples: [
      ['skill explain flow/secret-to-network', 'what the rule looks for, why, and how to fix it'],
      ['skill explain version-exists', 'what the error means and what to do'],
    ],
    options: {},
    args: { min: 1, max: 1 },
    load: () => import('../commands/explain.ts'),
  },
  {
    name: 'demo',
    summary: 'walk the whole road on this machine: publish, scan, review, approve, install, run',
    usage: '[--keep]',
    examples: [['skill demo', 'ninety seconds, loopback only']],
    options: { keep: { type: 'boolean', summary: 'leave the registry and the desk running' } },
    args: { min: 0, max: 0 },
    load: () => import('../commands/demo.ts'),
  },
  {
    name: 'help',
    summary: 'list the commands, or show one',
    usage: '[COMMAND]',
    examples: [
      ['skill help', 'all commands'],
      ['skill help review approve', 'one of them'],
    ],
    options: {},
    args: { min: 0, max: 3 },
    load: () => import('../commands/help.ts'),
  },
];
