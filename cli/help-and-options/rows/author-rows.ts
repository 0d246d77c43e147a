/** The commands of those who write skills. */

import { confirmOption, readerOptions } from '../serve-options.ts';
import { many, type WrittenRow } from '../written-row.ts';
import { keyRows, oidcOptions, publisherRows, scopeRows } from './key-rows.ts';

// The commands by which an author advises on approved versions.

const adviceOptions = {
  '--reason TEXT': 'why; installers read the text',
  '--undo': 'take the advice back',
  '--key NAME': 'key of an owner or publisher of the scope (default: your only key)',
  ...oidcOptions,
};

const adviceRows: readonly WrittenRow[] = [
  {
    name: 'yank',
    summary: 'keep ranges from choosing an approved version, or attach a note to it',
    usage: '@scope/name@version --reason TEXT [--undo] [--deprecate [--replacement @scope/other]]',
    examples: [
      [
        'skillgate yank @acme/weekly-report@1.4.0 --reason "totals are wrong in leap years"',
        'new installations choose another version; locked versions go on working',
      ],
      [
        'skillgate yank @acme/weekly-report@1.4.0 --undo --reason "the totals were right"',
        'let ranges choose the version again',
      ],
      [
        'skillgate yank --deprecate @acme/weekly-report@1.4.0 --reason "no longer maintained" --replacement @acme/report',
        'whoever installs or starts the version reads the note',
      ],
    ],
    options: {
      ...adviceOptions,
      '--deprecate': 'only attach the note: ranges go on choosing the version',
      '--replacement NAME': 'with --deprecate: skill to use instead',
    },
    args: 1,
    load: () => import('../../publish/advise.ts'),
  },
];

// The commands for a skill that nobody has seen yet: written, scanned, declared, tried.

/** The option that binds a folder for one run. */
export const mountOption = {
  '--mount NAME=DIR...':
    'folder for workspace:NAME of skill.json, for this run (default: host policy’s)',
};

