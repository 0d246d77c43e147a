/** The commands of those who operate a registry. */

import { confirmOption, readerOptions, serveOptions } from '../serve-options.ts';
import { many, type WrittenRow } from '../written-row.ts';
import { administratorKey, memberRows, readerRows } from './member-rows.ts';

// The command by which a root of trust changes.

const rotationRow: WrittenRow = {
  name: 'registry rotate',
  summary: 'change or renew a registry’s root of trust: propose, each administrator signs, publish',
  usage: 'propose DIR | show FILE | sign FILE | publish DIR [FILE…]',
  examples: [
    [
      'skillgate registry rotate propose ./registry-data',
      'renew the signatures, which expire after a year; writes tuf-proposal.json',
    ],
    [
      'skillgate registry rotate propose ./registry-data --new-registry-key',
      'replace a stolen registry key',
    ],
    [
      'skillgate registry rotate propose ./registry-data --remove cleo.pub.json --add-administrator dora.pub.json',
      'replace administrator Cleo with Dora',
    ],
    [
      'skillgate registry rotate sign ./tuf-proposal.json',
      'each administrator, on their own machine: compare the digest, then sign',
    ],
    [
      'skillgate registry rotate publish ./registry-data a.json b.json',
      'publish the signed copies while the registry is stopped',
    ],
  ],
  options: {
    '--add-administrator FILE...': 'NAME.pub.json of a new administrator',
    '--remove KEY...': 'key id or NAME.pub.json of an administrator who leaves',
    '--threshold N': 'how many administrators must agree',
    '--new-registry-key': 'replace the key that signs verification summaries',
    '--new-log-key': 'replace the key that signs the log',
    '--new-status-key': 'replace the key that signs status.json and what is renewed daily',
    '--valid-up-to INDEX':
      'last log index at which replaced keys, and a replaced policy, count (default: the newest)',
    '--policy FILE':
      'new policy for clients; versions approved under the current policy stay approved',
    '--drop-earlier-policies': 'versions approved under earlier policies need new approvals',
    '--trusted-root FILE': 'Sigstore trusted_root.json, for statements signed by certificate',
    '--witnesses FILE': 'file of witnesses whose cosignatures clients require',
    '--key NAME': 'sign: administrator’s key (default: administrator)',
    '--digest DIGEST': 'sign: digest of the proposal, as you heard it over another channel',
    '--yes': 'sign: do not ask; only with --digest',
    '--root DIGEST':
      'show, sign: fingerprint of the current root file, which lies beside FILE (default: the pinned one)',
  },
  args: [1, many],
  load: () => import('../../root-rotation/rotate.ts'),
};

// The commands that copy a registry: to a backup and back, and its public files to a folder.

