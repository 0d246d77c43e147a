/** The commands of those who write skills. */

import { confirmOption } from '../confirm-option.ts';
import type { WrittenRow } from '../written-row.ts';
import { adviceRows } from './advice-rows.ts';
import { draftRows } from './draft-rows.ts';
import { keyRows } from './key-rows.ts';
import { oidcOptions, publisherRows } from './keyless-rows.ts';
import { scopeRows } from './scope-rows.ts';

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