const draftRows: readonly WrittenRow[] = [
  {
    name: 'init',
    summary: 'write SKILL.md and skill.json of a new skill',
    usage: '[DIR]',
    examples: [
      ['skillgate init weekly-report --scope acme', 'create weekly-report/ with both files'],
      ['skillgate init .', 'draft skill.json for a folder that has a SKILL.md'],
    ],
    options: {
      '--scope NAME': 'scope of the skill (default: @me)',
      '--name NAME': 'short name of the skill (default: the folder’s name)',
    },
    args: [0, 1],
    load: () => import('../../publish/init.ts'),
  },
  {
    name: 'scan',
    summary:
      'analyse skills without running them; the exit code is the severity of the worst finding',
    usage: 'PATH… [--since REF]',
    examples: [
      ['skillgate scan .', 'scan the skill in this folder'],
      [
        'skillgate scan skills --format jsonl > reports.jsonl',
        'write one line for each skill below skills/',
      ],
      [
        'skillgate scan skills --format sarif > skills.sarif',
        'write a report for code scanning and editors (SARIF 2.1.0)',
      ],
      [
        'skillgate scan skills --format github',
        'print annotations for a workflow of GitHub Actions',
      ],
      [
        'skillgate scan skills --format markdown --baseline reports.jsonl',
        'print a comment for a pull request, with new findings marked',
      ],
      [
        'skillgate scan . --since origin/main --format sarif > skills.sarif',
        'scan the skills that changed since the branch left main, and no others',
      ],
    ],
    options: {
      '--suppressions FILE':
        'findings that a reviewer accepted: a JSON list of fingerprint (as --format json prints it), skill, reason, by, expires, severity',
      '--baseline FILE': 'an earlier report (--format jsonl or json) to compare with',
      '--since REF':
        'scan only skills whose files differ from the newest commit that HEAD and this branch, tag or commit share',
      ...readerOptions,
    },
    args: [1, many],
    formats: ['text', 'json', 'jsonl', 'sarif', 'github', 'markdown'],
    load: () => import('../../scan/scan.ts'),
  },
  {
    name: 'manifest',
    summary: 'infer the smallest skill.json from what a skill does',
    usage: '[DIR] [--write]',
    examples: [
      ['skillgate manifest .', 'show the proposal'],
      [
        'skillgate manifest . --write',
        'write the proposal to skill.json, for you to read and confirm',
      ],
    ],
    options: {
      '--write': 'write skill.json; if the file exists, show the changes and ask',
      '--yes': 'change skill.json without asking; required without a terminal',
      '--no-lock':
        'with --write: choose no versions for the packages; skillgate lock does it later',
      '--scope NAME': 'scope of the skill if there is no skill.json yet',
    },
    args: [0, 1],
    load: () => import('../../publish/manifest.ts'),
  },
  {
    name: 'lock',
    summary: 'choose and pin the packages that skill.json requires',
    usage: '[DIR] [--exclude-newer DAYS | --house]',
    examples: [
      [
        'skillgate lock .',
        'write pylock.toml or package-lock.json, and what they pin to skill.json',
      ],
      ['skillgate lock . --exclude-newer 7', 'leave out versions that are younger than a week'],
      [
        'skillgate lock . --house',
        'write no lock: each host chooses versions from the one lock of its operator',
      ],
    ],
    options: {
      '--exclude-newer DAYS':
        'leave out younger versions (default: the age that host policy names)',
      '--house': 'write "lock": "house": the lock of the host decides, and lock files are deleted',
    },
    args: [0, 1],
    load: () => import('../../packages/lock.ts'),
  },
  {
    name: 'try',
    summary: 'run your own skill in its sandbox before it is approved; put options before DIR',
    usage: '[--secret NAME]… [--mount NAME=DIR]… DIR [COMMAND] [ARGS…]',
    examples: [
      [
        'skillgate try . report --month 11',
        'run with the capabilities of skill.json; print each denial and the entry that would allow it',
      ],
      [
        'skillgate try --mount work=./reports . report week.md',
        'run on the files of a folder; by default on the folder in which you call it',
      ],
      [
        'skillgate try --secret CRM_TOKEN . report',
        'run with one of your secrets, for the hosts that the secret is bound to',
      ],
    ],
    options: {
      '--secret NAME...': 'stored secret that the skill may use (default: none)',
      ...mountOption,
      '--accept':
        'apply the changes that the run makes in its views of folders, without showing them',
      '--stdin': 'pass standard input to the command (default: no input)',
    },
    args: [1, many],
    verbatimAfter: 2,
    load: () => import('../../run/try.ts'),
  },
  {
    name: 'observe',
    summary:
      'run a submission in sandboxes with decoys for up to a minute, and print what it did; the exit code is 14 for block, 12 for review',
    usage: '[--sign [--out FILE]] [--send NAME@VERSION] DIR',
    examples: [
      [
        'skillgate observe downloads/weekly-report',
        'install, import and run the skill in sandboxes; print decoys that left and hosts that it asked',
      ],
      ['skillgate observe --format json . > observation.json', 'write the facts for a program'],
      [
        'skillgate observe --sign --out observation.sigstore.json .',
        'write a statement that is signed with your key',
      ],
      [
        'skillgate observe --send @acme/weekly-report@1.2.3 --key scanner-1 downloads/weekly-report',
        'observe the files of a waiting version, and hand the observation to the registry with a scanner’s key',
      ],
    ],
    options: {
      '--sign': 'sign the observation with your key',
      '--send NAME@VERSION':
        'hand the observation of this version to the registry, signed with a scanner’s key',
      '--key NAME': 'key that signs (default: your only key)',
      '--out FILE': 'file for the signed statement (default: observation.sigstore.json)',
    },
    args: 1,
    load: () => import('../../observe/observe.ts'),
  },
];

