import { describe, expect, it } from 'vitest';
import type { EntryState } from '../../../../skills-index/run/changes/changes.ts';
import { gatherChanges } from '../../../../skills-index/run/changes/gather-changes.ts';
import { shelvesOf } from '../../../../skills-index/run/changes/shelves.ts';

const shelves = shelvesOf(new Map(), () => undefined);
const gather = () =>
  gatherChanges({ bytes: 1_000, paths: 10, nameBytes: 50_000 }, () => false, shelves);
let gathering = gather();
const folder = (uid: number, mode: number): EntryState => ({ kind: 'folder', mode, uid, gid: 1 });

describe('a folder that a run made anew', () => {
  it('keeps the owner and mode that only another user could change, and this is said', () => {
    const { compare, gathered } = gather();
    compare('build', folder(1, 0o2775), folder(2, 0o755));
    expect(gathered.changes).toEqual([]);
    expect(gathered.refused).toEqual([
      { path: 'build', why: 'the folder of user 1 keeps its owner, group and mode' },
    ]);
  });

  it('has the mode that the run gave it, where it is the folder of the same user', () => {
    const { compare, gathered } = gather();
    compare('build', folder(1, 0o775), folder(1, 0o755));
    expect(gathered.changes).toEqual([
      { path: 'build', before: folder(1, 0o775), after: folder(1, 0o755) },
    ]);
  });
});

describe('names of paths', () => {
  const long = (at: number): string => `${'d'.repeat(200)}/`.repeat(50) + at;
  const link: EntryState = { kind: 'link', to: 't'.repeat(10_000), uid: 1, gid: 1 };

  it.each([
    ['of pipes that are left behind', (at: number) => gathering.refuse(long(at), 'a pipe')],
    ['of new folders', (at: number) => gathering.compare(long(at), undefined, folder(1, 0o755))],
    ['that new links lead to', (at: number) => gathering.compare(`${at}`, undefined, link)],
    [
      'of folders that keep their owner',
      (at: number) => gathering.compare(long(at), folder(1, 0o755), folder(2, 0o755)),
    ],
  ])('%s end the gathering above their limit, and the reason is short', (_, act) => {
    gathering = gather();
    for (let at = 0; at < 4; at++) act(at);
    let why = '';
    try {
      for (let at = 4; at < 6; at++) act(at);
    } catch (cause) {
      why = (cause as Error).message;
    }
    expect(why).toContain('MiB of names and reasons; the limit was met at ');
    expect(why.length).toBeLessThan(500);
  });

  it('of ordinary length are all taken', () => {
    gathering = gather();
    for (let at = 0; at < 500; at++)
      gathering.refuse(`reports/pipe-${at}`, 'a socket, a pipe or a device');
    expect(gathering.gathered.refused).toHaveLength(500);
  });
});
