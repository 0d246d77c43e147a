/** The commands that copy a registry: to a backup and back, and its public files to a folder. */
import type { WrittenRow } from '../written-row.ts';

export const backupRows: readonly WrittenRow[] = [
  {
    name: 'registry backup',
    summary: 'copy the data folder of a registry to a backup, while the registry serves',
    usage: 'DIR BACKUP',
    examples: [
      [
        'skillgate registry backup ./registry-data /mnt/other-machine/registry',
        'make the backup whole as of now; again later: copy what is new',
      ],
    ],
    options: {
      '--with-keys':
        'also copy files with unsealed private keys (keys.json); whoever reads the backup can then sign as this registry',
    },
    args: 2,
    load: () => import('../../backup/registry-backup.ts'),
  },
  {
    name: 'registry retention',
    summary: 'say which files of refused versions a registry would delete now',
    usage: 'DIR --dry-run [--retention FILE]',
    examples: [
      [
        'skillgate registry retention ./registry-data --dry-run',
        'what the rules in retention.json would delete; changes nothing, also while the registry serves',
      ],
      [
        'skillgate registry retention ./registry-data --dry-run --retention ./retention.json',
        'try other rules before they are set',
      ],
    ],
    options: {
      '--dry-run': 'only say what would go; the registry itself deletes, while it serves',
      '--retention FILE': 'rules to try (default: retention.json in DIR)',
    },
    args: 1,
    load: () => import('../../serve/registry-retention.ts'),
  },
  {
    name: 'registry restore',
    summary:
      'make a data folder from a backup, after a check of the log, the objects and the witnesses',
    usage: 'BACKUP DIR',
    examples: [
      [
        'skillgate registry restore /mnt/other-machine/registry ./registry-data --keys ./keys.json --witness https://witness.example',
        'restore, unless the witness cosigned a later log than the backup has',
      ],
      [
        'skillgate registry restore /mnt/other-machine/registry ./registry-data --checkpoint ./checkpoint',
        'also compare with a signed head that somebody kept (/log/checkpoint of the registry)',
      ],
    ],
    options: {
      '--keys FILE': 'keys.json of the registry, when the backup has no keys',
      '--witness URL...': 'witness that is asked whether a later log exists',
      '--checkpoint FILE': 'signed head of the log that the backup must have or continue',
      '--unwitnessed':
        'restore although a witness of the registry was not asked or does not answer',
    },
    args: 2,
    load: () => import('../../backup/registry-restore.ts'),
  },
  {
    name: 'registry export',
    summary:
      'copy the public files of a registry to a folder for a plain file server, or for hosts without a network',
    usage: 'URL DIR [--scope NAME]…',
    examples: [
      [
        'skillgate registry export https://skills.acme.example /srv/skills',
        'copy the registry, and verify what is copied; again later: copy what is new',
      ],
      [
        'skillgate registry export https://skills.acme.example /media/usb/skills --scope acme',
        'copy the skills of one scope; then, on a host without a network: skillgate registry add file:///media/usb/skills',
      ],
    ],
    options: {
      '--scope NAME...': 'scope whose skills are copied (default: all; the log is always whole)',
    },
    args: 2,
    load: () => import('../../registry-export/registry-export.ts'),
  },
];
