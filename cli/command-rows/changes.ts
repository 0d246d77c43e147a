/** The commands for what runs changed in their views of folders. */
import type { CommandRow } from '../command.ts';

export const changesRows: readonly CommandRow[] = [
  {
    name: 'changes list',
    summary: 'list runs whose changes wait to be accepted',
    usage: '',
    examples: [['skillgate changes list', 'run, time, agent, skill, and how much']],
    options: {},
    args: { min: 0, max: 0 },
    load: () => import('../commands/changes.ts'),
  },
  {
    name: 'changes show',
    summary: 'show what a run would change, with differences of texts',
    usage: 'RUN',
    examples: [['skillgate changes show 0f3c', 'the beginning of the run’s id is enough']],
    options: {},
    args: { min: 1, max: 1 },
    load: () => import('../commands/changes.ts'),
  },
  {
    name: 'changes accept',
    summary:
      'apply what a run would change: all of it, or nothing where somebody else changed the same',
    usage: 'RUN [--digest sha256:…]',
    examples: [
      ['skillgate changes accept 0f3c', 'shows it and asks'],
      ['skillgate changes accept 0f3c --digest sha256:…', 'exactly what was shown, without asking'],
    ],
    options: {
      digest: { type: 'string', value: 'DIGEST', summary: 'of the changes that were shown' },
    },
    args: { min: 1, max: 1 },
    load: () => import('../commands/changes.ts'),
  },
  {
    name: 'changes discard',
    summary: 'throw away what a run would change',
    usage: 'RUN',
    examples: [['skillgate changes discard 0f3c', 'the folder stays as it is']],
    options: {},
    args: { min: 1, max: 1 },
    load: () => import('../commands/changes.ts'),
  },
];
