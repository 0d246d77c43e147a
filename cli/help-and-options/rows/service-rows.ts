/** The commands that start a service: a registry, a scanner, a witness. */

import { readerOptions } from '../reader-options.ts';
import { serveOptions } from '../serve-options.ts';
import type { WrittenRow } from '../written-row.ts';

export const serviceRows: readonly WrittenRow[] = [
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