const backupRows: readonly WrittenRow[] = [
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

// The commands for the addresses at which a host asks its registries.

const load = () => import('../../registries/addresses/addresses.ts');

const registryAddressRows: readonly WrittenRow[] = [
  {
    name: 'registry list',
    summary: 'list the pinned registries of this host, with their addresses and roots',
    examples: [['skillgate registry list', 'show each address, and which one is the default']],
    load,
  },
  {
    name: 'registry default',
    summary: 'make a pinned registry the default: the one for scopes that name no other',
    usage: 'URL',
    examples: [['skillgate registry default https://skills.acme.example', 'change the default']],
    args: 1,
    load,
  },
  {
    name: 'registry move',
    summary: 'change the address of a pinned registry; the pin and the remembered log stay',
    usage: 'OLD-URL NEW-URL',
    examples: [
      [
        'skillgate registry move http://localhost:4880 https://skills.acme.example',
        'ask the same registry at its new address, after it proved there that it is the same',
      ],
    ],
    args: 2,
    load,
  },
  {
    name: 'registry remove',
    summary: 'remove the pin of a registry; its skills no longer start on this host',
    usage: 'URL [--yes]',
    examples: [['skillgate registry remove https://old.acme.example', 'ask, then remove the pin']],
    options: { ...confirmOption },
    args: 1,
    load,
  },
];

// The commands that start a service: a registry, a scanner, a witness.

const serviceRows: readonly WrittenRow[] = [
  {
    name: 'up',
    summary: 'start a registry of your own on this machine: folder, keys, pin, scope, desk',
    usage: '[DIR]',
    examples: [
      ['skillgate up', 'make a registry in your data folder, or go on with it, until Ctrl-C'],
      ['skillgate up ./registry --port 4890', 'in another folder and on another port'],
    ],
    options: { '--port N': 'port on this machine (default: 4880)' },
    args: [0, 1],
    load: () => import('../../serve/up.ts'),
  },
  {
    name: 'serve',
    summary: 'start the registry and its scanner',
    usage: '[DIR]',
    examples: [
      ['skillgate serve ./registry-data', 'start the registry at http://localhost:4880'],
      [
        'skillgate serve --config /etc/skillgate/registry.toml',
        'serve a registry to other machines; docs/registry-reference.md shows the file',
      ],
      [
        'skillgate serve ./registry-data --url https://skills.acme.example --trusted-proxy 127.0.0.1',
        'serve behind a reverse proxy on this machine, which ends TLS',
      ],
      [
        'skillgate serve ./registry-data --url https://skills.acme.example --host 0.0.0.0 --port 443 --tls-certificate fullchain.pem --tls-key privkey.pem',
        'serve with a certificate, without a proxy',
      ],
    ],
    options: serveOptions,
    args: [0, 1],
    load: () => import('../../serve/serve.ts'),
  },
  {
    name: 'scanner work',
    summary:
      'lease scan jobs from a registry and post signed reports; between jobs, look at locked packages from the indexes of host policy',
    usage: '--key FILE',
    examples: [
      ['skillgate scanner work --key ./registry-data/scanner-key.json', 'work until interrupted'],
      [
        'skillgate scanner work --observe --key ./observer-key.json',
        'also run versions in sandboxes with decoys, where the registry’s policy asks for it',
      ],
    ],
    options: {
      '--key FILE': 'key file of a scanner member',
      '--root FILE': 'root file of the registry (default: the pinned root file)',
      '--children N': 'number of scanner processes kept ready (default: 1)',
      '--observe':
        'also observe versions that wait for an observation, in sandboxes of this machine',
      ...readerOptions,
    },
    load: () => import('../../scan/scanner.ts'),
  },
  {
    name: 'witness serve',
    summary: 'cosign each head of a registry’s log that extends the head before it',
    usage: '(--root FILE | --log ORIGIN=KEY)',
    examples: [
      [
        'skillgate witness serve --root ./root.json --listen 0.0.0.0:4881 --name witness.example/one',
        'cosign the heads that the registry sends (skillgate serve --witness URL)',
      ],
      [
        'skillgate witness serve --root ./root.json --follow https://skills.acme.example',
        'fetch the head from the registry every minute',
      ],
      [
        'skillgate witness serve --root ./root.json --follow https://skills.acme.example --replay',
        'also stop cosigning while a revocation in the log is missing from the status',
      ],
    ],
    options: {
      '--data DIR': 'folder for the witness’s key and heads (default: witness in the data folder)',
      '--root FILE...': 'root file of a registry whose log the witness watches',
      '--log ORIGIN=KEY...': 'log to watch, by its name and Ed25519 key (SPKI, base64)',
      '--listen HOST:PORT': 'address to listen on (default: localhost:4881)',
      '--name NAME':
        'name of the witness, set at the first start and never changed; an address without https://',
      '--follow URL...': 'registry whose log and key rotations the witness fetches',
      '--every SECONDS': 'with --follow: how often to fetch (default: 60)',
      '--replay':
        'with --follow: cosign only while index and status agree with the log, as skillgate monitor checks',
    },
    load: () => import('../../witness/witness.ts'),
  },
];

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
