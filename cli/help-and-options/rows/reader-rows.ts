/** The commands for private scopes: who reads them, and the token that a reader's machine sends. */
import type { WrittenRow } from '../written-row.ts';

const load = () => import('../../readers/registry-readers.ts');

export const readerRows: readonly WrittenRow[] = [
  {
    name: 'registry private',
    summary:
      'make scopes of a registry private: others cannot read their skills or see that they exist',
    usage: 'DIR [SCOPE...] [--everything|--nothing]',
    examples: [
      ['skillgate registry private ./registry-data payroll legal', 'keep two scopes for readers'],
      ['skillgate registry private ./registry-data --everything', 'keep the registry for readers'],
      ['skillgate registry private ./registry-data', 'show what is private, and who reads it'],
    ],
    options: {
      '--everything': 'only readers see anything of the registry',
      '--nothing': 'everybody may read everything again',
    },
    args: [1, 100],
    load,
  },
  {
    name: 'registry reader',
    summary: 'let a reader read private scopes, and print the token of the reader once',
    usage: 'DIR NAME [--scope NAME] [--address NETWORK] [--remove]',
    examples: [
      [
        'skillgate registry reader ./registry-data "agents of finance" --scope payroll',
        'make a token that reads one private scope',
      ],
      [
        'skillgate registry reader ./registry-data office --address 10.1.0.0/16',
        'let a network read everything, without a token',
      ],
      [
        'skillgate registry reader ./registry-data "agents of finance" --remove',
        'end what the reader may read',
      ],
    ],
    options: {
      '--scope NAME...': 'private scope that the reader reads (default: all)',
      '--address NETWORK...': 'IP address or network that reads without a token',
      '--remove': 'remove the reader; the token counts no more',
    },
    args: 2,
    load,
  },
  {
    name: 'registry token',
    summary:
      'keep the token that reads private scopes of a registry, and send it with each request',
    usage: 'URL [--remove]',
    examples: [
      [
        'skillgate registry token https://skills.acme.example',
        'type or pipe in the token that the operator gave you',
      ],
    ],
    options: { '--remove': 'forget the token' },
    args: 1,
    load: () => import('../../readers/registry-token.ts'),
  },
];
