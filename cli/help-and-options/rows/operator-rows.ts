/** The commands of those who operate a registry. */
import type { WrittenRow } from '../written-row.ts';
import { backupRows } from './backup-rows.ts';
import { administratorKey, memberRows } from './member-rows.ts';
import { readerRows } from './reader-rows.ts';
import { registryAddressRows } from './registry-address-rows.ts';
import { rotationRow } from './rotation-rows.ts';
import { serviceRows } from './service-rows.ts';

export const operatorRows: readonly WrittenRow[] = [
  {
    name: 'registry init',
    summary:
      'create the data folder, root file and administrator’s key of a registry; print the fingerprint',
    usage: 'DIR --origin HOST',
    examples: [
      [
        'skillgate registry init ./registry-data --origin skills.acme.example',
        'create the registry; start the registry with: skillgate serve ./registry-data',
      ],
      [
        'skillgate registry init ./registry-data --origin skills.acme.example --administrator ben.pub.json --administrator cleo.pub.json --threshold 2',
        'create a registry with three administrators, two of whom must agree; then each signs: skillgate registry rotate sign',
      ],
    ],
    options: {
      '--administrator FILE...':
        'NAME.pub.json of another administrator, besides the key created here',
      '--threshold N': 'how many administrators must agree (default: more than half)',
      '--passphrase':
        'encrypt the administrator’s key with a passphrase that is asked for at the terminal',
      '--no-scanner':
        'create no scanner key; scanners on other machines are enrolled with their own keys',
      '--origin HOST':
        'host name of the registry, which can never change; localhost for a trial (default: ask a person)',
      ...administratorKey,
    },
    args: 1,
    load: () => import('../../registries/registry-init.ts'),
  },
  {
    name: 'registry add',
    summary: 'add a registry and pin its root of trust by fingerprint',
    usage: 'URL [--root sha256:…]',
    examples: [
      [
        'skillgate registry add https://skills.acme.example --root sha256:…',
        'add the registry and pin the fingerprint that the operator told you',
      ],
    ],
    options: {
      '--root DIGEST': 'fingerprint of the root file (default: ask a person)',
      '--scope NAME...': 'scope that is looked up in this registry only',
    },
    args: 1,
    load: () => import('../../registries/registry.ts'),
  },
  {
    name: 'registry show',
    summary: 'show the pinned root of trust of a registry, the size of its log and its witnesses',
    usage: '[URL]',
    examples: [
      [
        'skillgate registry show',
        'show the newest log index (for --valid-up-to), the log head that the registry shows, and the last head that this host saw',
      ],
    ],
    args: [0, 1],
    load: () => import('../../registries/registry.ts'),
  },
  {
    name: 'registry trust',
    summary: 'replace the pinned root of a registry',
    usage: 'FILE|URL [--root sha256:…]',
    examples: [
      ['skillgate registry trust ./root.json --root sha256:…', 'pin the root in a file'],
      [
        'skillgate registry trust ./evidence/trusted.json',
        'pin the root in evidence that skillgate verify --export wrote',
      ],
      [
        'skillgate registry trust https://skills.acme.example --forget-log --root sha256:…',
        'trust the log that the registry shows now; only after the operator told you why the log was restored',
      ],
      [
        'skillgate registry trust ./1.root.json',
        'fetch the newest root that follows this TUF root from the registry, and pin it',
      ],
    ],
    options: {
      '--root DIGEST': 'fingerprint of the root file',
      '--forget-log':
        'keep the root, but replace the remembered log head, and forget facts from the old log; shows both heads',
    },
    args: 1,
    load: () => import('../../registries/registry.ts'),
  },
  ...registryAddressRows,
  ...backupRows,
  ...readerRows,
  rotationRow,
  ...memberRows,
  ...serviceRows,
];
