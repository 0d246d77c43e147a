import { expect, it } from 'vitest';
import {
  type ChangeSet,
  changeSetDigest,
  parseChangeSet,
} from '../../../../skills-index/run/changes/changes.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';

const zero = digestOf(Buffer.from(''));
const file = { kind: 'file', sha256: zero, bytes: 0, mode: 0o644, uid: 1000, gid: 1000 } as const;
const folder = {
  source: 'workspace:a',
  target: '/a',
  path: '/srv/a',
  id: '1:2',
  mode: 'cow' as const,
  refused: [],
  conflicts: [],
};
const set: ChangeSet = {
  schema: 'skillgate.changes/2',
  run: '0f3c9e4a-5f0e-4d8e-9a55-7f0c8f4f0a11',
  agent: 'operator',
  skill: '@acme/a',
  version: '1.0.0',
  plan: zero,
  at: '2026-01-01T00:00:00Z',
  folders: [{ ...folder, changes: [{ path: 'new', after: file }] }],
};
const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

it('a set of changes says whose each entry is, and its digest covers that', () => {
  expect(parseChangeSet(bytesOf(set))).toEqual(set);
  const given = {
    ...set,
    folders: [{ ...folder, changes: [{ path: 'new', after: { ...file, gid: 0 } }] }],
  };
  expect(changeSetDigest(given)).not.toBe(changeSetDigest(set));
  const { uid: _, ...unowned } = file;
  const without = { ...set, folders: [{ ...folder, changes: [{ path: 'new', after: unowned }] }] };
  expect(() => parseChangeSet(bytesOf(without))).toThrow(
    expect.objectContaining({ code: 'changes-invalid' }),
  );
});

it('a set that an earlier version recorded without owners is refused with the next step', () => {
  expect(() => parseChangeSet(bytesOf({ ...set, schema: 'skillgate.changes/1' }))).toThrow(
    expect.objectContaining({
      code: 'changes-invalid',
      hint: expect.stringContaining('skillgate changes discard RUN'),
    }),
  );
});
