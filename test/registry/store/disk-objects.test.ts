import fs, { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { diskObjects } from '../../../registry/store/disk/disk-objects.ts';
import type { Objects } from '../../../registry/store/objects.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

let folder: string;
let objects: Objects;
let synced: () => { readonly files: number; readonly folders: number };
beforeEach(() => {
  folder = folderWith();
  objects = diskObjects(join(folder, 'objects'));
  const [files, folders] = [vi.spyOn(fs, 'fdatasync'), vi.spyOn(fs, 'fsync')];
  synced = () => {
    const counts = { files: files.mock.calls.length, folders: folders.mock.calls.length };
    files.mockClear();
    folders.mockClear();
    return counts;
  };
});
afterEach(() => vi.restoreAllMocks());

const two = new Map([
  ['stored/a', Buffer.from('a')],
  ['stored/b', Buffer.from('b')],
]);

describe('objects on a disk', () => {
  it('last when a put resolves, with the folders that were made for them', async () => {
    await objects.putAll(two);
    // objects/stored, objects, and the folder in which objects was made.
    expect(synced()).toEqual({ files: 2, folders: 3 });
    await objects.putAll(two);
    expect(synced()).toEqual({ files: 2, folders: 1 });
    await objects.put('stored/c', Buffer.from('c'));
    expect(synced()).toEqual({ files: 1, folders: 1 });
    expect(Buffer.from((await objects.get('stored/b')) ?? []).toString()).toBe('b');
  });

  it('that can be made again wait for no disk, and later ones in the same folder last', async () => {
    await objects.putAll(two, { isRebuildable: true });
    // The folders around the new folder: its loss would take the later objects, too.
    expect(synced()).toEqual({ files: 0, folders: 2 });
    await objects.putAll(two, { isRebuildable: true });
    expect(synced()).toEqual({ files: 0, folders: 0 });
    expect(Buffer.from((await objects.get('stored/a')) ?? []).toString()).toBe('a');
  });

  it('are put into a folder that was deleted meanwhile, and several at once into a new folder', async () => {
    await objects.put('stored/a', Buffer.from('a'));
    rmSync(join(folder, 'objects'), { recursive: true });
    await Promise.all(
      ['x/a', 'x/b', 'stored/a'].map((name) => objects.put(name, Buffer.from(name))),
    );
    for (const name of ['x/a', 'x/b', 'stored/a']) expect(await objects.has(name)).toBe(true);
  });
});
