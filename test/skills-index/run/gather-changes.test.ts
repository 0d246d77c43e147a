import { describe, expect, it } from 'vitest';
import type { EntryState } from '../../../skills-index/run/changes.ts';
import { gatherChanges } from '../../../skills-index/run/gather-changes.ts';

const gather = () => gatherChanges({ bytes: 1_000, paths: 10 }, () => false);
const folder = (uid: number, mode: number): EntryState => ({ kind: 'folder', mode, uid, gid: 1 });

describe('a folder that a run made anew', () => {
  it('keeps the owner and mode that only another user could change, and this is said', () => {
    const { compare, gathered } = gather();
    compare('build', folder(1, 0o2775), folder(2, 0o755));
    expect(gathered.changes).toEqual([]);
    expect(gathered.refused).toEqual([{ path: 'build', why: 'the folder of user 1 keeps its owner, group and mode' }]);
  });

  it('has the mode that the run gave it, where it is the folder of the same user', () => {
    const { compare, gathered } = gather();
    compare('build', folder(1, 0o775), folder(1, 0o755));
    expect(gathered.changes).toEqual([{ path: 'build', before: folder(1, 0o775), after: folder(1, 0o755) }]);
  });
});
