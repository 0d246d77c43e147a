import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { skill } from '../command-line.ts';

const { stdout: code } = await skill(['shell-init', 'bash']);

it.each([
  [['rev'], 'review'],
  [['review', 'app'], 'approve'],
  [['publish', '--dr'], '--dry-run'],
  // An option belongs to its command, wherever it stands; what is no option may be a file.
  [['review', 'approve', '@acme/notes@1.0.0', '--reas'], '--reason'],
  [['publish', ''], ''],
  [['secret', '--dr'], ''],
] as const)('bash completes %j to %j', (words, completed) => {
  const script = `${code}\nCOMP_WORDS=(skillgate "$@"); COMP_CWORD=$#; _skillgate; echo "\${COMPREPLY[*]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], {
    encoding: 'utf8',
  });
  expect([stdout, stderr]).toEqual([`${completed}\n`, '']);
});
