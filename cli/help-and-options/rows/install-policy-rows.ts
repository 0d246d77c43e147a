/** The commands that judge skills for other installers. */
import { many, type WrittenRow } from '../written-row.ts';

const reviewOption = {
  '--review WORD':
    'warn or block files that nobody approved and whose scan found what a person should look at (default: warn)',
};
const policyOptions = {
  '--unknown WORD':
    'allow, warn or block files that nobody approved and whose scan found nothing (default: warn)',
  ...reviewOption,
};

export const installPolicyRows: readonly WrittenRow[] = [
  {
    name: 'policy check',
    summary: 'say whether other installers may install a folder: allow, warn or block',
    usage: 'DIR…',
    examples: [
      [
        'skillgate policy check ./weekly-report',
        'look for a signed approval of these files, then for revocations, and scan files that nobody approved',
      ],
    ],
    options: policyOptions,
    args: [1, many],
    load: () => import('../../install-policy/check.ts'),
  },
  {
    name: 'policy openclaw',
    summary: 'answer OpenClaw’s security.installPolicy.exec: one request in, one answer out',
    examples: [
      [
        'skillgate policy openclaw --unknown block < request.json',
        'answer one request of OpenClaw, and block what nobody approved; docs/other-installers.md has the configuration',
      ],
    ],
    options: policyOptions,
    load: () => import('../../install-policy/openclaw.ts'),
  },
  {
    name: 'policy claude-code',
    summary: 'answer a hook of Claude Code: judge a skill before its text reaches the model',
    examples: [
      [
        'skillgate policy claude-code || exit 2',
        'the command of a hook for PreToolUse (matcher Skill) and UserPromptExpansion; exit code 2 makes Claude Code stop',
      ],
    ],
    options: policyOptions,
    load: () => import('../../install-policy/claude-code.ts'),
  },
  {
    name: 'policy pre-commit',
    summary: 'scan the skills that have the named files; fail when a scan finds an attack',
    usage: 'FILE…',
    examples: [
      [
        'skillgate policy pre-commit skills/weekly-report/SKILL.md',
        'what the hook of .pre-commit-hooks.yaml does with the files of a commit',
      ],
    ],
    options: reviewOption,
    args: [0, many],
    filesFromProgram: true,
    load: () => import('../../install-policy/pre-commit.ts'),
  },
];