export const authorRows: readonly WrittenRow[] = [
  ...draftRows,
  {
    name: 'publish',
    summary: 'pack, check, scan, sign and upload a version',
    usage: '[DIR] [--dry-run]',
    examples: [
      ['skillgate publish . --dry-run', 'do every step of publishing except signing and uploading'],
      ['skillgate publish .', 'publish the version that skill.json names'],
      [
        'skillgate publish . --oidc',
        'sign with an OIDC identity, in CI or after signing in; no key is stored (docs/publishing-from-ci.md)',
      ],
    ],
    options: {
      '--dry-run': 'stop before signing; nothing is uploaded',
      '--as-is':
        'publish although the scan found undeclared capabilities, which reviewers see, too',
      '--despite-block':
        'publish although the scan’s verdict is block; the registry’s own scan still decides',
      '--key NAME': 'key to sign with (default: your only key, or the key named default)',
      ...oidcOptions,
    },
    args: [0, 1],
    load: () => import('../../publish/publish.ts'),
  },
  {
    name: 'import',
    summary: 'publish each skill of a folder or git repository and print its result',
    usage: 'DIR|ADDRESS[#REF] --scope NAME',
    examples: [
      [
        'skillgate import ./skills --scope acme',
        'publish all skills below ./skills, wait for the verdicts, and print a table',
      ],
      [
        'skillgate import https://github.com/anthropics/skills --scope acme --path skills',
        'publish the skills of the default branch, each with its commit as provenance; again later: only what changed',
      ],
      [
        'skillgate import git@git.acme.example:tools/skills.git#v1.4.0 --scope acme',
        'publish the skills of a tag, branch or commit; the tag is their version',
      ],
    ],
    options: {
      '--scope NAME': 'scope to publish under',
      '--path DIR': 'import only the skills below this folder of the repository',
      '--key NAME': 'key that owns the scope',
      '--as-is': 'publish a skill although its own skill.json lacks entries; reviewers see which',
    },
    args: 1,
    load: () => import('../../publish/import.ts'),
  },
  {
    name: 'status',
    summary: 'show the state of a version: scan, verdict, approvals, history',
    usage: '@scope/name[@version]',
    examples: [
      [
        'skillgate status @acme/weekly-report@1.4.0',
        'show what happened to this version and what it waits for',
      ],
      [
        'skillgate status @acme/weekly-report@1.4.0 --reply "only the report reads the key"',
        'answer a reviewer’s question, as the author',
      ],
      ['skillgate status @acme/weekly-report', 'list the newest versions, at most 500'],
    ],
    options: {
      '--wait': 'wait until the scan is done',
      '--all': 'list every version, not the newest alone',
      '--reply TEXT': 'answer the reviewers’ questions; everybody can read the answer',
      '--key NAME': 'key of the publisher or scope owner',
    },
    args: 1,
    load: () => import('../../publish/status.ts'),
  },
  {
    name: 'withdraw',
    summary: 'take back a version that nobody approved yet',
    usage: '@scope/name@version [--reason TEXT] [--yes]',
    examples: [
      [
        'skillgate withdraw @acme/weekly-report@1.4.0 --reason "has the wrong template"',
        'ask you, and take the version out of the reviewers’ queue; publish the mended one as 1.4.1',
      ],
    ],
    options: {
      '--reason TEXT': 'why; everybody can read the text',
      ...confirmOption,
      '--key NAME': 'key of an owner or publisher of the scope (default: your only key)',
    },
    args: 1,
    load: () => import('../../publish/withdraw.ts'),
  },
  ...adviceRows,
  {
    name: 'login',
    summary: 'sign in to the registry with a key',
    usage: '[--browser]',
    examples: [
      [
        'skillgate login',
        'prove that you hold your key; for an hour, all commands read what your key may read',
      ],
      ['skillgate login --browser', 'print a one-time link that signs a browser in to the desk'],
    ],
    options: {
      '--key NAME': 'key to sign in with (default: your only key, or the key named default)',
      '--browser': 'print a one-time link to the reviewer’s desk',
    },
    load: () => import('../../registries/login.ts'),
  },
  {
    name: 'whoami',
    summary: 'show which key, member and roles the registry knows you by',
    usage: '[--oidc]',
    examples: [
      [
        'skillgate whoami',
        'show your key, member name, roles and scopes, and who else publishes in your scopes',
      ],
      [
        'skillgate whoami --oidc --signing-config .ci/signing_config.json',
        'show the OIDC identity that a CI job or a person would sign with; asks no registry',
      ],
    ],
    options: {
      '--key NAME': 'key to sign in with',
      ...oidcOptions,
    },
    load: () => import('../../members-and-scopes/whoami.ts'),
  },
  ...keyRows,
  ...scopeRows,
  ...publisherRows,
];
