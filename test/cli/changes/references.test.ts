import { expect, it } from 'vitest';
import { committedIn } from '../../../cli/changes/references.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';

// Each byte is four signs long where a person reads it.
it.each([
  ['stand for a file where every line is printed whole', 400, 1],
  ['stand for no file where a line gets longer than a screen by its signs', 1_500, 0],
])('the differences of a branch %s', (_, bytes, files) => {
  const head = Buffer.from(`commit ${'a'.repeat(40)}\n\ndiff --git a/x b/x\n+`);
  const patch = Buffer.concat([head, Buffer.alloc(bytes, 0xe9), Buffer.from('\n')]);
  const ref = {
    name: 'refs/heads/main',
    commits: 1,
    shown: [],
    files: ['x'],
    patch: digestOf(patch),
  };
  const folder = {
    source: 'workspace:w',
    target: '/w',
    path: '/nowhere',
    id: '1:1',
    mode: 'cow' as const,
    changes: [],
    refused: [],
    conflicts: [],
    repositories: [{ path: '', isNew: false, refs: [ref] }],
  };
  const set = {
    schema: 'skillgate.changes/2' as const,
    run: '0f35d1a0-0000-4000-8000-000000000000',
    agent: 'operator',
    skill: '@a/b',
    version: '1.0.0',
    plan: digestOf(''),
    at: '2026-01-01T00:00:00.000Z',
    folders: [folder],
  };
  const waiting = { set, digest: digestOf(''), folder: '/kept', begun: false, read: () => patch };
  expect(committedIn(waiting, folder, 100).size).toBe(files);
});
