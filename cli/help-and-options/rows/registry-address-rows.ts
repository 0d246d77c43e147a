/** The commands for the addresses at which a host asks its registries. */

import { confirmOption } from '../confirm-option.ts';
import type { WrittenRow } from '../written-row.ts';

const load = () => import('../../registries/addresses/addresses.ts');

export const registryAddressRows: readonly WrittenRow[] = [
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
