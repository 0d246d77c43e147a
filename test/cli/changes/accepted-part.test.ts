import { expect, it } from 'vitest';
import { acceptedPart, applyQuestion } from '../../../cli/changes/accepted-part.ts';
import type { WaitingChanges } from '../../../runner/changes/waiting.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';

const after = {
  kind: 'file' as const,
  sha256: digestOf('x'),
  bytes: 1,
  mode: 0o644,
  uid: 1,
  gid: 1,
};
const waiting = (files: string[]): WaitingChanges => ({
  set: {
    schema: 'skillgate.changes/2',
    run: '0f35d1a0-0000-4000-8000-000000000000',
    agent: 'operator',
    skill: '@a/b',
    version: '1.0.0',
    plan: digestOf(''),
    at: '2026-01-01T00:00:00.000Z',
    folders: [
      {
        source: 'workspace:w',
        target: '/w',
        path: '/nowhere',
        id: '1:1',
        mode: 'cow',
        changes: [
          { path: 'a', after, shelf: 'plain' },
          { path: 'AGENTS.md', after, shelf: 'obeyed' },
        ],
        refused: [],
        conflicts: [],
        repositories: [
          {
            path: '',
            isNew: false,
            refs: [{ name: 'refs/heads/main', commits: 1, shown: [], asks: 'it drops', files }],
          },
        ],
      },
    ],
  },
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
