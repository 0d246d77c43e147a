/** The commands of those who install skills. */

import { needs, needWords } from '../../../skills-index/skill/needs.ts';
import { searchResults, searchResultsMax } from '../../search/result-counts.ts';
import { many, type WrittenRow } from '../written-row.ts';

export const installerRows: readonly WrittenRow[] = [
  {
    name: 'packages',
    summary: 'list, audit or delete the stored packages of installed skills',
    usage: '[list|audit|clean] [--days N]',
    examples: [
      ['skillgate packages', 'list the sets of packages with their sizes and last use'],
      [
        'skillgate packages audit',
        'show what this host knows of each package, malicious ones first',
      ],
      ['skillgate packages clean --days 7', 'delete what no run used for a week'],
    ],
    options: {
      '--days N': 'delete what no run used for so many days (default: 30)',
    },
    args: [0, 1],
    load: () => import('../../packages/packages.ts'),
  },
  {
    name: 'install',
    summary: 'verify a skill and install it for agents',
    usage: '@scope/name[@range]',
    examples: [
      [
        'skillgate install @acme/weekly-report',
        'verify, write .agents/skills/weekly-report and skillgate.lock',
      ],
      [
        'skillgate install @acme/weekly-report@^1.4 --as report',
        'install the skill into the folder .agents/skills/report',
      ],
      [
        'skillgate install @acme/weekly-report --dry-run',
        'show the skill, and each skill that it requires, with what they may do',
      ],
      [
        'skillgate install @acme/weekly-report --publisher sha256:…',
        'accept the author’s new key, whose id the author told you over another channel',
      ],
    ],
    options: {
      '--as NAME': 'folder name below .agents/skills',
      '--agent NAME...': 'link the skill for this agent as well: claude, goose, openclaw …',
      '--copy':
        'copy the files into each agent’s folder instead of linking; for systems where links do not work',
      '--publisher ID': 'accept this publisher instead of the one in skillgate.lock',
      '--yes':
        'accept an update with more capabilities, or capabilities that differ from skillgate.lock',
      '--plain': 'write the original files; the skill then runs without a sandbox',
      '--dry-run': 'verify the skill and all skills that it requires, and write nothing',
    },
    args: [1, many],
    load: () => import('../../install/install.ts'),
  },
  {
    name: 'list',
    summary: 'list the installed skills of this project',
    usage: '[@scope/name…] [--tree | --outdated]',
    examples: [
      ['skillgate list', 'show each skill with its version, range and folder'],
      ['skillgate list --tree', 'show every skill above the skills that it requires'],
      ['skillgate list --outdated', 'show newer approved versions; change nothing'],
    ],
    options: {
      '--tree': 'show which installed skill requires which',
      '--outdated': 'show newer approved versions of installed skills',
    },
    args: [0, many],
    load: () => import('../../install/list.ts'),
  },
  {
    name: 'show',
    summary: 'show what an approved skill can do, without installing it',
    usage: '@scope/name[@range]',
    examples: [
      ['skillgate show @acme/weekly-report', 'show the newest approved version'],
      ['skillgate show @acme/weekly-report@1.4.0', 'show one version'],
    ],
    args: 1,
    load: () => import('../../install/show.ts'),
  },
  {
    name: 'update',
    summary: 'install newer approved versions, and stop where a version asks for more',
    usage: '[@scope/name…]',
    examples: [
      ['skillgate update', 'update all skills of skillgate.lock within their ranges'],
      [
        'skillgate update @acme/weekly-report',
        'update one skill, and ask before it may do more than today',
      ],
    ],
    options: {
      '--yes': 'accept versions that may do more, without a question',
    },
    args: [0, many],
    load: () => import('../../install/update.ts'),
  },
  {
    name: 'remove',
    summary: 'delete installed skills from this project and from agents’ folders',
    usage: '@scope/name…',
    examples: [['skillgate remove @acme/weekly-report', 'delete the folder and its lock entry']],
    args: [1, many],
    load: () => import('../../install/remove.ts'),
  },
  {
    name: 'ci',
    summary:
      'install exactly the versions in skillgate.lock, all or none, and change no file of the project',
    usage: '[--offline] [--plain]',
    examples: [
      [
        'skillgate ci',
        'install the locked versions in a build; exit 6 if a version differs from skillgate.lock',
      ],
      ['skillgate ci --offline', 'install the locked skills from the cache, without a network'],
      ['skillgate ci --format json', 'print what was installed as JSON'],
    ],
    options: {
      '--offline': 'use only the cache, and no network',
      '--plain':
        'obey "plain": true in skillgate.json: these skills run without a sandbox (without this option, such a project is refused)',
    },
    load: () => import('../../install/ci.ts'),
  },
  {
    name: 'verify',
    summary:
      'check installed skills against their signed bundles, or a version against its evidence',
    usage: '[@scope/name[@range]]',
    examples: [
      ['skillgate verify', 'check every skill in skillgate.lock'],
      [
        'skillgate verify @acme/weekly-report --offline',
        'show the chain of evidence, from the cache alone',
      ],
      [
        'skillgate verify @acme/weekly-report --rescan',
        'scan the skill again on this host and compare the reports byte for byte',
      ],
      [
        'skillgate verify @acme/weekly-report --export evidence',
        'write all evidence and the files into a folder',
      ],
      [
        'skillgate verify --from evidence --trust sha256:…',
        'verify an exported folder years later, from its files alone',
      ],
    ],
    options: {
      '--offline': 'use only the cache, and no network',
      '--rescan': 'run the scanner again and compare its report with the signed report',
      '--export DIR': 'write the evidence of one version into a new folder',
      '--from DIR': 'verify an exported folder as of the time of its export, without a network',
      '--trust sha256:…':
        'with --from: the digest that --export printed, instead of the registry pinned here',
    },
    args: [0, 1],
    load: () => import('../../verify/verify.ts'),
  },
  {
    name: 'export',
    summary: 'write an approved version in a format of other programs',
    usage: '@scope/name[@range] --oci DIR [--key NAME]',
    examples: [
      [
        'skillgate export @acme/weekly-report --oci weekly-report',
        'write an OCI image layout, with signed attestations and a bill of materials',
      ],
      [
        'skillgate export @acme/weekly-report@1.2.0 --oci out --key release',
        'write an exact version, and sign the attestations with the key named release',
      ],
    ],
    options: {
      '--oci DIR':
        'a new folder for an OCI image layout, for oras, cosign and registries of containers',
      '--key NAME':
        'key that signs the attestations (default: your only key, or the key named default)',
    },
    args: 1,
    load: () => import('../../oci/export.ts'),
  },
];

// The command that finds skills.

export const searchRows: readonly WrittenRow[] = [
  {
    name: 'search',
    summary: 'find approved skills for a task',
    usage: 'TASK…',
    examples: [
      [
        'skillgate search "read invoices from mail"',
        'ask the registry, verify the skills that it names, and show what each may do',
      ],
      [
        'skillgate search "convert a table" --no-network --no-secrets',
        'show only skills that reach no host and use no secret',
      ],
      ['skillgate search invoices --format json', 'show the same as JSON'],
    ],
    options: {
      ...Object.fromEntries(
        needs.map((need) => [`--no-${need}`, `only skills that ask for no ${needWords[need]}`]),
      ),
      '--limit N': `verify and show so many skills (default: ${searchResults}, at most ${searchResultsMax})`,
      '--registry URL': 'ask this pinned registry instead of the default one',
    },
    args: [1, many],
    load: () => import('../../search/search.ts'),
  },
];
