/** The commands by which an author advises on approved versions. */
import type { WrittenRow } from '../written-row.ts';
import { oidcOptions } from './keyless-rows.ts';

const adviceOptions = {
  '--reason TEXT': 'why; installers read the text',
  '--undo': 'take the advice back',
  '--key NAME': 'key of an owner or publisher of the scope (default: your only key)',
  ...oidcOptions,
};

export const adviceRows: readonly WrittenRow[] = [
  {
    name: 'yank',
    summary: 'keep ranges from choosing an approved version, or attach a note to it',
    usage: '@scope/name@version --reason TEXT [--undo] [--deprecate [--replacement @scope/other]]',
    examples: [
      [
        'skillgate yank @acme/weekly-report@1.4.0 --reason "totals are wrong in leap years"',
        'new installations choose another version; locked versions go on working',
      ],
      [
        'skillgate yank @acme/weekly-report@1.4.0 --undo --reason "the totals were right"',
        'let ranges choose the version again',
      ],
      [
        'skillgate yank --deprecate @acme/weekly-report@1.4.0 --reason "no longer maintained" --replacement @acme/report',
        'whoever installs or starts the version reads the note',
      ],
    ],
    options: {
      ...adviceOptions,
      '--deprecate': 'only attach the note: ranges go on choosing the version',
      '--replacement NAME': 'with --deprecate: skill to use instead',
    },
    args: 1,
    load: () => import('../../publish/advise.ts'),
  },
];
