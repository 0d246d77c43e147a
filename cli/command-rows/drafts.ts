/** The commands for a skill that nobody has seen yet: written, scanned, declared, tried. */
import type { CommandRow } from '../command.ts';

export const draftRows: readonly CommandRow[] = [
  {
    name: 'init',
    summary: 'write SKILL.md and skill.json of a new skill',
    usage: '[DIR]',
    examples: [
      ['skillgate init weekly-report --scope acme', 'make weekly-report/ with both files'],
    ],
    options: {
      scope: { type: 'string', value: 'NAME', summary: 'scope of the skill (default: me)' },
      name: { type: 'string', value: 'NAME', summary: 'short name (default: the folder’s)' },
    },
    args: { min: 0, max: 1 },
    load: () => import('../commands/init.ts'),
  },
  {
    name: 'scan',
    summary: 'analyse skills without running them; the exit code tells the worst finding',
    usage: 'PATH…',
    examples: [
      ['skillgate scan .', 'scan the skill in this folder'],
      [
        'skillgate scan skills --format jsonl > reports.jsonl',
        'one line for each skill below skills/',
      ],
      [
        'skillgate scan skills --format sarif > skills.sarif',
        'for code scanning and editors (SARIF 2.1.0)',
      ],
      ['skillgate scan skills --format github', 'annotations in a workflow of GitHub Actions'],
      [
        'skillgate scan skills --format markdown --baseline reports.jsonl',
        'a comment for a pull request, new findings marked',
      ],
    ],
    options: {
      suppressions: {
        type: 'string',
        value: 'FILE',
        summary:
          'findings that a reviewer accepted: a JSON list of fingerprint, reason, by, expires, severity',
      },
      baseline: {
        type: 'string',
        value: 'FILE',
        summary: 'an earlier report (--format jsonl or json) to compare with',
      },
    },
    args: { min: 1, max: Number.POSITIVE_INFINITY },
    formats: ['text', 'json', 'jsonl', 'sarif', 'github', 'markdown'],
    load: () => import('../commands/scan.ts'),
  },
  {
    name: 'manifest',
    summary: 'infer the smallest skill.json from what a skill does',
    usage: '[DIR] [--write]',
    examples: [
      ['skillgate manifest .', 'show the proposal'],
      ['skillgate manifest . --write', 'write it to skill.json, for you to read and confirm'],
    ],
    options: {
      write: {
        type: 'boolean',
        summary: 'write skill.json; shows what changes in one that is there, and asks',
      },
      yes: {
        type: 'boolean',
        summary: 'change it without asking; needed where there is no terminal',
      },
      scope: {
        type: 'string',
        value: 'NAME',
        summary: 'scope of the skill, where no skill.json names it',
      },
    },
    args: { min: 0, max: 1 },
    load: () => import('../commands/manifest.ts'),
  },
  {
    name: 'try',
    summary:
      'run your own skill in the sandbox that it will have, before anybody approved it; options stand before DIR',
    usage: '[--secret NAME]… DIR [COMMAND] [ARGS…]',
    examples: [
      [
        'skillgate try . report --month 11',
        'with what skill.json declares; says what was denied, and the entry that would allow it',
      ],
      [
        'skillgate try --secret CRM_TOKEN . report',
        'with a secret of yours, at the hosts that it is bound to',
      ],
    ],
    options: {
      secret: {
        type: 'string',
        multiple: true,
        value: 'NAME',
        summary: 'a stored secret that it may have; none by default',
      },
      accept: {
        type: 'boolean',
        summary: 'apply what it changes in its views of folders, without showing it',
      },
      stdin: {
        type: 'boolean',
        summary: 'give the command the standard input of this one; without, it has none',
      },
    },
    args: { min: 1, max: Number.POSITIVE_INFINITY },
    verbatimAfter: 2,
    load: () => import('../commands/try.ts'),
  },
];
