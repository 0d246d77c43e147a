/** The commands of those who operate a registry. */
import type { CommandRow } from '../command.ts';
import { administratorKey, memberRows } from './member-rows.ts';
import { rotationRow } from './rotation-rows.ts';
import { serveOptions } from './serve-options.ts';

export const operatorRows: readonly CommandRow[] = [
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
      administrator: {
        type: 'string',
        multiple: true,
        value: 'FILE',
        summary: 'NAME.pub.json of another administrator, besides the key created here',
      },
      threshold: {
        type: 'string',
        value: 'N',
        summary: 'how many administrators must agree (default: more than half)',
      },
      passphrase: {
        type: 'boolean',
        summary:
          'encrypt the administrator’s key with a passphrase that is asked for at the terminal',
      },
      'no-scanner': {
        type: 'boolean',
        summary:
          'create no scanner key; scanners on other machines are enrolled with their own keys',
      },
      origin: {
        type: 'string',
        value: 'HOST',
        summary:
          'host name of the registry, which can never change; localhost for a trial (default: ask a person)',
      },
      key: administratorKey,
    },
    args: { min: 1, max: 1 },
    load: () => import('../registries/registry-init.ts'),
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
      root: {
        type: 'string',
        value: 'DIGEST',
        summary: 'fingerprint of the root file (default: ask a person)',
      },
      scope: {
        type: 'string',
        multiple: true,
        value: 'NAME',
        summary: 'scope that is looked up in this registry only',
      },
    },
    args: { min: 1, max: 1 },
    load: () => import('../registries/registry.ts'),
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
    options: {},
    args: { min: 0, max: 1 },
    load: () => import('../registries/registry.ts'),
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
      root: { type: 'string', value: 'DIGEST', summary: 'fingerprint of the root file' },
      'forget-log': {
        type: 'boolean',
        summary:
          'keep the root, but replace the remembered log head, and forget facts from the old log; shows both heads',
      },
    },
    args: { min: 1, max: 1 },
    load: () => import('../registries/registry.ts'),
  },
  rotationRow,
  ...memberRows,
  {
    name: 'serve',
    summary: 'start the registry and its scanner',
    usage: '[DIR]',
    examples: [
      ['skillgate serve ./registry-data', 'start the registry at http://localhost:4880'],
      [
        'skillgate serve --config /etc/skillgate/registry.toml',
        'serve a registry to other machines; docs/operating-registry.md shows the file',
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
    args: { min: 0, max: 1 },
    load: () => import('../serve/serve.ts'),
  },
  {
    name: 'scanner work',
    summary:
      'lease scan jobs from a registry and post signed reports; between jobs, look at locked packages from the indexes of host policy',
    usage: '--key FILE',
    examples: [
      ['skillgate scanner work --key ./registry-data/scanner-key.json', 'work until interrupted'],
    ],
    options: {
      key: { type: 'string', value: 'FILE', summary: 'key file of a scanner member' },
      root: {
        type: 'string',
        value: 'FILE',
        summary: 'root file of the registry (default: the pinned root file)',
      },
      children: {
        type: 'string',
        value: 'N',
        summary: 'number of scanner processes kept ready (default: 1)',
      },
    },
    args: { min: 0, max: 0 },
    load: () => import('../scan/scanner.ts'),
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
      data: {
        type: 'string',
        value: 'DIR',
        summary: 'folder for the witness’s key and heads (default: witness in the data folder)',
      },
      root: {
        type: 'string',
        multiple: true,
        value: 'FILE',
        summary: 'root file of a registry whose log the witness watches',
      },
      log: {
        type: 'string',
        multiple: true,
        value: 'ORIGIN=KEY',
        summary: 'log to watch, by its name and Ed25519 key (SPKI, base64)',
      },
      listen: {
        type: 'string',
        value: 'HOST:PORT',
        summary: 'address to listen on (default: localhost:4881)',
      },
      name: {
        type: 'string',
        value: 'NAME',
        summary:
          'name of the witness, set at the first start and never changed; an address without https://',
      },
      follow: {
        type: 'string',
        multiple: true,
        value: 'URL',
        summary: 'registry whose log and key rotations the witness fetches',
      },
      every: {
        type: 'string',
        value: 'SECONDS',
        summary: 'with --follow: how often to fetch (default: 60)',
      },
      replay: {
        type: 'boolean',
        summary:
          'with --follow: cosign only while index and status agree with the log, as skillgate monitor checks',
      },
    },
    args: { min: 0, max: 0 },
    load: () => import('../witness/witness.ts'),
  },
  {
    name: 'import',
    summary: 'publish each skill found below a folder and print its result',
    usage: 'DIR --scope NAME',
    examples: [
      [
        'skillgate import ./skills --scope acme',
        'publish all skills below ./skills, wait for the verdicts, and print a table',
      ],
    ],
    options: {
      scope: { type: 'string', value: 'NAME', summary: 'scope to publish under' },
      key: { type: 'string', value: 'NAME', summary: 'key that owns the scope' },
      'as-is': {
        type: 'boolean',
        summary: 'publish a skill although its own skill.json lacks entries; reviewers see which',
      },
    },
    args: { min: 1, max: 1 },
    load: () => import('../publish/import.ts'),
  },
];
