/** The commands of those who install skills. */
import type { CommandRow } from '../command.ts';

export const installerRows: readonly CommandRow[] = [
  {
    name: 'install',
    summary: 'verify a skill and install it for agents',
    usage: '@scope/name[@range]',
    examples: [
      [
        'skillgate install @acme/weekly-report',
        'verify, write .agents/skills/weekly-report and skillgate.lock',
      ],
      ['skillgate install @acme/weekly-report@^1.4 --as report', 'under another name'],
      [
        'skillgate install @acme/weekly-report --publisher sha256:…',
        'the author told you of a new key, by another way',
      ],
    ],
    options: {
      as: { type: 'string', value: 'NAME', summary: 'folder name below .agents/skills' },
      agent: {
        type: 'string',
        multiple: true,
        value: 'NAME',
        summary: 'also link it for this agent: claude, goose, openclaw …',
      },
      copy: { type: 'boolean', summary: 'copy where links fail' },
      publisher: {
        type: 'string',
        value: 'ID',
        summary: 'take this publisher in the place of the one in skillgate.lock',
      },
      yes: {
        type: 'boolean',
        summary: 'agree to an update that may do more, or to other capabilities than the lock pins',
      },
      plain: { type: 'boolean', summary: 'write the original files; the sandbox is then off' },
    },
    args: { min: 1, max: Number.POSITIVE_INFINITY },
    load: () => import('../commands/install.ts'),
  },
  {
    name: 'ci',
    summary:
      'install exactly what skillgate.lock pins, all of it or nothing, and change no file of the project',
    usage: '[--offline]',
    examples: [
      [
        'skillgate ci',
        'in a build: the locked versions with the locked bytes; exit 6 where one is not as the lock says',
      ],
      ['skillgate ci --offline', 'the same from what is cached here, asking nobody'],
      ['skillgate ci --format json', 'what was installed, for a program'],
    ],
    options: { offline: { type: 'boolean', summary: 'use only what is cached' } },
    args: { min: 0, max: 0 },
    load: () => import('../commands/ci.ts'),
  },
  {
    name: 'verify',
    summary:
      'check installed skills against their signed bundles, or a version against its evidence',
    usage: '[@scope/name[@range]]',
    examples: [
      ['skillgate verify', 'check all that skillgate.lock names'],
      [
        'skillgate verify @acme/weekly-report --offline',
        'the chain of evidence, from what is cached',
      ],
      [
        'skillgate verify @acme/weekly-report --rescan',
        'scan it again here and compare the report byte for byte',
      ],
      [
        'skillgate verify @acme/weekly-report --export evidence',
        'write all evidence and the files into a folder',
      ],
      [
        'skillgate verify --from evidence --trust sha256:…',
        'verify that folder years later, from its files alone',
      ],
    ],
    options: {
      offline: { type: 'boolean', summary: 'use only what is cached' },
      rescan: {
        type: 'boolean',
        summary: 'run the scanner again and compare its report with the one that was signed',
      },
      export: {
        type: 'string',
        value: 'DIR',
        summary: 'write the evidence of one version into a new folder',
      },
      from: {
        type: 'string',
        value: 'DIR',
        summary: 'verify such a folder as of when it was written, and ask nobody',
      },
      trust: {
        type: 'string',
        value: 'sha256:…',
        summary:
          'with --from: the digest that --export printed, instead of the registry pinned here',
      },
    },
    args: { min: 0, max: 1 },
    load: () => import('../commands/verify.ts'),
  },
];
