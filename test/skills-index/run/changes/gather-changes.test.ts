import { describe, expect, it } from 'vitest';
import type { EntryState } from '../../../../skills-index/run/changes/changes.ts';
import { gatherChanges } from '../../../../skills-index/run/changes/gather-changes.ts';
import { shelvesOf } from '../../../../skills-index/run/changes/left-behind.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';

const shelves = shelvesOf(new Map(), () => undefined);
const gather = () =>
  gatherChanges({ bytes: 1_000, paths: 10, nameBytes: 50_000 }, () => false, shelves);
let gathering = gather();
const folder = (uid: number, mode: number): EntryState => ({ kind: 'folder', mode, uid, gid: 1 });

describe('a folder that a run made anew', () => {
  it('keeps the owner and mode that only another user could change, and this is said', () => {
    const { compare, result } = gather();
    compare('build', folder(1, 0o2775), folder(2, 0o755));
    expect(result().changes).toEqual([]);
    expect(result().refused).toEqual([
      { path: 'build', why: 'the folder of user 1 keeps its owner, group and mode' },
    ]);
  });

  it('has the mode that the run gave it, where it is the folder of the same user', () => {
    const { compare, result } = gather();
    compare('build', folder(1, 0o775), folder(1, 0o755));
    expect(result().changes).toEqual([
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
  ])('%s are left out above their limit, which is said, and the others stay', (_, act) => {
    gathering = gather();
    for (let at = 0; at < 20; at++) act(at);
    const { changes, limited, refused } = gathering.result();
    expect(limited).toBe(true);
    expect(changes.length + refused.length).toBeGreaterThan(3);
    expect(changes.length).toBeLessThan(6);
    expect(refused.at(-1)?.why).toMatch(/more paths exceed the limits of a run$|names take more/);
  });

  it('of ordinary length are all taken', () => {
    gathering = gather();
    for (let at = 0; at < 500; at++)
      gathering.refuse(`reports/pipe-${at}`, 'a socket, a pipe or a device');
    expect(gathering.result().refused).toHaveLength(500);
  });
});

describe('a run that exceeds a limit', () => {
  const file = (bytes: number): EntryState => ({
    kind: 'file',
    sha256: digestOf(String(bytes)),
    bytes,
    mode: 0o644,
    uid: 1,
    gid: 1,
  });

  it('loses the file that is too large alone', () => {
    const { compare, hasRoom, result } = gather();
    expect([hasRoom('a', 400), compare('a', undefined, file(400))]).toEqual([true, true]);
    expect(hasRoom('big', 700)).toBe(false);
    expect([hasRoom('b', 500), compare('b', undefined, file(500))]).toEqual([true, true]);
    expect(result()).toMatchObject({
      changes: [{ path: 'a' }, { path: 'b' }],
      refused: [{ path: 'big', why: expect.stringContaining('a run may change at most') }],
      limited: true,
    });
  });

  it('keeps the first paths, and deletes nothing whose new place may be left out', async () => {
    const { compare, gone, result } = gather();
    for (let at = 0; at < 12; at++) compare(`new${at}`, undefined, file(1));
    await gone('old', async () => file(2));
    const { changes, refused } = result();
    expect(changes).toHaveLength(10);
    expect(refused.map(({ path }) => path)).toEqual(['new10', 'new11', 'old']);
  });

  it('keeps a folder whose deletion would need more paths', async () => {
    const { gone, result } = gather();
    await gone('d', async () => folder(1, 0o755));
    for (let at = 0; at < 12; at++) await gone(`d/${at}`, async () => file(1));
    const { changes, refused } = result();
    expect(changes.map(({ path }) => path)).not.toContain('d');
    expect(changes).toHaveLength(9);
    expect(refused.at(-1)).toEqual({
      path: 'd',
      why: 'the folder stays, because paths in it are left out',
    });
  });
});

it('a folder stays that holds a repository, while the other files in it go', async () => {
  const { gone, result } = gather();
  for (const path of ['lib', 'lib/.git']) await gone(path, async () => folder(1, 0o755));
  await gone('lib/a', async () => ({ ...folder(1, 0o755) }));
  expect(result()).toMatchObject({
    changes: [{ path: 'lib/a' }],
    refused: [{ path: 'lib/.git' }, { path: 'lib' }],
    limited: false,
  });
});
