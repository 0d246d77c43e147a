/** The commands for what runs changed in their views of folders. */
import type { WrittenRow } from '../written-row.ts';

export const changesRows: readonly WrittenRow[] = [
  {
    name: 'changes show',
    summary: 'list runs whose changes wait to be accepted, or show the changes of a run',
    usage: '[RUN [--path GLOB]…]',
    examples: [
      ['skillgate changes show', 'show the run, time, agent, skill and number of changes of each'],
      ['skillgate changes show 0f3c', 'show the changes of the run whose id begins with 0f3c'],
      [
        "skillgate changes show 0f3c --path 'src/**' --path node_modules/left-pad",
        'show these paths only, each with its whole content',
      ],
    ],
    options: {
      '--path GLOB...': 'show only paths that match, or that lie in a folder of this name',
    },
    args: [0, 1],
    load: () => import('../../changes/changes.ts'),
  },
  {
    name: 'changes accept',
    summary: 'apply the changes of a run, or none if somebody else changed the same paths',
    usage: 'RUN [--path GLOB]… [--branch NAME]… [--include PATH]… [--digest sha256:…]',
    examples: [
      ['skillgate changes accept 0f3c', 'show the changes and ask'],
      [
        'skillgate changes accept 0f3c --include package.json',
        'also apply the change of package.json, whose scripts npm runs on this host',
      ],
      [
        "skillgate changes accept 0f3c --path 'src/**'",
        'apply only the changes below src; the others go on waiting',
      ],
      [
        'skillgate changes accept 0f3c --branch main',
        'accept only the commits of the branch main, with their files',
      ],
      [
        'skillgate changes accept 0f3c --digest sha256:…',
        'apply exactly the changes with this digest, without asking',
      ],
    ],
    options: {
      '--digest DIGEST': 'digest of the changes that were shown',
      '--path GLOB...':
        'apply only changes of these paths or folders, and no branch that is not named',
      '--branch NAME...':
        'apply only this branch or tag with its files, and paths that --path names',
      '--include PATH...':
        'also apply this change, although hosts or agents obey the path; or a branch: main, sub:main',
    },
    args: 1,
    load: () => import('../../changes/changes.ts'),
  },
  {
    name: 'changes discard',
    summary: 'discard the changes of a run',
    usage: 'RUN',
    examples: [
      ['skillgate changes discard 0f3c', 'delete the changes; the folder itself stays unchanged'],
    ],
    options: { '--yes': 'do not ask' },
    args: 1,
    load: () => import('../../changes/changes.ts'),
  },
];
