import { expect, it } from 'vitest';
import { acceptedPart, applyQuestion } from '../../../cli/changes/held-changes.ts';
import type { WaitingChanges } from '../../../runner/changes/waiting.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { changeSetOf } from './change-set.ts';

const after = {
  kind: 'file' as const,
  sha256: digestOf('x'),
  bytes: 1,
  mode: 0o644,
  uid: 1,
  gid: 1,
};
const waiting = (files: string[]): WaitingChanges => ({
  set: changeSetOf([
    {
      changes: [
        { path: 'a', after, shelf: 'plain' },
        { path: 'AGENTS.md', after, shelf: 'obeyed' },
      ],
      repositories: [
        {
          path: '',
          isNew: false,
          refs: [{ name: 'refs/heads/main', commits: 1, shown: [], asks: 'it drops', files }],
        },
      ],
    },
  ]),
  digest: digestOf(''),
  folder: '/kept',
  begun: false,
  read: () => Buffer.alloc(0),
});

it.each([
  ['names the branch', ['a', 'AGENTS.md'], true],
  ['does not name the branch', ['AGENTS.md'], false],
])('the question %s whose files are %j', (_, files, isNamed) => {
  const { text } = applyQuestion(acceptedPart(waiting(files), {}));
  expect(text).toContain('Apply these changes? Afterwards 1 branch or tag');
  expect(text.includes('Files of branch main are applied without the commits')).toBe(isNamed);
});
