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
    summary: 'keep ranges from choosing an approved version; locked versions go on working',
    usage: '@scope/name@version --reason TEXT [--undo]',
    examples: [
      [
        'skillgate yank @acme/weekly-report@1.4.0 --reason "totals are wrong in leap years"',
        'new installations choose another version; it stops nobody who has the version',
      ],
      [
        'skillgate yank @acme/weekly-report@1.4.0 --undo --reason "the totals were right"',
        'let ranges choose the version again',
      ],
    ],
    options: adviceOptions,
    args: 1,
    load: () => import('../../publish/advise.ts'),
  },
  {
    name: 'deprecate',
    summary: 'attach a note to an approved version, with the skill to use instead',
    usage: '@scope/name@version --reason TEXT [--replacement @scope/other] [--undo]',
    examples: [
      [
        'skillgate deprecate @acme/weekly-report@1.4.0 --reason "no longer maintained" --replacement @acme/report',
        'whoever installs or starts the version reads the note',
      ],
      [
        'skillgate deprecate @acme/weekly-report@1.4.0 --undo --reason "maintained again"',
        'remove the note',
      ],
    ],
    options: {
      ...adviceOptions,
      '--replacement NAME': 'skill to use instead',
    },
    args: 1,
    load: () => import('../../publish/advise.ts'),
  },
];
